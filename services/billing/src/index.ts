import * as invoice from './invoice/invoice.ts'
import { generatePdf } from './invoice/pdf.ts'
import * as plan from './plan.ts'
import { previewChange } from './quote.ts'
import * as subscription from './subscription.ts'
import { getUsageDetail } from './usage/detail.ts'
import * as quota from './usage/quota.ts'
import { recordUsage } from './usage/record.ts'
import { getUsageSummary } from './usage/summary.ts'

export { actingFor, createBilling, migrateBilling, migrationsFolder, type Billing, type BillingTransaction } from './billing.ts'
export { BillingError, codes, type Code, type FailureDetail } from './failure.ts'
export type { LocalizedText } from './text.ts'
export type { Page } from './cursor.ts'

export { changeTypes, listChanges, type Change, type ChangeType } from './change-feed.ts'
export { createCustomer, getCustomer, listCustomers, updateCustomer, type Account, type CustomerDetails, type InvoiceTitle } from './customer.ts'
export { listMeters, putMeter, type Meter } from './meter.ts'
export { getAllPlans, getPlan, putPlan, type Charge, type Plan, type PlanInput } from './plan.ts'
export { getSeller, putSeller, type Seller } from './seller.ts'
export { checkSubscriptionStatus, createSubscription, getSubscription, plansFor, upgradeSubscription, type Changed, type Subscription } from './subscription.ts'
export { previewChange, type Preview } from './quote.ts'
export { recordUsage, mostEvents, type Recorded } from './usage/record.ts'
export type { UsageEventInput } from './usage/event.ts'
export { getUsageSummary, type UsageSummary } from './usage/summary.ts'
export { getUsageDetail, type UsageEvent } from './usage/detail.ts'
export { checkQuota, consume, getRemainingQuota, type Consumed, type Quota } from './usage/quota.ts'
export { generateInvoice, getInvoice, getInvoiceLineEvents, getInvoices, listPayments, recordPayment, voidInvoice, type InvoiceFilter } from './invoice/invoice.ts'
export { findMistakes, getReconciliation, type Mistake, type Reconciliation } from './reconciliation.ts'
export { keepRejected, type RefusedEvent, type RejectedEvent } from './usage/rejected.ts'
export { generatePdf, type InvoicePdf } from './invoice/pdf.ts'
export type { Invoice } from './invoice/view.ts'
export type { Payment } from './invoice/state.ts'
export { closePdfWorkers } from './invoice-pdf/index.ts'
export { createPortalSession, endPortalSession, exchangePortalCode, findPortalSession, renewPortalSession, type PortalRole, type PortalSession } from './portal-session.ts'
export { countSecretKeys, createSecretKey, findSecretKey } from './key.ts'
export { idempotently, type IdempotentRequest } from './idempotency.ts'
export { nextDueAt, runDueWork, type DueFailure } from './due.ts'
export { addSeconds, instantFromMilliseconds, parseInstant, type Instant } from './rules/instant.ts'

/** The plan's four services, by their names. */
export const PlanService = { getAllPlans: plan.getAllPlans, getPlan: plan.getPlan, putPlan: plan.putPlan }
export const SubscriptionService = {
  getSubscription: subscription.getSubscription, createSubscription: subscription.createSubscription, upgradeSubscription: subscription.upgradeSubscription,
  checkSubscriptionStatus: subscription.checkSubscriptionStatus, previewChange,
}
export const UsageService = { recordUsage, getUsageSummary, getUsageDetail, checkQuota: quota.checkQuota, getRemainingQuota: quota.getRemainingQuota, consume: quota.consume }
export const InvoiceService = { generateInvoice: invoice.generateInvoice, getInvoices: invoice.getInvoices, getInvoice: invoice.getInvoice, generatePdf }
