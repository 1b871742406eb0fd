import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabases } from '@customer-portal/database/testing'
import {
  createCustomer,
  createSubscription,
  getCustomer,
  getUsageSummary,
  listCustomers,
  recordUsage,
  updateCustomer,
} from '../../index.ts'
import { createWorld, seedCatalogue, seedCustomer, type World } from '../../testing.ts'

describe.each(testDatabases)('customers on $name', ({ create }) => {
  let world: World
  beforeAll(async () => {
    world = await createWorld(create, '2026-11-10T00:00:00Z')
    await seedCatalogue(world.engine)
  })
  afterAll(() => world.close())

  test('a customer is Chinese by default', async () => {
    expect(await createCustomer(world.engine, { id: 'plain', companyName: '平凡公司' })).toEqual({
      customerId: 'plain',
      companyName: '平凡公司',
      contactName: null,
      email: null,
      phone: null,
      address: null,
      locale: 'zh-CN',
      currency: 'CNY',
      timezone: 'Asia/Shanghai',
      nextTimezone: null,
      invoiceTitle: null,
      paymentTermsDays: null,
      purchaseOrderNumber: null,
      creditBalance: 0,
      version: 1,
      createdAt: '2026-11-10T00:00:00.000000Z',
    })
    expect((await createCustomer(world.engine, { companyName: 'No id' })).customerId).toMatch(/^cus_/)
  })

  test.each([
    [{ id: 'plain', companyName: 'Again' }, 'customer_exists', '/id'],
    [{ companyName: 'X', currency: 'RMB' }, 'invalid_currency', '/currency'],
    [{ companyName: 'X', timezone: '+08:00' }, 'invalid_time_zone', '/timezone'],
    [{ companyName: 'X', timezone: 'Asia/Hangzhou' }, 'invalid_time_zone', '/timezone'],
    [
      {
        companyName: 'X',
        invoiceTitle: { kind: 'company' as const, title: 'X', taxId: '91350100M000100Y4Z' },
      },
      'invalid_tax_id',
      '/invoiceTitle/taxId',
    ],
    [
      { companyName: 'X', invoiceTitle: { kind: 'company' as const, title: 'X' } },
      'invalid_tax_id',
      '/invoiceTitle/taxId',
    ],
  ])('%j is rejected: %s', async (input, code, pointer) => {
    await expect(createCustomer(world.engine, input)).rejects.toMatchObject({ code, detail: { pointer } })
  })

  test('only the given fields change, and each change raises the version', async () => {
    await createCustomer(world.engine, {
      id: 'changing',
      companyName: 'Old',
      email: 'a@example.com',
      phone: '1',
    })
    const invoiceTitle = { kind: 'company' as const, title: '杭州公司', taxId: '9144030071526726XG' }
    expect(
      await updateCustomer(world.engine, { customerId: 'changing', companyName: 'New', invoiceTitle }),
    ).toMatchObject({ companyName: 'New', email: 'a@example.com', phone: '1', invoiceTitle, version: 2 })
    expect(
      await updateCustomer(world.engine, {
        customerId: 'changing',
        email: null,
        invoiceTitle: null,
        version: 2,
      }),
    ).toMatchObject({ companyName: 'New', email: null, invoiceTitle: null, version: 3 })
    expect(await getCustomer(world.engine, { customerId: 'changing' })).toMatchObject({
      version: 3,
      phone: '1',
    })
  })

  test('a change based on an older version is rejected and changes nothing', async () => {
    await createCustomer(world.engine, { id: 'contested', companyName: 'First' })
    const both = await Promise.allSettled(
      ['A', 'B'].map((companyName) =>
        updateCustomer(world.engine, { customerId: 'contested', companyName, version: 1 }),
      ),
    )
    expect(both.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(both.find((result) => result.status === 'rejected')).toMatchObject({
      reason: { code: 'stale_version', detail: { current: 2 } },
    })
    expect(await getCustomer(world.engine, { customerId: 'contested' })).toMatchObject({ version: 2 })
    await expect(getCustomer(world.engine, { customerId: 'nobody' })).rejects.toMatchObject({
      code: 'customer_not_found',
    })
    await expect(
      updateCustomer(world.engine, { customerId: 'nobody', companyName: 'X' }),
    ).rejects.toMatchObject({ code: 'customer_not_found' })
  })

  test('a new zone applies from the next period; the current one keeps its dates', async () => {
    world.set('2026-11-10T00:00:00Z')
    await seedCustomer(world.engine, 'mover')
    await createSubscription(world.engine, { customerId: 'mover', planId: 'free' })
    expect(
      await updateCustomer(world.engine, { customerId: 'mover', timezone: 'America/New_York' }),
    ).toMatchObject({
      timezone: 'Asia/Shanghai',
      nextTimezone: { timezone: 'America/New_York', from: '2026-12-10' },
    })
    // Asking for the current zone undoes the change; asking for another one replaces it.
    expect(
      await updateCustomer(world.engine, { customerId: 'mover', timezone: 'Asia/Shanghai' }),
    ).toMatchObject({ nextTimezone: null })
    await updateCustomer(world.engine, { customerId: 'mover', timezone: 'Europe/Berlin' })
    await updateCustomer(world.engine, { customerId: 'mover', timezone: 'America/New_York' })
    world.set('2026-12-10T04:59:00Z') // 9 December 23:59 in New York, 10 December 12:59 in Shanghai
    expect(await getUsageSummary(world.engine, { customerId: 'mover' })).toMatchObject({
      period: { start: '2026-11-10', end: '2026-12-10' },
      timezone: 'Asia/Shanghai',
    })
    world.set('2026-12-10T05:00:00Z')
    expect(await getCustomer(world.engine, { customerId: 'mover' })).toMatchObject({
      timezone: 'America/New_York',
      nextTimezone: null,
    })
    await recordUsage(world.engine, [
      { id: 'before', customerId: 'mover', meter: 'ai_chat', time: '2026-12-10T04:59:59Z' },
      { id: 'after', customerId: 'mover', meter: 'ai_chat', quantity: 2, time: '2026-12-10T05:00:00Z' },
    ])
    expect(
      (await getUsageSummary(world.engine, { customerId: 'mover', period: '2026-11' })).daily.at(-1),
    ).toEqual({ date: '2026-12-09', usage: { ai_chat: 1 } })
    expect(await getUsageSummary(world.engine, { customerId: 'mover' })).toMatchObject({
      period: { start: '2026-12-10', end: '2027-01-10' },
      usage: { ai_chat: 2 },
      timezone: 'America/New_York',
    })
  })

  test('a move far east whose next period has already started waits for the one after', async () => {
    world.set('2026-11-09T20:00:00Z')
    await seedCustomer(world.engine, 'eastward', 'America/New_York')
    await createSubscription(world.engine, { customerId: 'eastward', planId: 'free' })
    // 15:00 on 8 December in New York is 04:00 on the 9th in Shanghai, where the new period starts.
    world.set('2026-12-08T20:00:00Z')
    expect(
      await updateCustomer(world.engine, { customerId: 'eastward', timezone: 'Asia/Shanghai' }),
    ).toMatchObject({ timezone: 'America/New_York', nextTimezone: { from: '2027-01-09' } })
    expect(await getUsageSummary(world.engine, { customerId: 'eastward' })).toMatchObject({
      period: { start: '2026-11-09' },
    })
  })

  test('a new zone applies at once before anything is counted', async () => {
    world.set('2026-11-10T00:00:00Z')
    await seedCustomer(world.engine, 'fresh')
    expect(await updateCustomer(world.engine, { customerId: 'fresh', timezone: 'UTC' })).toMatchObject({
      timezone: 'UTC',
      nextTimezone: null,
    })
  })

  test('without a subscription a new zone applies from the next month', async () => {
    world.set('2026-11-10T00:00:00Z')
    await seedCustomer(world.engine, 'idle')
    await recordUsage(world.engine, [{ id: 'first', customerId: 'idle', meter: 'ai_chat' }])
    expect(await updateCustomer(world.engine, { customerId: 'idle', timezone: 'UTC' })).toMatchObject({
      timezone: 'Asia/Shanghai',
      nextTimezone: { timezone: 'UTC', from: '2026-12-01' },
    })
    expect(await getUsageSummary(world.engine, { customerId: 'idle' })).toMatchObject({
      period: { start: '2026-11-01', end: '2026-12-01', label: '2026-11' },
      usage: { ai_chat: 1 },
    })
    await createSubscription(world.engine, { customerId: 'idle', planId: 'team' })
    expect(await getCustomer(world.engine, { customerId: 'idle' })).toMatchObject({
      timezone: 'Asia/Shanghai',
      nextTimezone: { timezone: 'UTC', from: '2026-12-10' },
    })
  })

  test('the list is complete, newest first, page by page', async () => {
    const seen: string[] = []
    for (let cursor: string | undefined, page = 0; page < 50; page += 1) {
      const { data, nextCursor } = await listCustomers(world.engine, { limit: 2, cursor })
      seen.push(...data.map((customer) => `${customer.createdAt} ${customer.customerId}`))
      if (nextCursor === null) break
      cursor = nextCursor
    }
    expect(seen.length).toBeGreaterThan(5)
    expect(seen).toEqual([...new Set(seen)].sort().reverse())
  })

  test.each([
    '',
    'x',
    'bm90IGpzb24',
    ...[
      ['2026-11-10T00:00:00.000000Z'],
      ['2026-99-99', 'x'],
      ['2026-11-10T00:00:00.000000Z', 'a\u0000'],
      [1, 2],
      { a: 1 },
    ].map((content) => Buffer.from(JSON.stringify(content)).toString('base64url')),
  ])('the cursor %j is rejected', async (cursor) => {
    await expect(listCustomers(world.engine, { cursor })).rejects.toMatchObject({ code: 'invalid_cursor' })
  })

  test.each([0, -1, 101, 1.5, Number.NaN])('a page of %s rows is rejected', async (limit) => {
    await expect(listCustomers(world.engine, { limit })).rejects.toMatchObject({ code: 'invalid_range' })
  })
})
