import type { Plan } from '../../catalogue/plan.ts'
import type { WaitingCharge } from '../../customer/one-off-charge.ts'
import type { BillingState } from '../../subscription/state.ts'
import { addDays } from '../../values/date.ts'
import { money } from '../../values/money.ts'
import { localDateOf } from '../../values/zone.ts'
import type { LineDraft } from './line.ts'

/** A plan's tax, which a charge without its own has too. */
type TaxedPlan = Pick<Plan, 'taxRate' | 'taxMode'>

/** The tax where the customer never had a plan: what a plan has by default. */
const defaultTax: TaxedPlan = { taxRate: '6', taxMode: 'exclusive' }

/** Returns the line of a one-off charge, dated the day it was made. It is never prorated or discounted. */
export function chargeLine(
  state: BillingState,
  charge: WaitingCharge,
  plan: TaxedPlan = state.phases.at(-1)?.plan ?? defaultTax,
): LineDraft {
  const madeOn = localDateOf(state.zones, charge.createdAt)
  return {
    kind: 'charge',
    chargeId: charge.id,
    description: charge.name,
    quantity: charge.quantity,
    rate: { amount: charge.unitAmount, per: 1 },
    amount: money(charge.quantity * charge.unitAmount),
    taxRate: charge.taxRate ?? plan.taxRate,
    taxMode: charge.taxMode ?? plan.taxMode,
    period: { start: madeOn, end: addDays(madeOn, 1) },
    breakdown: [],
    phaseId: '',
  }
}

/** Returns the lines of all charges that wait, oldest first. */
export function waitingLines(state: BillingState, plan?: TaxedPlan): LineDraft[] {
  return state.charges.map((charge) => chargeLine(state, charge, plan))
}

/** Adds the charges that wait to the lines of a document that is issued anyway, each once. */
export function withWaiting(state: BillingState, lines: readonly LineDraft[], plan?: TaxedPlan): LineDraft[] {
  if (lines.length === 0) return []
  const billed = new Set(lines.map((line) => line.chargeId))
  return [...lines, ...waitingLines(state, plan).filter((line) => !billed.has(line.chargeId))]
}
