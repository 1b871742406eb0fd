import type { BillingTransaction } from '../billing.ts'
import type { Stretch } from '../history.ts'
import type { Meter } from '../meter.ts'
import type { Charge, Plan } from '../plan.ts'
import { aboveIncluded, priceOverage } from '../rules/charge.ts'
import { intersection, later, type DateRange, type LocalDate } from '../rules/date.ts'
import { allowanceFrom } from '../rules/proration.ts'
import type { Period } from '../rules/period.ts'
import type { Rated } from '../rules/pricing.ts'
import { wholeUnits } from '../rules/quantity.ts'

/** One meter's usage on one date. `quantity` is steps: what the meter makes of the day, the number of different values where it counts those. */
export interface DailyUsage {
  meter: string
  date: LocalDate
  quantity: number
  events: number
  /** Of a meter that counts different values: how many were seen last on which date before (null: never, as far as was read). */
  seen?: { previous: LocalDate | null; values: number }[]
}

/** Usage per meter and date in a range of dates, by date. */
export async function dailyUsage(tx: BillingTransaction, customerId: string, range: DateRange, meter?: string): Promise<DailyUsage[]> {
  const days = await tx.query<DailyUsage & { aggregation: Meter['aggregation'] }>(
    `select d.meter, d.local_date as date, d.quantity, d.events, m.aggregation from usage_daily d join meters m on m.key = d.meter
     where d.customer_id = $1 and d.local_date >= $2 and d.local_date < $3 and ($4::text is null or d.meter = $4) order by d.local_date, d.meter collate "C"`,
    [customerId, range.from, range.to, meter ?? null],
  )
  const seen = days.some((day) => day.aggregation === 'unique') ? await valuesSeen(tx, customerId, range, meter) : new Map<string, DailyUsage['seen']>()
  return days.map(({ aggregation, ...day }) => (aggregation === 'unique' ? { ...day, seen: seen.get(`${day.date} ${day.meter}`) ?? [] } : day))
}

async function valuesSeen(tx: BillingTransaction, customerId: string, range: DateRange, meter?: string): Promise<Map<string, DailyUsage['seen']>> {
  const rows = await tx.query<{ meter: string; date: LocalDate; previous: LocalDate | null; values: number }>(
    `select meter, local_date as date, previous, count(*)::int as values from (
       select meter, local_date, lag(local_date) over (partition by meter, value order by local_date) as previous from usage_values
       where customer_id = $1 and local_date >= $2 and local_date < $3 and ($4::text is null or meter = $4)) v
     group by 1, 2, 3`,
    [customerId, range.from, range.to, meter ?? null],
  )
  const seen = new Map<string, { previous: LocalDate | null; values: number }[]>()
  for (const { meter: key, date, ...one } of rows) seen.set(`${date} ${key}`, [...(seen.get(`${date} ${key}`) ?? []), one])
  return seen
}

/** Stretches that share an allowance and a counter, since between them only the seats changed. */
export interface UsageStretch {
  id: string
  plan: Plan
  from: LocalDate
  to: LocalDate | null
  /** Its usage is never billed. */
  trial: boolean
}

export function usageStretches(stretches: readonly Stretch[]): UsageStretch[] {
  const joined = new Map<string, UsageStretch>()
  for (const stretch of stretches) {
    const first = joined.get(stretch.usageId)
    joined.set(stretch.usageId, { id: stretch.usageId, plan: stretch.plan, from: first?.from ?? stretch.from, to: stretch.to, trial: stretch.trialEnds !== null })
  }
  return [...joined.values()]
}

/** One meter in one stretch and usage period: what was used, what the allowance was, and what the rest costs. Quantities are steps. */
export interface RatedUsage {
  stretch: UsageStretch
  charge: Charge
  meter: Meter
  dates: DateRange
  used: number
  /** null: unlimited. */
  allowance: number | null
  overage: number
  rated: Rated
}

/** Rates each charge of each stretch of a period, every stretch alone. Charges without usage are there too, with zero. */
export function rateUsage(stretches: readonly UsageStretch[], period: Period, usage: readonly DailyUsage[], meters: ReadonlyMap<string, Meter>): RatedUsage[] {
  return stretches.flatMap((stretch) => {
    const dates = intersection({ from: stretch.from, to: stretch.to ?? period.to }, period)
    if (!dates) return []
    return chargesOf(stretch).map((charge) => {
      const meter = meters.get(charge.meter)!
      const used = usedOn(usage, meter, dates)
      const events = eventsOn(usage, meter, dates)
      const { allowance, overage } = allowanceOf(charge, meter, used, later(stretch.from, period.from), period)
      const rated = priceOverage(charge, { overage, decimals: meter.decimals, events }, dates, period)
      return { stretch, charge, meter, dates, used, allowance, overage, rated }
    })
  })
}

/** The charges of a stretch. In a trial nothing is billed, so what is included is all there is. */
export function chargesOf({ plan, trial }: Pick<UsageStretch, 'plan' | 'trial'>): Charge[] {
  return trial ? plan.charges.map(({ meter, included }) => ({ meter, included, overage: 'block' })) : plan.charges
}

/** The charge's allowance from `start`, and what goes beyond it. Steps; null is unlimited. */
export function allowanceOf(charge: Charge, meter: Meter, used: number, start: LocalDate, period: Period): Pick<RatedUsage, 'allowance' | 'overage'> {
  const allowance = charge.included === null ? null : wholeUnits(allowanceFrom(charge.included, start, period.whole), meter.decimals)
  return { allowance, overage: aboveIncluded(used, allowance) }
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
