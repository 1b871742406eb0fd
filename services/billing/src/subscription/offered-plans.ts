import type { Engine } from '../engine.ts'
import { directionOf } from './upgrade-downgrade.ts'
import { readSubscriptionState } from './state.ts'
import { getAllPlans, seatsOf, type Plan } from '../catalogue/plan.ts'
import { termsOf } from '../customer/contract-terms.ts'
import { currentPhase, type Phase } from './phase.ts'
import { inChinese, type Notice } from '../values/localized-text.ts'
import { hadTrial } from './trial.ts'
import { setupFeeAfter } from './setup-fee.ts'
import type { Money } from '../values/money.ts'

/**
 * How a plan relates to the current one: an upgrade happens now, a downgrade at the end of the billing
 * period, a level change at the end of the usage period.
 */
export type PlanRelation = 'current' | 'upgrade' | 'downgrade' | 'level'

/** An active plan with its relation to one customer. */
export interface OfferedPlan extends Plan {
  relation: PlanRelation
  /** The trial days they would get: none with a subscription, or after a trial. */
  trialOffered: number
  /** The setup fee they would owe. */
  setupFeeDue: Money
}

/**
 * Returns the catalogue with each plan's relation to the customer's own plan, at their number of seats, and
 * with the customer's own payment terms where they have them.
 */
export async function plansFor(engine: Engine, input: { customerId: string }): Promise<OfferedPlan[]> {
  return engine.transaction(
    async (tx) => {
      const state = await readSubscriptionState(tx, input.customerId)
      const current = currentPhase(state)
      const offered = (await getAllPlans(tx)).filter(
        (plan) => plan.currency === state.customer.currency && plan.id !== current?.plan.id,
      )
      const plans = current ? [...offered, current.plan] : offered
      plans.sort((a, b) => a.rank - b.rank || (a.id < b.id ? -1 : 1))
      const noTrial = current !== undefined || hadTrial(state)
      return plans.map((plan) => ({
        ...plan,
        paymentTermsDays: termsOf(state.customer, plan.paymentTermsDays),
        relation: relationOf(plan, current),
        trialOffered: noTrial ? 0 : plan.trialDays,
        setupFeeDue: setupFeeAfter(state.phases, plan),
      }))
    },
    { readOnly: true },
  )
}

function relationOf(plan: Plan, current: Phase | undefined): PlanRelation {
  if (!current) return 'upgrade'
  if (plan.id === current.plan.id) return 'current'
  const { min, max } = seatsOf(plan)
  const seats = Math.max(min, Math.min(current.seats, max ?? current.seats))
  const direction = directionOf(current, { plan, seats })
  return direction === 'down' ? 'downgrade' : direction === 'level' ? 'level' : 'upgrade'
}

/**
 * The seats as responses show them: none on a plan without seats, whatever number is kept for the next one.
 */
export const shownSeats = ({ plan, seats }: { plan: Plan; seats: number }): number | null =>
  plan.seats === null ? null : seats

/** Returns the notice that a plan has no room for so many seats. */
export function tooManySeats(plan: Plan, seats: number): Notice[] {
  const { name } = plan
  const { max } = seatsOf(plan)
  if (max === null || seats <= max) return []
  return [
    {
      code: 'seats',
      detail: {
        'zh-CN': `当前有 ${seats} 个席位，${inChinese(name, `最多 ${max} 个`)}，请先减少席位。`,
        en: `You have ${seats} seats; ${name.en} allows at most ${max}. Choose fewer seats first.`,
      },
    },
  ]
}
