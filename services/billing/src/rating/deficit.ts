import type { BillingTransaction } from '../engine.ts'
import type { DeficitSum, SubscriptionState } from '../subscription/state.ts'
import { isAdditive } from '../catalogue/meter.ts'
import { addDays, earlier, type DateRange, type LocalDate } from '../values/date.ts'
import type { LabelledPeriod, Period } from '../values/period.ts'
import { usagePeriods } from '../subscription/timeline.ts'
import { coversFrom, coverUsage, isCovered, leftOn, readDraws, type Coverage } from './coverage.ts'
import {
  dailyUsage,
  mayLeaveDeficit,
  metersInPeriod,
  rateUsage,
  usagePhases,
  type Carried,
  type DailyUsage,
  type MeterInPeriod,
  type RatedUsage,
  type UsagePhase,
} from './rated-usage.ts'

/**
 * While usage can still arrive for a period and be billed, its deficit is computed from usage; older periods
 * keep the deficit written in the database.
 */
const lookBackDays = 70

/** The usage of some dates, and the deficits it gives for a period among them. */
export interface KnownUsage {
  days: DailyUsage[]
  /** The usage of `days` and of the earlier dates that affect it. */
  all: readonly DailyUsage[]
  /** Returns the deficits of earlier periods that count in `period`. */
  carriedInto(period: Period): Carried
  /**
   * Returns the deficits that `period` leaves to later ones: what is written when it closes, if nothing more
   * is used in it.
   */
  carriedOutOf(period: Period): Carried
  /** Returns the steps that grants of a meter have left for a date, after the usage of `all`. */
  grantsLeft(meter: string, date: LocalDate): number
  meters(period: Period): MeterInPeriod[]
  rated(period: Period): RatedUsage[]
}

/**
 * Reads the usage of some dates, and of earlier dates that affect them: days that left a deficit, and values
 * that still stand.
 */
export async function readUsage(
  tx: BillingTransaction,
  state: SubscriptionState,
  range: DateRange,
  meter?: string,
): Promise<KnownUsage> {
  const {
    customer: { customerId },
  } = state
  const since = isCovered(state) ? coveredFrom(state, range) : carriesFrom(state, range)
  const read = await dailyUsage(tx, customerId, { from: since, to: range.to }, meter)
  const { usage: covered, left } = await coverageOf(tx, state, read, { from: since, to: range.to }, meter)
  const all = [...(await standingBefore(tx, state, since, meter)), ...covered]
  return knownUsage(
    state,
    all,
    covered.filter((day) => range.from <= day.date),
    left,
  )
}

/** Returns the first date whose usage affects the counts in `range`, or what grants cover in it. */
export function coveredFrom(state: SubscriptionState, range: DateRange): LocalDate {
  const from = coversFrom(state)
  const own = carriesFrom(state, range)
  return from < range.to ? earlier(own, carriesFrom(state, { from, to: range.to })) : own
}

/** Computes what grants cover of usage read from `coveredFrom` on, by the draws that are written down. */
export async function coverageOf(
  tx: BillingTransaction,
  state: SubscriptionState,
  usage: readonly DailyUsage[],
  range: DateRange,
  meter?: string,
): Promise<Coverage> {
  if (!isCovered(state)) return { usage: [...usage], draws: [], left: new Map() }
  const written = await readDraws(
    tx,
    state.customer.customerId,
    earlier(range.from, coversFrom(state)),
    meter,
  )
  return coverUsage(state, usage, written, range.to, (period, days) =>
    carriedFrom(state, usagePhases(state.phases), period, days),
  )
}

/** Like `readUsage`, from usage at hand: `all` includes the earlier days that affect `days`. */
export function knownUsage(
  state: SubscriptionState,
  all: readonly DailyUsage[],
  days = [...all],
  left: Coverage['left'] = new Map(),
): KnownUsage {
  const phases = usagePhases(state.phases)
  const carriedInto = (period: Period) => carriedFrom(state, phases, period, all)
  return {
    days,
    all,
    carriedInto,
    carriedOutOf: ({ from, to }) => {
      const { left } = carriedThrough(state, phases, periodsBefore(state, { from: to }), all, to)
      return left.findLast(({ period }) => period.from === from)?.deficits ?? new Map<string, number>()
    },
    grantsLeft: (meter, date) => leftOn(state.grants, left, meter, date),
    meters: (period) => metersInPeriod(phases, period, all, state.meters, carriedInto(period)),
    rated: (period) => rateUsage(phases, period, all, state.meters, carriedInto(period)),
  }
}

/** Returns, for each meter with `carry`, the latest value before a date. */
async function standingBefore(
  tx: BillingTransaction,
  { customer: { customerId }, meters, phases }: SubscriptionState,
  date: LocalDate,
  meter?: string,
): Promise<DailyUsage[]> {
  const carrying = [...meters.values()]
    .filter((one) => one.carry && (meter === undefined || one.key === meter))
    .map(({ key }) => key)
  const first = phases[0]?.from
  if (carrying.length === 0 || first === undefined || first >= date) return []
  return tx.query<DailyUsage>(
    `select d.meter, d.local_date as date, d.quantity, d.events
      from unnest($2::text[]) as m(key)
      cross join lateral (
        select *
        from usage_daily
        where customer_id = $1 and meter = m.key and local_date < $3 and local_date >= $4
        order by local_date desc
        limit 1
      ) d
      order by d.local_date, d.meter collate "C"`,
    [customerId, carrying, date, first],
  )
}

/** Returns the earlier periods whose deficits are computed from usage when `period` is rated. */
function periodsBefore(state: SubscriptionState, period: Pick<Period, 'from'>): LabelledPeriod[] {
  const since = addDays(period.from, -lookBackDays)
  return usagePeriods(state.phases, period.from).filter((one) => one.from < period.from && one.to > since)
}

/** Returns whether a deficit can count in a period, judged by the customer's phases without reading usage. */
export function mayCarry(
  state: SubscriptionState,
  period: Pick<Period, 'from'>,
  phases = usagePhases(state.phases),
): boolean {
  return state.deficits.length > 0 || periodsBefore(state, period).some((one) => mayLeaveDeficit(phases, one))
}

/** Returns the first date whose usage affects the counts in `range`. */
export function carriesFrom(state: SubscriptionState, range: DateRange): LocalDate {
  const among = usagePeriods(state.phases, range.to).filter(
    (period) => period.to > range.from && period.from < range.to,
  )
  const periods = among.length > 0 ? among : [range]
  return periods
    .filter((period) => mayCarry(state, period))
    .flatMap((period) => periodsBefore(state, period).map(({ from }) => from))
    .reduce((first, date) => (date < first ? date : first), range.from)
}

/**
 * Returns the deficits that count in a period: what earlier periods left by the usage known now, less what
 * was forgiven.
 */
export function carriedFrom(
  state: SubscriptionState,
  phases: readonly UsagePhase[],
  period: Pick<Period, 'from'>,
  usage: readonly DailyUsage[],
): Carried {
  return carriedThrough(state, phases, periodsBefore(state, period), usage, period.from).into
}

/**
 * Returns the deficit that each of several consecutive periods leaves, and which part counts from `next` on.
 */
function carriedThrough(
  state: SubscriptionState,
  phases: readonly UsagePhase[],
  periods: readonly LabelledPeriod[],
  usage: readonly DailyUsage[],
  next: LocalDate,
): { left: { period: LabelledPeriod; deficits: Carried }[]; into: Carried } {
  const left: { period: LabelledPeriod; deficits: Carried }[] = []
  const begin = periods[0]?.from ?? next
  let since: LocalDate | null = null
  let deficits = sumBy(state.deficits.filter((deficit) => deficit.period < begin))
  const forgive = (until: LocalDate) => {
    const forgiven = sumBy(
      state.deficits.filter(
        (deficit) =>
          deficit.forgiven
          && (since === null ? deficit.period === until : since < deficit.period && deficit.period <= until),
      ),
    )
    const still = [...deficits].map(([meter, steps]): [string, number] => [
      meter,
      steps + (forgiven.get(meter) ?? 0),
    ])
    deficits = new Map(still.filter(([, steps]) => steps > 0))
  }
  for (const period of periods) {
    forgive(period.from)
    const counted =
      deficits.size > 0 || mayLeaveDeficit(phases, period)
        ? metersInPeriod(phases, period, usage, state.meters, deficits).filter(({ meter }) =>
            isAdditive(meter),
          )
        : []
    const after = new Map([
      ...deficits,
      ...counted.map(({ meter, deficit }) => [meter.key, deficit] as const),
    ])
    deficits = new Map([...after].filter(([, steps]) => steps > 0))
    left.push({ period, deficits })
    since = period.from
  }
  if (begin < next || since === null) forgive(next)
  return { left, into: deficits }
}

function sumBy(rows: readonly DeficitSum[]): Map<string, number> {
  const sums = new Map<string, number>()
  for (const { meter, quantity } of rows) sums.set(meter, (sums.get(meter) ?? 0) + quantity)
  return sums
}

/**
 * Writes the deficits of the periods that ended by `until` and can still change; older rows stay as they are.
 * Each row holds what its period adds (negative: works off), so the rows up to a period add up to its
 * deficit. Idempotent.
 */
export async function writeDeficits(
  tx: BillingTransaction,
  state: SubscriptionState,
  until: LocalDate,
): Promise<void> {
  const phases = usagePhases(state.phases)
  const periods = periodsBefore(state, { from: until })
  if (state.deficits.length === 0 && !periods.some((period) => mayLeaveDeficit(phases, period))) return
  const from = periods[0]?.from
  if (from === undefined) return
  const { all: usage } = await readUsage(tx, state, { from, to: until })
  const { left } = carriedThrough(state, phases, periods, usage, until)
  for (const { period, deficits } of left) {
    const written = sumBy(state.deficits.filter((deficit) => deficit.period <= period.from))
    for (const meter of [...new Set([...written.keys(), ...deficits.keys()])].sort()) {
      const quantity = (deficits.get(meter) ?? 0) - (written.get(meter) ?? 0)
      if (quantity !== 0)
        await addDeficit(tx, state, { meter, period: period.from, quantity, forgiven: false })
    }
  }
}

/** Inserts a deficit row and adds it to the state in memory. */
export async function addDeficit(
  tx: BillingTransaction,
  state: SubscriptionState,
  { meter, period, quantity, forgiven, reason }: DeficitSum & { reason?: string },
): Promise<void> {
  await tx.query(
    `insert into deficits (customer_id, id, meter, period_start, quantity, forgiven_reason, at)
      values ($1, $2, $3, $4, $5, $6, $7)`,
    [state.customer.customerId, tx.newId('def'), meter, period, quantity, reason ?? null, tx.at],
  )
  state.deficits.push({ meter, period, quantity, forgiven })
}
