import { testDatabases } from '@customer-portal/database/testing'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  createEngine,
  createSubscription,
  findMistakes,
  getEvent,
  getInvoiceLineEvents,
  getInvoices,
  getReconciliation,
  getUsageDetail,
  getUsageSummary,
  listEvents,
  listRejectedEvents,
  putMeter,
  putPlan,
  rebuildUsage,
  recordUsage,
  retryRejectedEvents,
  type UsageEventInput,
} from '../../index.ts'
import type { UsageEvent } from '../../reports/usage/detail.ts'
import { createWorld, seedCatalogue, seedCustomer, type World } from '../../testing.ts'

describe.each(testDatabases)('events of a type on $name', ({ create }) => {
  let world: World
  beforeAll(async () => {
    world = await createWorld(create, '2026-03-01T02:00:00Z')
    await seedCatalogue(world.engine)
    const meter = { unit: 'x', eventType: 'llm.completion' }
    await putMeter(world.engine, { ...meter, key: 'input-tokens', name: 'Input', valueProperty: 'input' })
    await putMeter(world.engine, {
      ...meter,
      key: 'output-tokens',
      name: 'Output',
      valueProperty: 'output',
      decimals: 2,
      groupBy: ['model'],
    })
    await putMeter(world.engine, {
      ...meter,
      key: 'large-calls',
      name: 'Calls',
      aggregation: 'count',
      filters: { model: 'large', stream: true },
    })
    await putMeter(world.engine, {
      ...meter,
      key: 'people',
      name: 'People',
      aggregation: 'unique',
      uniqueBy: 'who',
    })
    await putMeter(world.engine, {
      ...meter,
      key: 'longest',
      name: 'Longest',
      aggregation: 'max',
      valueProperty: 'ms',
    })
    await putPlan(world.engine, {
      id: 'llm',
      name: 'LLM',
      fee: { amount: 0, per: 'subscription' },
      taxRate: '0',
      charges: ['input-tokens', 'output-tokens', 'large-calls'].map((key) => ({
        meter: key,
        included: 0,
        overage: 'bill' as const,
        price: { model: 'per_unit' as const, rate: { amount: 100, per: 1 } },
      })),
    })
    await seedCustomer(world.engine, 'acme')
    await createSubscription(world.engine, { customerId: 'acme', planId: 'llm' })
  })
  afterAll(() => world.close())

  const call = (
    id: string,
    properties: Record<string, unknown>,
    more: Partial<UsageEventInput> = {},
  ): UsageEventInput => ({
    id,
    customerId: 'acme',
    type: 'llm.completion',
    time: '2026-03-05T01:00:00Z',
    properties: { who: 'li', ms: 10, ...properties },
    ...more,
  })
  const used = async (customerId = 'acme') =>
    (await getUsageSummary(world.engine, { customerId, period: '2026-03' })).usage
  const detail = async (meter?: string) => {
    const events: UsageEvent[] = []
    for (let cursor: string | undefined; ;) {
      const page = await getUsageDetail(world.engine, {
        customerId: 'acme',
        start: '2026-03-01',
        limit: 2,
        ...(meter ? { meter } : {}),
        ...(cursor ? { cursor } : {}),
      })
      events.push(...page.data)
      if (page.nextCursor === null) return events
      cursor = page.nextCursor
    }
  }

  test('an event of a type counts once for every meter whose filters match', async () => {
    world.set('2026-03-05T02:00:00Z')
    const events = [
      call('a', { input: 1250, output: '30.25', model: 'large', stream: true }),
      call('b', { input: 50, output: 1, model: 'large', who: 'wang', ms: 70 }),
      call('c', { input: 0, output: 2.5, model: 'small', stream: true }),
      { id: 'd', customerId: 'acme', meter: 'input-tokens', quantity: 7 },
    ]
    expect(await recordUsage(world.engine, [...events, events[0]!])).toMatchObject({
      accepted: 4,
      duplicates: 1,
      rejected: [],
    })
    expect(await recordUsage(world.engine, events.slice(0, 3))).toMatchObject({ accepted: 0, duplicates: 3 })
    expect(await used()).toEqual({
      'input-tokens': 1307,
      'output-tokens': 33.75,
      'large-calls': 1,
      people: 2,
      longest: 70,
    })
    expect((await getUsageSummary(world.engine, { customerId: 'acme', groupBy: 'model' })).groups).toEqual([
      {
        meter: 'output-tokens',
        property: 'model',
        values: [
          { kind: 'value', value: 'large', used: 31.25 },
          { kind: 'value', value: 'small', used: 2.5 },
        ],
      },
    ])
  })

  test('an event appears in the detail once per meter, across pages', async () => {
    const rows = await detail()
    expect(rows.map(({ id, meter, quantity }) => [id, meter, quantity])).toEqual([
      ['d', 'input-tokens', 7],
      ['c', 'people', 1],
      ['c', 'output-tokens', 2.5],
      ['c', 'longest', 10],
      ['c', 'input-tokens', 0],
      ['b', 'people', 1],
      ['b', 'output-tokens', 1],
      ['b', 'longest', 70],
      ['b', 'input-tokens', 50],
      ['a', 'people', 1],
      ['a', 'output-tokens', 30.25],
      ['a', 'longest', 10],
      ['a', 'large-calls', 1],
      ['a', 'input-tokens', 1250],
    ])
    expect((await detail('large-calls')).map(({ id }) => id)).toEqual(['a'])
    expect(await getEvent(world.engine, { customerId: 'acme', eventId: 'b' })).toMatchObject({
      id: 'b',
      type: 'llm.completion',
      properties: { input: 50 },
      meters: [
        { meter: 'input-tokens', quantity: 50 },
        { meter: 'longest', quantity: 70 },
        { meter: 'output-tokens', quantity: 1 },
        { meter: 'people', quantity: 1 },
      ],
    })
  })

  test('sending the assigned time of an event recorded without one is a duplicate', async () => {
    await seedCustomer(world.engine, 'later')
    const timeless = {
      id: 'timed-later',
      customerId: 'later',
      type: 'llm.completion',
      properties: { who: 'li', ms: 10, input: 1, output: 1, model: 'timed' },
    }
    expect(await recordUsage(world.engine, [timeless])).toMatchObject({ accepted: 1 })
    const { time } = await getEvent(world.engine, { customerId: 'later', eventId: 'timed-later' })
    expect(await recordUsage(world.engine, [{ ...timeless, time }])).toMatchObject({
      accepted: 0,
      duplicates: 1,
    })
    expect(
      (await recordUsage(world.engine, [{ ...timeless, time: '2026-03-05T01:00:00Z' }])).rejected,
    ).toMatchObject([{ differs: ['time'] }])
  })

  test('an event names each of its meters that the plan does not charge', async () => {
    const event = {
      id: 'told',
      customerId: 'acme',
      type: 'llm.completion',
      time: '2026-02-20T01:00:00Z',
      properties: { who: 'li', ms: 10, input: 1, output: 1, model: 'told' },
    }
    expect(
      await recordUsage(world.engine, [
        {
          id: 'charged',
          customerId: 'acme',
          meter: 'input-tokens',
          quantity: 1,
          time: '2026-02-20T01:00:00Z',
        },
        event,
      ]),
    ).toEqual({
      accepted: 2,
      duplicates: 0,
      rejected: [],
      uncharged: [
        { index: 1, id: 'told', meter: 'longest' },
        { index: 1, id: 'told', meter: 'people' },
      ],
    })
  })

  test('other content under a used id is a conflict that names the differences', async () => {
    const { rejected } = await recordUsage(world.engine, [
      call('a', { input: 1, output: 1, model: 'large', stream: true }),
      call(
        'b',
        { input: 50, output: 1, model: 'large', who: 'wang', ms: 70 },
        { time: '2026-03-05T01:00:01Z' },
      ),
    ])
    expect(rejected).toMatchObject([
      { code: 'event_conflict', differs: ['quantity', 'properties'] },
      { code: 'event_conflict', differs: ['time'] },
    ])
  })

  test('an event that no meter reads is rejected and stored, and counted later', async () => {
    const unread = {
      id: 'unread',
      customerId: 'acme',
      type: 'llm.embedding',
      quantity: 3,
      time: '2026-03-05T01:30:00Z',
      properties: { model: 'small' },
    }
    expect((await recordUsage(world.engine, [unread])).rejected).toMatchObject([
      {
        code: 'meter_not_found',
        detail: "there is no meter 'llm.embedding', and none reads events of type 'llm.embedding'",
      },
    ])
    expect(
      (await listRejectedEvents(world.engine, { customerId: 'acme', code: 'meter_not_found' })).data,
    ).toMatchObject([{ id: 'unread', meter: 'llm.embedding', retryable: true }])
    await putMeter(world.engine, {
      key: 'embeddings',
      name: 'E',
      unit: 'x',
      eventType: 'llm.embedding',
      filters: { model: 'large' },
    })
    expect(await retryRejectedEvents(world.engine, { customerId: 'acme' })).toMatchObject({ accepted: 1 })
    expect((await used())['embeddings']).toBeUndefined()
    expect(await getEvent(world.engine, { customerId: 'acme', eventId: 'unread' })).toMatchObject({
      meter: null,
      type: 'llm.embedding',
      meters: [],
    })
    expect((await listEvents(world.engine, { customerId: 'acme', id: 'unread' })).data).toMatchObject([
      { meter: null, quantity: 0 },
    ])
    expect(await recordUsage(world.engine, [unread])).toMatchObject({ duplicates: 1 })
  })

  test('a meter created later reads events from then on, in every process', async () => {
    // Another process on the same database, with the meters in its cache.
    const other = createEngine({ db: world.db, now: world.engine.now, newId: world.engine.newId })
    await recordUsage(other, [call('before', { input: 1, output: 1 })])
    await putMeter(world.engine, {
      key: 'milliseconds',
      name: 'ms',
      unit: 'ms',
      eventType: 'llm.completion',
      valueProperty: 'ms',
    })
    await recordUsage(other, [call('after', { input: 1, output: 1, ms: 40 })])
    expect((await used())['milliseconds']).toBe(40)
  })

  test('an event is rejected as a whole where one meter has no quantity', async () => {
    const refusals = async (...events: UsageEventInput[]) =>
      (await recordUsage(world.engine, events)).rejected.map(({ code, detail: text }) => [code, text])
    const before = await used()
    expect(
      await refusals(
        call('x1', { input: 5, tokens: 1250 }),
        call('x2', { input: 5, output: 'many' }),
        call('x3', { input: -1, output: 1 }),
        call('x4', { input: 0.5, output: 1 }),
      ),
    ).toEqual([
      [
        'validation_failed',
        "meter 'output-tokens' counts property 'output', which the event does not have, "
          + 'and it has no quantity either',
      ],
      [
        'validation_failed',
        "meter 'output-tokens' counts property 'output', which is no number in the event",
      ],
      ['quantity_negative', 'quantity -1 is below zero'],
      ['quantity_too_precise', "quantity 0.5 has more than the 0 decimals of meter 'input-tokens'"],
    ])
    await putMeter(world.engine, { key: 'minutes', name: 'M', unit: 'min', eventType: 'call.ended' })
    expect(
      await refusals({ id: 'x5', customerId: 'acme', type: 'call.ended', properties: { seconds: 60 } }),
    ).toEqual([
      [
        'validation_failed',
        "meter 'minutes' counts quantities, and the event has none: send a quantity, "
          + "or name the property it stands in as the meter's valueProperty",
      ],
    ])
    expect(
      await refusals({
        id: 'x6',
        customerId: 'acme',
        type: 'tokens',
        properties: { model: 'gpt', tokens: 1250 },
      }),
    ).toEqual([
      [
        'validation_failed',
        "meter 'tokens' counts quantities, and the event has none: 'tokens' (1250) is not counted. "
          + "Send it as quantity, or name it as the meter's valueProperty; where each event counts as one, "
          + 'send the quantity 1',
      ],
    ])
    const texts = [
      '1,250',
      '+1250',
      ' 1250 ',
      '1_250',
      '.5',
      '1.25e3',
      { deeper: { still: [{ tokens: 1250 }] } },
    ]
    const nested = texts.map((tokens, index) => ({
      id: `nested-${index}`,
      customerId: 'acme',
      type: 'tokens',
      properties: { model: 'gpt-4', usage: { tokens } },
    }))
    expect((await refusals(...nested)).map(([code]) => code)).toEqual(nested.map(() => 'validation_failed'))
    expect(await used()).toEqual(before)
    expect(
      await recordUsage(world.engine, [
        { id: 'x7', customerId: 'acme', type: 'tokens', properties: { model: 'gpt' } },
        { id: 'x8', customerId: 'acme', type: 'minutes', quantity: '2' },
      ]),
    ).toMatchObject({ accepted: 2 })
  })

  test('what a meter reads is validated and never changes', async () => {
    const base = { key: 'input-tokens', name: 'Input', unit: 'x' }
    for (const [change, pointer] of [
      [{ eventType: 'other' }, '/eventType'],
      [{ valueProperty: 'x' }, '/valueProperty'],
      [{ filters: { a: 1 } }, '/filters'],
    ] as const) {
      await expect(putMeter(world.engine, { ...base, ...change })).rejects.toMatchObject({
        code: 'meter_in_use',
        detail: { pointer },
      })
    }
    expect(await putMeter(world.engine, base)).toMatchObject({
      eventType: 'llm.completion',
      valueProperty: 'input',
    })
    for (const [wrong, pointer] of [
      [{ filters: { a: 1 } }, '/filters'],
      [{ aggregation: 'count', valueProperty: 'a' }, '/valueProperty'],
    ] as const) {
      await expect(
        putMeter(world.engine, { key: 'wrong', name: 'x', unit: 'x', ...wrong }),
      ).rejects.toMatchObject({ code: 'invalid_meter', detail: { pointer } })
    }
    for (let index = 0; index < 10; index += 1)
      await putMeter(world.engine, {
        key: `many-${index}`,
        name: 'x',
        unit: 'x',
        eventType: 'many',
        aggregation: 'count',
      })
    await expect(
      putMeter(world.engine, {
        key: 'many-10',
        name: 'x',
        unit: 'x',
        eventType: 'many',
        aggregation: 'count',
      }),
    ).rejects.toMatchObject({ code: 'invalid_meter', detail: { pointer: '/eventType' } })
  })

  test('invoice lines contain the events of their meter, and reconciliation proves it', async () => {
    await world.passTo('2026-04-02T00:00:00Z')
    const [invoice] = (await getInvoices(world.engine, { customerId: 'acme' })).data
    expect(invoice!.lines.map(({ meter, quantity, amount }) => [meter, quantity, amount])).toEqual([
      ['input-tokens', 1309, 130_900],
      ['output-tokens', 35.75, 3_575],
      ['large-calls', 1, 100],
    ])
    const line = invoice!.lines.find(({ meter }) => meter === 'output-tokens')!
    const { data } = await getInvoiceLineEvents(world.engine, {
      customerId: 'acme',
      invoiceId: invoice!.id,
      lineId: line.id,
    })
    expect([data.map(({ id }) => id), data.reduce((sum, { quantity }) => sum + quantity, 0)]).toEqual([
      ['c', 'before', 'b', 'after', 'a'],
      35.75,
    ])
    for (const { meter, difference } of (
      await getReconciliation(world.engine, { customerId: 'acme', period: '2026-03' })
    ).meters)
      expect([meter, difference]).toEqual([meter, 0])
    const mistakes: unknown[] = []
    for await (const mistake of findMistakes(world.engine)) mistakes.push(mistake)
    for await (const difference of rebuildUsage(world.engine, { check: true })) mistakes.push(difference)
    expect(mistakes).toEqual([])
  })

  test(
    'each meter counts what the list of all events shows, however they are sent',
    { timeout: 120_000 },
    async () => {
      const sent = fc.record({
        model: fc.constantFrom('large', 'small'),
        stream: fc.boolean(),
        input: fc.nat(9),
        output: fc.nat(9),
        ms: fc.nat(9),
        who: fc.constantFrom('li', 'wang'),
      })
      let run = 0
      await fc.assert(
        fc.asyncProperty(
          fc.array(sent, { minLength: 1, maxLength: 12 }),
          fc.integer({ min: 1, max: 12 }),
          async (all, size) => {
            const customerId = `random-${(run += 1)}`
            await seedCustomer(world.engine, customerId)
            const events = all.map((properties, index) => ({
              id: `e${index}`,
              customerId,
              type: 'llm.completion',
              properties,
            }))
            for (let from = 0; from < events.length; from += size)
              await recordUsage(world.engine, events.slice(from, from + size))
            await recordUsage(world.engine, events)
            const { usage } = await getUsageSummary(world.engine, { customerId })
            const sum = (valueOf: (one: (typeof all)[number]) => number) =>
              all.reduce((total, one) => total + valueOf(one), 0)
            expect(usage).toMatchObject({
              'input-tokens': sum((one) => one.input),
              'output-tokens': sum((one) => one.output),
              people: new Set(all.map((one) => one.who)).size,
              longest: Math.max(...all.map((one) => one.ms)),
              milliseconds: sum((one) => one.ms),
            })
            expect(usage['large-calls'] ?? 0).toBe(
              sum((one) => (one.model === 'large' && one.stream ? 1 : 0)),
            )
          },
        ),
        { numRuns: 25 },
      )
    },
  )
})
