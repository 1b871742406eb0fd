import type { Plan } from '@customer-portal/portal-api/contract'

/**
 * Whether a plan without a fee costs from the first unit on, or at least something: then it is not free, but
 * paid as it is used.
 */
export const isPaidAsUsed = ({ fee, charges }: Pick<Plan, 'fee' | 'charges'>): boolean =>
  fee.amount === 0
  && charges.some(
    ({ included, overage, minimum = 0 }) => overage === 'bill' && (included === 0 || minimum > 0),
  )
