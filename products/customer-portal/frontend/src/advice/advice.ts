import type { Advice, PortalPlan } from '@customer-portal/portal-api/contract'

export type PlanAdvice = Advice['plans'][number]
export type Verdict = 'none' | 'stay' | 'switch' | 'outgrown'

/**
 * What the advice comes to: stay, move to a plan that would have cost less, or to one with room for what was
 * used; none where no plan has.
 */
export function verdictOf({ recommendation, plans }: Advice, currentId: string): Verdict {
  if (!recommendation) return 'none'
  if (recommendation.planId === currentId) return 'stay'
  return recommendation.saves > 0 && plans.find(({ planId }) => planId === currentId)?.fits
    ? 'switch'
    : 'outgrown'
}

/**
 * What the advice says, as the text of that name. Where a plan with room for what was used would have cost
 * less and is passed over for a feature it lacks, nothing claims to be the cheapest of all: `paysOverage`
 * tells whether something of the plan of now is used up and billed on.
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

/** The plans to show: those paid for as often as the current one, and the one that is recommended. */
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

/**
 * The first allowance to be used up at the pace of now, and whether that is the end of it: those come first.
 */
export function firstToRunOut({
  meters,
}: PlanAdvice): { meter: string; at: string; stops: boolean } | undefined {
  const all = meters.flatMap(({ meter, runsOutAt: at, overagePolicy }) =>
    at === null ? [] : [{ meter, at, stops: overagePolicy === 'block' }],
  )
  return all.sort((one, other) => Number(other.stops) - Number(one.stops) || (one.at < other.at ? -1 : 1))[0]
}
