import type { Billing } from '../billing.ts'
import { readHistory, type History } from '../history.ts'
import { usageLine } from '../invoice/line.ts'
import { publicLine, type PublicLine } from '../invoice/view.ts'
import { addDays, datesIn, earlier, type LocalDate } from '../rules/date.ts'
import type { Instant } from '../rules/instant.ts'
import { money, type Money } from '../rules/money.ts'
import type { LabelledPeriod } from '../rules/period.ts'
import { unitsFrom } from '../rules/quantity.ts'
import { zoneOn } from '../rules/zone.ts'
import { periodNamed } from '../timeline.ts'
import { dailyUsage, rateUsage, usageStretches, valueOf, type DailyUsage, type RatedUsage } from './rating.ts'
import { shown } from './summary.ts'

/** What one date added to a line. Their amounts add up to the line's; of meters that are added up, their quantities (units) too. */
export interface DayOfLine {
  date: LocalDate
  quantity: number
  events: number
  amount: Money
}

/** A line of the invoice a period's usage comes to, as it is known now: before discounts and tax. */
export interface UsageLine extends Omit<PublicLine, 'kind' | 'discount' | 'days'> {
  meter: string
  /** In a trial nothing is billed. */
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
 * What the usage of a period (the current one unless named) comes to, one line per meter and stretch as its invoice has them, rated by the same rules,
 * with what each date added. Lines of zero are there too.
 */
export async function getUsageLines(billing: Billing, input: { customerId: string; period?: string }): Promise<UsageLines> {
  return billing.transaction(async (tx) => {
    const history = await readHistory(tx, input.customerId)
    const period = periodNamed(history, input.period)
    const usage = await dailyUsage(tx, input.customerId, period)
    const rated = rateUsage(usageStretches(history.stretches), period, usage, history.meters)
    return {
      period: shown(period), timezone: zoneOn(history.zones, period.from), currency: history.customer.currency, asOf: tx.at,
      lines: rated.map((one) => lineOf(one, { history, period, usage, at: tx.at })),
    }
  }, { readOnly: true })
}

interface Known { history: History; period: LabelledPeriod; usage: readonly DailyUsage[]; at: Instant }

function lineOf(one: RatedUsage, known: Known): UsageLine {
  const meter = one.meter.key
  const { kind: _kind, ...line } = publicLine({ ...usageLine(one, known.period, known.at), id: `${meter}.${one.dates.from}` })
  return { ...line, meter, trial: one.stretch.trial, daily: daysOf(one, known) }
}

/** A date's amount is the line's up to its end, less up to its beginning. What is due without usage is the first date's. */
function daysOf({ stretch, meter, dates }: RatedUsage, { history, period, usage }: Known): DayOfLine[] {
  const ofMeter = usage.filter((day) => day.meter === meter.key)
  let before = 0
  return datesIn({ from: dates.from, to: earlier(dates.to, addDays(history.today, 1)) }).map((date) => {
    const { amount } = rateUsage([stretch], period, ofMeter.filter((day) => day.date <= date), history.meters).find((one) => one.meter.key === meter.key)!.rated
    const added = money(amount - before)
    before = amount
    const day = ofMeter.find((one) => one.date === date)
    return { date, quantity: day ? unitsFrom(valueOf(day, meter), meter.decimals) : 0, events: day?.events ?? 0, amount: added }
  })
}
