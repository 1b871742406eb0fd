import { getInvoice } from './reports/invoice.ts'
import { generateInvoice } from './commands/invoice/invoice.ts'
import { getInvoices } from './reports/invoice-list.ts'
import { generatePdf } from './reports/invoice-file.ts'
import { couponLimits } from './catalogue/coupon.ts'
import * as plan from './catalogue/plan.ts'
import { maxPaymentTermsDays, maxPurchaseOrderCharacters } from './customer/contract-terms.ts'
import { maxCustomerIdCharacters } from './customer/customer-id.ts'
import { maxSearchCharacters } from './customer/search.ts'
import { cancelSubscription, resumeSubscription } from './commands/subscription/cancellation.ts'
import {
  cancelScheduledChange,
  downgradeSubscription,
  upgradeSubscription,
} from './commands/subscription/plan-change.ts'
import { previewChange } from './commands/subscription/preview.ts'
import * as subscription from './commands/subscription/subscribe.ts'
import { getUsageDetail } from './reports/usage/detail.ts'
import { consume } from './quota/consume.ts'
import { checkQuota, getRemainingQuota } from './quota/check.ts'
import { maxReservationSeconds, releaseReservation, reserve, settleReservation } from './quota/reservation.ts'
import { defaultRetention, minActivityDays } from './retention.ts'
import { maxEvents, recordUsage } from './usage/record/record.ts'
import { minMonthsKept } from './usage/totals/maintenance.ts'
import { maxVoidedEvents } from './usage/totals/void.ts'
import { getUsageSummary } from './reports/usage/summary.ts'

export { actingFor, createEngine, migrateBilling, type Engine, type BillingTransaction } from './engine.ts'
export { newestInstant } from './newest.ts'
export { BillingError, type Code } from './errors.ts'
export type { LocalizedText } from './values/localized-text.ts'
export type { Page } from './values/cursor.ts'

export { customerIdOf, deleteAlias, listAliases, putAlias } from './customer/alias.ts'
export { getAdvice } from './reports/advice.ts'
export { activityTypes, listActivity } from './activity/activity.ts'
export { createCustomer, updateCustomer } from './commands/account/account.ts'
export { getCustomer, listCustomers } from './customer/account.ts'
export { listBalanceTransactions } from './payments/balance.ts'
export { forgiveDeficit, listDeficits } from './commands/account/deficit.ts'
export { createCharge, withdrawCharge } from './commands/account/charge.ts'
export { deleteDiscount, listDiscounts, putDiscount } from './commands/account/discount.ts'
export { createGrant, moveGrantExpiry, voidGrant } from './commands/account/grant.ts'
export { getGrant, listGrants } from './reports/usage/grant.ts'
export { listRedemptions, redeemCoupon } from './commands/account/coupon.ts'
export { getCoupon, listCoupons, putCoupon } from './catalogue/coupon.ts'
export { fillMeters, listMeterFills } from './usage/record/meter-fill.ts'
export { listMeters, putMeter } from './catalogue/meter.ts'
export { getAllPlans, getPlan, putPlan, type PlanInput } from './catalogue/plan.ts'
export { previewPrice } from './pricing/preview.ts'
export { getSeller, putSeller } from './catalogue/seller.ts'
export { createSubscription, getSubscription } from './commands/subscription/subscribe.ts'
export { plansFor } from './subscription/offered-plans.ts'
export { cancelSubscription, resumeSubscription } from './commands/subscription/cancellation.ts'
export {
  cancelScheduledChange,
  changeSubscription,
  downgradeSubscription,
  upgradeSubscription,
} from './commands/subscription/plan-change.ts'
export { changeTrial } from './commands/subscription/trial.ts'
export { previewChange } from './commands/subscription/preview.ts'
export { recordUsage, retryRejectedEvents } from './usage/record/record.ts'
export type { UsageEventInput } from './usage/record/event.ts'
export { rebuildUsage } from './usage/totals/rebuild.ts'
export { forgetOld } from './retention.ts'
export { maintainUsage } from './usage/totals/maintenance.ts'
export { getUsageSummary } from './reports/usage/summary.ts'
export { readUsageRevision } from './usage/totals/revision.ts'
export { getUsageDays } from './reports/usage/days.ts'
export { getUsageMonths } from './reports/usage/months.ts'
export { getUsageLines } from './reports/usage/lines.ts'
export { getUsageDetail } from './reports/usage/detail.ts'
export { faultIn } from './usage/record/event-fault.ts'
export { exportUsage, type ExportedEvent, type UsageExport } from './reports/usage/export.ts'
export { checkQuota } from './quota/check.ts'
export { consume } from './quota/consume.ts'
export { releaseReservation, reserve, settleReservation } from './quota/reservation.ts'
export { generateInvoice, recordPayment, voidInvoice } from './commands/invoice/invoice.ts'
export { getInvoice, getInvoiceLineEvents, listPayments } from './reports/invoice.ts'
export { getInvoices, listInvoices, summarizeInvoices } from './reports/invoice-list.ts'
export { getCharge, listAllCharges, listCharges, summarizeCharges } from './reports/charge-list.ts'
export { listAllPayments, summarizePayments } from './reports/payment-list.ts'
export { listedStatuses, listSubscriptions, summarizeSubscriptions } from './reports/subscription-list.ts'
export { voidEvents } from './usage/totals/void.ts'
export { exportEvents, getEvent, listEvents } from './reports/usage/event-list.ts'
export { getUsageRange, usageWindows } from './reports/usage/range.ts'
export { listReservations, reservationStates } from './quota/reservation-list.ts'
export { reversePayment } from './commands/invoice/payment-reversal.ts'
export { adjustBalance, listRefunds, recordRefund } from './commands/account/refund.ts'
export { issueCreditNote } from './commands/invoice/credit-note.ts'
export { findMistakes, getReconciliation, listMistakes } from './reconciliation/reconciliation.ts'
export { storeRejected, listRejectedEvents } from './usage/record/rejected.ts'
export { listLateEvents } from './reports/usage/late.ts'
export { generatePdf } from './reports/invoice-file.ts'
export type { Invoice } from './invoicing/view.ts'
export { assertDrawable, closePdfWorkers, killPdfWorkers } from './invoicing/pdf/index.ts'
export {
  createPortalSession,
  endPortalSession,
  endPortalSessionsOf,
  exchangePortalCode,
  findPortalSession,
  renewPortalSession,
} from './access/portal-session.ts'
export {
  countSecretKeys,
  createSecretKey,
  describeSecretKey,
  findSecretKey,
  listSecretKeys,
  revokeSecretKey,
  rotateSecretKey,
} from './access/key.ts'
export { allowsScope, grantableScopes, keyPresets, keyScopes, type KeyScope } from './access/key-scopes.ts'
export { findOutcome, idempotently } from './idempotency.ts'
export { nextRunAt, runBilling } from './billing-run/run.ts'
export { customerIdPattern } from './customer/customer-id.ts'
export { addDays, isDate } from './values/date.ts'
export { dateIn } from './values/zone.ts'
export { addSeconds, parseInstant, type Instant } from './values/instant.ts'

export { currencyDigits } from './values/currency.ts'
export { amountDecimal } from './values/money.ts'

/** The limits that a product's contract or settings name. */
export const limits = {
  maxEvents,
  maxVoidedEvents,
  maxTrialDays: plan.maxTrialDays,
  maxPaymentTermsDays,
  maxPurchaseOrderCharacters,
  coupons: couponLimits,
  maxReservationSeconds,
  maxSearchCharacters,
  maxCustomerIdCharacters,
  sessionDays: defaultRetention.sessionDays,
  minActivityDays,
  minMonthsKept,
}

/** The four services by the names of the original plan. */
export const PlanService = { getAllPlans: plan.getAllPlans, getPlan: plan.getPlan, putPlan: plan.putPlan }
export const SubscriptionService = {
  getSubscription: subscription.getSubscription,
  createSubscription: subscription.createSubscription,
  upgradeSubscription,
  checkSubscriptionStatus: subscription.checkSubscriptionStatus,
  previewChange,
  downgradeSubscription,
  cancelScheduledChange,
  cancelSubscription,
  resumeSubscription,
}
export const UsageService = {
  recordUsage,
  getUsageSummary,
  getUsageDetail,
  checkQuota,
  getRemainingQuota,
  consume,
  reserve,
  settleReservation,
  releaseReservation,
}
export const InvoiceService = { generateInvoice, getInvoices, getInvoice, generatePdf }
export { withUnprintable } from './invoicing/pdf/unprintable.ts'
