import type { Engine, BillingTransaction } from '../../engine.ts'
import { readBillingState, type BillingState, type SubscriptionState } from '../../subscription/state.ts'
import { linesSince } from '../../invoicing/document/billed.ts'
import type { LineDraft } from '../../invoicing/document/line.ts'
import { nextDocument } from '../../invoicing/next.ts'
import type { Meter } from '../../catalogue/meter.ts'
import { monthsOf } from '../../catalogue/plan.ts'
import { addMonths, intersection, later, type LocalDate } from '../../values/date.ts'
import type { Instant } from '../../values/instant.ts'
import { money, sum, type Money } from '../../values/money.ts'
import { shown, type LabelledPeriod } from '../../values/period.ts'
import { prorate } from '../../pricing/proration.ts'
import { unitsFrom } from '../../values/quantity.ts'
import { zoneOn } from '../../values/zone.ts'
import type { LocalizedText, Unit } from '../../values/localized-text.ts'
import { usagePeriods } from '../../subscription/timeline.ts'
import { readUsage, type KnownUsage } from '../../rating/deficit.ts'
import { withHistory } from './historical.ts'
import { usedOn, type DailyUsage } from '../../rating/rated-usage.ts'

/** A meter in a month, or its change from the month before. Units and minor units. */
export interface MeterOfMonth {
  meter: string
  used: number
  amount: Money
}

/**
 * One usage period before discounts and tax: the plan's fee for its dates, and its usage. `amount` is the
 * sum.
 */
export interface UsageMonth {
  period: { start: LocalDate; end: LocalDate; label: string }
  running: boolean
  fee: Money
  amount: Money
  meters: MeterOfMonth[]
  /** The difference to the month before; null where there is none. */
  change: { fee: Money; amount: Money; meters: MeterOfMonth[] } | null
}

export interface UsageMonths {
  timezone: string
  currency: string
  asOf: Instant
  /** The meters of all months, in the order of the plan. */
  meters: { meter: string; name: LocalizedText; unit: Unit; decimals: number }[]
  /** Oldest first. */
  months: UsageMonth[]
}

/** Maximum number of usage periods, including the running one. */
export const maxMonths = 12

/**
 * Returns the last twelve usage periods with usage and amounts by meter, and the change from each to the
 * next. Usage equals the summary of each period; fees are those of invoices that are not void, less what
 * changes credited; a fee of more than a month counts by days.
 */
export async function getUsageMonths(engine: Engine, input: { customerId: string }): Promise<UsageMonths> {
  return engine.transaction(
    async (tx) => {
      const state = await readBillingState(tx, input.customerId)
      // One more, so that the first has a change too.
      const periods = usagePeriods(state.phases, state.today).slice(-maxMonths - 1)
      const about = {
        timezone: zoneOn(state.zones, state.today),
        currency: state.customer.currency,
        asOf: tx.at,
      }
      if (periods.length === 0) return { ...about, meters: [], months: [] }
      const range = { from: periods[0]!.from, to: periods.at(-1)!.to }
      const known = await readUsage(tx, state, range)
      // History counts as usage, without an amount.
      const { days } = await withHistory(tx, state, range, known.days)
      const fees = await feeLines(tx, state, periods[0]!.from)
      const counted = periods.map((period) => countedIn(state, { known, days }, fees, period))
      const months = counted.map((one, index) => monthOf(one, counted[index - 1], state)).slice(-maxMonths)
      const named = new Set(
        months.flatMap(({ meters, change }) =>
          [...meters, ...(change?.meters ?? [])].map(({ meter }) => meter),
        ),
      )
      const meters = [...named]
        .map((key) => state.meters.get(key)!)
        .map(({ key, name, unit, decimals }) => ({ meter: key, name, unit, decimals }))
      return { ...about, meters, months }
    },
    { readOnly: true },
  )
}

/** `ended`: when its subscription ended; null while it continues. */
type FeeLine = Pick<LineDraft, 'amount' | 'discounts' | 'kind' | 'period'> & { ended: LocalDate | null }

/**
 * Returns the lines that charge or credit fees for any date from `since` on, including those of the draft.
 */
async function feeLines(tx: BillingTransaction, state: BillingState, since: LocalDate): Promise<FeeLine[]> {
  const longest = Math.max(1, ...state.phases.map(({ plan }) => monthsOf(plan)))
  const issued = await linesSince(tx, state.customer.customerId, addMonths(since, -longest - 1))
  const next = await nextDocument(tx, state)
  const waiting = next && next.period.to <= state.today ? next.lines : []
  const subscriptions = new Map(state.phases.map(({ id, subscriptionId }) => [id, subscriptionId]))
  // The last phase of a subscription has its end.
  const ends = new Map(state.phases.map(({ subscriptionId, to }) => [subscriptionId, to]))
  return [...issued, ...waiting]
    .filter(
      ({ kind, setup }) => kind === 'fee' || kind === 'unused_time' || kind === 'minimum_spend' || setup,
    )
    .map((line) => ({ ...line, ended: ends.get(subscriptions.get(line.phaseId) ?? '') ?? null }))
}

/** One period in steps. */
interface Counted {
  period: LabelledPeriod
  fee: Money
  meters: Map<string, { meter: Meter; steps: number; amount: Money }>
}

function countedIn(
  state: SubscriptionState,
  { known, days: all }: { known: KnownUsage; days: readonly DailyUsage[] },
  fees: readonly FeeLine[],
  period: LabelledPeriod,
): Counted {
  const days = all.filter(({ date }) => period.from <= date && date < period.to)
  const rated = known.rated(period)
  const keys = new Set([...rated.map(({ meter }) => meter.key), ...days.map(({ meter }) => meter)])
  const meters = [...keys].map((key) => {
    const meter = state.meters.get(key)!
    // A trial bills nothing.
    const amount = sum(
      rated
        .filter((usage) => usage.meter.key === key && !usage.phase.trial)
        .map((usage) => usage.rated.amount),
    )
    return [key, { meter, steps: usedOn(days, meter, period), amount }] as const
  })
  return { period, fee: sum(fees.map((line) => feeWithin(line, period))), meters: new Map(meters) }
}

/**
 * Returns the part of a fee, or of its credit, for the dates of a period. Dates after the end of the
 * subscription count in its last period, so that everything billed and not credited counts once. Credits are
 * net of discounts, which are not included here.
 */
function feeWithin(line: FeeLine, period: LabelledPeriod): Money {
  const dates = { from: line.period.start, to: line.period.end }
  const gross =
    line.kind === 'unused_time'
      ? sum([line.amount, ...(line.discounts ?? []).map(({ amount }) => amount)])
      : line.amount
  const { ended } = line
  if (ended !== null && period.from >= ended) return money(0)
  const isLast = ended !== null && period.to >= ended
  const part = intersection(dates, isLast ? { from: period.from, to: later(dates.to, period.to) } : period)
  return part ? prorate(gross, part, dates) : money(0)
}

function monthOf(counted: Counted, before: Counted | undefined, state: SubscriptionState): UsageMonth {
  const amountOf = ({ fee, meters }: Counted) =>
    sum([fee, ...[...meters.values()].map(({ amount }) => amount)])
  const units = (meter: Meter, steps: number) =>
    steps < 0 ? -unitsFrom(-steps, meter.decimals) : unitsFrom(steps, meter.decimals)
  const amount = amountOf(counted)
  return {
    period: shown(counted.period),
    running: state.today < counted.period.to,
    fee: counted.fee,
    amount,
    meters: [...counted.meters.values()].map(({ meter, steps, amount: own }) => ({
      meter: meter.key,
      used: units(meter, steps),
      amount: own,
    })),
    change:
      before === undefined
        ? null
        : {
            fee: money(counted.fee - before.fee),
            amount: money(amount - amountOf(before)),
            meters: [...new Set([...counted.meters.keys(), ...before.meters.keys()])].map((key) => {
              const [now, earlier] = [counted.meters.get(key), before.meters.get(key)]
              const meter = state.meters.get(key)!
              return {
                meter: key,
                used: units(meter, (now?.steps ?? 0) - (earlier?.steps ?? 0)),
                amount: money((now?.amount ?? 0) - (earlier?.amount ?? 0)),
              }
            }),
          },
  }
}
