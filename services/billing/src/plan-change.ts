import type { Billing } from './billing.ts'
import { planChange } from './change.ts'
import { downgradeSubscription } from './downgrade.ts'
import { doWhatIsDue } from './due.ts'
import { lockCustomer, readHistory } from './history.ts'
import { upgradeSubscription, type Changed } from './subscription.ts'

/**
 * Moves a customer to a plan and seats whichever way that is: up or level now, down at the end of the fee period. With `planVersion` to that
 * version of it, which is how subscribers follow a plan that was changed. Throws plan_not_found for a version there is not.
 */
export async function changeSubscription(billing: Billing, input: { customerId: string; planId: string; planVersion?: number; seats?: number; quoteId?: string }): Promise<Changed> {
  return billing.transaction(async (tx) => {
    await lockCustomer(tx, input.customerId)
    await doWhatIsDue(tx, await readHistory(tx, input.customerId))
    const { direction } = await planChange(tx, await readHistory(tx, input.customerId), input)
    return direction === 'down' ? { ...(await downgradeSubscription(tx, input)), invoice: null } : upgradeSubscription(tx, input)
  })
}
