import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabases } from '@customer-portal/database/testing'
import {
  cancelSubscription,
  checkQuota,
  consume,
  createSubscription,
  getUsageDetail,
  getUsageSummary,
  putMeter,
  putPlan,
  recordUsage,
  type UsageEventInput,
} from '../../index.ts'
import { createWorld, seedCatalogue, seedCustomer, type World } from '../../testing.ts'

const most = Number.MAX_SAFE_INTEGER

describe.each(testDatabases)('recording usage on $name', ({ create }) => {
  let world: World
  beforeAll(async () => {
    world = await createWorld(create, '2026-11-20T00:00:00Z')
    await seedCatalogue(world.engine)
    await putMeter(world.engine, { key: 'visits', name: 'Visits', unit: 'visits', aggregation: 'count' })
  })
  afterAll(() => world.close())
  const customer = async (id: string) => {
    await seedCustomer(world.engine, id)
    return (event: Omit<UsageEventInput, 'customerId' | 'meter'> & { meter?: string }): UsageEventInput => ({
      customerId: id,
      meter: 'ai_chat',
      ...event,
    })
  }
  const usageOf = async (customerId: string) => (await getUsageSummary(world.engine, { customerId })).usage

  test('a batch sent twice equals once', async () => {
    const event = await customer('twice')
    const batch = Array.from({ length: 200 }, (_, index) =>
      event({
        id: `e${index}`,
        quantity: index % 7,
        time: `2026-11-${String(1 + (index % 19)).padStart(2, '0')}T08:00:00Z`,
      }),
    )
    expect(await recordUsage(world.engine, batch)).toEqual({ accepted: 200, duplicates: 0, rejected: [] })
    const once = await getUsageSummary(world.engine, { customerId: 'twice' })
    expect(await recordUsage(world.engine, [...batch].reverse())).toEqual({
      accepted: 0,
      duplicates: 200,
      rejected: [],
    })
    expect(await getUsageSummary(world.engine, { customerId: 'twice' })).toEqual(once)
    expect(once.usage).toEqual({ ai_chat: batch.reduce((total, one) => total + Number(one.quantity), 0) })
  })

  test('a repeated id is a duplicate with the same content and a conflict with any other', async () => {
    const event = await customer('ids')
    const first = event({ id: 'x', quantity: 2, time: '2026-11-19T00:00:00Z', properties: { b: 1, a: 2 } })
    expect(await recordUsage(world.engine, [first, { ...first, properties: { a: 2, b: 1 } }])).toEqual({
      accepted: 1,
      duplicates: 1,
      rejected: [],
    })
    const others = [
      { quantity: 3 },
      { meter: 'tokens' },
      { time: '2026-11-19T00:00:01Z' },
      { properties: {} },
    ].map((part) => ({ ...first, ...part }))
    expect(await recordUsage(world.engine, others)).toMatchObject({
      accepted: 0,
      duplicates: 0,
      rejected: others.map((_, index) => ({ index, id: 'x', code: 'event_conflict' })),
    })
    expect(await usageOf('ids')).toEqual({ ai_chat: 2 })
  })

  test('the same instant in another notation is the same event, to the microsecond', async () => {
    const event = await customer('notations')
    const at = (time: string) => event({ id: 'java', quantity: 2, time })
    const notations = [
      '2026-11-19T04:00:00.123456Z',
      '2026-11-19T12:00:00.123456+08:00',
      '2026-11-19T04:00:00.1234569Z',
      '2026-11-18T22:30:00.123456789-05:30',
    ]
    expect(await recordUsage(world.engine, notations.map(at))).toEqual({
      accepted: 1,
      duplicates: 3,
      rejected: [],
    })
    expect(await recordUsage(world.engine, notations.toReversed().map(at))).toEqual({
      accepted: 0,
      duplicates: 4,
      rejected: [],
    })
    expect((await getUsageDetail(world.engine, { customerId: 'notations' })).data).toMatchObject([
      { time: '2026-11-19T04:00:00.123456Z', quantity: 2 },
    ])
  })

  test('a conflict names the fields that differ and returns the first event', async () => {
    const event = await customer('conflicts')
    const first = event({ id: 'x', quantity: 2, time: '2026-11-19T00:00:00Z', properties: { b: 1 } })
    const timeless = event({ id: 'now', quantity: 3 })
    expect(await recordUsage(world.engine, [first, timeless])).toMatchObject({ accepted: 2 })
    const { time: _, ...untimed } = first
    const others: [UsageEventInput, string[]][] = [
      [{ ...first, time: '2026-11-19T00:00:01Z' }, ['time']],
      [untimed, ['time']],
      [{ ...first, quantity: 4 }, ['quantity']],
      [{ ...first, meter: 'tokens' }, ['meter']],
      [{ ...first, meter: 'tokens', properties: { b: 2 }, quantity: 1 }, ['meter', 'quantity', 'properties']],
      [{ ...timeless, time: '2026-11-20T00:00:01Z' }, ['time']],
      [{ ...timeless, quantity: 4 }, ['quantity']],
    ]
    const { rejected } = await recordUsage(
      world.engine,
      others.map(([other]) => other),
    )
    expect(rejected.map(({ differs }) => differs)).toEqual(others.map(([, differs]) => differs))
    expect(rejected[0]).toMatchObject({
      code: 'event_conflict',
      first: { meter: 'ai_chat', quantity: 2, time: '2026-11-19T00:00:00.000000Z', properties: { b: 1 } },
    })
    // The same holds for two senders in one batch: the first is recorded.
    const inOne = await recordUsage(world.engine, [
      event({ id: 'pair', quantity: 5 }),
      event({ id: 'pair', quantity: 6 }),
    ])
    expect(inOne).toMatchObject({
      accepted: 1,
      rejected: [{ index: 1, differs: ['quantity'], first: { quantity: 5 } }],
    })
  })

  test('an event sent without a time and then with its assigned time is a duplicate', async () => {
    const event = await customer('timed-later')
    const timeless = event({ id: 'now', quantity: 3, properties: { b: 1 } })
    expect(await recordUsage(world.engine, [timeless])).toMatchObject({ accepted: 1 })
    const {
      data: [{ time } = { time: '' }],
    } = await getUsageDetail(world.engine, { customerId: 'timed-later' })
    expect(
      await recordUsage(world.engine, [
        { ...timeless, time },
        timeless,
        { ...timeless, time: time.replace('Z', '+00:00') },
      ]),
    ).toEqual({ accepted: 0, duplicates: 3, rejected: [] })
    expect(
      (
        await recordUsage(world.engine, [
          { ...timeless, time, quantity: 4 },
          { ...timeless, time, properties: {} },
        ])
      ).rejected.map(({ differs }) => differs),
    ).toEqual([['quantity'], ['properties']])
  })

  test('an amount in the properties never counts as 1; other numbers are labels', async () => {
    const event = await customer('amounts')
    const of = (id: string, properties: Record<string, unknown>, more: Partial<UsageEventInput> = {}) =>
      event({ id, meter: 'tokens', properties, ...more })
    const { accepted, rejected } = await recordUsage(world.engine, [
      of('a', { tokens: 1250 }),
      of('b', { usage: { model: 'x', Tokens: '1250' } }),
      of('c', { parts: [{ amount: 1250 }] }),
      of('g', { token_count: 1250 }),
      of('h', { qty: 1250 }),
      of('d', { agent: '10086', latency: 530, status: 200 }),
      of('e', { tokens: 1250 }, { quantity: 1 }),
      of('f', { tokens: 1250 }, { meter: 'ai_chat' }),
    ])
    expect(accepted).toBe(3)
    expect(
      rejected.map(({ id, code, detail }) => [
        id,
        code,
        /'([^']*)' \(1250\) is not counted/.exec(detail)?.[1],
      ]),
    ).toEqual([
      ['a', 'validation_failed', 'tokens'],
      ['b', 'validation_failed', 'usage.Tokens'],
      ['c', 'validation_failed', 'parts.0.amount'],
      ['g', 'validation_failed', 'token_count'],
      ['h', 'validation_failed', 'qty'],
    ])
  })

  test('a consumption under a used id names what differs', async () => {
    const event = await customer('consumed-conflict')
    await createSubscription(world.engine, { customerId: 'consumed-conflict', planId: 'team' })
    await recordUsage(world.engine, [event({ id: 'x', meter: 'tokens', quantity: 2 })])
    const again = (meter: string, quantity: number) =>
      consume(world.engine, { customerId: 'consumed-conflict', meter, id: 'x', quantity })
    await expect(again('tokens', 3)).rejects.toMatchObject({
      code: 'event_conflict',
      detail: { differs: ['quantity'], first: { meter: 'tokens', quantity: 2 } },
    })
    await expect(again('ai_chat', 2)).rejects.toMatchObject({
      code: 'event_conflict',
      detail: { differs: ['meter'] },
    })
    expect(await again('tokens', 2)).toMatchObject({ granted: 2, duplicate: true })
  })

  test('each customer has one id space', async () => {
    const [a, b] = [await customer('space-a'), await customer('space-b')]
    expect(
      await recordUsage(world.engine, [a({ id: 'same' }), b({ id: 'same', quantity: 5 })]),
    ).toMatchObject({ accepted: 2 })
    expect([await usageOf('space-a'), await usageOf('space-b')]).toEqual([{ ai_chat: 1 }, { ai_chat: 5 }])
  })

  test('each bad event is rejected with its reason, and the others are recorded', async () => {
    const event = await customer('mixed')
    const batch: [UsageEventInput, string | null][] = [
      [event({ id: 'ok1' }), null],
      [event({ id: 'old', time: '2026-10-15T23:59:59.999999Z' }), 'event_too_old'],
      [event({ id: 'edge', time: '2026-10-16T00:00:00Z' }), null],
      [event({ id: 'future', time: '2026-11-20T00:05:00.000001Z' }), 'event_in_future'],
      [event({ id: 'ahead', time: '2026-11-20T00:05:00Z' }), null],
      [event({ id: 'precise', quantity: 1.5 }), 'quantity_too_precise'],
      [event({ id: 'fine', meter: 'storage', quantity: 1.125 }), null],
      [event({ id: 'finer', meter: 'storage', quantity: 1.1255 }), 'quantity_too_precise'],
      [event({ id: 'negative', quantity: -1 }), 'quantity_negative'],
      [event({ id: 'nan', quantity: Number.NaN }), 'quantity_overflow'],
      [event({ id: 'huge', quantity: 2 ** 53 }), 'quantity_overflow'],
      [event({ id: 'when', time: 'yesterday' }), 'validation_failed'],
      [event({ id: 'february', time: '2026-02-30T00:00:00Z' }), 'validation_failed'],
      [event({ id: 'big', properties: { text: 'x'.repeat(4100) } }), 'validation_failed'],
      [event({ id: 'wide', properties: { text: '话'.repeat(1400) } }), 'validation_failed'],
      [event({ id: 'nul', properties: { text: 'a\u0000b' } }), 'validation_failed'],
      [event({ id: 'half', properties: { text: '\ud83d' } }), 'validation_failed'],
      [event({ id: 'key', properties: { '\udc00': 1 } }), 'validation_failed'],
      [event({ id: 'id\ud83d' }), 'validation_failed'],
      [event({ id: 'whole', properties: { text: '😀 \\ud83d' } }), null],
      [event({ id: 'meter', meter: 'nonsense' }), 'meter_not_found'],
      [{ id: 'whose', customerId: 'nobody', meter: 'ai_chat' }, 'customer_not_found'],
      [{ id: 'nulled', customerId: 'no\u0000body', meter: 'ai_chat' }, 'customer_not_found'],
      [event({ id: 'zero', quantity: 0 }), null],
    ]
    const recorded = await recordUsage(
      world.engine,
      batch.map(([one]) => one),
    )
    expect(recorded.rejected.map(({ index, code }) => [batch[index]![0].id, code])).toEqual(
      batch.filter(([, code]) => code).map(([one, code]) => [one.id, code]),
    )
    expect(recorded).toMatchObject({ accepted: batch.filter(([, code]) => !code).length, duplicates: 0 })
    expect(await usageOf('mixed')).toEqual({ ai_chat: 3, storage: 1.125 })
  })

  test('a batch holds a thousand events and no more', async () => {
    const event = await customer('many')
    const batch = Array.from({ length: 1001 }, (_, index) => event({ id: `n${index}` }))
    await expect(recordUsage(world.engine, batch)).rejects.toMatchObject({ code: 'payload_too_large' })
    expect(await usageOf('many')).toEqual({})
    expect(await recordUsage(world.engine, batch.slice(1))).toMatchObject({ accepted: 1000 })
    expect(await recordUsage(world.engine, [])).toEqual({ accepted: 0, duplicates: 0, rejected: [] })
  })

  test('an event that would take a sum past 2^53 − 1 is rejected, and others recorded', async () => {
    const [event, other] = [await customer('full'), await customer('neighbour')]
    const at = '2026-11-10T00:00:00Z'
    expect(
      await recordUsage(world.engine, [event({ id: 'a', quantity: most - 10, time: at })]),
    ).toMatchObject({ accepted: 1 })
    const mixed = await recordUsage(world.engine, [
      event({ id: 'b', quantity: 4, time: '2026-11-15T00:00:00Z' }),
      event({ id: 'c', quantity: 7, time: at }),
      event({ id: 'd', quantity: 6, time: at }),
      other({ id: 'e', quantity: 9 }),
      event({ id: 'f', meter: 'tokens', quantity: 8 }),
    ])
    expect(mixed).toMatchObject({ accepted: 4, rejected: [{ index: 1, id: 'c', code: 'quantity_overflow' }] })
    expect(await usageOf('full')).toEqual({ ai_chat: most, tokens: 8 })
    expect(await usageOf('neighbour')).toEqual({ ai_chat: 9 })
    expect(
      await recordUsage(world.engine, [
        event({ id: 'g' }),
        event({ id: 'a', quantity: most - 10, time: at }),
      ]),
    ).toMatchObject({ duplicates: 1, rejected: [{ id: 'g', code: 'quantity_overflow' }] })
    // The id of a rejected event is free: the vendor may send it again, corrected.
    expect(await recordUsage(world.engine, [event({ id: 'g', quantity: 0 })])).toMatchObject({ accepted: 1 })
  })

  test('sums beyond 2^32 are exact', async () => {
    const event = await customer('large')
    await recordUsage(
      world.engine,
      Array.from({ length: 9 }, (_, index) =>
        event({ id: `l${index}`, meter: 'tokens', quantity: 4_294_967_295 }),
      ),
    )
    expect(await usageOf('large')).toEqual({ tokens: 38_654_705_655 })
  })

  test('no quantity, however large, breaks a counting meter or a consumption', async () => {
    const event = await customer('flood')
    await createSubscription(world.engine, { customerId: 'flood', planId: 'team' })
    await recordUsage(world.engine, [
      event({ id: 'v1', meter: 'visits', quantity: most }),
      event({ id: 'v2', meter: 'visits', quantity: most }),
    ])
    // At ¥0.40 per 1,000 this is close to the maximum amount of a meter's month.
    const large = 2_000_000_000_000_000
    await consume(world.engine, { customerId: 'flood', meter: 'tokens', id: 'c1', quantity: large })
    await expect(
      consume(world.engine, { customerId: 'flood', meter: 'tokens', id: 'c2', quantity: large }),
    ).rejects.toMatchObject({ code: 'quantity_overflow' })
    expect(
      await consume(world.engine, { customerId: 'flood', meter: 'tokens', id: 'c3', quantity: 5 }),
    ).toMatchObject({ granted: 5 })
    expect(await usageOf('flood')).toMatchObject({ tokens: large + 5 })
    expect(await checkQuota(world.engine, { customerId: 'flood', meter: 'tokens' })).toMatchObject({
      used: large + 5,
      remaining: 0,
    })
  })

  test('an event that could be counted but not billed exactly is rejected in time', async () => {
    const event = await customer('priceless')
    await createSubscription(world.engine, { customerId: 'priceless', planId: 'team' })
    const { rejected } = await recordUsage(world.engine, [
      event({ id: 'huge', meter: 'ai_chat', quantity: most }),
      event({ id: 'small', meter: 'ai_chat', quantity: 3 }),
    ])
    expect(rejected).toMatchObject([{ index: 0, code: 'quantity_overflow' }])
    expect(await usageOf('priceless')).toMatchObject({ ai_chat: 3 })
  })

  test('a meter with a high price is limited by its amount long before its sum is large', async () => {
    await putPlan(world.engine, {
      id: 'dear',
      name: 'Dear',
      rank: 99,
      fee: { amount: 0, per: 'subscription' },
      charges: [
        {
          meter: 'ai_chat',
          included: 0,
          overage: 'bill',
          price: { model: 'per_unit', rate: { amount: 1_000_000_000_000, per: 1 } },
        },
      ],
    })
    const event = await customer('dear')
    await createSubscription(world.engine, { customerId: 'dear', planId: 'dear' })
    const { rejected } = await recordUsage(world.engine, [
      event({ id: 'd1', meter: 'ai_chat', quantity: 100_000 }),
      event({ id: 'd2', meter: 'ai_chat', quantity: 90 }),
      event({ id: 'd3', meter: 'ai_chat', quantity: 20 }),
    ])
    expect(rejected).toMatchObject([
      { index: 0, code: 'quantity_overflow' },
      { index: 2, code: 'quantity_overflow' },
    ])
    expect(await usageOf('dear')).toMatchObject({ ai_chat: 90 })
  })

  test('a counting meter counts events', async () => {
    const event = await customer('counted')
    await recordUsage(world.engine, [
      event({ id: 'v1', meter: 'visits', quantity: 5 }),
      event({ id: 'v2', meter: 'visits' }),
      event({ id: 'v3', meter: 'visits', quantity: 0 }),
    ])
    expect(await usageOf('counted')).toEqual({ visits: 3 })
  })

  test('the detail marks an event that no plan charges, and one that came after the end', async () => {
    const event = await customer('leaving')
    await createSubscription(world.engine, {
      customerId: 'leaving',
      planId: 'team',
      startsAt: '2026-11-10T04:00:00Z',
    })
    await recordUsage(world.engine, [
      event({ id: 'before', time: '2026-11-09T04:00:00Z' }),
      event({ id: 'other', meter: 'visits' }),
      event({ id: 'charged' }),
    ])
    await cancelSubscription(world.engine, { customerId: 'leaving', when: 'now' })
    await recordUsage(world.engine, [event({ id: 'after', time: '2026-11-20T00:02:00Z' })])
    const { data } = await getUsageDetail(world.engine, { customerId: 'leaving', start: '2026-11-01' })
    expect(
      Object.fromEntries(data.map(({ id, uncharged, afterEnd }) => [id, [uncharged, afterEnd]])),
    ).toEqual({
      before: [true, false],
      other: [true, false],
      charged: [false, false],
      after: [true, true],
    })
  })

  test("the detail lists every event once, newest first, by the customer's dates", async () => {
    const event = await customer('listed')
    const times = [
      '2026-11-09T15:59:59.999999Z',
      '2026-11-09T16:00:00Z',
      '2026-11-09T16:00:00Z',
      '2026-11-10T15:59:59.999999Z',
      '2026-11-10T16:00:00Z',
    ]
    await recordUsage(
      world.engine,
      times.map((time, index) => event({ id: `t${index}`, time })),
    )
    const ids = async (range: { start?: string; end?: string }) => {
      const found: string[] = []
      let cursor: string | undefined
      do {
        const page = await getUsageDetail(world.engine, { customerId: 'listed', limit: 2, cursor, ...range })
        found.push(...page.data.map((one) => one.id))
        cursor = page.nextCursor ?? undefined
      } while (cursor)
      return found
    }
    expect(await ids({})).toEqual(['t4', 't3', 't2', 't1', 't0'])
    expect(await ids({ start: '2026-11-10', end: '2026-11-10' })).toEqual(['t3', 't2', 't1'])
    expect(await ids({ start: '2026-11-09T16:00:00Z', end: '2026-11-10T16:00:00Z' })).toEqual([
      't3',
      't2',
      't1',
    ])
    expect(await ids({ end: '2026-11-09' })).toEqual(['t0'])
  })

  test('the detail is searched by id and by any one property, within its range, and counted', async () => {
    const event = await customer('searched')
    const sent: (Partial<UsageEventInput> & { id: string })[] = [
      { id: 'a', quantity: 1, properties: { channel: 'web', n: 5, constructor: 'x' } },
      { id: 'b', meter: 'tokens', quantity: 3, properties: { channel: 'web', on: true } },
      { id: 'c', properties: { channel: 'phone' } },
      { id: 'd', time: '2026-11-05T04:00:00Z', properties: { channel: 'web' } },
    ]
    await recordUsage(
      world.engine,
      sent.map((one) => event({ time: '2026-11-10T04:00:00Z', ...one })),
    )
    const find = async (filter: Partial<Parameters<typeof getUsageDetail>[1]>) => {
      const { data, total } = await getUsageDetail(world.engine, {
        customerId: 'searched',
        start: '2026-11-08',
        end: '2026-11-12',
        total: true,
        ...filter,
      })
      return [data.map(({ id }) => id).join(' '), total]
    }
    const counted = (events: number) => ({ events, isLeast: false })
    expect(await find({})).toEqual([expect.stringMatching(/^[abc] [abc] [abc]$/), counted(3)])
    expect(await find({ limit: 1 })).toEqual([expect.stringMatching(/^[abc]$/), counted(3)])
    expect(await find({ id: 'a' })).toEqual(['a', counted(1)])
    expect(await find({ id: 'a', meter: 'tokens' })).toEqual(['', counted(0)])
    expect(await find({ id: 'A' })).toEqual(['', counted(0)])
    expect(await find({ id: 'd' })).toEqual(['', counted(0)]) // of another day
    expect(await find({ property: 'channel', value: 'phone' })).toEqual(['c', counted(1)])
    expect(await find({ property: 'channel', value: 'web', meter: 'tokens' })).toEqual(['b', counted(1)])
    expect(await find({ property: 'channel', value: 'web', start: '2026-11-01' })).toEqual([
      expect.stringMatching(/^[ab] [ab] d$/),
      counted(3),
    ])
    expect(await find({ property: 'n', value: '5' })).toEqual(['a', counted(1)])
    expect(await find({ property: 'on', value: 'true', id: 'b' })).toEqual(['b', counted(1)])
    expect(await find({ property: 'on', value: 'true', id: 'a' })).toEqual(['', counted(0)])
    expect(await find({ property: 'constructor', value: 'x' })).toEqual(['a', counted(1)])
    expect(await find({ property: 'none', value: '' })).toEqual(['', counted(0)])
    // A stored id is found in a range of any length.
    expect(await find({ id: 'd', start: '2020-01-01' })).toEqual(['d', counted(1)])
    await expect(find({ id: 'never', start: '2020-01-01' })).rejects.toMatchObject({ code: 'invalid_range' })
    await expect(find({ property: 'n', value: '5', start: '2020-01-01' })).rejects.toMatchObject({
      code: 'invalid_range',
    })
    await expect(find({ property: 'n' })).rejects.toMatchObject({
      code: 'validation_failed',
      detail: { pointer: '?value' },
    })
    await expect(find({ value: 'n' })).rejects.toMatchObject({
      code: 'validation_failed',
      detail: { pointer: '?property' },
    })
    await expect(find({ id: 'a\u0000' })).rejects.toMatchObject({
      code: 'validation_failed',
      detail: { pointer: '?id' },
    })
  })

  test.each([
    { start: '2026-02-30' },
    { start: 'x' },
    { start: '2026-11-11', end: '2026-11-09' },
    { end: '9999-12-31' },
    { start: '0000-01-01' },
    { start: '9999-12-31T23:59:59-14:00' },
  ])('a range of %j is rejected', async (range) => {
    await expect(getUsageDetail(world.engine, { customerId: 'listed', ...range })).rejects.toMatchObject({
      code: 'invalid_range',
    })
  })
})
