import type { BillingTransaction } from '../billing.ts'
import { isRaised } from '../direction.ts'
import { isAdditive, type Meter } from '../meter.ts'
import { feeOf, type Charge, type Plan } from '../plan.ts'
import { canRunAhead, countPeriod, lostByCut, type AllowanceGrid, type AllowancePhase } from '../rules/allowance.ts'
import { canonicalJson } from '../rules/canonical.ts'
import { aboveIncluded, priceLevel, priceOverage } from '../rules/charge.ts'
import { addDays, intersection, type DateRange, type LocalDate } from '../rules/date.ts'
import { daysIn, periodAt, type Period } from '../rules/period.ts'
import type { Rated } from '../rules/pricing.ts'
import { wholeUnits } from '../rules/quantity.ts'
import type { Stretch } from '../phases.ts'

/** One meter's usage on one date. `quantity` is steps: what the meter makes of the day, the number of different values where it counts those. */
export interface DailyUsage {
  meter: string
  date: LocalDate
  quantity: number
  events: number
  /** Of a meter that counts different values: how many were seen last on which date before (null: never, as far as was read). */
  seen?: { previous: LocalDate | null; values: number }[]
}

/** Which usage: what is billed and uses up quotas, history, or both together, as it is shown. */
export type UsageKind = 'counted' | 'historical' | 'shown'

const daysOfKind: Record<UsageKind, string> = {
  counted: 'usage_daily', historical: 'historical_daily',
  // What a meter makes of both. How many different values there were is counted from them.
  shown: `(select d.customer_id, d.meter, d.local_date, sum(d.events)::bigint as events,
      case m.aggregation when 'max' then max(d.quantity) when 'last' then (array_agg(d.quantity order by d.last_at desc, d.last_id collate "C" desc))[1] else sum(d.quantity) end::bigint as quantity
    from (select customer_id, meter, local_date, quantity, events, last_at, last_id from usage_daily
          union all select customer_id, meter, local_date, quantity, events, last_at, last_id from historical_daily) d
    join meters m on m.key = d.meter group by d.customer_id, d.meter, d.local_date, m.aggregation)`,
}
const valuesOfKind: Record<UsageKind, string> = {
  counted: 'usage_values', historical: 'historical_values',
  shown: '(select customer_id, meter, local_date, value from usage_values union select customer_id, meter, local_date, value from historical_values)',
}

/** Usage per meter and date in a range of dates, by date: what is billed, unless told otherwise. */
export async function dailyUsage(tx: BillingTransaction, customerId: string, range: DateRange, meter?: string, kind: UsageKind = 'counted'): Promise<DailyUsage[]> {
  const days = await tx.query<DailyUsage & { aggregation: Meter['aggregation'] }>(
    `select d.meter, d.local_date as date, d.quantity, d.events, m.aggregation from ${daysOfKind[kind]} d join meters m on m.key = d.meter
     where d.customer_id = $1 and d.local_date >= $2 and d.local_date < $3 and ($4::text is null or d.meter = $4) order by d.local_date, d.meter collate "C"`,
    [customerId, range.from, range.to, meter ?? null],
  )
  const seen = days.some((day) => day.aggregation === 'unique') ? await valuesSeen(tx, customerId, range, meter, kind) : new Map<string, DailyUsage['seen']>()
  return days.map(({ aggregation, ...day }) => {
    if (aggregation !== 'unique') return day
    const own = seen.get(`${day.date} ${day.meter}`) ?? []
    return { ...day, seen: own, ...(kind === 'shown' ? { quantity: own.reduce((total, { values }) => total + values, 0) } : {}) }
  })
}

async function valuesSeen(tx: BillingTransaction, customerId: string, range: DateRange, meter: string | undefined, kind: UsageKind): Promise<Map<string, DailyUsage['seen']>> {
  const rows = await tx.query<{ meter: string; date: LocalDate; previous: LocalDate | null; values: number }>(
    `select meter, local_date as date, previous, count(*)::int as values from (
       select meter, local_date, lag(local_date) over (partition by meter, value order by local_date) as previous from ${valuesOfKind[kind]} u
       where customer_id = $1 and local_date >= $2 and local_date < $3 and ($4::text is null or meter = $4)) v
     group by 1, 2, 3`,
    [customerId, range.from, range.to, meter ?? null],
  )
  const seen = new Map<string, { previous: LocalDate | null; values: number }[]>()
  for (const { meter: key, date, ...one } of rows) seen.set(`${date} ${key}`, [...(seen.get(`${date} ${key}`) ?? []), one])
  return seen
}

/** A stretch as its usage is rated. */
export interface UsageStretch {
  id: string
  plan: Plan
  seats: number
  from: LocalDate
  to: LocalDate | null
  /** Its usage is never billed. */
  trial: boolean
  /** When its subscription began: a level that carries stands since then at the earliest. */
  since: LocalDate
  /** Whether its days count to the end of a period it ended in: nothing of what was paid for them was given back. */
  countsOn: boolean
  /** Whether a change to a higher plan began it, within its interval. */
  raised: boolean
  /** Where a change or an ending took the last date from it, on that date: what its allowance of a meter came to less by that, in units. */
  lost: ((meter: string) => number) | null
}

export function usageStretches(stretches: readonly Stretch[]): UsageStretch[] {
  const all: UsageStretch[] = stretches.map((stretch, index) => {
    const { id, plan, seats, from, to, trialEnds, subscriptionId } = stretch
    const before = stretches[index - 1]
    const isLast = stretches[index + 1]?.subscriptionId !== subscriptionId
    const follows = before?.subscriptionId === subscriptionId && before.anchor === stretch.anchor
    return {
      id, plan, seats, from, to, trial: trialEnds !== null, since: sinceOf(stretches, id),
      countsOn: isLast && to !== null && !stretch.credited && feeOf(plan, seats) > 0, raised: follows && isRaised(before, stretch),
      lost: isCutOnItsDate(stretch, stretches[index + 1]) ? (meter) => lostOf(all.slice(0, index + 1), stretch, meter) : null,
    }
  })
  return all
}

/** Whether a stretch had the date it ended on until what follows took it: not what ended with the date before, or was a trial. */
function isCutOnItsDate({ subscriptionId, to, trialEnds, endedOn }: Stretch, next: Stretch | undefined): boolean {
  if (!next || to !== next.from || trialEnds !== null) return false
  return next.subscriptionId === subscriptionId ? !next.scheduled : endedOn === to
}

/** Of the last of some stretches, which was cut on the date it ended on. */
function lostOf(stretches: readonly UsageStretch[], { anchor, alignment, to }: Stretch, key: string): number {
  const period = periodAt({ anchor, alignment, months: 1 }, to!)
  const uncut = stretches.map((one, index) => (index < stretches.length - 1 ? one : { ...one, to: null }))
  const phases = daysOf(uncut, period).map((phase) => ({ ...phase, charge: phase.stretch.plan.charges.find((one) => one.meter === key) }))
  const grid = gridOf(phases, period)
  return lostByCut(allowancePhases(phases, grid), grid, to!)
}

/** When the subscription of a stretch began. */
export function sinceOf(stretches: readonly Stretch[], id: string): LocalDate {
  const subscriptionId = stretches.find((one) => one.id === id)!.subscriptionId
  return stretches.find((one) => one.subscriptionId === subscriptionId)!.from
}

/** One meter on one line of a usage period: what was used, what of it was included, and what the rest costs. Quantities are steps. */
export interface RatedUsage {
  /** The first stretch the line is for, and the plan of the last one. */
  stretch: Pick<UsageStretch, 'id' | 'plan' | 'trial'>
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
  /** The charge of the last stretch; undefined where its plan does not charge the meter. */
  charge: Charge | undefined
  /** What may be used in all, as it stands: null unlimited. Of a level: what the last stretch includes. */
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

/** Rates the meters of a period, each on one counter over all stretches. Stretches with the same charge are one line; those without usage are there too. */
export function rateUsage(
  stretches: readonly UsageStretch[], period: Period, usage: readonly DailyUsage[], meters: ReadonlyMap<string, Meter>, carried: Carried = nothingCarried,
): RatedUsage[] {
  const places = new Map(stretches.map((stretch, place) => [stretch.id, place]))
  const placeOf = ({ stretch, charge }: RatedUsage) => places.get(stretch.id)! * 1000 + stretch.plan.charges.findIndex((one) => one.meter === charge.meter)
  return metersInPeriod(stretches, period, usage, meters, carried).flatMap(({ lines }) => lines).sort((a, b) => placeOf(a) - placeOf(b))
}

/** Every meter that is charged somewhere in a period, with its lines and what of its allowance is used. */
export function metersInPeriod(
  stretches: readonly UsageStretch[], period: Period, usage: readonly DailyUsage[], meters: ReadonlyMap<string, Meter>, carried: Carried = nothingCarried,
): MeterInPeriod[] {
  const phases = phasesIn(stretches, period)
  const keys = new Set(phases.flatMap(({ stretch }) => stretch.plan.charges.map((charge) => charge.meter)))
  return [...keys].map((key) => {
    const meter = meters.get(key)!
    const charged = phases.map((phase) => ({ ...phase, charge: chargesOf(phase.stretch).find((one) => one.meter === key) }))
    const days = usage.filter((day) => day.meter === key)
    return isAdditive(meter) ? flowIn(charged, period, days, meter, carried.get(key) ?? 0) : levelIn(charged, period, days, meter)
  })
}

/** A stretch's dates in a period. */
interface PhaseIn extends DateRange {
  stretch: UsageStretch
}

interface ChargedPhase extends PhaseIn {
  charge: Charge | undefined
}

/** The stretches of a period, with the one that had its first date before, and that was cut on it: what was granted by that is used on a date of this period. */
function phasesIn(stretches: readonly UsageStretch[], period: Period): PhaseIn[] {
  const cut = stretches.filter(({ from, to, lost }) => from < period.from && to === period.from && lost)
  return [...cut.map((stretch) => ({ stretch, from: period.from, to: period.from })), ...daysOf(stretches, period)]
}

/** The stretches of a period, with those that began and ended on one of its dates. */
function daysOf(stretches: readonly UsageStretch[], period: Period): PhaseIn[] {
  return stretches.flatMap((stretch): PhaseIn[] => {
    const dates = intersection({ from: stretch.from, to: stretch.to ?? period.to }, period)
    if (dates) return [{ stretch, ...dates }]
    return stretch.from === stretch.to && period.from <= stretch.from && stretch.from < period.to ? [{ stretch, from: stretch.from, to: stretch.from }] : []
  })
}

/** Steps or units for a whole month on a charge: for each seat where it says so. Null is unlimited. */
export function includedBy({ included, includedPer }: Pick<Charge, 'included' | 'includedPer'>, seats: number): number | null {
  return included === null ? null : included * (includedPer === 'seat' ? seats : 1)
}

/** The days allowances are shares of. What a trial includes is not divided: its own dates are the whole. */
function gridOf(phases: readonly PhaseIn[], period: Period): AllowanceGrid {
  return phases.at(-1)?.stretch.trial ? { from: period.from, to: period.to, days: daysIn(period) } : { from: period.from, to: period.whole.to, days: daysIn(period.whole) }
}

/** The phases as one meter's allowance sees them. */
export function allowancePhases(phases: readonly ChargedPhase[], grid: AllowanceGrid): AllowancePhase[] {
  return phases.map(({ stretch, charge, from, to }, index) => ({
    from, to, included: charge && includedBy(charge, stretch.seats), blocks: charge?.overage === 'block', whole: stretch.raised && !stretch.trial && charge?.onUpgrade === 'full',
    // Only of one that is there for a date it had in the period before.
    lost: charge && stretch.from < from && from === to ? stretch.lost?.(charge.meter) : undefined,
    countsTo: index < phases.length - 1 || (stretch.to !== null && stretch.to < grid.to && !stretch.countsOn) ? to : grid.to,
  }))
}

/** Whether a period can end with less of some allowance than there was in it. A trial leaves nothing to count after it. */
export function mayLeaveDeficit(stretches: readonly UsageStretch[], period: Period): boolean {
  const phases = phasesIn(stretches, period)
  const grid = gridOf(phases, period)
  if (phases.at(-1)?.stretch.trial || (phases.length <= 1 && period.to === grid.to)) return false
  const keys = new Set(phases.flatMap(({ stretch }) => stretch.plan.charges.map((charge) => charge.meter)))
  return [...keys].some((key) => canRunAhead(allowancePhases(phases.map((phase) => ({ ...phase, charge: phase.stretch.plan.charges.find((one) => one.meter === key) })), grid), grid))
}

/** The stretches next to each other that one line is for: with the same charge, tax and (where that is a part of a level's charge) seats. */
function linesOf(phases: readonly ChargedPhase[], bySeats: boolean): (ChargedPhase & { charge: Charge; members: number[] })[] {
  const lines: (ChargedPhase & { charge: Charge; members: number[]; key: string })[] = []
  let open: (typeof lines)[number] | undefined
  for (const [index, phase] of phases.entries()) {
    const { charge, stretch: { plan, seats, trial } } = phase
    if (phase.from === phase.to) continue
    const key = charge && canonicalJson([charge, plan.taxRate, plan.taxMode, trial, bySeats && charge.includedPer === 'seat' ? seats : 0])
    if (open && key === open.key) {
      Object.assign(open, { to: phase.to, stretch: { ...phase.stretch, id: open.stretch.id } })
      open.members.push(index)
    } else {
      open = charge && { ...phase, charge, members: [index], key: key! }
      if (open) lines.push(open)
    }
  }
  return lines
}

function flowIn(phases: readonly ChargedPhase[], period: Period, usage: readonly DailyUsage[], meter: Meter, carried: number): MeterInPeriod {
  const grid = gridOf(phases, period)
  const days = usage.map((day) => ({ date: day.date, quantity: valueOf(day, meter) }))
  const counted = countPeriod({ phases: allowancePhases(phases, grid), grid, days, carried, decimals: meter.decimals })
  const lines = linesOf(phases, false).map((line) => {
    const parts = line.members.map((index) => counted.phases[index]!)
    const total = (name: 'within' | 'overage' | 'uncharged') => parts.reduce((sum, part) => sum + part[name], 0)
    return { ...line, parts, billed: total('overage'), uncharged: total('uncharged'), used: usedOn(usage, meter, line) }
  })
  let before = 0
  const all = lines.reduce((sum, { billed }) => sum + billed, 0)
  const rated = lines.map((line, index): RatedUsage => {
    const { stretch, charge, from, to, parts, billed, uncharged, used } = line
    const flatDue = !lines.slice(0, index).some((one) => one.billed > 0 && one.charge.price?.model === 'volume')
    const overage = { overage: billed, decimals: meter.decimals, events: eventsOn(usage, meter, line), before, after: all - before - billed, flatDue }
    before += billed
    const last = parts.at(-1)!
    const above = billed + uncharged
    // Of what is above, it is what was included; else what was left when the line began.
    const allowance = last.allowance === null ? null : above > 0 ? used - above : Math.max(used, last.allowance - parts[0]!.placeBefore)
    return { stretch, charge, meter, dates: { from, to }, used, allowance, overage: above, uncharged, rated: priceOverage(charge, overage, { from, to }, period) }
  })
  const last = phases.at(-1)
  return {
    meter, lines: rated, charge: last?.charge, allowance: last?.charge?.included === null ? null : counted.allowance ?? 0,
    used: uncounted(phases).reduce((left, dates) => left - usedOn(usage, meter, dates), usedOn(usage, meter, period)), carried,
    // Nothing of a trial counts after it but what counted in it.
    deficit: last?.stretch.trial ? Math.min(carried, counted.deficit) : counted.deficit,
  }
}

/** The dates of which a level's value at the end of `dates` is one of: whatever was seen before in the period counts on, and what carries since its subscription began. */
export function levelDates(meter: Meter, dates: Pick<DateRange, 'to'>, { period, since }: { period: DateRange; since: LocalDate }): DateRange {
  return { from: meter.carry ? since : period.from, to: dates.to }
}

function levelIn(phases: readonly ChargedPhase[], period: Period, usage: readonly DailyUsage[], meter: Meter): MeterInPeriod {
  const rated = linesOf(phases, true).map(({ stretch, charge, from, to }): RatedUsage => {
    const used = usedOn(usage, meter, levelDates(meter, { to }, { period, since: stretch.since }))
    const included = includedBy(charge, stretch.seats)
    const allowance = included === null ? null : wholeUnits(included, meter.decimals)
    const overage = aboveIncluded(used, allowance)
    const events = eventsOn(usage, meter, { from, to })
    return {
      stretch, charge, meter, dates: { from, to }, used, allowance, overage, uncharged: charge.overage === 'block' ? overage : 0,
      rated: priceLevel(charge, { overage, decimals: meter.decimals, events }, { from, to }, period),
    }
  })
  const last = phases.at(-1)
  const current = rated.at(-1)
  return { meter, lines: rated, charge: last?.charge, allowance: last?.charge && current ? current.allowance : 0, used: current?.used ?? 0, carried: 0, deficit: 0 }
}

/** What may be used on a date of a period, as the sum stood then or stands now; for `used` see `MeterInPeriod`. Null: unlimited. */
export function allowanceOn(stretches: readonly UsageStretch[], period: Period, date: LocalDate, charge: Charge, meter: Meter): number | null {
  const phases = phasesIn(stretches, period).map((phase) => ({ ...phase, charge: chargesOf(phase.stretch).find((one) => one.meter === charge.meter) }))
  if (charge.included === null) return null
  const index = phases.findLastIndex(({ from, to }) => from <= date && date < to)
  if (!isAdditive(meter)) return wholeUnits(includedBy(charge, phases[index]!.stretch.seats)!, meter.decimals)
  const grid = gridOf(phases, period)
  return countPeriod({ phases: allowancePhases(phases, grid), grid, days: [], carried: 0, decimals: meter.decimals }).phases[index]!.allowance
}

/** The dates of a period on which usage counts against no limit of a meter: the plan has none, or does not charge it. */
export function uncountedDates(stretches: readonly UsageStretch[], period: Period, meter: string): DateRange[] {
  const phases = phasesIn(stretches, period).map(({ stretch, from, to }) => ({ from, to, charge: chargesOf(stretch).find((one) => one.meter === meter) }))
  return uncounted(phases)
}

function uncounted(phases: readonly (DateRange & { charge: Charge | undefined })[]): DateRange[] {
  return phases.flatMap(({ from, to, charge }, index) => {
    if (charge && charge.included !== null) return []
    // On the date on which a plan with a limit was left, its quota may have granted some.
    const isLeft = !charge && phases.slice(0, index).some((one) => one.to === from && one.charge && one.charge.included !== null)
    const start = isLeft ? addDays(from, 1) : from
    return start < to ? [{ from: start, to }] : []
  })
}

/** The charges of a stretch. In a trial nothing is billed, so what is included is all there is. */
export function chargesOf({ plan, trial }: Pick<UsageStretch, 'plan' | 'trial'>): Charge[] {
  return trial ? plan.charges.map(({ price: _price, minimum: _minimum, maximum: _maximum, ...charge }) => ({ ...charge, overage: 'block' })) : plan.charges
}

function eventsOn(usage: readonly DailyUsage[], meter: Meter, dates: DateRange): number {
  return usage.filter((day) => day.meter === meter.key && dates.from <= day.date && day.date < dates.to).reduce((total, day) => total + day.events, 0)
}

/** A meter's value over some dates, in steps. */
export function usedOn(usage: readonly DailyUsage[], meter: Meter, dates: DateRange): number {
  const days = usage.filter((day) => day.meter === meter.key && dates.from <= day.date && day.date < dates.to)
  switch (meter.aggregation) {
    case 'sum':
    case 'count': return days.reduce((total, day) => total + valueOf(day, meter), 0)
    case 'max': return days.reduce((most, day) => Math.max(most, day.quantity), 0)
    // Dates tile time, so the latest event is on the latest date.
    case 'last': return days.reduce<DailyUsage | undefined>((last, day) => (last && last.date > day.date ? last : day), undefined)?.quantity ?? 0
    // A value counts on the first date of the range it was seen on.
    case 'unique': return days.flatMap((day) => day.seen ?? []).reduce((total, { previous, values }) => total + (previous === null || previous < dates.from ? values : 0), 0)
  }
}

/** What one day shows, in steps (a count meter counts events). */
export function valueOf(day: Pick<DailyUsage, 'quantity' | 'events'>, meter: Meter): number {
  return meter.aggregation === 'count' ? wholeUnits(day.events, meter.decimals) : day.quantity
}
