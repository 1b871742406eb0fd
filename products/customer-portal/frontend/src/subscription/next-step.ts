import type { Subscription } from '@customer-portal/portal-api/contract'

type Step =
  | { kind: 'ends' | 'renews'; at: string }
  | { kind: 'changes'; at: string; planId: string }
  | { kind: 'trial'; at: string; daysLeft: number }
type Ahead = Pick<
  Subscription,
  'currentPeriod' | 'cancelAtPeriodEnd' | 'scheduledChange' | 'trialDaysLeft' | 'trialEndsAt'
>

/**
 * What happens to a subscription next, unless it is changed: it never "renews" on the date on which it ends
 * or changes plan. Undefined without one.
 */
export function nextStepOf({
  currentPeriod,
  cancelAtPeriodEnd,
  scheduledChange,
  trialDaysLeft,
  trialEndsAt,
}: Ahead): Step | undefined {
  if (!currentPeriod) return undefined
  if (scheduledChange && !(cancelAtPeriodEnd && currentPeriod.end <= scheduledChange.at))
    return { kind: 'changes', at: scheduledChange.at, planId: scheduledChange.planId }
  if (cancelAtPeriodEnd) return { kind: 'ends', at: currentPeriod.end }
  if (trialDaysLeft !== null && trialEndsAt)
    return { kind: 'trial', at: trialEndsAt, daysLeft: trialDaysLeft }
  return { kind: 'renews', at: currentPeriod.end }
}
