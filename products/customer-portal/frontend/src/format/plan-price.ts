import type { Plan } from '@customer-portal/portal-api/contract'

/**
 * Whether a plan without a fee charges from the first unit on, or at all: it is then pay-as-you-go, not free.
 */
export const isPaidAsUsed = ({
  fee,
  charges,
  minimumSpend,
}: Pick<Plan, 'fee' | 'charges' | 'minimumSpend'>): boolean =>
  fee.amount === 0
  && (minimumSpend > 0
    || charges.some(
      ({ included, overage, minimum = 0 }) => overage === 'bill' && (included === 0 || minimum > 0),
    ))
