import type { Code, OperationNotes } from '@customer-portal/http'

/** Example values of path parameters. */
export const values = {
  customerId: 'acme',
  meter: 'ai_chat',
  key: 'ai_chat',
  planId: 'pro',
  discountId: 'first-year',
  chargeId: 'setup',
  code: 'LAUNCH20',
  alias: 'crm-4711',
  eventId: 'answer-1',
  invoiceId: 'inv_01kbd3x8q2m5v7t9a1c4e6g8hj',
  paymentId: 'pay_01kbd4z2n6r8y0b3d5f7h9k1mp',
  keyId: 'key_01kb9w5t7c2e4g6j8m0p3r5v7x',
  reservationId: 'report-7',
  grantId: 'outage-2026-11',
}

/** Why a code is not redeemed. */
const ofCoupon: Code[] = [
  'coupon_not_found',
  'coupon_expired',
  'coupon_used_up',
  'coupon_not_for_plan',
  'coupon_already_redeemed',
  'coupon_first_time_only',
]

/**
 * Each operation of the API: its name, which is also the SDK's method, its error codes, and an example
 * request. A test fails for a missing one.
 */
export const operations: Record<string, OperationNotes> = {
  'PUT /meters/{key}': {
    name: 'meters.put',
    errors: ['invalid_meter', 'meter_in_use'],
    body: {
      name: { 'zh-CN': 'AI 回答', en: 'AI answers' },
      unit: { 'zh-CN': '次', en: 'answers', one: 'answer' },
    },
  },
  'GET /meters': { name: 'meters.list' },
  'GET /meters/fills': { name: 'meters.fills' },
  'PUT /seller': {
    name: 'seller.put',
    errors: ['invalid_time_zone', 'invalid_logo', 'pdf_unavailable'],
    body: {
      name: '杭州星桥云计算科技有限公司',
      nameEn: 'Starbridge Cloud',
      taxId: '91330100799655058B',
      address: '浙江省杭州市西湖区文三路 478 号',
      phone: '0571-8888 6600',
      bankName: '招商银行杭州高新支行',
      bankAccount: '5719 0668 8810 901',
      timezone: 'Asia/Shanghai',
    },
  },
  'GET /seller': { name: 'seller.get', errors: ['not_found'] },
  'PUT /plans/{planId}': {
    name: 'plans.put',
    errors: ['invalid_plan', 'invalid_currency', 'meter_not_found'],
    body: {
      name: { 'zh-CN': '专业版', en: 'Pro' },
      rank: 2,
      fee: { amount: 29900, per: 'seat' },
      charges: [
        {
          meter: 'ai_chat',
          included: 1000,
          overage: 'bill',
          price: { model: 'per_unit', rate: { amount: 50, per: 1 } },
        },
      ],
    },
  },
  'GET /plans/{planId}': { name: 'plans.get', errors: ['plan_not_found'], query: { version: 1 } },
  'GET /plans': { name: 'plans.list', query: { includeArchived: 'true' } },
  'POST /pricing/preview': {
    name: 'pricing.preview',
    errors: [
      'invalid_plan',
      'invalid_currency',
      'quantity_negative',
      'quantity_overflow',
      'quantity_too_precise',
    ],
    body: {
      price: {
        model: 'graduated',
        tiers: [
          { upTo: 5000, rate: { amount: 10, per: 1 } },
          { upTo: null, rate: { amount: 8, per: 1 } },
        ],
      },
      included: 1000,
      quantity: 7500,
      currency: 'CNY',
    },
  },

  'POST /customers': {
    name: 'customers.create',
    errors: ['customer_exists', 'invalid_currency', 'invalid_time_zone', 'invalid_tax_id'],
    body: {
      id: 'initech',
      companyName: 'Initech',
      email: 'billing@initech.example',
      timezone: 'Asia/Shanghai',
      locale: 'en',
    },
  },
  'GET /customers': { name: 'customers.list', query: { q: 'acme', limit: 50 } },
  'GET /customers/{customerId}': { name: 'customers.get', errors: ['customer_not_found'] },
  'PUT /customers/{customerId}': {
    name: 'customers.update',
    errors: ['customer_not_found', 'stale_version', 'invalid_time_zone', 'invalid_tax_id', 'seller_missing'],
    body: {
      email: 'finance@acme.example',
      invoiceTitle: { kind: 'company', title: 'Acme Ltd.', taxId: '91330100799655058B' },
      paymentTermsDays: 30,
      purchaseOrderNumber: 'PO-2026-0117',
    },
  },
  'GET /customers/{customerId}/balance/transactions': {
    name: 'balance.transactions',
    errors: ['customer_not_found'],
    query: { limit: 50 },
  },
  'GET /customers/{customerId}/aliases': { name: 'aliases.list', errors: ['customer_not_found'] },
  'PUT /customers/{customerId}/aliases/{alias}': {
    name: 'aliases.put',
    errors: ['customer_not_found', 'alias_taken', 'too_many_aliases'],
  },
  'DELETE /customers/{customerId}/aliases/{alias}': {
    name: 'aliases.delete',
    errors: ['customer_not_found', 'alias_not_found'],
  },

  'POST /customers/{customerId}/subscription': {
    name: 'subscriptions.create',
    body: { planId: 'pro', seats: 3 },
    errors: [
      ...ofCoupon,
      'too_many_discounts',
      'customer_not_found',
      'plan_not_found',
      'subscription_exists',
      'quote_expired',
      'quote_outdated',
      'seller_missing',
      'plan_archived',
      'currency_mismatch',
      'seats_out_of_range',
      'starts_too_early',
      'starts_in_future',
    ],
  },
  'GET /customers/{customerId}/subscription': { name: 'subscriptions.get', errors: ['customer_not_found'] },
  'PATCH /customers/{customerId}/subscription': {
    name: 'subscriptions.update',
    errors: ['customer_not_found', 'not_in_trial', 'seller_missing'],
    body: { trial: { endsOn: '2026-12-15' } },
  },
  'POST /customers/{customerId}/subscription/preview': {
    name: 'subscriptions.preview',
    body: { planId: 'pro', seats: 5 },
    errors: [
      ...ofCoupon,
      'too_many_discounts',
      'customer_not_found',
      'plan_not_found',
      'no_active_subscription',
      'seller_missing',
      'plan_archived',
      'currency_mismatch',
      'seats_out_of_range',
    ],
  },
  'POST /customers/{customerId}/subscription/change': {
    name: 'subscriptions.change',
    body: { planId: 'pro', seats: 5, when: 'now' },
    errors: [
      ...ofCoupon,
      'too_many_discounts',
      'customer_not_found',
      'plan_not_found',
      'no_active_subscription',
      'change_blocked',
      'quote_expired',
      'quote_outdated',
      'seller_missing',
      'plan_archived',
      'currency_mismatch',
      'seats_out_of_range',
    ],
  },
  'DELETE /customers/{customerId}/subscription/scheduled-change': {
    name: 'subscriptions.cancelScheduledChange',
    errors: ['customer_not_found', 'seller_missing'],
    query: { by: 'customer' },
  },
  'POST /customers/{customerId}/subscription/cancel': {
    name: 'subscriptions.cancel',
    errors: ['customer_not_found', 'no_active_subscription', 'seller_missing'],
    body: { when: 'period_end', reason: 'Moves to another product' },
  },
  'POST /customers/{customerId}/subscription/resume': {
    name: 'subscriptions.resume',
    errors: ['customer_not_found', 'no_active_subscription', 'seller_missing'],
  },
  'GET /subscriptions': {
    name: 'subscriptions.list',
    errors: ['invalid_range'],
    query: { status: 'active', planId: 'pro' },
  },
  'GET /subscriptions/summary': {
    name: 'subscriptions.summary',
    errors: ['invalid_range'],
    query: { status: 'active' },
  },

  'GET /events': {
    name: 'events.list',
    errors: ['customer_not_found', 'meter_not_found', 'invalid_range'],
    query: { customerId: 'acme', start: '2026-11-01', end: '2026-11-30' },
  },
  'POST /events': {
    name: 'events.record',
    errors: ['rate_limited'],
    body: [
      { id: 'answer-1', customerId: 'acme', meter: 'ai_chat', quantity: 1, properties: { channel: 'web' } },
      {
        id: 'answer-2',
        customerId: 'acme',
        meter: 'ai_chat',
        quantity: 3,
        properties: { channel: 'wechat' },
      },
    ],
  },
  'GET /events/export': {
    name: 'events.export',
    errors: ['customer_not_found', 'meter_not_found', 'invalid_range', 'rate_limited'],
    query: { customerId: 'acme', start: '2026-11-01', end: '2026-11-30' },
  },
  'GET /customers/{customerId}/events/{eventId}': {
    name: 'events.get',
    errors: ['customer_not_found', 'event_not_found'],
  },
  'POST /events/void': {
    name: 'events.void',
    errors: ['customer_not_found'],
    body: { customerId: 'acme', ids: ['answer-1', 'answer-2'], reason: 'Sent twice by mistake' },
  },
  'GET /events/rejected': {
    name: 'events.rejected.list',
    query: { customerId: 'acme', code: 'meter_not_found' },
  },
  'POST /events/rejected/retry': {
    name: 'events.rejected.retry',
    errors: ['customer_not_found', 'rate_limited'],
    body: { customerId: 'acme', ids: ['answer-1'] },
  },
  'GET /customers/{customerId}/events/late': {
    name: 'events.late.list',
    errors: ['customer_not_found'],
    query: { limit: 50 },
  },
  'GET /customers/{customerId}/usage': {
    name: 'usage.get',
    errors: ['customer_not_found', 'period_not_found'],
    query: { period: '2026-11' },
  },
  'GET /customers/{customerId}/usage/range': {
    name: 'usage.range',
    errors: ['customer_not_found', 'meter_not_found', 'invalid_range'],
    query: { start: '2026-11-01', end: '2026-11-30', meter: 'ai_chat', window: 'day' },
  },
  'GET /customers/{customerId}/reconciliation': {
    name: 'usage.reconciliation',
    errors: ['customer_not_found', 'period_not_found'],
    query: { period: '2026-11' },
  },
  'GET /customers/{customerId}/deficits': { name: 'deficits.list', errors: ['customer_not_found'] },
  'POST /customers/{customerId}/deficits/{meter}/forgive': {
    name: 'deficits.forgive',
    body: { quantity: 50, reason: 'Goodwill after the outage' },
    errors: [
      'customer_not_found',
      'meter_not_found',
      'seller_missing',
      'quantity_negative',
      'quantity_overflow',
      'quantity_too_precise',
    ],
  },

  'GET /customers/{customerId}/quota/{meter}': {
    name: 'quota.check',
    query: { quantity: '5' },
    errors: [
      'customer_not_found',
      'meter_not_found',
      'no_active_subscription',
      'quantity_overflow',
      'quantity_too_precise',
      'rate_limited',
    ],
  },
  'POST /customers/{customerId}/quota/{meter}/consume': {
    name: 'quota.consume',
    body: { id: 'question-1', quantity: 1 },
    errors: [
      'customer_not_found',
      'meter_not_found',
      'event_conflict',
      'event_voided',
      'no_active_subscription',
      'quantity_negative',
      'quantity_overflow',
      'quantity_too_precise',
      'rate_limited',
    ],
  },
  'POST /customers/{customerId}/quota/{meter}/reserve': {
    name: 'quota.reserve',
    body: { id: 'report-7', quantity: 20, ttlSeconds: 600 },
    errors: [
      'customer_not_found',
      'meter_not_found',
      'event_conflict',
      'event_voided',
      'reservation_closed',
      'no_active_subscription',
      'quantity_negative',
      'quantity_overflow',
      'quantity_too_precise',
      'rate_limited',
    ],
  },
  'POST /customers/{customerId}/quota/{meter}/reservations/{reservationId}/settle': {
    name: 'quota.settle',
    body: { quantity: 14 },
    errors: [
      'customer_not_found',
      'meter_not_found',
      'reservation_not_found',
      'reservation_closed',
      'event_conflict',
      'event_voided',
      'quantity_negative',
      'quantity_overflow',
      'quantity_too_precise',
      'rate_limited',
    ],
  },
  'POST /customers/{customerId}/quota/{meter}/reservations/{reservationId}/release': {
    name: 'quota.release',
    errors: [
      'customer_not_found',
      'meter_not_found',
      'reservation_not_found',
      'reservation_closed',
      'rate_limited',
    ],
  },
  'GET /customers/{customerId}/reservations': {
    name: 'quota.reservations',
    errors: ['customer_not_found', 'meter_not_found'],
    query: { meter: 'ai_chat', state: 'open' },
  },

  'POST /customers/{customerId}/grants': {
    name: 'grants.create',
    body: {
      id: 'outage-2026-11',
      meter: 'ai_chat',
      units: 500,
      category: 'promotional',
      source: 'adjustment',
      expiresOn: '2027-12-31',
      reason: 'Goodwill after the outage',
    },
    errors: [
      'customer_not_found',
      'meter_not_found',
      'seller_missing',
      'grant_exists',
      'too_many_grants',
      'quantity_negative',
      'quantity_overflow',
      'quantity_too_precise',
    ],
  },
  'GET /customers/{customerId}/grants': {
    name: 'grants.list',
    errors: ['customer_not_found', 'meter_not_found'],
    query: { meter: 'ai_chat', status: 'valid' },
  },
  'GET /customers/{customerId}/grants/{grantId}': {
    name: 'grants.get',
    errors: ['customer_not_found', 'grant_not_found'],
  },
  'POST /customers/{customerId}/grants/{grantId}/void': {
    name: 'grants.void',
    body: { reason: 'Given by mistake' },
    errors: ['customer_not_found', 'grant_not_found', 'grant_over', 'seller_missing'],
  },
  'POST /customers/{customerId}/grants/{grantId}/expire': {
    name: 'grants.expire',
    body: { reason: 'The campaign is over' },
    errors: ['customer_not_found', 'grant_not_found', 'grant_over', 'seller_missing'],
  },
  'POST /customers/{customerId}/grants/{grantId}/extend': {
    name: 'grants.extend',
    body: { expiresOn: '2028-06-30', reason: 'Agreed with the customer' },
    errors: ['customer_not_found', 'grant_not_found', 'grant_over', 'seller_missing'],
  },

  'GET /customers/{customerId}/invoices': {
    name: 'invoices.list',
    errors: ['customer_not_found'],
    query: { status: 'open' },
  },
  'GET /invoices': {
    name: 'invoices.listAll',
    errors: ['invalid_range'],
    query: { status: 'overdue', limit: 50 },
  },
  'GET /invoices/summary': {
    name: 'invoices.summary',
    errors: ['invalid_range', 'amount_out_of_range'],
    query: { year: 2026 },
  },
  'POST /customers/{customerId}/invoices': {
    name: 'invoices.generate',
    errors: [
      'customer_not_found',
      'period_not_found',
      'invoice_not_found',
      'period_not_over',
      'seller_missing',
    ],
    body: { period: '2026-11' },
  },
  'GET /invoices/{invoiceId}': { name: 'invoices.get', errors: ['invoice_not_found'] },
  'GET /invoices/{invoiceId}/pdf': {
    name: 'invoices.pdf',
    errors: ['invoice_not_found', 'pdf_too_large', 'pdf_unavailable'],
  },
  'POST /invoices/{invoiceId}/void': {
    name: 'invoices.void',
    body: { reason: 'Billed to the wrong company' },
    errors: [
      'invoice_not_found',
      'invoice_not_open',
      'invoice_credited',
      'credit_note_final',
      'credit_already_used',
      'credit_already_given',
      'seller_missing',
    ],
  },
  'POST /invoices/{invoiceId}/credit-notes': {
    name: 'creditNotes.create',
    body: { amount: 5000, reason: 'The service was down for two days' },
    errors: [
      'invoice_not_found',
      'invoice_is_draft',
      'invoice_void',
      'credit_note_final',
      'seller_missing',
      'amount_out_of_range',
    ],
  },
  'POST /invoices/{invoiceId}/payments': {
    name: 'payments.record',
    body: { amount: 31694, method: 'bank_transfer', reference: 'CMB-20261203-0042' },
    errors: [
      'invoice_not_found',
      'invoice_void',
      'invoice_not_open',
      'credit_note_final',
      'duplicate_reference',
      'payment_reversed',
      'seller_missing',
      'amount_out_of_range',
    ],
  },
  'GET /invoices/{invoiceId}/payments': { name: 'payments.list', errors: ['invoice_not_found'] },
  'GET /payments': {
    name: 'payments.listAll',
    errors: ['invalid_range'],
    query: { start: '2026-11-01', end: '2026-11-30' },
  },
  'GET /payments/summary': {
    name: 'payments.summary',
    errors: ['invalid_range', 'amount_out_of_range'],
    query: { start: '2026-11-01', end: '2026-11-30' },
  },
  'POST /payments/{paymentId}/reverse': {
    name: 'payments.reverse',
    errors: ['payment_not_found', 'seller_missing'],
    body: { reason: 'The transfer was recalled' },
  },
  'POST /customers/{customerId}/refunds': {
    name: 'refunds.create',
    body: { amount: 5000, method: 'bank_transfer', reference: 'RF-20261204-0007' },
    errors: [
      'customer_not_found',
      'invoice_not_found',
      'duplicate_reference',
      'seller_missing',
      'amount_out_of_range',
    ],
  },
  'GET /customers/{customerId}/refunds': {
    name: 'refunds.list',
    errors: ['customer_not_found'],
    query: { limit: 50 },
  },
  'POST /customers/{customerId}/balance/adjustments': {
    name: 'balance.adjust',
    errors: ['customer_not_found', 'seller_missing', 'amount_out_of_range'],
    body: { amount: 10000, reason: 'Carried over from the old system' },
  },
  'POST /customers/{customerId}/charges': {
    name: 'charges.create',
    body: {
      id: 'setup',
      name: { 'zh-CN': '部署实施费', en: 'Setup' },
      quantity: 1,
      unitAmount: 500000,
      when: 'next_invoice',
    },
    errors: ['customer_not_found', 'seller_missing', 'invalid_charge', 'charge_exists', 'too_many_charges'],
  },
  'GET /customers/{customerId}/charges': {
    name: 'charges.list',
    errors: ['customer_not_found'],
    query: { status: 'waiting' },
  },
  'GET /customers/{customerId}/charges/{chargeId}': {
    name: 'charges.get',
    errors: ['customer_not_found', 'charge_not_found'],
  },
  'DELETE /customers/{customerId}/charges/{chargeId}': {
    name: 'charges.withdraw',
    errors: ['customer_not_found', 'charge_not_found', 'charge_billed', 'seller_missing'],
  },
  'GET /charges': {
    name: 'charges.listAll',
    errors: ['invalid_range'],
    query: { status: 'waiting' },
  },
  'GET /charges/summary': {
    name: 'charges.summary',
    errors: ['invalid_range', 'amount_out_of_range'],
    query: { start: '2026-11-01', end: '2026-11-30' },
  },
  'GET /customers/{customerId}/discounts': { name: 'discounts.list', errors: ['customer_not_found'] },
  'PUT /customers/{customerId}/discounts/{discountId}': {
    name: 'discounts.put',
    errors: ['customer_not_found', 'seller_missing', 'invalid_discount', 'too_many_discounts'],
    body: {
      name: { 'zh-CN': '首年优惠', en: 'First year' },
      kind: 'percent',
      value: '10',
      appliesTo: 'all',
      from: '2026-12-01',
      until: '2027-11-30',
    },
  },
  'DELETE /customers/{customerId}/discounts/{discountId}': {
    name: 'discounts.delete',
    errors: ['customer_not_found', 'discount_not_found', 'seller_missing'],
  },
  'PUT /coupons/{code}': {
    name: 'coupons.put',
    errors: ['invalid_coupon', 'invalid_currency', 'plan_not_found'],
    body: {
      name: { 'zh-CN': '新品八折', en: '20% off at launch' },
      kind: 'percent',
      value: '20',
      periods: 3,
      maxAmount: 50000,
      redeemBy: '2027-01-31',
      maxRedemptions: 500,
    },
  },
  'GET /coupons': { name: 'coupons.list', query: { limit: 50 } },
  'GET /coupons/{code}': { name: 'coupons.get', errors: ['coupon_not_found'] },
  'GET /customers/{customerId}/coupons/redemptions': {
    name: 'coupons.redemptions',
    errors: ['customer_not_found'],
  },
  'POST /customers/{customerId}/coupons/redemptions': {
    name: 'coupons.redeem',
    errors: ['customer_not_found', 'seller_missing', 'too_many_discounts', ...ofCoupon],
    body: { code: 'LAUNCH20' },
  },
  'GET /reconciliation': { name: 'reconciliation.list', query: { limit: 100 } },

  'GET /activity': { name: 'activity.list', query: { limit: 100 } },
  'POST /portal-sessions': {
    name: 'portalSessions.create',
    errors: ['customer_not_found'],
    body: {
      customerId: 'acme',
      role: 'billing',
      actor: { id: 'u-42', name: 'Li Na' },
      locale: 'zh-CN',
      path: '/invoices',
    },
  },
  'POST /portal-sessions/exchange': {
    name: 'portalSessions.exchange',
    errors: ['code_invalid'],
    body: { code: 'code_3vJ8sXq1ZbT6yLw0RkNf2A' },
  },
  'GET /keys': { name: 'keys.list', query: { limit: 50 } },
  'POST /keys': {
    name: 'keys.create',
    errors: ['key_limit', 'invalid_key'],
    body: { name: 'Usage of the chat service', preset: 'events' },
  },
  'POST /keys/{keyId}/rotate': {
    name: 'keys.rotate',
    errors: ['key_not_found', 'key_ended', 'key_limit', 'invalid_key'],
    body: { overlapSeconds: 3600 },
  },
  'POST /keys/{keyId}/revoke': { name: 'keys.revoke', errors: ['key_not_found'] },
  'GET /test-clock': { name: 'testClock.get' },
  'POST /test-clock': {
    name: 'testClock.move',
    errors: ['clock_backwards'],
    body: { now: '2027-01-01T00:00:00Z' },
  },
}
