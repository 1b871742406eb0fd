import type { Engine } from '../../engine.ts'
import { readSubscriptionState, type SubscriptionState } from '../../subscription/state.ts'
import { usageLine } from '../../invoicing/document/line.ts'
import { publicLine, type PublicLine } from '../../invoicing/view.ts'
import { addDays, datesIn, earlier, type LocalDate } from '../../values/date.ts'
import type { Instant } from '../../values/instant.ts'
import { money, type Money } from '../../values/money.ts'
import { shown, type LabelledPeriod } from '../../values/period.ts'
import { unitsFrom } from '../../values/quantity.ts'
import { zoneOn } from '../../values/zone.ts'
import { periodNamed } from '../../subscription/timeline.ts'
import { readUsage, type KnownUsage } from '../../rating/deficit.ts'
import {
  rateUsage,
  usagePhases,
  valueOf,
  type DailyUsage,
  type RatedUsage,
} from '../../rating/rated-usage.ts'

/**
 * What one date added to a line. The amounts add up to the line's; for additive meters the quantities (units)
 * too.
 */
export interface DayOfLine {
  date: LocalDate
  quantity: number
  events: number
  amount: Money
}

/** A usage line of a period's invoice as known now, before discounts and tax. */
export interface UsageLine extends Omit<PublicLine, 'kind' | 'discount' | 'days'> {
  meter: string
  /** A trial bills nothing. */
  trial: boolean
  daily: DayOfLine[]
}

export interface UsageLines {
  period: { start: LocalDate; end: LocalDate; label: string }
  timezone: string
  currency: string
  asOf: Instant
  lines: UsageLine[]
}

/**
 * Returns the usage lines of a period, the current one by default, one per meter and phase as on its invoice
 * and by the same rating, with what each date added. Lines of 0 are included.
 */
export async function getUsageLines(
  engine: Engine,
  input: { customerId: string; period?: string },
): Promise<UsageLines> {
  return engine.transaction(
    async (tx) => {
      const state = await readSubscriptionState(tx, input.customerId)
      const period = periodNamed(state, input.period)
      const known = await readUsage(tx, state, period)
      return {
        period: shown(period),
        timezone: zoneOn(state.zones, period.from),
        currency: state.customer.currency,
        asOf: tx.at,
        lines: linesWithDays(state, period, known, tx.at),
      }
    },
    { readOnly: true },
  )
}

function linesWithDays(
  state: SubscriptionState,
  period: LabelledPeriod,
  known: KnownUsage,
  at: Instant,
): UsageLine[] {
  const carried = known.carriedInto(period)
  const phases = usagePhases(state.phases)
  const until = (date: LocalDate) =>
    rateUsage(
      phases,
      period,
      known.all.filter((day) => day.date <= date),
      state.meters,
      carried,
    )
  const dates = datesIn({ from: period.from, to: earlier(period.to, addDays(state.today, 1)) })
  const amounts = new Map(
    dates.map((date) => [date, new Map(until(date).map((usage) => [keyOf(usage), usage.rated.amount]))]),
  )
  return known.rated(period).map((usage) => {
    const meter = usage.meter.key
    const { kind: _kind, ...line } = publicLine({
      ...usageLine(usage, period, at),
      id: `${meter}.${usage.dates.from}`,
    })
    return {
      ...line,
      meter,
      trial: usage.phase.trial,
      daily: daysOf(usage, known.days, dates, (date) => amounts.get(date)?.get(keyOf(usage)) ?? 0),
    }
  })
}

const keyOf = ({ meter, dates }: RatedUsage) => `${meter.key} ${dates.from}`

/**
 * A date's amount is the line's up to its end less the line's up to its start. What is due without usage is
 * on the first date.
 */
function daysOf(
  { meter, dates }: RatedUsage,
  usage: readonly DailyUsage[],
  shown: readonly LocalDate[],
  amountUntil: (date: LocalDate) => Money,
): DayOfLine[] {
  const ofMeter = usage.filter((day) => day.meter === meter.key)
  let before = 0
  const days = shown.filter((date) => dates.from <= date && date < dates.to)
  return days.map((date, index) => {
    // Later dates of the period can change the line too (its total decides the volume tier): what they add is
    // on its last date.
    const amount = amountUntil(index === days.length - 1 ? shown.at(-1)! : date)
    const added = money(amount - before)
    before = amount
    const day = ofMeter.find((one) => one.date === date)
    return {
      date,
      quantity: day ? unitsFrom(valueOf(day, meter), meter.decimals) : 0,
      events: day?.events ?? 0,
      amount: added,
    }
  })
}
