import type { BillingTransaction } from '../../engine.ts'
import type { Party } from '../../subscription/schedule.ts'

/**
 * Returns who acts in a transaction: calls of the portal (and the workbench) run in the role of one customer.
 */
export function partyOf({ access }: BillingTransaction): Party {
  return access.role === 'portal' ? 'customer' : 'vendor'
}
