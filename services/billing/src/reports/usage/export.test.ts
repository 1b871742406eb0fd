import { testDatabases } from '@customer-portal/database/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  exportEvents,
  exportUsage,
  getUsageDetail,
  listEvents,
  recordUsage,
  type ExportedEvent,
  type UsageExport,
} from '../../index.ts'
import type { UsageEvent } from './detail.ts'
import { createSubscription } from '../../commands/subscription/subscribe.ts'
import { createWorld, seedCatalogue, seedCustomer, type World } from '../../testing.ts'

describe.each(testDatabases)('usage exports on $name', ({ create }) => {
  let world: World
  beforeAll(async () => {
    world = await createWorld(create, '2026-03-01T02:00:00Z')
    await seedCatalogue(world.engine)
    await seedCustomer(world.engine, 'acme')
    await seedCustomer(world.engine, 'globex', 'America/New_York')
    await createSubscription(world.engine, { customerId: 'acme', planId: 'team' })
    world.set('2026-03-10T04:00:00Z')
    const times = ['2026-03-01T15:59:59.999999Z', '2026-03-01T16:00:00Z', '2026-03-05T01:02:03.456789Z']
    for (const part of [0, 1, 2]) {
      await recordUsage(
        world.engine,
        Array.from({ length: 850 }, (_, n) => ({
          id: `e-${part}-${n}`,
          customerId: 'acme',
          meter: n % 10 === 0 ? 'storage' : 'ai_chat',
          quantity: n % 10 === 0 ? 1.5 : 1,
          time: times[part]!,
          properties: { n },
        })),
      )
    }
    await recordUsage(world.engine, [
      { id: 'other', customerId: 'globex', meter: 'ai_chat', time: '2026-03-08T06:59:00Z' },
      { id: 'later', customerId: 'globex', meter: 'ai_chat', time: '2026-03-08T07:01:00Z' },
    ])
  })
  afterAll(() => world.close())

  const all = async ({ pages }: UsageExport): Promise<ExportedEvent[]> => {
    const events: ExportedEvent[] = []
    for await (const page of pages) events.push(...page)
    return events
  }

  test('an export has the events of the detail, in its order, over many pages', async () => {
    const shown: UsageEvent[] = []
    for (let cursor: string | undefined; ;) {
      const page = await getUsageDetail(world.engine, {
        customerId: 'acme',
        limit: 100,
        ...(cursor ? { cursor } : {}),
      })
      shown.push(...page.data.map(({ uncharged: _u, ...event }) => event))
      if (page.nextCursor === null) break
      cursor = page.nextCursor
    }
    const exported = await exportUsage(world.engine, { customerId: 'acme' })
    expect([exported.timezone, exported.start, exported.end]).toEqual([
      'Asia/Shanghai',
      '2026-03-01',
      '2026-03-31',
    ])
    const events = await all(exported)
    expect(events.length).toBe(2550)
    expect(events.map(({ clockTime: _c, exactTime: _e, name: _n, unit: _u, ...event }) => event)).toEqual(
      shown,
    )
    expect(events[0]).toMatchObject({
      clockTime: '2026-03-05 09:02:03.456',
      exactTime: '2026-03-05 09:02:03.456789+08:00',
    })
    expect([exported.customer.companyName, exported.columns]).toEqual([
      'acme 有限公司',
      { names: ['n'], areAll: true },
    ])
    expect(events.find(({ meter }) => meter === 'storage')).toMatchObject({
      name: { 'zh-CN': '存储', en: 'Storage' },
      unit: { en: 'GB' },
      quantity: 1.5,
    })
  })

  test('an export covers the requested local dates, of one meter if given', async () => {
    const exported = await exportUsage(world.engine, {
      customerId: 'acme',
      start: '2026-03-02',
      end: '2026-03-05',
      meter: 'storage',
    })
    expect([exported.start, exported.end]).toEqual(['2026-03-02', '2026-03-05'])
    const events = await all(exported)
    expect(events.length).toBe(170)
    expect(events.at(-1)!.clockTime).toBe('2026-03-02 00:00:00.000')
    const instants = await exportUsage(world.engine, {
      customerId: 'acme',
      start: '2026-03-01T15:00:00Z',
      end: '2026-03-01T16:00:00Z',
    })
    expect([instants.start, instants.end, (await all(instants)).length]).toEqual([
      '2026-03-01',
      '2026-03-01',
      850,
    ])
  })

  test('an export filters by id or property as the list of events does; so does the vendor’s', async () => {
    const ids = async (filter: { id?: string; property?: string; value?: string; meter?: string }) => {
      const input = { customerId: 'acme', start: '2026-03-01', end: '2026-03-05', ...filter }
      const exported = await exportUsage(world.engine, input)
      const found = (await all(exported)).map(({ id }) => id)
      expect((await getUsageDetail(world.engine, { ...input, limit: 100 })).data.map(({ id }) => id)).toEqual(
        found,
      )
      expect((await listEvents(world.engine, { ...input, limit: 100 })).data.map(({ id }) => id)).toEqual(
        found,
      )
      const listed: string[] = []
      for await (const page of await exportEvents(world.engine, input))
        listed.push(...page.map(({ id }) => id))
      expect(listed).toEqual(found)
      expect(exported.columns.names).toEqual(found.length === 0 ? [] : ['n'])
      return found
    }
    expect(await ids({ id: 'e-1-7' })).toEqual(['e-1-7'])
    expect(await ids({ property: 'n', value: '20' })).toEqual(['e-2-20', 'e-1-20', 'e-0-20'])
    expect(await ids({ property: 'n', value: '20', meter: 'ai_chat' })).toEqual([])
    expect(await ids({ property: 'n', value: '21', id: 'e-0-21' })).toEqual(['e-0-21'])
    expect(await ids({ id: 'e-0-0', property: 'n', value: '1' })).toEqual([])
    const wrong = async (filter: object, pointer: string, code = 'validation_failed') => {
      for (const read of [exportUsage, listEvents])
        await expect(read(world.engine, { customerId: 'acme', ...filter })).rejects.toMatchObject({
          code,
          detail: { pointer },
        })
    }
    await wrong({ property: 'n' }, '?value')
    await wrong({ value: '1' }, '?property')
    await wrong(
      { property: 'n', value: '1', start: '2025-11-01', end: '2026-03-01' },
      '?start',
      'invalid_range',
    )
    await expect(listEvents(world.engine, { property: 'n', value: '1' })).rejects.toMatchObject({
      code: 'validation_failed',
      detail: { pointer: '?customerId' },
    })
  })

  test('an export has columns for the 50 most common properties, and one for the others', async () => {
    await seedCustomer(world.engine, 'wide')
    const many = (from: number, to: number) =>
      Object.fromEntries(Array.from({ length: to - from }, (_, n) => [`p${from + n}`, n]))
    await recordUsage(world.engine, [
      { id: 'w1', customerId: 'wide', meter: 'ai_chat', quantity: 1, properties: many(10, 60) },
      { id: 'w2', customerId: 'wide', meter: 'ai_chat', quantity: 1, properties: many(11, 61) },
    ])
    const { columns } = await exportUsage(world.engine, { customerId: 'wide' })
    expect([columns.names.length, columns.names[0], columns.names.at(-1), columns.areAll]).toEqual([
      50,
      'p10',
      'p59',
      false,
    ])
  })

  test("an export shows the customer's local time, also when clocks go forward", async () => {
    expect(
      (
        await all(
          await exportUsage(world.engine, { customerId: 'globex', start: '2026-03-01', end: '2026-03-09' }),
        )
      ).map(({ clockTime }) => clockTime),
    ).toEqual(['2026-03-08 03:01:00.000', '2026-03-08 01:59:00.000'])
  })

  test('an export is a snapshot of the moment it was requested', async () => {
    const exported = await exportUsage(world.engine, { customerId: 'globex', start: '2026-03-01' })
    world.set('2026-03-10T05:00:00Z')
    await recordUsage(world.engine, [
      { id: 'meanwhile', customerId: 'globex', meter: 'ai_chat', time: '2026-03-02T00:00:00Z' },
    ])
    expect((await all(exported)).map(({ id }) => id)).toEqual(['later', 'other'])
    expect(
      (await all(await exportUsage(world.engine, { customerId: 'globex', start: '2026-03-01' }))).length,
    ).toBe(3)
  })

  test('an export beyond the maximum is rejected, and the error names the maximum', async () => {
    const refused = (input: object) => exportUsage(world.engine, { customerId: 'acme', ...input })
    await expect(refused({ start: '2025-03-01', end: '2026-03-02' })).rejects.toMatchObject({
      code: 'invalid_range',
      detail: { pointer: '?start', message: expect.stringContaining('366 days') },
    })
    expect((await all(await refused({ start: '2025-03-01', end: '2026-03-01' }))).length).toBe(850)
    await expect(refused({ end: '2026-03-31' })).rejects.toMatchObject({ code: 'invalid_range' })
    await expect(refused({ most: 2549 })).rejects.toMatchObject({
      code: 'invalid_range',
      detail: { message: expect.stringContaining('more than 2549 events from 2026-03-01 to 2026-03-31') },
    })
    expect((await all(await refused({ most: 2550 }))).length).toBe(2550)
    await expect(refused({ meter: 'none' })).rejects.toMatchObject({ code: 'meter_not_found' })
    await expect(refused({ start: '2026-03-05', end: '2026-03-02' })).rejects.toMatchObject({
      code: 'invalid_range',
    })
    expect(await all(await refused({ start: '9999-12-30T23:00:00Z', end: '9999-12-31T23:00:00Z' }))).toEqual(
      [],
    )
  })
})
