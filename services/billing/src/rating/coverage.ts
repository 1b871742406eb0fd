import { sql } from '@customer-portal/database'
import type { BillingTransaction } from '../engine.ts'
import { capacityOf, drawnOn, type GrantTerms } from '../customer/grant.ts'
import type { SubscriptionState } from '../subscription/state.ts'
import { usagePeriods } from '../subscription/timeline.ts'
import { addDays, earlier, later, type DateRange, type LocalDate } from '../values/date.ts'
import type { Period } from '../values/period.ts'
import type { CoverDay } from '../pricing/allowance.ts'
import { metersInPeriod, usagePhases, valueOf, type Carried, type DailyUsage } from './rated-usage.ts'

/** What usage of one date takes of a grant, in steps. */
export interface Draw {
  grantId: string
  meter: string
  date: LocalDate
  quantity: number
  /** What was used of the meter from the start of the period to that date. */
  through: number
}

/** The draws that are written down; those before `coversFrom` only as their sum, without a date. */
export type WrittenDraw = Omit<Draw, 'date'> & { date: LocalDate | null }

/** Usage with what grants cover of it, and what is left of each grant. */
export interface Coverage {
  usage: DailyUsage[]
  draws: Draw[]
  /** Steps left, by the grant's id. */
  left: ReadonlyMap<string, number>
}

/** Returns the steps that grants have left for usage of a date. */
export function leftOn(
  grants: readonly GrantTerms[],
  left: Coverage['left'],
  meter: string,
  date: LocalDate,
): number {
  return drawnOn(grants, meter, date).reduce((sum, { id }) => sum + (left.get(id) ?? 0), 0)
}

/** Draws of earlier dates are written and stay: no late event can come, and no invoice be adjusted. */
const lookBackDays = 70

/** Returns the first date whose draws are computed: the start of its usage period. */
export function coversFrom({ phases, grants, drawsSettledOn, today }: SubscriptionState): LocalDate {
  const first = grants.reduce((date, { effectiveOn }) => earlier(date, effectiveOn), today)
  const date = later(first, earlier(addDays(today, -lookBackDays), drawsSettledOn ?? first))
  return usagePeriods(phases, date).find((one) => one.from <= date && date < one.to)?.from ?? date
}

/** Returns whether a customer's usage can be covered by grants, now or in the past. */
export const isCovered = ({ grants, drawsSettledOn }: SubscriptionState) =>
  grants.length > 0 || drawsSettledOn !== null

/** Reads the draws that are written down, those before `since` as one sum for each grant. */
export async function readDraws(
  tx: BillingTransaction,
  customerId: string,
  since: LocalDate,
  meter?: string,
): Promise<WrittenDraw[]> {
  return tx.query<WrittenDraw>(sql`
    select d.grant_id as "grantId", g.meter,
      case when d.local_date >= ${since} then d.local_date end as date,
      sum(d.quantity)::bigint as quantity, (array_agg(d.through order by d.sequence desc))[1] as through
    from grant_draws d
    join grants g on (g.customer_id, g.id) = (d.customer_id, d.grant_id)
    where ${sql.and(sql`d.customer_id = ${customerId}`, meter !== undefined && sql`g.meter = ${meter}`)}
    group by 1, 2, 3
    having sum(d.quantity) <> 0`)
}

/**
 * Computes what grants cover of some usage, which reaches back to `coversFrom` and ends before `until`: day
 * by day, what is above the plan's allowance, as far as the grants valid on that date have anything left.
 * What is written of later dates stays reserved for them. A day keeps the draws written for it even where the
 * allowance rose later; only usage taken back gives them back.
 */
export function coverUsage(
  state: SubscriptionState,
  given: readonly DailyUsage[],
  written: readonly WrittenDraw[],
  until: LocalDate,
  carriedInto: (period: Period, usage: readonly DailyUsage[]) => Carried,
): Coverage {
  const since = coversFrom(state)
  const { grants, meters } = state
  const covered = new Set([...grants.map(({ meter }) => meter), ...written.map(({ meter }) => meter)])
  const left = new Map(grants.map((grant) => [grant.id, capacityOf(grant)]))
  const known = new Map<string, WrittenDraw[]>()
  const take = (id: string, steps: number) => left.set(id, (left.get(id) ?? 0) - steps)
  for (const draw of written) {
    take(draw.grantId, draw.quantity)
    const key = `${draw.meter} ${draw.date}`
    if (draw.date !== null) known.set(key, [...(known.get(key) ?? []), draw])
  }
  const usage = withDrawnDays(given, known, { from: since, to: until })
  for (const day of usage.filter(({ date }) => date < since)) {
    const drawn = known.get(`${day.meter} ${day.date}`) ?? []
    if (drawn.length > 0)
      day.covered = Math.min(
        valueOf(day, meters.get(day.meter)!),
        drawn.reduce((sum, { quantity }) => sum + quantity, 0),
      )
  }
  const draws: Draw[] = []
  const drawing = (meter: string): CoverDay => {
    let through = 0
    let returned = 0
    return ({ date, quantity, room }) => {
      through += quantity
      const own = (known.get(`${meter} ${date}`) ?? []).map((draw) => ({ ...draw }))
      const before = own.reduce((sum, draw) => sum + draw.quantity, 0)
      const fell = Math.max(0, ...own.map((draw) => draw.through - through)) - returned
      const kept = Math.min(quantity, Math.max(before - Math.max(0, fell), Math.min(before, quantity - room)))
      returned += before - kept
      const order = drawnOn(grants, meter, date)
      const place = (id: string) => order.findIndex((grant) => grant.id === id)
      let back = before - kept
      own.sort((a, b) => place(a.grantId) - place(b.grantId))
      for (const draw of own.toReversed()) {
        const part = Math.min(back, draw.quantity)
        draw.quantity -= part
        back -= part
        take(draw.grantId, -part)
      }
      const rest = quantity - kept
      let above = rest - Math.min(rest, room)
      const taken = new Map(own.map((draw) => [draw.grantId, draw.quantity]))
      for (const { id } of order) {
        const part = Math.min(above, Math.max(0, left.get(id)!))
        above -= part
        take(id, part)
        if (part > 0) taken.set(id, (taken.get(id) ?? 0) + part)
      }
      for (const [grantId, steps] of [...taken].sort(([a], [b]) => place(a) - place(b)))
        if (steps > 0) draws.push({ grantId, meter, date, quantity: steps, through })
      return [...taken.values()].reduce((sum, steps) => sum + steps, 0)
    }
  }
  const phases = usagePhases(state.phases)
  const rows = (range: DateRange, meter?: string) =>
    usage.filter(
      (day) =>
        covered.has(day.meter)
        && (meter === undefined || day.meter === meter)
        && range.from <= day.date
        && day.date < range.to,
    )
  // Outside the subscription, and where no plan of the period has the meter, nothing is included.
  const coverAll = (range: DateRange, meter?: string) => {
    for (const day of rows(range, meter)) {
      const quantity = valueOf(day, meters.get(day.meter)!)
      day.covered = drawing(day.meter)({ date: day.date, quantity, room: 0 })
    }
  }
  const last = usage.reduce((date, day) => later(date, day.date), state.today)
  let next = since
  for (const period of usagePeriods(state.phases, last).filter((one) => one.to > since)) {
    coverAll({ from: next, to: period.from })
    next = later(next, period.to)
    if (rows(period).length === 0) continue
    const found = new Map<string, number>()
    const own = new Set<string>()
    metersInPeriod(phases, period, usage, meters, carriedInto(period, usage), (meter) => {
      if (!covered.has(meter)) return undefined
      own.add(meter)
      const cover = drawing(meter)
      return (day) => {
        const steps = cover(day)
        found.set(`${meter} ${day.date}`, steps)
        return steps
      }
    })
    for (const day of rows(period))
      if (own.has(day.meter)) day.covered = found.get(`${day.meter} ${day.date}`) ?? 0
    for (const meter of covered) if (!own.has(meter)) coverAll(period, meter)
  }
  coverAll({ from: next, to: '9999-12-31' })
  return { usage, draws, left }
}

/** Adds the days whose usage was taken back whole, which have no row: their draws are given back all the same. */
function withDrawnDays(
  days: readonly DailyUsage[],
  drawn: ReadonlyMap<string, readonly WrittenDraw[]>,
  range: DateRange,
): DailyUsage[] {
  const there = new Set(days.map(({ meter, date }) => `${meter} ${date}`))
  const gone = [...drawn].flatMap(([key, [draw]]) => {
    const { meter, date } = draw!
    return there.has(key) || date! < range.from || date! >= range.to
      ? []
      : [{ meter, date: date!, quantity: 0, events: 0 }]
  })
  const all = [...days.map((day): DailyUsage => ({ ...day })), ...gone]
  return all.sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0))
}
