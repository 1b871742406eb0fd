/**
 * The closed list of a caller's errors: a new code does not compile until it has an HTTP status and a text in
 * both languages.
 */
export const codes = [
  'validation_failed',
  'unauthorized',
  'not_found',
  'payload_too_large',
  'rate_limited',
  'internal_error',
  'customer_not_found',
  'plan_not_found',
  'meter_not_found',
  'invoice_not_found',
  'discount_not_found',
  'grant_not_found',
  'coupon_not_found',
  'alias_not_found',
  'payment_not_found',
  'customer_exists',
  'alias_taken',
  'grant_exists',
  'grant_over',
  'subscription_exists',
  'stale_version',
  'period_not_over',
  'period_not_found',
  'event_conflict',
  'duplicate_reference',
  'payment_reversed',
  'idempotency_key_reused',
  'idempotency_in_progress',
  'not_an_upgrade',
  'not_a_downgrade',
  'change_blocked',
  'quote_expired',
  'quote_outdated',
  'plan_archived',
  'currency_mismatch',
  'seats_out_of_range',
  'no_active_subscription',
  'not_in_trial',
  'starts_too_early',
  'starts_in_future',
  'event_too_old',
  'event_too_recent',
  'event_in_future',
  'event_voided',
  'quantity_overflow',
  'quantity_too_precise',
  'quantity_negative',
  'quota_exceeded',
  'reservation_not_found',
  'reservation_closed',
  'seller_missing',
  'invoice_void',
  'invoice_not_open',
  'invoice_is_draft',
  'invoice_credited',
  'credit_note_final',
  'credit_already_used',
  'credit_already_given',
  'amount_out_of_range',
  'invalid_time_zone',
  'invalid_currency',
  'invalid_tax_id',
  'invalid_plan',
  'invalid_discount',
  'too_many_discounts',
  'invalid_charge',
  'charge_not_found',
  'charge_exists',
  'charge_billed',
  'too_many_charges',
  'too_many_grants',
  'invalid_coupon',
  'coupon_expired',
  'coupon_used_up',
  'coupon_not_for_plan',
  'coupon_already_redeemed',
  'coupon_first_time_only',
  'invalid_meter',
  'meter_in_use',
  'invalid_cursor',
  'invalid_range',
  'code_invalid',
  'clock_backwards',
  'pdf_unavailable',
  'pdf_too_large',
  'invalid_logo',
  'too_many_aliases',
  'event_not_found',
  'key_not_found',
  'key_ended',
  'key_limit',
  'invalid_key',
] as const
export type Code = (typeof codes)[number]

/** Where in the input the error is: a JSON pointer, and the numbers for the text. */
export interface FailureDetail {
  /** English, one sentence that names what is wrong and how to fix it. */
  message?: string
  pointer?: string
  [value: string]: unknown
}

/** An error of the caller. Anything else that is thrown is a bug. */
export class BillingError extends Error {
  readonly code: Code
  readonly detail: FailureDetail
  constructor(code: Code, detail: FailureDetail = {}) {
    super(detail.message ? `${code}: ${detail.message}` : code)
    this.name = 'BillingError'
    this.code = code
    this.detail = detail
  }
}
