import type { Plan } from '../catalogue/plan.ts'
import type { Money } from '../values/money.ts'
import type { Phase } from './phase.ts'

/**
 * Returns the setup fee that is due with the first date of a phase, once per customer: with their first paid
 * phase whose plan has one, unless they paid for that plan before. A trial owes none.
 */
export function setupFeeOf(phases: readonly Phase[], phase: Pick<Phase, 'id' | 'plan' | 'trialEnds'>): Money {
  const index = phases.findIndex((one) => one.id === phase.id)
  return phase.trialEnds === null ? setupFeeAfter(index < 0 ? phases : phases.slice(0, index), phase.plan) : 0
}

/** Returns the setup fee that a plan would cost after some phases. */
export function setupFeeAfter(phases: readonly Phase[], plan: Pick<Plan, 'id' | 'setupFee'>): Money {
  const hadOne = phases.some(
    (one) => one.trialEnds === null && (one.plan.setupFee > 0 || one.plan.id === plan.id),
  )
  return hadOne ? 0 : plan.setupFee
}
