import { sql, type Sql } from '@customer-portal/database'
import type { BillingTransaction } from '../engine.ts'
import { isRaised } from '../subscription/upgrade-downgrade.ts'
import { isAdditive, type Meter } from '../catalogue/meter.ts'
import { feeOf } from '../catalogue/fee.ts'
import type { Charge, Plan } from '../catalogue/plan.ts'
import {
  canRunAhead,
  countPeriod,
  lostByCut,
  type AllowanceGrid,
  type AllowancePhase,
  type CoverDay,
} from '../pricing/allowance.ts'
import { canonicalJson } from '../values/canonical-json.ts'
import { aboveIncluded, priceLevel, priceOverage } from '../pricing/charge.ts'
import { addDays, intersection, type DateRange, type LocalDate } from '../values/date.ts'
import { daysIn, periodAt, type Period } from '../values/period.ts'
import { wholeUnits } from '../values/quantity.ts'
import type { Phase } from '../subscription/phase.ts'
import type { Rated } from '../pricing/breakdown.ts'

/**
 * One meter's usage on one date. `quantity` is in steps, aggregated as the meter does; for a unique meter,
 * the number of different values.
 */
export interface DailyUsage {
  meter: string
  date: LocalDate
  quantity: number
  events: number
  /** The part of `quantity` that grants cover; absent where none does. */
  covered?: number
  /**
   * For a unique meter: how many values were last seen on which earlier date (null: on none that was read).
   */
  seen?: { previous: LocalDate | null; values: number }[]
}

/**
 * Which usage to read: `counted` is billed and uses quota, `historical` was imported, `shown` is both, as
 * reports show it.
 */
export type UsageKind = 'counted' | 'historical' | 'shown'

const daysOfKind: Record<UsageKind, Sql> = {
  counted: sql`usage_daily`,
  historical: sql`historical_daily`,
  // Both aggregated by the meter. The number of different values is counted over both.
  shown: sql`(
      select d.customer_id, d.meter, d.local_date, sum(d.events)::bigint as events,
        case m.aggregation
        when 'max' then max(d.quantity)
        when 'last' then (array_agg(d.quantity order by d.last_at desc, d.last_id collate "C" desc))[1]
        else sum(d.quantity) end::bigint as quantity
      from (
        select customer_id, meter, local_date, quantity, events, last_at, last_id
        from usage_daily
        union all
        select customer_id, meter, local_date, quantity, events, last_at, last_id
        from historical_daily
      ) d
      join meters m on m.key = d.meter
      group by d.customer_id, d.meter, d.local_date, m.aggregation
    )`,
}
const valuesOfKind: Record<UsageKind, Sql> = {
  counted: sql`usage_values`,
  historical: sql`historical_values`,
  shown: sql`(
    select customer_id, meter, local_date, value
    from usage_values
    union
    select customer_id, meter, local_date, value
    from historical_values
  )`,
}

/**
 * Returns usage per meter and date in a range, ordered by date: the counted usage unless `kind` says
 * otherwise.
 */
export async function dailyUsage(
  tx: BillingTransaction,
  customerId: string,
  range: DateRange,
  meter?: string,
  kind: UsageKind = 'counted',
): Promise<DailyUsage[]> {
  const days = await tx.query<DailyUsage & { aggregation: Meter['aggregation'] }>(
    sql`
      select d.meter, d.local_date as date, d.quantity, d.events, m.aggregation
      from ${daysOfKind[kind]} d
      join meters m on m.key = d.meter
      where ${sql.and(
        sql`d.customer_id = ${customerId}`,
        sql`d.local_date >= ${range.from}`,
        sql`d.local_date < ${range.to}`,
        meter !== undefined && sql`d.meter = ${meter}`,
      )}
      order by d.local_date, d.meter collate "C"`,
    [],
    { keepPlan: true },
  )
  const seen = days.some((day) => day.aggregation === 'unique')
    ? await valuesSeen(tx, customerId, range, meter, kind)
    : new Map<string, DailyUsage['seen']>()
  return days.map(({ aggregation, ...day }) => {
    if (aggregation !== 'unique') return day
    const own = seen.get(`${day.date} ${day.meter}`) ?? []
    return {
      ...day,
      seen: own,
      ...(kind === 'shown' ? { quantity: own.reduce((total, { values }) => total + values, 0) } : {}),
    }
  })
}

async function valuesSeen(
  tx: BillingTransaction,
  customerId: string,
  range: DateRange,
  meter: string | undefined,
  kind: UsageKind,
): Promise<Map<string, DailyUsage['seen']>> {
  const rows = await tx.query<{ meter: string; date: LocalDate; previous: LocalDate | null; values: number }>(
    sql`
      select meter, local_date as date, previous, count(*)::int as values
      from (
        select meter, local_date,
          lag(local_date) over (partition by meter, value order by local_date) as previous
        from ${valuesOfKind[kind]} u
        where ${sql.and(
          sql`customer_id = ${customerId}`,
          sql`local_date >= ${range.from}`,
          sql`local_date < ${range.to}`,
          meter !== undefined && sql`meter = ${meter}`,
        )}
      ) v
      group by 1, 2, 3`,
  )
  const seen = new Map<string, { previous: LocalDate | null; values: number }[]>()
  for (const { meter: key, date, ...one } of rows)
    seen.set(`${date} ${key}`, [...(seen.get(`${date} ${key}`) ?? []), one])
  return seen
}

/** A phase, with what rating needs of it. */
export interface UsagePhase {
  id: string
  plan: Plan
  seats: number
  from: LocalDate
  to: LocalDate | null
  /** Usage in a trial is never billed. */
  trial: boolean
  /** The start of its subscription: a level with `carry` cannot stand since an earlier date. */
  since: LocalDate
  /**
   * Whether its days count to the end of the period it ended in: true where none of their fee was credited.
   */
  countsOn: boolean
  /** Whether an upgrade within the same interval started it. */
  raised: boolean
  /**
   * Where a change or an ending took the phase's last date: how much its allowance of a meter shrank by that,
   * in units.
   */
  lost: ((meter: string) => number) | null
}

export function usagePhases(phases: readonly Phase[]): UsagePhase[] {
  const all: UsagePhase[] = phases.map((phase, index) => {
    const { id, plan, seats, from, to, trialEnds, subscriptionId } = phase
    const before = phases[index - 1]
    const isLast = phases[index + 1]?.subscriptionId !== subscriptionId
    const follows = before?.subscriptionId === subscriptionId && before.anchor === phase.anchor
    return {
      id,
      plan,
      seats,
      from,
      to,
      trial: trialEnds !== null,
      since: sinceOf(phases, id),
      countsOn: isLast && to !== null && !phase.credited && feeOf(plan, seats) > 0,
      raised: follows && isRaised(before, phase),
      lost: isCutOnItsDate(phase, phases[index + 1])
        ? (meter) => lostOf(all.slice(0, index + 1), phase, meter)
        : null,
    }
  })
  return all
}

/**
 * Returns whether a phase had its last date until the next phase took it. False for one that ended with the
 * date before, and for a trial.
 */
function isCutOnItsDate({ subscriptionId, to, trialEnds, endedOn }: Phase, next: Phase | undefined): boolean {
  if (!next || to !== next.from || trialEnds !== null) return false
  return next.subscriptionId === subscriptionId ? !next.scheduled : endedOn === to
}

/** Returns `lost` of the last phase, which was cut on the date it ended. */
function lostOf(phases: readonly UsagePhase[], { anchor, alignment, to }: Phase, key: string): number {
  const period = periodAt({ anchor, alignment, months: 1 }, to!)
  const uncut = phases.map((phase, index) => (index < phases.length - 1 ? phase : { ...phase, to: null }))
  const spans = daysOf(uncut, period).map((span) => ({
    ...span,
    charge: span.phase.plan.charges.find((charge) => charge.meter === key),
  }))
  const grid = gridOf(spans, period)
  return lostByCut(allowancePhases(spans, grid), grid, to!)
}

/** Returns the start of a phase's subscription. */
export function sinceOf(phases: readonly Phase[], id: string): LocalDate {
  const subscriptionId = phases.find((phase) => phase.id === id)!.subscriptionId
  return phases.find((phase) => phase.subscriptionId === subscriptionId)!.from
}

/**
 * One meter on one invoice line of a usage period: the quantity, the included part, and the amount for the
 * rest. Quantities are steps.
 */
export interface RatedUsage {
  /** The first phase of the line, with the plan of the last one. */
  phase: Pick<UsagePhase, 'id' | 'plan' | 'trial'>
  charge: Charge
  meter: Meter
  dates: DateRange
  used: number
  /** The part of the period's allowance available for these dates; null: unlimited. */
  allowance: number | null
  /** Steps above the allowance, billed or not, without those that grants cover. */
  overage: number
  /** Steps above the allowance that grants cover: they cost nothing. */
  covered: number
  /** The part of `overage` that a blocking limit leaves uncharged. */
  uncharged: number
  rated: Rated
}

/** One meter in one usage period. Quantities are steps. */
export interface MeterInPeriod {
  meter: Meter
  lines: RatedUsage[]
  /** The charge of the last phase; undefined where its plan has none for the meter. */
  charge: Charge | undefined
  /**
   * Allowance of the whole period as of now; null: unlimited. For a level, the allowance of the last phase.
   */
  allowance: number | null
  /** Usage that counts against the allowance; for a level, its current value. */
  used: number
  /** The part of `used` that grants cover, which uses nothing of the allowance. */
  covered: number
  /** The deficit of earlier periods, which counts as used. */
  carried: number
  /** Units used beyond what the allowance came to: they count in later periods. */
  deficit: number
}

/** Deficits that count in a period, by meter, in steps. */
export type Carried = ReadonlyMap<string, number>

const nothingCarried: Carried = new Map()

/**
 * Rates the meters of a period, each with one counter for all phases. Phases with the same charge share a
 * line; lines without usage are included.
 */
export function rateUsage(
  phases: readonly UsagePhase[],
  period: Period,
  usage: readonly DailyUsage[],
  meters: ReadonlyMap<string, Meter>,
  carried: Carried = nothingCarried,
): RatedUsage[] {
  const places = new Map(phases.map((phase, place) => [phase.id, place]))
  const placeOf = ({ phase, charge }: RatedUsage) =>
    places.get(phase.id)! * 1000 + phase.plan.charges.findIndex((one) => one.meter === charge.meter)
  return metersInPeriod(phases, period, usage, meters, carried)
    .flatMap(({ lines }) => lines)
    .sort((a, b) => placeOf(a) - placeOf(b))
}

/**
 * Returns every meter with a charge in a period, with its lines and its used allowance. `coverOf` answers what
 * grants cover where the usage does not say it yet.
 */
export function metersInPeriod(
  phases: readonly UsagePhase[],
  period: Period,
  usage: readonly DailyUsage[],
  meters: ReadonlyMap<string, Meter>,
  carried: Carried = nothingCarried,
  coverOf: (meter: string) => CoverDay | undefined = () => undefined,
): MeterInPeriod[] {
  const spans = spansIn(phases, period)
  const keys = new Set(spans.flatMap(({ phase }) => phase.plan.charges.map((charge) => charge.meter)))
  return [...keys].map((key) => {
    const meter = meters.get(key)!
    const charged = spans.map((span) => ({
      ...span,
      charge: chargesOf(span.phase).find((charge) => charge.meter === key),
    }))
    const days = usage.filter((day) => day.meter === key)
    return isAdditive(meter)
      ? flowIn(charged, period, days, meter, carried.get(key) ?? 0, coverOf(key))
      : levelIn(charged, period, days, meter)
  })
}

/** A phase with its dates in a period. */
interface PhaseSpan extends DateRange {
  phase: UsagePhase
}

interface ChargedSpan extends PhaseSpan {
  charge: Charge | undefined
}

/**
 * Returns the phases of a period, and the earlier phase that was cut on the period's first date: units it
 * granted are used on a date of this period.
 */
function spansIn(phases: readonly UsagePhase[], period: Period): PhaseSpan[] {
  const cut = phases.filter(({ from, to, lost }) => from < period.from && to === period.from && lost)
  return [...cut.map((phase) => ({ phase, from: period.from, to: period.from })), ...daysOf(phases, period)]
}

/** Returns the phases of a period, including those that started and ended on one date. */
function daysOf(phases: readonly UsagePhase[], period: Period): PhaseSpan[] {
  return phases.flatMap((phase): PhaseSpan[] => {
    const dates = intersection({ from: phase.from, to: phase.to ?? period.to }, period)
    if (dates) return [{ phase, ...dates }]
    return phase.from === phase.to && period.from <= phase.from && phase.from < period.to
      ? [{ phase, from: phase.from, to: phase.from }]
      : []
  })
}

/**
 * Returns the units a charge includes for a whole month, times the seats for an allowance per seat. Null:
 * unlimited.
 */
export function includedBy(
  { included, includedPer }: Pick<Charge, 'included' | 'includedPer'>,
  seats: number,
): number | null {
  return included === null ? null : included * (includedPer === 'seat' ? seats : 1)
}

/**
 * Returns the dates that allowances are prorated over. A trial's allowance is not prorated: its own dates are
 * the whole.
 */
function gridOf(spans: readonly PhaseSpan[], period: Period): AllowanceGrid {
  return spans.at(-1)?.phase.trial
    ? { from: period.from, to: period.to, days: daysIn(period) }
    : { from: period.from, to: period.whole.to, days: daysIn(period.whole) }
}

/** Returns the phases as the allowance of one meter needs them. */
export function allowancePhases(spans: readonly ChargedSpan[], grid: AllowanceGrid): AllowancePhase[] {
  return spans.map(({ phase, charge, from, to }, index) => ({
    from,
    to,
    included: charge && includedBy(charge, phase.seats),
    blocks: charge?.overage === 'block',
    whole: phase.raised && !phase.trial && charge?.onUpgrade === 'full',
    // Only for a phase that had its last date in the period before.
    lost: charge && phase.from < from && from === to ? phase.lost?.(charge.meter) : undefined,
    countsTo:
      index < spans.length - 1 || (phase.to !== null && phase.to < grid.to && !phase.countsOn) ? to : grid.to,
  }))
}

/**
 * Returns whether a period can end with a smaller allowance than it had at some time. A trial leaves no
 * deficit.
 */
export function mayLeaveDeficit(phases: readonly UsagePhase[], period: Period): boolean {
  const spans = spansIn(phases, period)
  const grid = gridOf(spans, period)
  if (spans.at(-1)?.phase.trial || (spans.length <= 1 && period.to === grid.to)) return false
  const keys = new Set(spans.flatMap(({ phase }) => phase.plan.charges.map((charge) => charge.meter)))
  return [...keys].some((key) =>
    canRunAhead(
      allowancePhases(
        spans.map((span) => ({
          ...span,
          charge: span.phase.plan.charges.find((charge) => charge.meter === key),
        })),
        grid,
      ),
      grid,
    ),
  )
}

/**
 * Groups consecutive phases that share a line: those with the same charge, tax and, where a level's charge
 * depends on them, seats.
 */
function linesOf(
  spans: readonly ChargedSpan[],
  bySeats: boolean,
): (ChargedSpan & { charge: Charge; members: number[] })[] {
  const lines: (ChargedSpan & { charge: Charge; members: number[]; key: string })[] = []
  let open: (typeof lines)[number] | undefined
  for (const [index, span] of spans.entries()) {
    const {
      charge,
      phase: { plan, seats, trial },
    } = span
    if (span.from === span.to) continue
    const key =
      charge
      && canonicalJson([
        charge,
        plan.taxRate,
        plan.taxMode,
        trial,
        bySeats && charge.includedPer === 'seat' ? seats : 0,
      ])
    if (open && key === open.key) {
      Object.assign(open, { to: span.to, phase: { ...span.phase, id: open.phase.id } })
      open.members.push(index)
    } else {
      open = charge && { ...span, charge, members: [index], key: key! }
      if (open) lines.push(open)
    }
  }
  return lines
}

function flowIn(
  spans: readonly ChargedSpan[],
  period: Period,
  usage: readonly DailyUsage[],
  meter: Meter,
  carried: number,
  cover?: CoverDay,
): MeterInPeriod {
  const grid = gridOf(spans, period)
  const days = usage.map((day) => ({
    date: day.date,
    quantity: valueOf(day, meter),
    ...(day.covered === undefined ? {} : { covered: day.covered }),
  }))
  const counted = countPeriod({
    phases: allowancePhases(spans, grid),
    grid,
    days,
    carried,
    decimals: meter.decimals,
    ...(cover ? { cover } : {}),
  })
  const lines = linesOf(spans, false).map((line) => {
    const parts = line.members.map((index) => counted.phases[index]!)
    const total = (name: 'within' | 'overage' | 'uncharged' | 'covered') =>
      parts.reduce((sum, part) => sum + part[name], 0)
    return {
      ...line,
      parts,
      billed: total('overage'),
      uncharged: total('uncharged'),
      covered: total('covered'),
      used: usedOn(usage, meter, line),
    }
  })
  let before = 0
  const all = lines.reduce((sum, { billed }) => sum + billed, 0)
  const rated = lines.map((line, index): RatedUsage => {
    const { phase, charge, from, to, parts, billed, uncharged, covered, used } = line
    const flatDue = !lines
      .slice(0, index)
      .some((one) => one.billed > 0 && one.charge.price?.model === 'volume')
    const overage = {
      overage: billed,
      decimals: meter.decimals,
      events: eventsOn(
        usage.filter((day) => day.covered === undefined || day.covered < valueOf(day, meter)),
        meter,
        line,
      ),
      before,
      after: all - before - billed,
      flatDue,
    }
    before += billed
    const last = parts.at(-1)!
    const above = billed + uncharged
    // With overage the allowance is the included quantity; otherwise it is what was left when the line
    // started.
    const allowance =
      last.allowance === null
        ? null
        : above + covered > 0
          ? used - above - covered
          : Math.max(used, last.allowance - parts[0]!.placeBefore)
    return {
      phase,
      charge,
      meter,
      dates: { from, to },
      used,
      allowance,
      overage: above,
      covered,
      uncharged,
      rated: priceOverage(charge, overage, { from, to }, period),
    }
  })
  const last = spans.at(-1)
  const inCounted = (of: (dates: DateRange) => number) =>
    uncounted(spans).reduce((left, dates) => left - of(dates), of(period))
  return {
    meter,
    lines: rated,
    charge: last?.charge,
    allowance: last?.charge?.included === null ? null : (counted.allowance ?? 0),
    used: inCounted((dates) => usedOn(usage, meter, dates)),
    covered: inCounted((dates) => coveredOn(usage, meter.key, dates)),
    carried,
    // A trial leaves no deficit of its own, only the rest of what was carried into it.
    deficit: last?.phase.trial ? Math.min(carried, counted.deficit) : counted.deficit,
  }
}

/**
 * Returns the dates that a level's value at the end of `dates` can come from: earlier values in the period
 * still count, and with `carry` those since the subscription started.
 */
export function levelDates(
  meter: Meter,
  dates: Pick<DateRange, 'to'>,
  { period, since }: { period: DateRange; since: LocalDate },
): DateRange {
  return { from: meter.carry ? since : period.from, to: dates.to }
}

function levelIn(
  spans: readonly ChargedSpan[],
  period: Period,
  usage: readonly DailyUsage[],
  meter: Meter,
): MeterInPeriod {
  const rated = linesOf(spans, true).map(({ phase, charge, from, to }): RatedUsage => {
    const used = usedOn(usage, meter, levelDates(meter, { to }, { period, since: phase.since }))
    const included = includedBy(charge, phase.seats)
    const allowance = included === null ? null : wholeUnits(included, meter.decimals)
    const overage = aboveIncluded(used, allowance)
    const events = eventsOn(usage, meter, { from, to })
    return {
      phase,
      charge,
      meter,
      dates: { from, to },
      used,
      allowance,
      overage,
      covered: 0,
      uncharged: charge.overage === 'block' ? overage : 0,
      rated: priceLevel(charge, { overage, decimals: meter.decimals, events }, { from, to }, period),
    }
  })
  const last = spans.at(-1)
  const current = rated.at(-1)
  return {
    meter,
    lines: rated,
    charge: last?.charge,
    allowance: last?.charge && current ? current.allowance : 0,
    used: current?.used ?? 0,
    covered: 0,
    carried: 0,
    deficit: 0,
  }
}

/**
 * Returns the allowance on a date of a period: the larger of the sum on that date and the sum now. See
 * `MeterInPeriod` for `used`. Null: unlimited.
 */
export function allowanceOn(
  phases: readonly UsagePhase[],
  period: Period,
  date: LocalDate,
  charge: Charge,
  meter: Meter,
): number | null {
  const spans = spansIn(phases, period).map((span) => ({
    ...span,
    charge: chargesOf(span.phase).find((one) => one.meter === charge.meter),
  }))
  if (charge.included === null) return null
  const index = spans.findLastIndex(({ from, to }) => from <= date && date < to)
  if (!isAdditive(meter)) return wholeUnits(includedBy(charge, spans[index]!.phase.seats)!, meter.decimals)
  const grid = gridOf(spans, period)
  return countPeriod({
    phases: allowancePhases(spans, grid),
    grid,
    days: [],
    carried: 0,
    decimals: meter.decimals,
  }).phases[index]!.allowance
}

/**
 * Returns the dates of a period on which usage of a meter counts against no limit: the plan has none, or has
 * no charge for the meter.
 */
export function uncountedDates(phases: readonly UsagePhase[], period: Period, meter: string): DateRange[] {
  const spans = spansIn(phases, period).map(({ phase, from, to }) => ({
    from,
    to,
    charge: chargesOf(phase).find((charge) => charge.meter === meter),
  }))
  return uncounted(spans)
}

function uncounted(spans: readonly (DateRange & { charge: Charge | undefined })[]): DateRange[] {
  return spans.flatMap(({ from, to, charge }, index) => {
    if (charge && charge.included !== null) return []
    // On the date a limited plan was left, its quota may have granted units.
    const isLeft =
      !charge
      && spans
        .slice(0, index)
        .some((span) => span.to === from && span.charge && span.charge.included !== null)
    const start = isLeft ? addDays(from, 1) : from
    return start < to ? [{ from: start, to }] : []
  })
}

/** Returns the charges of a phase. A trial bills no overage, so its allowance is a limit. */
export function chargesOf({ plan, trial }: Pick<UsagePhase, 'plan' | 'trial'>): Charge[] {
  return trial
    ? plan.charges.map(({ price: _price, minimum: _minimum, maximum: _maximum, ...charge }) => ({
        ...charge,
        overage: 'block',
      }))
    : plan.charges
}

function eventsOn(usage: readonly DailyUsage[], meter: Meter, dates: DateRange): number {
  return usage
    .filter((day) => day.meter === meter.key && dates.from <= day.date && day.date < dates.to)
    .reduce((total, day) => total + day.events, 0)
}

/** Returns the steps of a meter that grants cover on some dates. */
export function coveredOn(usage: readonly DailyUsage[], meter: string, dates: DateRange): number {
  return usage
    .filter((day) => day.meter === meter && dates.from <= day.date && day.date < dates.to)
    .reduce((total, { covered = 0 }) => total + covered, 0)
}

/** Returns a meter's value over some dates, in steps. */
export function usedOn(usage: readonly DailyUsage[], meter: Meter, dates: DateRange): number {
  const days = usage.filter((day) => day.meter === meter.key && dates.from <= day.date && day.date < dates.to)
  switch (meter.aggregation) {
    case 'sum':
    case 'count':
      return days.reduce((total, day) => total + valueOf(day, meter), 0)
    case 'max':
      return days.reduce((most, day) => Math.max(most, day.quantity), 0)
    // Dates have no overlap, so the latest event is on the latest date.
    case 'last':
      return (
        days.reduce<DailyUsage | undefined>(
          (last, day) => (last && last.date > day.date ? last : day),
          undefined,
        )?.quantity ?? 0
      )
    // A value counts on the first date of the range on which it was seen.
    case 'unique':
      return days
        .flatMap((day) => day.seen ?? [])
        .reduce(
          (total, { previous, values }) => total + (previous === null || previous < dates.from ? values : 0),
          0,
        )
  }
}

/** Returns the value of one day, in steps (a count meter counts events). */
export function valueOf(day: Pick<DailyUsage, 'quantity' | 'events'>, meter: Meter): number {
  return meter.aggregation === 'count' ? wholeUnits(day.events, meter.decimals) : day.quantity
}
