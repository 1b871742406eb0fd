import type { Advice, PortalPlan } from '@customer-portal/portal-api/contract'

export type PlanAdvice = Advice['plans'][number]
export type Verdict = 'none' | 'stay' | 'switch' | 'outgrown'

/**
 * The verdict of the advice: stay, change to a cheaper plan, or change to one with room for the usage; none
 * when no plan has room.
 */
export function verdictOf({ recommendation, plans }: Advice, currentId: string): Verdict {
  if (!recommendation) return 'none'
  if (recommendation.planId === currentId) return 'stay'
  return recommendation.saves > 0 && plans.find(({ planId }) => planId === currentId)?.fits
    ? 'switch'
    : 'outgrown'
}

/**
 * The key of the advice's headline. When a cheaper plan with room is skipped for a missing feature, no plan
 * is called the cheapest. `paysOverage`: an allowance of the current plan is used up and overage is billed.
 */
export function headlineOf(advice: Advice, currentId: string, paysOverage: boolean) {
  const verdict = verdictOf(advice, currentId)
  const { recommendation, plans } = advice
  const chosen = plans.find(({ planId }) => planId === recommendation?.planId)
  const passedOver = plans.some(
    ({ fits, loses, total }) => fits && loses.length > 0 && (chosen === undefined || total < chosen.total),
  )
  if (verdict === 'none') return passedOver ? 'noneKeeps' : 'none'
  if (verdict === 'stay') return passedOver ? 'stayKeeps' : paysOverage ? 'stayOver' : 'stay'
  if (verdict === 'switch') return 'switch'
  if ((recommendation?.saves ?? 0) >= 0) return 'outgrownLess'
  return passedOver ? 'outgrownKeeps' : 'outgrownMore'
}

/** The plans to show: those with the current billing interval, and the recommended one. */
export function shownAdvice(
  advice: Advice,
  plans: readonly PortalPlan[],
): { advice: PlanAdvice; plan: PortalPlan }[] {
  const current = plans.find(({ relation }) => relation === 'current')
  return advice.plans.flatMap((one) => {
    const plan = plans.find(({ id }) => id === one.planId)
    const isShown =
      plan
      && (plan.id === advice.recommendation?.planId
        || (plan.interval === current?.interval && plan.intervalCount === current.intervalCount))
    return isShown ? [{ advice: one, plan }] : []
  })
}

/** The first allowance to run out at the current pace, and whether usage then stops: those come first. */
export function firstToRunOut({
  meters,
}: PlanAdvice): { meter: string; at: string; stops: boolean } | undefined {
  const all = meters.flatMap(({ meter, runsOutAt: at, overagePolicy }) =>
    at === null ? [] : [{ meter, at, stops: overagePolicy === 'block' }],
  )
  return all.sort((one, other) => Number(other.stops) - Number(one.stops) || (one.at < other.at ? -1 : 1))[0]
}
