import type { PortalPlan } from '@customer-portal/portal-api/contract'

/** The billing interval of a plan. */
export type BillingInterval = 'month' | 'year'

const isPaid = (plan: PortalPlan, pace: BillingInterval) => plan.interval === pace && plan.intervalCount === 1

/** Whether two fees have the same parts: one for the subscription, one per seat, or both. */
const isSameKind = (one: PortalPlan['fee'], other: PortalPlan['fee']) =>
  one.per === other.per && one.base > 0 === other.base > 0 && one.perSeat > 0 === other.perSeat > 0

/** The same plan with the other interval: one of the same name whose fee is for the same thing. */
export function counterpartOf(plan: PortalPlan, plans: readonly PortalPlan[]): PortalPlan | undefined {
  const other: BillingInterval = plan.interval === 'year' ? 'month' : 'year'
  return plans.find(
    (each) =>
      isPaid(each, other)
      && each.name['zh-CN'] === plan.name['zh-CN']
      && each.name.en === plan.name.en
      && isSameKind(each.fee, plan.fee)
      && each.currency === plan.currency,
  )
}

/**
 * The kind of a change to a plan: another interval of the same plan is neither up nor down, and without a
 * plan it is a subscription.
 */
export type ChangeKind = 'subscribe' | 'interval' | 'upgrade' | 'downgrade' | 'level'
export function changeKindOf(plan: PortalPlan, plans: readonly PortalPlan[], hasPlan: boolean): ChangeKind {
  if (!hasPlan) return 'subscribe'
  if (counterpartOf(plan, plans)?.relation === 'current') return 'interval'
  return plan.relation === 'current' ? 'level' : plan.relation
}

/** Whether there are two intervals to choose from. */
export const offersIntervals = (plans: readonly PortalPlan[]): boolean =>
  plans.some((plan) => isPaid(plan, 'year') && counterpartOf(plan, plans))

/** The plans with a billing interval, and those without a counterpart. */
export const plansPaid = (plans: readonly PortalPlan[], pace: BillingInterval): PortalPlan[] =>
  plans.filter((plan) => isPaid(plan, pace) || !counterpartOf(plan, plans))

/** By how many whole percent a year costs less than twelve months of the same plan; 0 when it does not. */
export function savingOf(yearly: PortalPlan, plans: readonly PortalPlan[]): number {
  const monthly = isPaid(yearly, 'year') ? counterpartOf(yearly, plans) : undefined
  if (!monthly || monthly.fee.amount === 0) return 0
  const year = monthly.fee.amount * 12
  return Math.max(0, Math.floor(((year - yearly.fee.amount) * 100) / year))
}

/** The highest yearly saving in whole percent, and whether it is the same on every plan. */
export function savings(plans: readonly PortalPlan[]): { most: number; alike: boolean } {
  const all = plans
    .filter((plan) => isPaid(plan, 'year') && counterpartOf(plan, plans))
    .map((plan) => savingOf(plan, plans))
  const most = Math.max(0, ...all)
  return { most, alike: all.every((saving) => saving === most) }
}

/** The fee of one billing period for a number of seats, in minor units, before discounts and tax. */
const feeOf = ({ fee }: PortalPlan, seats: number): number => fee.base + fee.perSeat * seats

/** The fee of one billing period with tax, in minor units, before discounts. */
export function feeWithTax(plan: PortalPlan, seats: number): number {
  const fee = feeOf(plan, seats)
  return plan.taxMode === 'inclusive' ? fee : fee + Math.round((fee * Number(plan.taxRate)) / 100)
}

/**
 * The fee of all seats for one billing period, in minor units; undefined when the plan does not allow as
 * many.
 */
export function feeForSeats(plan: PortalPlan, seats: number): number | undefined {
  if (plan.seats && plan.seats.max !== null && seats > plan.seats.max) return undefined
  return feeOf(plan, Math.max(seats, plan.seats?.min ?? 1))
}
