import { BillingError } from '../errors.ts'

/** What a customer agreed with the vendor; the customer cannot change it. Documents issued from then on use it. */
export interface ContractTerms {
  /** Days from the issue of an invoice until it is due; null: those of the plan. */
  paymentTermsDays: number | null
  /** The customer's purchase order, which their documents print; null: none. */
  purchaseOrderNumber: string | null
}

/** Maximum number of days in which an invoice may be paid. */
export const maxPaymentTermsDays = 3650

/** Maximum length of a purchase order number. */
export const maxPurchaseOrderCharacters = 100

/** Returns the days in which an invoice of a customer is due, given those of the plan. */
export function termsOf(
  { paymentTermsDays }: Pick<ContractTerms, 'paymentTermsDays'>,
  ofPlan: number,
): number {
  return paymentTermsDays ?? ofPlan
}

/** Throws validation_failed for terms that no document can have. */
export function checkContractTerms({
  paymentTermsDays: days,
  purchaseOrderNumber: order,
}: Partial<ContractTerms>): void {
  if (typeof days === 'number' && !(Number.isInteger(days) && days >= 0 && days <= maxPaymentTermsDays))
    throw new BillingError('validation_failed', {
      pointer: '/paymentTermsDays',
      message: `payment terms are 0 to ${maxPaymentTermsDays} whole days, not ${days}; null: those of the plan`,
    })
  if (typeof order === 'string' && !(order.trim() !== '' && order.length <= maxPurchaseOrderCharacters))
    throw new BillingError('validation_failed', {
      pointer: '/purchaseOrderNumber',
      message: `a purchase order number has 1 to ${maxPurchaseOrderCharacters} characters; null: none`,
    })
}
