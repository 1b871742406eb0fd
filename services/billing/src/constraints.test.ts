import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { violatedConstraint } from '@customer-portal/database'
import { testDatabases } from '@customer-portal/database/testing'
import {
  adjustBalance,
  createCharge,
  createPortalSession,
  createSecretKey,
  createSubscription,
  issueCreditNote,
  getInvoices,
  previewChange,
  putDiscount,
  recordPayment,
  recordRefund,
  upgradeSubscription,
} from './index.ts'
import { createWorld, seedCatalogue, seedCustomer, type World } from './testing.ts'

const day = `'acme', 'ai_chat', '2026-11-01'`

/** A statement that breaks the rule of each constraint, in a database of one customer. */
const breaches: [constraint: string, sql: string][] = [
  ['balance_transactions_name_an_invoice', `update balance_transactions set invoice_id = 'none'`],
  ['balance_transactions_wait_for_a_credit_note', `update balance_transactions set held_for = 'none'`],
  [
    'balance_transactions_cause_exists',
    `update balance_transactions set cause_id = 'none' where reason = 'adjustment'`,
  ],
  [
    'balance_transactions_cause_exists',
    `update balance_transactions set cause_id = 'none' where reason = 'refund'`,
  ],
  [
    'balance_transactions_cause_exists',
    `update balance_transactions set cause_id = 'none' where reason = 'overpaid'`,
  ],
  [
    'balance_transactions_have_their_sign',
    `update balance_transactions set amount = -amount where reason = 'refund'`,
  ],
  [
    'balance_transactions_have_their_sign',
    `update balance_transactions set amount = -amount where reason = 'overpaid'`,
  ],
  ['invoices_cause_exists', `update invoices set cause_id = 'none' where cause_kind = 'phase'`],
  [
    'invoices_cause_exists',
    `update invoices set cause_id = 'none 2026', cause_kind = 'reopening' where cause_kind = 'phase'`,
  ],
  ['invoices_fall_due_after_issue', `update invoices set due_at = issued_at - interval '1 second'`],
  ['invoices_are_paid_at_most_once', 'update invoices set payable = total + 1 where total > 0'],
  ['invoices_are_paid_at_most_once', 'update invoices set payable = -1 where total > 0'],
  [
    'invoices_credit_notes_give_back',
    `update invoices set applied_to_invoice = 1 - total where kind = 'credit_note'`,
  ],
  ['invoices_give_a_reason_when_void', `update invoices set void_reason = 'a slip'`],
  [
    'documents_of_nothing_kinds',
    `insert into documents_of_nothing values ('acme', 'x', 'charge', '2026-11-01', now(), '{}')`,
  ],
  ['invoice_numbers_series', `insert into invoice_numbers values ('INVOICE', '202611', 1)`],
  ['invoice_numbers_months', `insert into invoice_numbers values ('INV', '202613', 1)`],
  ['phases_begin_on_or_after_their_anchor', 'update phases set anchor_on = starts_on + 1'],
  [
    'subscriptions_end_after_they_begin',
    `update subscriptions set ended_at = started_at - interval '1 second'`,
  ],
  ['quotes_have_seats', 'update quotes set seats = 0'],
  ['quotes_hold_for_a_while', 'update quotes set expires_at = created_at'],
  ['discounts_have_a_value', `update discounts set value = '12.5' where kind = 'fixed'`],
  ['discounts_have_a_value', `update discounts set value = 'half' where kind = 'percent'`],
  ['charges_are_of_something', 'update charges set quantity = 0'],
  ['charges_are_of_something', 'update charges set unit_amount = -1'],
  ['charges_are_of_something', 'update charges set quantity = 1000000, unit_amount = 1000001'],
  ['charges_are_billed_now_or_next', `update charges set bill_when = 'later'`],
  ['charges_are_on_an_invoice', `update charges set invoice_id = 'none'`],
  ['charges_name_their_source', `update charges set source_kind = 'pack'`],
  ['charges_name_their_source', `update charges set source_id = 'p'`],
  ['charges_sources', `update charges set source_kind = 'other', source_id = 'o'`],
  ['charges_tax_modes', `update charges set tax_mode = 'none'`],
  ['charges_wait_after_they_are_made', `update charges set waiting_since = created_at - interval '1 second'`],
  ['customers_versions_begin_with_one', 'update customers set version = 0'],
  ['customers_payment_terms', 'update customers set payment_terms_days = -1'],
  ['customers_purchase_orders', `update customers set purchase_order_number = ''`],
  ['portal_sessions_locales', `update portal_sessions set locale = 'fr'`],
  ['portal_sessions_codes_hold_for_a_while', 'update portal_sessions set code_expires_at = created_at'],
  ['portal_sessions_renew_once_opened', `update portal_sessions set renewal_hash = 'x'`],
  ['secret_keys_show_both_ends', 'update secret_keys set prefix = null'],
  [
    'idempotency_keys_hold_an_answer',
    `insert into idempotency_keys values ('acme', 'c', 'r', 'k', 'h', 100, '{}', now())`,
  ],
  [
    'meters_break_down_what_adds_up',
    `update meters set aggregation = 'max', group_by = '{model}' where key = 'ai_chat'`,
  ],
  [
    'meter_fills_of_a_meter',
    `insert into meter_fills (meter, property, asked_at) values ('none', '', now())`,
  ],
  [
    'meter_fills_count_events',
    `insert into meter_fills (meter, property, asked_at, added) values ('ai_chat', '', now(), -1)`,
  ],
  [
    'rejected_events_were_rejected',
    `insert into rejected_events (
        customer_id, id, body_hash, code, detail, meter, local_date, times, rejected_at, arrived_at
      )
      values ('acme', 'e', 'h', 'c', 'd', 'm', '2026-11-01', 0, now(), now())`,
  ],
  ['reservations_settle_parts', reservation({ settled: '5', granted: '5', overage: '6' })],
  ['reservations_settle_parts', reservation({ settled: '-1', granted: '-1', overage: '0' })],
  ['reservations_close_after_they_open', reservation({ closedAt: `'2026-10-31'` })],
  ['usage_daily_counts', `insert into usage_daily values (${day}, -1, 1)`],
  ['usage_daily_counts', `insert into usage_daily values (${day}, 1, -1)`],
  ['usage_daily_counts', `insert into usage_daily values (${day}, 1, 1, now(), null)`],
  ['historical_daily_counts', `insert into historical_daily values (${day}, -1, 1)`],
  [
    'historical_daily_of_a_customer',
    `insert into historical_daily values ('nobody', 'ai_chat', '2026-11-01', 1, 1)`,
  ],
  ['historical_daily_of_a_meter', `insert into historical_daily values ('acme', 'none', '2026-11-01', 1, 1)`],
  ['customers_with_large_days_exist', `insert into customers_with_large_days values ('nobody')`],
  ['usage_groups_counts', grouped('usage_groups')],
  ['historical_groups_counts', grouped('historical_groups')],
  [
    'usage_group_values_of_a_month',
    `insert into usage_group_values values ('acme', 'ai_chat', 'model', '2026-11-02', 'a')`,
  ],
]

function reservation({ settled = 'null', granted = 'null', overage = 'null', closedAt = `'2026-11-02'` }) {
  return `insert into reservations
    values (
      'acme', 'r', 'ai_chat', 5, '2026-11-01', '2026-11-01', '2026-11-03', 'h', ${closedAt}, ${settled},
      ${granted}, ${overage}
    )`
}

function grouped(table: string) {
  return `insert into ${table} values ('acme', 'ai_chat', 'model', '2026-11-01', 'value', 'a', 1, -1)`
}

describe.each(testDatabases)('the tables keep the rules of the code, on $name', ({ create }) => {
  let world: World
  beforeAll(async () => {
    world = await createWorld(create, '2026-11-01T00:00:00Z')
    const { engine } = world
    await seedCatalogue(engine)
    await seedCustomer(engine, 'acme')
    await createSubscription(engine, { customerId: 'acme', planId: 'team' })
    world.set('2026-11-10T00:00:00Z')
    await upgradeSubscription(engine, { customerId: 'acme', planId: 'business' })
    const { data } = await getInvoices(engine, { customerId: 'acme' })
    const [change, start] = [data[0]!, data[1]!]
    await recordPayment(engine, {
      invoiceId: start.id,
      amount: start.total,
      method: 'transfer',
      reference: 'p1',
    })
    await recordPayment(engine, {
      invoiceId: change.id,
      amount: change.total + 1000,
      method: 'transfer',
      reference: 'p2',
    })
    await issueCreditNote(engine, { invoiceId: start.id, reason: 'A gesture', amount: 500 })
    await adjustBalance(engine, { customerId: 'acme', amount: 2000, reason: 'A gift' })
    await recordRefund(engine, { customerId: 'acme', amount: 700, method: 'transfer', reference: 'r1' })
    await previewChange(engine, { customerId: 'acme', planId: 'team' })
    const charge = { customerId: 'acme', name: 'Setup', unitAmount: 100 }
    await createCharge(engine, { ...charge, when: 'next_invoice' })
    await createPortalSession(engine, { customerId: 'acme' })
    await createSecretKey(engine, { name: 'a key', scopes: ['admin'] })
    const discount = { customerId: 'acme', appliesTo: 'fee' as const, from: '2026-12-01' }
    await putDiscount(engine, { ...discount, discountId: 'fixed', kind: 'fixed', value: 100 })
    await putDiscount(engine, { ...discount, discountId: 'percent', kind: 'percent', value: '12.5' })
  })
  afterAll(() => world.close())

  test.each(breaches)('%s: %s', async (constraint, sql) => {
    const refused = await world.db.asOwner((tx) => tx.query(sql)).catch((error: unknown) => error)
    expect(violatedConstraint(refused)).toBe(constraint)
  })

  test('every constraint was looked at for the rows before it, and none is named by a number', async () => {
    const rows = await world.db.asOwner((tx) =>
      tx.query<{ name: string }>(
        `select conname as name
          from pg_constraint
          where connamespace = 'public'::regnamespace
            and (not convalidated or conname ~ '_check[0-9]+$' or conname = conrelid::regclass || '_check')`,
      ),
    )
    expect(rows).toEqual([])
  })
})
