import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabases } from '@customer-portal/database/testing'
import type { Access } from '@customer-portal/database'
import {
  actingFor,
  adjustBalance,
  consume,
  createCharge,
  createGrant,
  createPortalSession,
  createSubscription,
  downgradeSubscription,
  putAlias,
  putCoupon,
  putDiscount,
  getInvoice,
  getInvoices,
  getSubscription,
  getUsageDetail,
  getUsageSummary,
  idempotently,
  moveGrantExpiry,
  previewChange,
  putMeter,
  recordPayment,
  recordRefund,
  recordUsage,
  redeemCoupon,
  reserve,
  upgradeSubscription,
  updateCustomer,
  voidEvents,
  voidInvoice,
} from './index.ts'
import { createWorld, seedCatalogue, seedCustomer, type World } from './testing.ts'

/** These belong to no customer. Every other table must have row level security. */
const globalTables = [
  'coupons',
  'invoice_numbers',
  'meter_fills',
  'meters',
  'meters_version',
  'plans',
  'schema_migrations',
  'secret_keys',
  'seller',
  'usage_retention',
]

describe.each(testDatabases)('isolation on $name', ({ create }) => {
  let world: World
  let tables: string[]
  beforeAll(async () => {
    world = await createWorld(create, '2026-11-01T00:00:00Z')
    await seedCatalogue(world.engine)
    await putCoupon(world.engine, { code: 'WELCOME', kind: 'percent', value: '5' })
    for (const customerId of ['a', 'b']) {
      await seedCustomer(world.engine, customerId)
      const { invoice } = await createSubscription(world.engine, { customerId, planId: 'team' })
      await recordPayment(world.engine, {
        invoiceId: invoice!.id,
        amount: invoice!.total + 1,
        method: 'cash',
        reference: 'r',
      })
      await adjustBalance(world.engine, { customerId, amount: 2, reason: 'goodwill' })
      await recordRefund(world.engine, { customerId, amount: 1, method: 'cash', reference: 'r' })
      await createCharge(world.engine, { customerId, name: 'Setup', unitAmount: 5, when: 'next_invoice' })
      await consume(world.engine, { customerId, meter: 'ai_chat', id: 'use', quantity: 3 })
      await reserve(world.engine, { customerId, meter: 'ai_chat', id: 'hold', quantity: 3, ttlSeconds: 60 })
      await previewChange(world.engine, { customerId, planId: 'business' })
      await putDiscount(world.engine, {
        customerId,
        discountId: 'welcome',
        kind: 'percent',
        value: '10',
        appliesTo: 'all',
        from: '2027-01-01',
      })
      await redeemCoupon(world.engine, { customerId, code: 'welcome' })
      await createPortalSession(world.engine, { customerId })
      await putAlias(world.engine, { customerId, alias: `also-${customerId}` })
      await putMeter(world.engine, {
        key: 'people',
        name: 'People',
        unit: 'people',
        aggregation: 'unique',
        uniqueBy: 'who',
      })
      await putMeter(world.engine, { key: 'calls', name: 'Calls', unit: 'calls', groupBy: ['channel'] })
      await recordUsage(world.engine, [
        { id: 'seen', customerId, meter: 'people', properties: { who: 'li' } },
        { id: 'called', customerId, meter: 'calls', properties: { channel: 'web' } },
        { id: 'much', customerId, meter: 'calls', quantity: 1_000_000_001 },
      ])
      await recordUsage(world.engine, [{ id: 'refused', customerId, meter: 'nothing' }])
      const old = { customerId, time: '2026-01-05T00:00:00Z', historical: true }
      await recordUsage(world.engine, [
        { ...old, id: 'old-seen', meter: 'people', properties: { who: 'li' } },
        { ...old, id: 'old-called', meter: 'calls', properties: { channel: 'web' } },
      ])
      const given = { category: 'promotional' as const, source: 'promotion' as const }
      await putMeter(world.engine, { key: 'extra', name: 'Extra', unit: 'times' })
      await createGrant(world.engine, {
        ...given,
        customerId,
        id: 'g',
        meter: 'extra',
        units: 5,
        expiresOn: '2026-11-20',
      })
      await consume(world.engine, { customerId, meter: 'extra', id: 'drawn' })
      await moveGrantExpiry(world.engine, {
        customerId,
        grantId: 'g',
        to: 'earlier',
        expiresOn: '2026-11-10',
        reason: 'over',
      })
      await voidEvents(world.engine, { customerId, ids: ['called'], reason: 'sent twice' })
      await idempotently(
        world.engine,
        { customerId, credential: 'k', route: 'r', key: 'i', body: {} },
        async () => ({ status: 200, body: {} }),
        () => undefined,
      )
    }
    await world.db.asOwner((tx) =>
      tx.query(
        'insert into documents_of_nothing (customer_id, id, kind, period_start, closed_at, '
          + "document) select customer_id, 'inv', 'final', '2020-01-01', '2020-02-01', '{\"lines\": "
          + "[]}' from customers",
      ),
    )
    await world.db.asOwner((tx) =>
      tx.query(
        `insert into deficits (customer_id, id, meter, period_start, quantity, at)
          select customer_id, 'def', 'calls', '2026-11-01', 1, '2026-11-30'
          from customers`,
      ),
    )
    world.set('2026-11-30T17:00:00Z')
    for (const customerId of ['a', 'b']) {
      await upgradeSubscription(world.engine, { customerId, planId: 'business' })
      await downgradeSubscription(world.engine, { customerId, planId: 'team' })
    }
    const rows = await world.db.asOwner((tx) =>
      tx.query<{ name: string }>(
        `select relname as name
          from pg_class
          where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition
          order by 1`,
      ),
    )
    tables = rows.map((row) => row.name).filter((name) => !globalTables.includes(name))
  })
  afterAll(() => world.close())
  const as = <T>(access: Access, sql: string, parameters?: unknown[]) =>
    world.db.transaction(access, (tx) => tx.query<T>(sql, parameters))
  const portal: Access = { role: 'portal', customerId: 'a' }

  test('every table has row level security or is listed here as global', async () => {
    const rows = await world.db.asOwner((tx) =>
      tx.query<{
        name: string
        enabled: boolean
        forced: boolean
        policies: { policy: string; roles: string[]; using: string; check: string }[]
        key: string
      }>(
        `select c.relname as name, c.relrowsecurity as enabled, c.relforcerowsecurity as forced,
            (
              select coalesce(
                jsonb_agg(
                  jsonb_build_object(
                    'policy', p.policyname, 'roles', p.roles, 'using', p.qual, 'check', p.with_check
                  )
                  order by p.policyname
                ),
                '[]'
              )
              from pg_policies p
              where p.tablename = c.relname
            ) as policies,
            (
              select a.attname
              from pg_index i
              join pg_attribute a on (a.attrelid, a.attnum) = (i.indrelid, i.indkey[0])
              where i.indrelid = c.oid and i.indisprimary
            ) as key
          from pg_class c
          where c.relnamespace = 'public'::regnamespace
            and c.relkind in ('r', 'p')
            and not c.relname = any($1)
          order by 1`,
        [globalTables],
      ),
    )
    expect(rows.length).toBeGreaterThanOrEqual(14)
    const own = "(customer_id = current_setting('app.customer_id'::text, true))"
    for (const row of rows) {
      expect(row).toEqual({
        name: row.name,
        enabled: true,
        forced: true,
        key: 'customer_id',
        policies: [
          { policy: 'every_customer', roles: ['billing'], using: 'true', check: 'true' },
          { policy: 'one_customer', roles: ['portal'], using: own, check: own },
        ],
      })
    }
  })

  test('a partition of usage is written and read only through its table', async () => {
    const months = await world.db.asOwner((tx) =>
      tx.query<{ name: string }>(
        "select relname as name from pg_class where relispartition and relkind = 'r' order by 1",
      ),
    )
    expect(months.map((month) => month.name)).toEqual(['usage_events_2026_01', 'usage_events_2026_11'])
    for (const { name } of months) {
      for (const access of [portal, { role: 'billing' } as const]) {
        // A backup, with the vendor's role, reads each partition directly.
        const reads = access.role === 'portal' ? [`select * from ${name}`] : []
        for (const sql of [...reads, `delete from ${name}`, `insert into ${name} select * from usage_events`])
          await expect(as(access, sql), `${access.role}: ${sql}`).rejects.toMatchObject({ code: '42501' })
      }
      expect(await as({ role: 'billing' }, `select * from ${name}`)).toEqual(
        await as({ role: 'billing' }, `select * from usage_events where tableoid = '${name}'::regclass`),
      )
    }
    for (const access of [portal, { role: 'billing' } as const])
      await expect(as(access, "select add_usage_month('2030-01-01')")).rejects.toMatchObject({
        code: '42501',
      })
  })

  test('nothing but tables can be read, so nothing bypasses the policies', async () => {
    const others = await world.db.asOwner((tx) =>
      tx.query(
        `select relname, relkind
          from pg_class
          where relnamespace = 'public'::regnamespace and relkind not in ('r', 'p', 'i', 'I', 'S', 'c', 't')`,
      ),
    )
    const functions = await world.db.asOwner((tx) =>
      tx.query("select proname from pg_proc where pronamespace = 'public'::regnamespace and prosecdef"),
    )
    expect([...others, ...functions]).toEqual([])
  })

  test('neither role can bypass the policies, and only billing sees keys', async () => {
    const [owned] = await world.db.asOwner((tx) =>
      tx.query<{ count: number }>(
        `select count(*)::int as count
          from pg_class
          where relowner in (select oid from pg_roles where rolname in ('portal', 'billing'))`,
      ),
    )
    expect(owned!.count).toBe(0)
    const roles = await world.db.asOwner((tx) =>
      tx.query(
        `select rolname, rolsuper or rolbypassrls or rolcanlogin or rolcreaterole or rolcreatedb as strong
          from pg_roles
          where rolname in ('portal', 'billing')
          order by 1`,
      ),
    )
    expect(roles).toEqual([
      { rolname: 'billing', strong: false },
      { rolname: 'portal', strong: false },
    ])
    for (const table of ['secret_keys', 'coupons'])
      await expect(as(portal, `select * from ${table}`)).rejects.toMatchObject({ code: '42501' })
    expect(await as({ role: 'billing' }, 'select * from secret_keys')).toEqual([])
  })

  test('every table of a customer has rows of two, and a portal sees only its own', async () => {
    for (const table of tables) {
      const all = await as<{ customer_id: string }>(
        { role: 'billing' },
        `select distinct customer_id from ${table} order by 1`,
      )
      expect([table, all.map((row) => row.customer_id)]).toEqual([table, ['a', 'b']])
      expect([table, await as(portal, `select distinct customer_id from ${table}`)]).toEqual([
        table,
        [{ customer_id: 'a' }],
      ])
    }
  })

  test('the portal of one customer cannot insert, update or delete rows of another', async () => {
    const before = await world.db.asOwner((tx) =>
      tx.query("select jsonb_agg(to_jsonb(c)) as rows from customers c where customer_id = 'b'"),
    )
    for (const table of tables) {
      const [row] = await world.db.asOwner((tx) =>
        tx.query<{ content: Record<string, unknown> }>(
          `select to_jsonb(t) as content from ${table} t where customer_id = 'b' limit 1`,
        ),
      )
      await expect(
        as(portal, `insert into ${table} select * from jsonb_populate_record(null::${table}, $1)`, [
          JSON.stringify(row!.content),
        ]),
      ).rejects.toMatchObject({ code: '42501' })
      // Rejected, or applied to no row.
      for (const sql of [
        `delete from ${table} where customer_id = 'b'`,
        `update ${table} set customer_id = 'a' where customer_id = 'b'`,
      ]) {
        const done = await as(portal, `${sql} returning customer_id`).catch(
          (error: { code: string }) => error.code,
        )
        expect([table, sql, done]).toEqual([table, sql, Array.isArray(done) ? [] : '42501'])
      }
    }
    await as(portal, "update customers set company_name = 'taken' where customer_id = 'b'")
    expect(
      await world.db.asOwner((tx) =>
        tx.query("select jsonb_agg(to_jsonb(c)) as rows from customers c where customer_id = 'b'"),
      ),
    ).toEqual(before)
  })

  test('facts and documents cannot be updated or deleted', async () => {
    for (const access of [portal, { role: 'billing' } as const]) {
      for (const sql of [
        "update invoices set document = '{}'",
        'update invoices set total = 0, payable = 0',
        "update invoices set number = 'X'",
        "update invoices set sha256 = ''",
        'delete from invoices',
        'update usage_events set quantity = 0',
        'delete from usage_events',
        'update payments set amount = 1',
        'delete from payments',
        'update balance_transactions set amount = 1',
        'delete from balance_transactions',
        'update refunds set amount = 1',
        'delete from refunds',
        'update balance_adjustments set amount = 1',
        'delete from balance_adjustments',
        "update phases set starts_on = '2020-01-01'",
        'delete from phases',
        "update quotes set promise = '{}'",
        'delete from customers',
        "update plans set spec = '{}'",
        'delete from plans',
        'truncate invoices',
        'delete from closed_periods',
        'update closed_periods set closed_at = now()',
        "update usage_keys set body_hash = ''",
      ])
        await expect(as(access, sql), `${access.role}: ${sql}`).rejects.toMatchObject({ code: '42501' })
    }
    for (const sql of [
      'update invoices set voided_at = now()',
      "insert into customers (customer_id) values ('a')",
      "insert into plans (id) values ('x')",
      "update seller set details = '{}'",
      "update discounts set value = '99'",
      'delete from discounts',
    ]) {
      await expect(as(portal, sql), sql).rejects.toMatchObject({ code: '42501' })
    }
  })

  test('the engine for one customer does not find another', async () => {
    const forA = actingFor(world.engine, 'a')
    const [ofB] = (await getInvoices(world.engine, { customerId: 'b' })).data
    await expect(getInvoice(forA, { invoiceId: ofB!.id })).rejects.toMatchObject({
      code: 'invoice_not_found',
    })
    for (const ask of [getSubscription, getUsageSummary, getUsageDetail, getInvoices])
      await expect(ask(forA, { customerId: 'b' })).rejects.toMatchObject({ code: 'customer_not_found' })
    await expect(updateCustomer(forA, { customerId: 'b', companyName: 'x' })).rejects.toMatchObject({
      code: 'customer_not_found',
    })
    await expect(upgradeSubscription(forA, { customerId: 'b', planId: 'business' })).rejects.toMatchObject({
      code: 'customer_not_found',
    })
  })

  test('the engine for a customer can do what the portal offers, and cannot void an invoice', async () => {
    world.set('2026-12-15T16:00:00Z')
    await seedCustomer(world.engine, 'self')
    await createSubscription(world.engine, { customerId: 'self', planId: 'team' })
    const forSelf = actingFor(world.engine, 'self')
    const preview = await previewChange(forSelf, { customerId: 'self', planId: 'business' })
    world.set('2026-12-15T16:10:00Z')
    const { invoice } = await upgradeSubscription(forSelf, {
      customerId: 'self',
      planId: 'business',
      quoteId: preview.quoteId,
    })
    expect(invoice).toMatchObject({ total: preview.total })
    expect(
      await updateCustomer(forSelf, { customerId: 'self', timezone: 'UTC', companyName: 'Self' }),
    ).toMatchObject({ version: 2, nextTimezone: { timezone: 'UTC' } })
    expect(
      await consume(forSelf, { customerId: 'self', meter: 'ai_chat', id: 'own', quantity: 2 }),
    ).toMatchObject({ granted: 2, duplicate: false })
    await expect(voidInvoice(forSelf, { invoiceId: invoice!.id })).rejects.toMatchObject({ code: '42501' })
  })
})
