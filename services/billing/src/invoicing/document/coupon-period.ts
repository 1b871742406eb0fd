import type { Plan } from '../../catalogue/plan.ts'
import type { Discount } from '../../customer/discount.ts'
import type { Phase } from '../../subscription/phase.ts'
import { periodStarts } from '../../subscription/timeline.ts'
import { discountPeriod } from './discount-period.ts'
import type { LineDraft } from './line.ts'

/** The phases lines belong to, and the plan of those that have none yet. */
export interface Held {
  phases: readonly Phase[]
  plan?: Plan
}

/**
 * Returns whether a discount holds for a line: a percentage by the line's own first date, an amount by that
 * of its period. A coupon holds in whole periods: the first ones that begin from its redemption on.
 */
export function isHeld(discount: Discount, line: LineDraft, held: Held): boolean {
  const { coupon, from, until, value } = discount
  if (!coupon) {
    const date = typeof value === 'number' ? discountPeriod(discount, line).start : line.period.start
    return from <= date && (until === null || date <= until)
  }
  const { start } = discountPeriod(discount, line)
  if (start < from || !isOfPlan(coupon.plans, line, held)) return false
  return coupon.periods === null || periodsBegun(discount, held.phases, start) < coupon.periods
}

/** Returns how many periods of a discount began from its first date until before `date`. */
export function periodsBegun(discount: Discount, phases: readonly Phase[], date: string): number {
  const kind = discount.appliesTo === 'fee' ? 'billing' : 'usage'
  return periodStarts(phases, kind, { from: discount.from, to: date }).length
}

function isOfPlan(plans: readonly string[] | null, { phaseId }: LineDraft, { phases, plan }: Held): boolean {
  if (plans === null) return true
  const own = phases.find((phase) => phase.id === phaseId)?.plan ?? plan
  return own !== undefined && plans.includes(own.id)
}
