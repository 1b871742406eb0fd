import { testDatabases } from '@customer-portal/database/testing'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  checkQuota,
  createEngine,
  createSubscription,
  exportUsage,
  fillMeters,
  findMistakes,
  getEvent,
  getInvoiceLineEvents,
  getInvoices,
  getReconciliation,
  getUsageDays,
  getUsageDetail,
  getUsageMonths,
  getUsageRange,
  getUsageSummary,
  maintainUsage,
  listEvents,
  listLateEvents,
  listRejectedEvents,
  putMeter,
  putPlan,
  rebuildUsage,
  recordUsage,
  retryRejectedEvents,
  voidEvents,
  type UsageEventInput,
} from '../src/index.ts'
import { createWorld, seedCatalogue, seedCustomer, type World } from '../src/testing.ts'

type Sent = Omit<UsageEventInput, 'customerId'>

describe.each(testDatabases)('historical usage on $name', ({ create }) => {
  let world: World
  beforeAll(async () => {
    world = await createWorld(create, '2026-03-01T02:00:00Z')
    await seedCatalogue(world.engine)
    const read = { unit: 'u', eventType: 'run' }
    await putMeter(world.engine, {
      ...read,
      key: 'calls',
      name: 'Calls',
      valueProperty: 'n',
      groupBy: ['model'],
    })
    await putMeter(world.engine, {
      ...read,
      key: 'peak',
      name: 'Peak',
      aggregation: 'max',
      valueProperty: 'n',
    })
    await putMeter(world.engine, {
      key: 'seats',
      name: 'Seats',
      unit: 'u',
      aggregation: 'last',
      carry: true,
    })
    await putMeter(world.engine, {
      key: 'users',
      name: 'Users',
      unit: 'u',
      aggregation: 'unique',
      uniqueBy: 'user',
    })
    const charge = {
      included: 5,
      overage: 'bill' as const,
      price: { model: 'per_unit' as const, rate: { amount: 10, per: 1 } },
    }
    await putPlan(world.engine, {
      id: 'all',
      name: 'All',
      fee: { amount: 10_000, per: 'subscription' },
      taxRate: '0',
      alignment: 'calendar',
      charges: [
        ...['calls', 'peak', 'seats', 'users'].map((meter) => ({ ...charge, meter })),
        { meter: 'ai_chat', included: 100, overage: 'block' as const },
      ],
    })
    for (const id of ['acme', 'again', 'voided', 'kept']) await seedCustomer(world.engine, id)
    await createSubscription(world.engine, { customerId: 'acme', planId: 'all' })
    await world.passTo('2026-07-10T04:00:00Z')
    for (const id of ['again', 'voided'])
      await createSubscription(world.engine, {
        customerId: id,
        planId: 'all',
        startsAt: '2026-06-10T00:00:00Z',
      })
  })
  afterAll(() => world.close())

  const record = (customerId: string, ...events: Sent[]) =>
    recordUsage(
      world.engine,
      events.map((event) => ({ ...event, customerId })),
    )
  const old = (id: string, more: Partial<Sent> & { time: string }): Sent => ({
    id,
    meter: 'ai_chat',
    historical: true,
    ...more,
  })
  const run = (id: string, time: string, n: number, model: string): Sent => ({
    id,
    type: 'run',
    time,
    properties: { n, model },
    historical: true,
  })
  const mistakes = async () => {
    const found: unknown[] = []
    for await (const mistake of findMistakes(world.engine)) found.push(mistake)
    for await (const difference of rebuildUsage(world.engine, { check: true })) found.push(difference)
    return found
  }
  const refusals = ({ rejected }: Awaited<ReturnType<typeof record>>) =>
    rejected.map(({ code, retryable }) => [code, retryable])

  test('history is shown on its days with a mark, and billed nowhere', async () => {
    expect(
      await record(
        'acme',
        run('r1', '2026-04-10T04:00:00Z', 30, 'a'),
        run('r2', '2026-04-10T05:00:00Z', 9, 'b'),
        run('r3', '2025-11-03T04:00:00Z', 4, 'a'),
        { id: 's1', meter: 'seats', quantity: 80, time: '2026-04-11T04:00:00Z', historical: true },
        {
          id: 'u1',
          meter: 'users',
          properties: { user: 'li' },
          time: '2026-04-12T04:00:00Z',
          historical: true,
        },
        { id: 'q1', meter: 'ai_chat', quantity: 500, time: '2026-06-01T01:00:00Z', historical: true },
        { id: 'now', meter: 'ai_chat', quantity: 7 },
      ),
    ).toEqual({ accepted: 7, duplicates: 0, rejected: [] })
    const april = await getUsageSummary(world.engine, {
      customerId: 'acme',
      period: '2026-04',
      groupBy: 'model',
    })
    expect(
      april.meters.map(({ meter, used, historical, overage, overageAmount }) => [
        meter,
        used,
        historical,
        overage,
        overageAmount,
      ]),
    ).toEqual([
      ['calls', 39, 39, 0, 0],
      ['peak', 30, 30, 0, 0],
      ['seats', 80, 80, 0, 0],
      ['users', 1, 1, 0, 0],
      ['ai_chat', 0, 0, 0, 0],
    ])
    expect(
      april.groups!.find(({ meter }) => meter === 'calls')!.values.map(({ value, used }) => [value, used]),
    ).toEqual([
      ['a', 30],
      ['b', 9],
    ])
    const days = await getUsageDays(world.engine, {
      customerId: 'acme',
      start: '2026-04-09',
      end: '2026-04-12',
    })
    expect(days.since).toBe('2025-11-03')
    expect(days.days.map(({ usage, historical }) => [usage['calls'], usage['seats'], historical])).toEqual([
      [0, 0, undefined],
      [39, 0, { calls: 39, peak: 30 }],
      [0, 80, { seats: 80 }],
      [0, 80, { users: 1 }],
    ])
    expect(days.days.every(({ fees }) => Object.values(fees).every((fee) => fee === 0))).toBe(true)
    const range = await getUsageRange(world.engine, {
      customerId: 'acme',
      start: '2025-11-01',
      end: '2026-07-10',
      window: 'month',
    })
    expect(range.meters.map(({ meter, used }) => [meter, used])).toEqual([
      ['ai_chat', 507],
      ['calls', 43],
      ['peak', 30],
      ['seats', 80],
      ['users', 1],
    ])
    const months = await getUsageMonths(world.engine, { customerId: 'acme' })
    expect(
      months.months
        .find(({ period }) => period.label === '2026-04')!
        .meters.map(({ meter, used, amount }) => [meter, used, amount]),
    ).toEqual([
      ['calls', 39, 0],
      ['peak', 30, 0],
      ['seats', 80, 0],
      ['users', 1, 0],
      ['ai_chat', 0, 0],
    ])
    const hours = await getUsageRange(world.engine, {
      customerId: 'acme',
      start: '2026-04-10',
      end: '2026-04-10',
      window: 'hour',
      meter: 'calls',
    })
    expect(hours.meters[0]!.windows.map(({ used }) => used)).toEqual([30, 9])
    const { data } = await getUsageDetail(world.engine, {
      customerId: 'acme',
      meter: 'ai_chat',
      start: '2026-01-01',
    })
    expect(data.map(({ id, historical }) => [id, historical])).toEqual([
      ['now', false],
      ['q1', true],
    ])
    expect(
      (await listEvents(world.engine, { customerId: 'acme', id: 'r1' })).data.map(({ meter, historical }) => [
        meter,
        historical,
      ]),
    ).toEqual([
      ['peak', true],
      ['calls', true],
    ])
    expect(await getEvent(world.engine, { customerId: 'acme', eventId: 'r1' })).toMatchObject({
      historical: true,
      meters: [
        { meter: 'calls', quantity: 30 },
        { meter: 'peak', quantity: 30 },
      ],
    })
    const file = await exportUsage(world.engine, {
      customerId: 'acme',
      start: '2026-04-01',
      end: '2026-04-30',
      meter: 'calls',
    })
    for await (const page of file.pages)
      expect(page.map(({ id, historical }) => [id, historical])).toEqual([
        ['r2', true],
        ['r1', true],
      ])
    expect(
      (await getReconciliation(world.engine, { customerId: 'acme', period: '2026-04' })).meters.find(
        ({ meter }) => meter === 'calls',
      ),
    ).toEqual({
      meter: 'calls',
      accepted: 0,
      billed: 0,
      adjusted: 0,
      unbilled: 0,
      uncharged: 0,
      voided: 0,
      historical: 39,
      difference: 0,
    })
    expect((await checkQuota(world.engine, { customerId: 'acme', meter: 'ai_chat' })).remaining).toBe(93)
    expect((await listLateEvents(world.engine, { customerId: 'acme' })).data).toEqual([])
    // Two more invoices with the fee only: no line for history, and no historical event behind a line.
    await world.passTo('2026-09-02T00:00:00Z')
    for (const invoice of (await getInvoices(world.engine, { customerId: 'acme' })).data) {
      expect(invoice.lines.filter(({ meter, amount }) => meter !== undefined && amount !== 0)).toEqual([])
      for (const line of invoice.lines.filter(({ meter }) => meter !== undefined)) {
        expect(
          (
            await getInvoiceLineEvents(world.engine, {
              customerId: 'acme',
              invoiceId: invoice.id,
              lineId: line.id,
            })
          ).data.filter(({ historical }) => historical),
        ).toEqual([])
      }
    }
    expect(await mistakes()).toEqual([])
  })

  test('history of the last 35 days and older usage without the mark are rejected', async () => {
    world.set('2026-09-10T00:00:00Z')
    // 35 days before: 2026-08-06T00:00:00Z. That exact instant still counts.
    const [at, before] = ['2026-08-06T00:00:00Z', '2026-08-05T23:59:59.999999Z']
    const answer = await record(
      'again',
      old('a', { time: at }),
      { id: 'b', meter: 'ai_chat', time: before },
      old('c', { time: '2016-01-01T00:00:00Z' }),
      old('d', { time: 'yesterday' }),
      { id: 'e', meter: 'ai_chat', historical: true },
      old('f', { time: before }),
      { id: 'g', meter: 'ai_chat', time: at },
    )
    expect(refusals(answer)).toEqual([
      ['event_too_recent', false],
      ['event_too_old', false],
      ['event_too_old', false],
      ['validation_failed', false],
      ['validation_failed', false],
    ])
    expect(answer.rejected.map(({ detail }) => detail)).toEqual([
      'time 2026-08-06T00:00:00.000000Z is not more than 35 days ago: '
        + 'usage of then is recorded without historical, and counts',
      'time 2026-08-05T23:59:59.999999Z is more than 35 days ago: as history, '
        + 'which is shown and not billed, it is taken with historical: true',
      'time 2016-01-01T00:00:00.000000Z is before 2016-09-02T00:00:00.000000Z, from which on history is taken',
      "time 'yesterday' is not an RFC 3339 instant",
      'a historical event says when it was: time is missing',
    ])
    expect(answer.accepted).toBe(2)
    // Stored as sent, history of a meter created later is retried as history.
    await record('again', old('later', { meter: 'unmade', time: before }))
    await putMeter(world.engine, { key: 'unmade', name: 'M', unit: 'u' })
    expect(await retryRejectedEvents(world.engine, { customerId: 'again', ids: ['later'] })).toMatchObject({
      accepted: 1,
    })
    expect(await getEvent(world.engine, { customerId: 'again', eventId: 'later' })).toMatchObject({
      historical: true,
    })
    expect(
      (await listRejectedEvents(world.engine, { customerId: 'again' })).data.map(({ id }) => id),
    ).not.toContain('later')
  })

  test('repeated history counts once at any time, also when it was recorded live before', async () => {
    const used = async () =>
      (
        await getUsageRange(world.engine, { customerId: 'again', start: '2026-01-01', end: '2026-12-31' })
      ).meters.find(({ meter }) => meter === 'ai_chat')!.used
    world.set('2026-09-10T00:00:00Z')
    const live: Sent = {
      id: 'live',
      meter: 'ai_chat',
      quantity: 3,
      time: '2026-09-09T00:00:00Z',
      properties: { a: 1 },
    }
    await record('again', live, {
      id: 'live-run',
      type: 'run',
      time: '2026-09-09T01:00:00Z',
      properties: { n: 2, model: 'a' },
    })
    const history = [
      old('h1', { time: '2026-05-01T00:00:00Z', quantity: 10 }),
      run('h2', '2026-05-01T00:00:00Z', 1, 'b'),
      old('h3', { time: '2025-05-01T00:00:00Z' }),
    ]
    expect(await record('again', ...history, history[0]!)).toMatchObject({ accepted: 3, duplicates: 1 })
    const before = await used()
    await world.passTo('2026-11-03T00:00:00Z')
    await maintainUsage(world.engine)
    // The id recorded live is deleted by now, the historical one is not.
    expect(
      await world.db.asOwner((tx) =>
        tx.query("select id from usage_keys where customer_id = 'again' order by id"),
      ),
    ).toEqual([{ id: 'f' }, { id: 'h1' }, { id: 'h2' }, { id: 'h3' }, { id: 'later' }])
    const forgotten = { ...live, historical: true }
    expect(
      await record('again', forgotten, ...history, {
        id: 'live-run',
        type: 'run',
        time: '2026-09-09T01:00:00Z',
        properties: { n: 2, model: 'a' },
        historical: true,
      }),
    ).toMatchObject({ accepted: 0, duplicates: 5, rejected: [] })
    expect(
      (
        await record(
          'again',
          { ...forgotten, quantity: 4 },
          old('h1', { time: '2026-05-01T00:00:00Z', quantity: 11 }),
          old('h3', { time: '2025-05-02T00:00:00Z' }),
          { id: 'h1', meter: 'ai_chat' },
        )
      ).rejected.map(({ code, differs }) => [code, differs]),
    ).toEqual([
      ['event_conflict', ['quantity']],
      ['event_conflict', ['quantity']],
      ['event_conflict', ['time']],
      ['event_conflict', ['quantity', 'time']],
    ])
    expect(await used()).toBe(before)
    // Two concurrent importers in opposite orders, among usage that counts.
    const other = createEngine({ db: world.db, now: world.engine.now, newId: world.engine.newId })
    const many = Array.from({ length: 40 }, (_, index): UsageEventInput => ({
      customerId: 'again',
      ...(index % 3
        ? old(`m${index}`, { time: '2026-03-05T00:00:00Z' })
        : { id: `m${index}`, meter: 'ai_chat' }),
    }))
    const answers = await Promise.all([
      recordUsage(other, many),
      recordUsage(world.engine, many.toReversed()),
      recordUsage(other, many.toReversed()),
    ])
    expect(answers.reduce((total, { accepted }) => total + accepted, 0)).toBe(40)
    expect(await used()).toBe(before + 40)
    expect(await mistakes()).toEqual([])
  })

  test('history can be voided once and changes no invoice; its id stays used', async () => {
    await record(
      'voided',
      run('v1', '2026-06-12T00:00:00Z', 8, 'a'),
      run('v2', '2026-06-12T01:00:00Z', 3, 'a'),
      old('v3', { meter: 'seats', quantity: 9, time: '2026-06-13T00:00:00Z' }),
      old('v4', { meter: 'users', properties: { user: 'x' }, time: '2026-06-13T00:00:00Z' }),
    )
    const documents = (await getInvoices(world.engine, { customerId: 'voided' })).data.length
    expect(
      await voidEvents(world.engine, { customerId: 'voided', ids: ['v1', 'v3', 'v4'], reason: 'a test' }),
    ).toMatchObject({ voided: ['v1', 'v3', 'v4'] })
    expect(
      await voidEvents(world.engine, { customerId: 'voided', ids: ['v1'], reason: 'a test' }),
    ).toMatchObject({ alreadyVoided: ['v1'] })
    expect(
      (await getUsageSummary(world.engine, { customerId: 'voided', period: '2026-06' })).meters.map(
        ({ meter, used, historical }) => [meter, used, historical],
      ),
    ).toEqual([
      ['calls', 3, 3],
      ['peak', 3, 3],
      ['seats', 0, 0],
      ['users', 0, 0],
      ['ai_chat', 0, 0],
    ])
    expect((await record('voided', run('v1', '2026-06-12T00:00:00Z', 8, 'a'))).rejected).toMatchObject([
      { code: 'event_voided' },
    ])
    expect(
      (
        await getUsageDetail(world.engine, {
          customerId: 'voided',
          id: 'v3',
          start: '2026-06-01',
          end: '2026-06-30',
        })
      ).data,
    ).toMatchObject([{ historical: true, voided: { reason: 'a test' } }])
    await world.passTo('2026-12-03T00:00:00Z')
    await maintainUsage(world.engine)
    expect(
      (await record('voided', run('v1', '2026-06-12T00:00:00Z', 8, 'a'), { id: 'v1', meter: 'ai_chat' }))
        .rejected,
    ).toMatchObject([{ code: 'event_voided' }, { code: 'event_voided' }])
    const invoices = (await getInvoices(world.engine, { customerId: 'voided', limit: 100 })).data
    expect(invoices.length).toBeGreaterThan(documents)
    expect(
      invoices
        .flatMap(({ lines }) => lines)
        .filter(({ meter, amount }) => meter !== undefined && amount !== 0),
    ).toEqual([])
    expect(await mistakes()).toEqual([])
  })

  test('the id of a voided event stays used long after its time', async () => {
    await record('kept', { id: 'once', meter: 'ai_chat' })
    await voidEvents(world.engine, { customerId: 'kept', ids: ['once'], reason: 'a test' })
    await world.passTo('2027-01-20T00:00:00Z')
    await maintainUsage(world.engine)
    expect((await record('kept', { id: 'once', meter: 'ai_chat' })).rejected).toMatchObject([
      { code: 'event_voided' },
    ])
    expect(await mistakes()).toEqual([])
  })

  test('a break-down added later is filled from history too', async () => {
    await putMeter(world.engine, { key: 'plain', name: 'Plain', unit: 'u' })
    await record(
      'kept',
      ...[1, 2, 3].map((n) =>
        old(`g${n}`, {
          meter: 'plain',
          quantity: n,
          time: '2026-10-05T00:00:00Z',
          properties: { shop: n === 1 ? 'north' : 'south' },
        }),
      ),
    )
    await putMeter(world.engine, { key: 'plain', name: 'Plain', unit: 'u', groupBy: ['shop'] })
    while ((await fillMeters(world.engine)) > 0);
    const { groups } = await getUsageDays(world.engine, {
      customerId: 'kept',
      start: '2026-10-01',
      end: '2026-10-31',
      groupBy: 'shop',
    })
    expect(groups![0]!.values.map(({ value, used }) => [value, used])).toEqual([
      ['south', 5],
      ['north', 1],
    ])
    expect(await mistakes()).toEqual([])
  })

  test('a lost sum is rebuilt, of history as of counted usage', async () => {
    for (const table of ['historical_daily', 'historical_values', 'historical_groups'])
      await world.db
        .asOwner((tx) => tx.query(`delete from ${table} where ctid in (select ctid from ${table} limit 1)`))
        .catch(() => undefined)
    await world.db.transaction({ role: 'billing' }, (tx) =>
      tx.query(
        `update historical_daily
          set quantity = quantity + 1
          where customer_id = 'acme' and meter = 'calls' and local_date = '2026-04-10'`,
      ),
    )
    expect(await mistakes()).not.toEqual([])
    const mended: string[] = []
    for await (const { row } of rebuildUsage(world.engine)) mended.push(row)
    expect(mended).toContain('historical_daily calls 2026-04-10')
    expect(await mistakes()).toEqual([])
  })

  test('with any history, quotas and invoices equal those of a customer without', async () => {
    const event = fc.record({
      meter: fc.constantFrom('calls', 'peak', 'seats', 'users', 'ai_chat'),
      quantity: fc.nat(30),
      day: fc.integer({ min: 1, max: 28 }),
      who: fc.constantFrom('a', 'b'),
      take: fc.boolean(),
      historical: fc.boolean(),
    })
    let count = 0
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 1, maxLength: 10 }), async (all) => {
        count += 1
        const [one, other] = [`with-${count}`, `without-${count}`]
        for (const id of [one, other]) {
          await seedCustomer(world.engine, id)
          await createSubscription(world.engine, {
            customerId: id,
            planId: 'all',
            startsAt: world.engine.now(),
          })
        }
        const month = world.engine.now().slice(0, 8)
        const sent = all.map(({ meter, quantity, day, who, historical }, index): Sent => ({
          id: `e${index}`,
          meter,
          quantity,
          properties: { user: who, model: who },
          ...(historical
            ? { historical, time: `2026-06-${String(day).padStart(2, '0')}T00:00:00Z` }
            : { time: `${month}15T0${index % 9}:00:00Z` }),
        }))
        expect((await record(one, ...sent)).rejected).toEqual([])
        await record(other, ...sent.filter(({ historical }) => !historical))
        const taken = all.flatMap(({ take }, index) => (take ? [index] : []))
        if (taken.length > 0)
          await voidEvents(world.engine, {
            customerId: one,
            ids: taken.map((index) => `e${index}`),
            reason: 'x',
          })
        const also = taken.filter((index) => !all[index]!.historical)
        if (also.length > 0)
          await voidEvents(world.engine, {
            customerId: other,
            ids: also.map((index) => `e${index}`),
            reason: 'x',
          })
        const quota = async (customerId: string) =>
          Promise.all(
            ['ai_chat', 'calls', 'seats', 'users'].map((meter) =>
              checkQuota(world.engine, { customerId, meter }),
            ),
          )
        expect(await quota(one)).toEqual(await quota(other))
        const ofNow = async (customerId: string) =>
          (await getUsageSummary(world.engine, { customerId })).meters
        expect(await ofNow(one)).toEqual(await ofNow(other))
        const left = all.flatMap((event, index) =>
          event.historical && !taken.includes(index) ? [event] : [],
        )
        const { meters } = await getUsageRange(world.engine, {
          customerId: one,
          start: '2026-06-01',
          end: '2026-06-30',
        })
        const sum = (meter: string) =>
          left.filter((event) => event.meter === meter).reduce((total, { quantity }) => total + quantity, 0)
        const shown = (meter: string) => meters.find((found) => found.meter === meter)?.used ?? 0
        expect([shown('calls'), shown('ai_chat'), shown('peak'), shown('users')]).toEqual([
          sum('calls'),
          sum('ai_chat'),
          Math.max(0, ...left.filter(({ meter }) => meter === 'peak').map(({ quantity }) => quantity)),
          new Set(left.filter(({ meter }) => meter === 'users').map(({ who }) => who)).size,
        ])
      }),
      { numRuns: 6 },
    )
    await world.passTo('2027-02-03T00:00:00Z')
    const bills = async (id: string) =>
      (await getInvoices(world.engine, { customerId: id })).data.map(({ kind, total, lines }) => [
        kind,
        total,
        lines.map(({ meter, quantity, amount }) => [meter, quantity, amount]),
      ])
    for (let index = 1; index <= count; index += 1)
      expect(await bills(`with-${index}`)).toEqual(await bills(`without-${index}`))
    expect(await mistakes()).toEqual([])
  })

  test('history of dropped months is not accepted again, and its days stay', async () => {
    expect((await maintainUsage(world.engine, { monthsKept: 3 })).dropped).toContain('2025-05-01')
    const days = async () =>
      (
        await getUsageRange(world.engine, { customerId: 'acme', start: '2025-11-01', end: '2026-04-30' })
      ).meters.map(({ meter, used }) => [meter, used])
    expect(await days()).toEqual([
      ['calls', 43],
      ['peak', 30],
      ['seats', 80],
      ['users', 1],
    ])
    expect(refusals(await record('acme', run('r1', '2026-04-10T04:00:00Z', 30, 'a')))).toEqual([
      ['event_too_old', false],
    ])
    await maintainUsage(world.engine, { monthsKept: 3 })
    expect(
      await world.db.asOwner((tx) =>
        tx.query("select id from usage_keys where customer_id in ('acme', 'voided') order by id"),
      ),
    ).toEqual([{ id: 'v1' }, { id: 'v3' }, { id: 'v4' }])
    expect(await mistakes()).toEqual([])
  })
})
