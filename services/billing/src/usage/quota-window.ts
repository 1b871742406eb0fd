import type { History } from '../history.ts'
import { currentStretch, stretchOn } from '../history.ts'
import type { Meter } from '../meter.ts'
import type { Price } from '../rules/pricing.ts'
import { earlier, later, type DateRange, type LocalDate } from '../rules/date.ts'
import type { Instant } from '../rules/instant.ts'
import { instantOf } from '../rules/zone.ts'
import { usagePeriods } from '../timeline.ts'
import { allowanceOf, chargesOf, usageStretches } from './rating.ts'

/** The dates over which one meter's allowance holds: a stretch within a usage period. `allowance` is steps, null when unlimited. */
export interface QuotaWindow extends DateRange {
  meter: Meter
  allowance: number | null
  policy: 'bill' | 'block'
  resetsAt: Instant
  /** The price on the plan that is open now, which bounds what may be counted at all. */
  price: Price | undefined
}

/** The windows that hold `date`, by meter; undefined where the customer has no subscription on it. A meter outside the plan has none. */
export function quotaWindows(history: History, date: LocalDate): Map<string, QuotaWindow> | undefined {
  const stretch = date === history.today ? currentStretch(history) : stretchOn(history.stretches, date)
  if (!stretch) return undefined
  const period = usagePeriods(history.stretches, date).findLast((one) => one.from <= date && date < one.to)!
  const counted = usageStretches(history.stretches).find((one) => one.id === stretch.usageId)!
  const { from, to } = counted
  const dates = { from: later(from, period.from), to: to === null ? period.to : earlier(to, period.to) }
  const resetsAt = instantOf(history.zones, period.to)
  const open = history.stretches.find((one) => one.to === null)?.plan.charges ?? []
  return new Map(chargesOf(counted).map((charge) => {
    const meter = history.meters.get(charge.meter)!
    const { allowance } = allowanceOf(charge, meter, 0, dates.from, period)
    return [meter.key, { ...dates, meter, allowance, policy: charge.overage, resetsAt, price: open.find((one) => one.meter === meter.key)?.price }]
  }))
}
