import type { BillingTransaction } from '../engine.ts'
import { isRaised } from '../subscription/direction.ts'
import { isAdditive, type Meter } from '../catalogue/meter.ts'
import { feeOf, type Charge, type Plan } from '../catalogue/plan.ts'
import {
  canRunAhead,
  countPeriod,
  lostByCut,
  type AllowanceGrid,
  type AllowancePhase,
} from '../pricing/allowance.ts'
import { canonicalJson } from '../values/canonical-json.ts'
import { aboveIncluded, priceLevel, priceOverage } from '../pricing/charge.ts'
import { addDays, intersection, type DateRange, type LocalDate } from '../values/date.ts'
import { daysIn, periodAt, type Period } from '../values/period.ts'
import type { Rated } from '../pricing/price.ts'
import { wholeUnits } from '../values/quantity.ts'
import type { Phase } from '../subscription/phase.ts'

/**
 * One meter's usage on one date. `quantity` is steps: what the meter makes of the day, the number of
 * different values where it counts those.
 */
export interface DailyUsage {
  meter: string
  date: LocalDate
  quantity: number
  events: number
  /**
   * Of a meter that counts different values: how many were seen last on which date before (null: never, as
   * far as was read).
   */
  seen?: { previous: LocalDate | null; values: number }[]
}

/** Which usage: what is billed and uses up quotas, history, or both together, as it is shown. */
export type UsageKind = 'counted' | 'historical' | 'shown'

const daysOfKind: Record<UsageKind, string> = {
  counted: 'usage_daily',
  historical: 'historical_daily',
  // What a meter makes of both. How many different values there were is counted from them.
  shown: `(
      select d.customer_id, d.meter, d.local_date, sum(d.events)::bigint as events, case m.aggregation
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
const valuesOfKind: Record<UsageKind, string> = {
  counted: 'usage_values',
  historical: 'historical_values',
  shown:
    '(select customer_id, meter, local_date, value from usage_values union select customer_id, meter, '
    + 'local_date, value from historical_values)',
}

/** Usage per meter and date in a range of dates, by date: what is billed, unless told otherwise. */
export async function dailyUsage(
  tx: BillingTransaction,
  customerId: string,
  range: DateRange,
  meter?: string,
  kind: UsageKind = 'counted',
): Promise<DailyUsage[]> {
  const days = await tx.query<DailyUsage & { aggregation: Meter['aggregation'] }>(
    `select d.meter, d.local_date as date, d.quantity, d.events, m.aggregation
      from ${daysOfKind[kind]} d
      join meters m on m.key = d.meter
      where d.customer_id = $1
        and d.local_date >= $2
        and d.local_date < $3
        and ($4::text is null or d.meter = $4)
      order by d.local_date, d.meter collate "C"`,
    [customerId, range.from, range.to, meter ?? null],
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
    `select meter, local_date as date, previous, count(*)::int as values
      from (
        select meter, local_date,
          lag(local_date) over (partition by meter, value order by local_date) as previous
        from ${valuesOfKind[kind]} u
        where customer_id = $1 and local_date >= $2 and local_date < $3 and ($4::text is null or meter = $4)
      ) v
      group by 1, 2, 3`,
    [customerId, range.from, range.to, meter ?? null],
  )
  const seen = new Map<string, { previous: LocalDate | null; values: number }[]>()
  for (const { meter: key, date, ...one } of rows)
    seen.set(`${date} ${key}`, [...(seen.get(`${date} ${key}`) ?? []), one])
  return seen
}

/** A phase as its usage is rated. */
export interface UsagePhase {
  id: string
  plan: Plan
  seats: number
  from: LocalDate
  to: LocalDate | null
  /** Its usage is never billed. */
  trial: boolean
  /** When its subscription began: a level that carries stands since then at the earliest. */
  since: LocalDate
  /**
   * Whether its days count to the end of a period it ended in: nothing of what was paid for them was given
   * back.
   */
  countsOn: boolean
  /** Whether a change to a higher plan began it, within its interval. */
  raised: boolean
  /**
   * Where a change or an ending took the last date from it, on that date: what its allowance of a meter came
   * to less by that, in units.
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
 * Whether a phase had the date it ended on until what follows took it: not what ended with the date before,
 * or was a trial.
 */
function isCutOnItsDate({ subscriptionId, to, trialEnds, endedOn }: Phase, next: Phase | undefined): boolean {
  if (!next || to !== next.from || trialEnds !== null) return false
  return next.subscriptionId === subscriptionId ? !next.scheduled : endedOn === to
}

/** Of the last of some phases, which was cut on the date it ended on. */
function lostOf(phases: readonly UsagePhase[], { anchor, alignment, to }: Phase, key: string): number {
  const period = periodAt({ anchor, alignment, months: 1 }, to!)
  const uncut = phases.map((one, index) => (index < phases.length - 1 ? one : { ...one, to: null }))
  const spans = daysOf(uncut, period).map((span) => ({
    ...span,
    charge: span.phase.plan.charges.find((one) => one.meter === key),
  }))
  const grid = gridOf(spans, period)
  return lostByCut(allowancePhases(spans, grid), grid, to!)
}

/** When the subscription of a phase began. */
export function sinceOf(phases: readonly Phase[], id: string): LocalDate {
  const subscriptionId = phases.find((one) => one.id === id)!.subscriptionId
  return phases.find((one) => one.subscriptionId === subscriptionId)!.from
}

/**
 * One meter on one line of a usage period: what was used, what of it was included, and what the rest costs.
 * Quantities are steps.
 */
export interface RatedUsage {
  /** The first phase the line is for, and the plan of the last one. */
  phase: Pick<UsagePhase, 'id' | 'plan' | 'trial'>
  charge: Charge
  meter: Meter
  dates: DateRange
  used: number
  /** What of the period's allowance was there for these dates; null: unlimited. */
  allowance: number | null
  /** Above it, whether billed or not. */
  overage: number
  /** Of that, what a limit that blocks leaves uncharged. */
  uncharged: number
  rated: Rated
}

/** One meter in one usage period. Steps. */
export interface MeterInPeriod {
  meter: Meter
  lines: RatedUsage[]
  /** The charge of the last phase; undefined where its plan does not charge the meter. */
  charge: Charge | undefined
  /** What may be used in all, as it stands: null unlimited. Of a level: what the last phase includes. */
  allowance: number | null
  /** What counts against it; of a level the value now. */
  used: number
  /** The deficit of periods before, which counts as used. */
  carried: number
  /** What of the allowance was used beyond what it came to: counts in the periods after. */
  deficit: number
}

/** The deficits that count in a period, by meter, in steps. */
export type Carried = ReadonlyMap<string, number>

const nothingCarried: Carried = new Map()

/**
 * Rates the meters of a period, each on one counter over all phases. Phases with the same charge are one
 * line; those without usage are there too.
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

/** Every meter that is charged somewhere in a period, with its lines and what of its allowance is used. */
export function metersInPeriod(
  phases: readonly UsagePhase[],
  period: Period,
  usage: readonly DailyUsage[],
  meters: ReadonlyMap<string, Meter>,
  carried: Carried = nothingCarried,
): MeterInPeriod[] {
  const spans = spansIn(phases, period)
  const keys = new Set(spans.flatMap(({ phase }) => phase.plan.charges.map((charge) => charge.meter)))
  return [...keys].map((key) => {
    const meter = meters.get(key)!
    const charged = spans.map((span) => ({
      ...span,
      charge: chargesOf(span.phase).find((one) => one.meter === key),
    }))
    const days = usage.filter((day) => day.meter === key)
    return isAdditive(meter)
      ? flowIn(charged, period, days, meter, carried.get(key) ?? 0)
      : levelIn(charged, period, days, meter)
  })
}

/** A phase's dates in a period. */
interface PhaseSpan extends DateRange {
  phase: UsagePhase
}

interface ChargedSpan extends PhaseSpan {
  charge: Charge | undefined
}

/**
 * The phases of a period, with the one that had its first date before, and that was cut on it: what was
 * granted by that is used on a date of this period.
 */
function spansIn(phases: readonly UsagePhase[], period: Period): PhaseSpan[] {
  const cut = phases.filter(({ from, to, lost }) => from < period.from && to === period.from && lost)
  return [...cut.map((phase) => ({ phase, from: period.from, to: period.from })), ...daysOf(phases, period)]
}

/** The phases of a period, with those that began and ended on one of its dates. */
function daysOf(phases: readonly UsagePhase[], period: Period): PhaseSpan[] {
  return phases.flatMap((phase): PhaseSpan[] => {
    const dates = intersection({ from: phase.from, to: phase.to ?? period.to }, period)
    if (dates) return [{ phase, ...dates }]
    return phase.from === phase.to && period.from <= phase.from && phase.from < period.to
      ? [{ phase, from: phase.from, to: phase.from }]
      : []
  })
}

/** Steps or units for a whole month on a charge: for each seat where it says so. Null is unlimited. */
export function includedBy(
  { included, includedPer }: Pick<Charge, 'included' | 'includedPer'>,
  seats: number,
): number | null {
  return included === null ? null : included * (includedPer === 'seat' ? seats : 1)
}

/** The days allowances are shares of. What a trial includes is not divided: its own dates are the whole. */
function gridOf(spans: readonly PhaseSpan[], period: Period): AllowanceGrid {
  return spans.at(-1)?.phase.trial
    ? { from: period.from, to: period.to, days: daysIn(period) }
    : { from: period.from, to: period.whole.to, days: daysIn(period.whole) }
}

/** The phases as one meter's allowance sees them. */
export function allowancePhases(spans: readonly ChargedSpan[], grid: AllowanceGrid): AllowancePhase[] {
  return spans.map(({ phase, charge, from, to }, index) => ({
    from,
    to,
    included: charge && includedBy(charge, phase.seats),
    blocks: charge?.overage === 'block',
    whole: phase.raised && !phase.trial && charge?.onUpgrade === 'full',
    // Only of one that is there for a date it had in the period before.
    lost: charge && phase.from < from && from === to ? phase.lost?.(charge.meter) : undefined,
    countsTo:
      index < spans.length - 1 || (phase.to !== null && phase.to < grid.to && !phase.countsOn) ? to : grid.to,
  }))
}

/**
 * Whether a period can end with less of some allowance than there was in it. A trial leaves nothing to count
 * after it.
 */
export function mayLeaveDeficit(phases: readonly UsagePhase[], period: Period): boolean {
  const spans = spansIn(phases, period)
  const grid = gridOf(spans, period)
  if (spans.at(-1)?.phase.trial || (spans.length <= 1 && period.to === grid.to)) return false
  const keys = new Set(spans.flatMap(({ phase }) => phase.plan.charges.map((charge) => charge.meter)))
  return [...keys].some((key) =>
    canRunAhead(
      allowancePhases(
        spans.map((span) => ({ ...span, charge: span.phase.plan.charges.find((one) => one.meter === key) })),
        grid,
      ),
      grid,
    ),
  )
}

/**
 * The phases next to each other that one line is for: with the same charge, tax and (where that is a part of
 * a level's charge) seats.
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
): MeterInPeriod {
  const grid = gridOf(spans, period)
  const days = usage.map((day) => ({ date: day.date, quantity: valueOf(day, meter) }))
  const counted = countPeriod({
    phases: allowancePhases(spans, grid),
    grid,
    days,
    carried,
    decimals: meter.decimals,
  })
  const lines = linesOf(spans, false).map((line) => {
    const parts = line.members.map((index) => counted.phases[index]!)
    const total = (name: 'within' | 'overage' | 'uncharged') =>
      parts.reduce((sum, part) => sum + part[name], 0)
    return {
      ...line,
      parts,
      billed: total('overage'),
      uncharged: total('uncharged'),
      used: usedOn(usage, meter, line),
    }
  })
  let before = 0
  const all = lines.reduce((sum, { billed }) => sum + billed, 0)
  const rated = lines.map((line, index): RatedUsage => {
    const { phase, charge, from, to, parts, billed, uncharged, used } = line
    const flatDue = !lines
      .slice(0, index)
      .some((one) => one.billed > 0 && one.charge.price?.model === 'volume')
    const overage = {
      overage: billed,
      decimals: meter.decimals,
      events: eventsOn(usage, meter, line),
      before,
      after: all - before - billed,
      flatDue,
    }
    before += billed
    const last = parts.at(-1)!
    const above = billed + uncharged
    // Of what is above, it is what was included; else what was left when the line began.
    const allowance =
      last.allowance === null
        ? null
        : above > 0
          ? used - above
          : Math.max(used, last.allowance - parts[0]!.placeBefore)
    return {
      phase,
      charge,
      meter,
      dates: { from, to },
      used,
      allowance,
      overage: above,
      uncharged,
      rated: priceOverage(charge, overage, { from, to }, period),
    }
  })
  const last = spans.at(-1)
  return {
    meter,
    lines: rated,
    charge: last?.charge,
    allowance: last?.charge?.included === null ? null : (counted.allowance ?? 0),
    used: uncounted(spans).reduce(
      (left, dates) => left - usedOn(usage, meter, dates),
      usedOn(usage, meter, period),
    ),
    carried,
    // Nothing of a trial counts after it but what counted in it.
    deficit: last?.phase.trial ? Math.min(carried, counted.deficit) : counted.deficit,
  }
}

/**
 * The dates of which a level's value at the end of `dates` is one of: whatever was seen before in the period
 * counts on, and what carries since its subscription began.
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
    carried: 0,
    deficit: 0,
  }
}

/**
 * What may be used on a date of a period, as the sum stood then or stands now; for `used` see
 * `MeterInPeriod`. Null: unlimited.
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
 * The dates of a period on which usage counts against no limit of a meter: the plan has none, or does not
 * charge it.
 */
export function uncountedDates(phases: readonly UsagePhase[], period: Period, meter: string): DateRange[] {
  const spans = spansIn(phases, period).map(({ phase, from, to }) => ({
    from,
    to,
    charge: chargesOf(phase).find((one) => one.meter === meter),
  }))
  return uncounted(spans)
}

function uncounted(spans: readonly (DateRange & { charge: Charge | undefined })[]): DateRange[] {
  return spans.flatMap(({ from, to, charge }, index) => {
    if (charge && charge.included !== null) return []
    // On the date on which a plan with a limit was left, its quota may have granted some.
    const isLeft =
      !charge
      && spans.slice(0, index).some((one) => one.to === from && one.charge && one.charge.included !== null)
    const start = isLeft ? addDays(from, 1) : from
    return start < to ? [{ from: start, to }] : []
  })
}

/** The charges of a phase. In a trial nothing is billed, so what is included is all there is. */
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

/** A meter's value over some dates, in steps. */
export function usedOn(usage: readonly DailyUsage[], meter: Meter, dates: DateRange): number {
  const days = usage.filter((day) => day.meter === meter.key && dates.from <= day.date && day.date < dates.to)
  switch (meter.aggregation) {
    case 'sum':
    case 'count':
      return days.reduce((total, day) => total + valueOf(day, meter), 0)
    case 'max':
      return days.reduce((most, day) => Math.max(most, day.quantity), 0)
    // Dates tile time, so the latest event is on the latest date.
    case 'last':
      return (
        days.reduce<DailyUsage | undefined>(
          (last, day) => (last && last.date > day.date ? last : day),
          undefined,
        )?.quantity ?? 0
      )
    // A value counts on the first date of the range it was seen on.
    case 'unique':
      return days
        .flatMap((day) => day.seen ?? [])
        .reduce(
          (total, { previous, values }) => total + (previous === null || previous < dates.from ? values : 0),
          0,
        )
  }
}

/** What one day shows, in steps (a count meter counts events). */
export function valueOf(day: Pick<DailyUsage, 'quantity' | 'events'>, meter: Meter): number {
  return meter.aggregation === 'count' ? wholeUnits(day.events, meter.decimals) : day.quantity
}
