import type { Code } from '@customer-portal/http'
import type { OperationNotes } from '@customer-portal/http'

/** Example values of path parameters. */
export const values = {
  invoiceId: 'inv_01kbd3x8q2m5v7t9a1c4e6g8hj',
  lineId: 'line_2',
  key: '0f8c1a5e-7d42-4b1e-9a63-2c5d8e7f9b10',
}

/** Why a code is not redeemed; after too many wrong ones, to try again later. */
const ofCoupon: Code[] = [
  'coupon_not_found',
  'coupon_expired',
  'coupon_used_up',
  'coupon_not_for_plan',
  'coupon_already_redeemed',
  'coupon_first_time_only',
  'too_many_discounts',
  'rate_limited',
]

const ofChange: Code[] = [
  ...ofCoupon,
  'plan_not_found',
  'no_active_subscription',
  'change_blocked',
  'quote_expired',
  'quote_outdated',
  'seller_missing',
  'plan_archived',
  'currency_mismatch',
  'seats_out_of_range',
  'forbidden',
]

/**
 * Each operation of the API: its name, its error codes, and an example request. A test fails for a missing
 * one.
 */
export const operations: Record<string, OperationNotes> = {
  'GET /account': { name: 'account.get' },
  'PUT /account': {
    name: 'account.update',
    errors: ['forbidden', 'stale_version', 'invalid_time_zone', 'invalid_tax_id', 'seller_missing'],
    body: { contactName: 'Li Na', email: 'finance@acme.example', version: 1 },
  },
  'GET /account/balance/transactions': { name: 'account.balanceTransactions', query: { limit: 50 } },

  'GET /charges': { name: 'charges.list', query: { status: 'waiting' } },

  'GET /subscription': { name: 'subscription.get' },
  'POST /subscription': {
    name: 'subscription.create',
    body: { planId: 'pro', seats: 3 },
    errors: [
      ...ofCoupon,
      'forbidden',
      'plan_not_found',
      'subscription_exists',
      'quote_expired',
      'quote_outdated',
      'seller_missing',
      'plan_archived',
      'currency_mismatch',
      'seats_out_of_range',
    ],
  },
  'GET /plans': { name: 'plans.list' },
  'GET /subscription/advice': { name: 'subscription.advice' },
  'POST /subscription/preview': {
    name: 'subscription.preview',
    body: { planId: 'pro', seats: 5 },
    errors: [
      ...ofCoupon,
      'forbidden',
      'plan_not_found',
      'no_active_subscription',
      'seller_missing',
      'plan_archived',
      'currency_mismatch',
      'seats_out_of_range',
    ],
  },
  'POST /subscription/upgrade': {
    name: 'subscription.upgrade',
    body: { planId: 'pro', seats: 5 },
    errors: [...ofChange, 'not_an_upgrade'],
  },
  'POST /subscription/downgrade': {
    name: 'subscription.downgrade',
    body: { planId: 'starter', seats: 1 },
    errors: [...ofChange, 'not_a_downgrade'],
  },
  'DELETE /subscription/scheduled-change': {
    name: 'subscription.cancelScheduledChange',
    errors: ['forbidden', 'seller_missing'],
  },
  'POST /subscription/cancel': {
    name: 'subscription.cancel',
    errors: ['forbidden', 'no_active_subscription', 'seller_missing'],
    body: { reason: 'We answer by ourselves for now' },
  },
  'POST /subscription/resume': {
    name: 'subscription.resume',
    errors: ['forbidden', 'no_active_subscription', 'seller_missing'],
  },
  'GET /coupons/redemptions': { name: 'coupons.redemptions' },
  'POST /coupons/redemptions': {
    name: 'coupons.redeem',
    body: { code: 'LAUNCH20' },
    errors: [...ofCoupon, 'forbidden', 'seller_missing'],
  },

  'GET /usage': { name: 'usage.get', errors: ['period_not_found'], query: { period: '2026-11' } },
  'GET /usage/days': {
    name: 'usage.days',
    errors: ['period_not_found', 'invalid_range'],
    query: { start: '2026-11-01', end: '2026-11-30' },
  },
  'GET /usage/lines': { name: 'usage.lines', errors: ['period_not_found'], query: { period: '2026-11' } },
  'GET /usage/months': { name: 'usage.months' },
  'GET /usage/detail': {
    name: 'usage.detail',
    errors: ['meter_not_found', 'invalid_range', 'period_not_found'],
    query: { start: '2026-11-01', end: '2026-11-30', meter: 'ai_chat', limit: 50 },
  },
  'GET /usage/export': {
    name: 'usage.export',
    errors: ['meter_not_found', 'invalid_range', 'period_not_found', 'rate_limited'],
    query: { start: '2026-11-01', end: '2026-11-30', format: 'csv' },
  },
  'GET /usage/rejected': { name: 'usage.rejected', query: { limit: 50 } },
  'GET /usage/late': { name: 'usage.late', query: { limit: 50 } },
  'GET /usage/grants': { name: 'usage.grants', query: { limit: 50 } },
  'GET /usage/stream': { name: 'usage.stream', errors: ['rate_limited', 'streams_full'] },

  'GET /invoices': { name: 'invoices.list', query: { status: 'open' } },
  'GET /invoices/summary': {
    name: 'invoices.summary',
    errors: ['invalid_range', 'amount_out_of_range'],
    query: { year: 2026 },
  },
  'GET /invoices/export': { name: 'invoices.export', errors: ['invalid_range'], query: { year: 2026 } },
  'GET /invoices/{invoiceId}': { name: 'invoices.get', errors: ['invoice_not_found'] },
  'GET /invoices/{invoiceId}/pdf': {
    name: 'invoices.pdf',
    errors: ['invoice_not_found', 'pdf_too_large', 'pdf_unavailable'],
  },
  'GET /invoices/{invoiceId}/lines/{lineId}/events': {
    name: 'invoices.lineEvents',
    errors: ['invoice_not_found'],
    query: { limit: 50 },
  },

  'GET /session': { name: 'session.get' },
  'GET /commands/{key}': { name: 'commands.get', errors: ['not_found'] },
  'POST /session/renew': { name: 'session.renew', errors: ['forbidden'] },
  'POST /session/logout': { name: 'session.logout' },
}
