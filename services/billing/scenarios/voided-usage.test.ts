import { testDatabases } from '@customer-portal/database/testing'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  cancelSubscription,
  checkQuota,
  consume,
  createEngine,
  createSubscription,
  findMistakes,
  getInvoiceLineEvents,
  getInvoices,
  getReconciliation,
  getUsageDetail,
  getUsageSummary,
  listEvents,
  nextRunAt,
  putMeter,
  putPlan,
  rebuildUsage,
  recordUsage,
  reserve,
  runBilling,
  settleReservation,
  voidEvents,
  voidInvoice,
  type UsageEventInput,
} from '../src/index.ts'
import { addMonths } from '../src/values/date.ts'
import { eventsBehind } from '../src/reports/usage/detail.ts'
import { createWorld, seedCatalogue, seedCustomer, type World } from '../src/testing.ts'
import { scheduledTooLate } from './invariants.ts'

const nextMonth = (month: string) => addMonths(`${month.slice(0, 7)}-01`, 1).slice(0, 7)

const mistakesIn = async (world: World) => {
  const mistakes: unknown[] = []
  for await (const mistake of findMistakes(world.engine)) mistakes.push(mistake)
  for await (const difference of rebuildUsage(world.engine, { check: true })) mistakes.push(difference)
  return mistakes
}

describe.each(testDatabases)('voided usage on $name', ({ create }) => {
  let world: World
  beforeAll(async () => {
    world = await createWorld(create, '2026-03-01T04:00:00Z')
    await seedCatalogue(world.engine)
    await putMeter(world.engine, { key: 'peak', name: 'Peak', unit: 'u', aggregation: 'max' })
    await putMeter(world.engine, { key: 'seats', name: 'Seats', unit: 'u', aggregation: 'last' })
    await putMeter(world.engine, {
      key: 'users',
      name: 'Users',
      unit: 'u',
      aggregation: 'unique',
      uniqueBy: 'user',
    })
    await putMeter(world.engine, { key: 'calls', name: 'Calls', unit: 'u', groupBy: ['model'] })
    const price = { model: 'per_unit' as const, rate: { amount: 10, per: 1 } }
    await putPlan(world.engine, {
      id: 'plain',
      name: 'Plain',
      fee: { amount: 10_000, per: 'subscription' },
      taxRate: '0',
      alignment: 'calendar',
      charges: [
        { meter: 'calls', included: 100, overage: 'bill', price },
        { meter: 'ai_chat', included: 100, overage: 'block' },
      ],
    })
  })
  afterAll(() => world.close())
  const take = (customerId: string, ...ids: string[]) =>
    voidEvents(world.engine, { customerId, ids, reason: 'sent twice' })
  const record = (customerId: string, events: Omit<UsageEventInput, 'customerId'>[]) =>
    recordUsage(
      world.engine,
      events.map((event) => ({ ...event, customerId })),
    )
  const usage = async (customerId: string) => (await getUsageSummary(world.engine, { customerId })).usage

  test('voided events leave sums and levels, stay listed with a reason, and keep their ids', async () => {
    await seedCustomer(world.engine, 'levels')
    await record('levels', [
      { id: 'c1', meter: 'calls', quantity: 5, properties: { model: 'a' } },
      { id: 'c2', meter: 'calls', quantity: 7, properties: { model: 'b' } },
      { id: 'p1', meter: 'peak', quantity: 9 },
      { id: 'p2', meter: 'peak', quantity: 4 },
      { id: 's1', meter: 'seats', quantity: 3, time: '2026-03-01T03:00:00Z' },
      { id: 's2', meter: 'seats', quantity: 8, time: '2026-03-01T03:30:00Z' },
      { id: 'u1', meter: 'users', properties: { user: 'li' } },
      { id: 'u2', meter: 'users', properties: { user: 'wang' } },
      { id: 'u3', meter: 'users', properties: { user: 'li' } },
    ])
    expect(await usage('levels')).toEqual({ calls: 12, peak: 9, seats: 8, users: 2 })
    expect(await take('levels', 'c1', 'p1', 's2', 'u1', 'u2', 'nothing')).toEqual({
      voided: ['c1', 'p1', 's2', 'u1', 'u2'],
      notFound: ['nothing'],
      alreadyVoided: [],
    })
    // Wang was seen once, Li twice.
    expect(await usage('levels')).toEqual({ calls: 7, peak: 4, seats: 3, users: 1 })
    const { groups } = await getUsageSummary(world.engine, { customerId: 'levels', groupBy: 'model' })
    expect(
      groups!.find(({ meter }) => meter === 'calls')!.values.map(({ value, used }) => [value, used]),
    ).toEqual([['b', 7]])
    expect(await take('levels', 'c1', 'c1')).toEqual({ voided: [], notFound: [], alreadyVoided: ['c1'] })
    const { data } = await getUsageDetail(world.engine, { customerId: 'levels', meter: 'calls' })
    expect(data.map(({ id, quantity, voided }) => [id, quantity, voided?.reason ?? null])).toEqual([
      ['c2', 7, null],
      ['c1', 5, 'sent twice'],
    ])
    expect((await listEvents(world.engine, { customerId: 'levels', id: 'p1' })).data).toMatchObject([
      { voided: { reason: 'sent twice' } },
    ])
    expect(
      await record('levels', [
        { id: 'c1', meter: 'calls', quantity: 5, properties: { model: 'a' } },
        { id: 'c1', meter: 'calls' },
      ]),
    ).toMatchObject({
      accepted: 0,
      duplicates: 0,
      rejected: [{ code: 'event_voided' }, { code: 'event_voided' }],
    })
    const meters = (await getReconciliation(world.engine, { customerId: 'levels' })).meters
    expect(
      Object.fromEntries(
        meters.map(({ meter, accepted, uncharged, voided, difference }) => [
          meter,
          [accepted, uncharged, voided, difference],
        ]),
      ),
    ).toEqual({
      calls: [7, 7, 5, 0],
      peak: [4, 4, 5, 0],
      seats: [3, 3, 5, 0],
      users: [1, 1, 1, 0],
    })
    expect(await take('levels', 'c2', 'p2', 's1', 'u3')).toMatchObject({ voided: ['c2', 'p2', 's1', 'u3'] })
    expect(await usage('levels')).toEqual({})
    expect(await mistakesIn(world)).toEqual([])
  })

  test('voiding frees the quota that was consumed or settled', async () => {
    await seedCustomer(world.engine, 'freed')
    await createSubscription(world.engine, { customerId: 'freed', planId: 'plain' })
    const quota = { customerId: 'freed', meter: 'ai_chat' }
    await consume(world.engine, { ...quota, id: 'c', quantity: 60 })
    await reserve(world.engine, { ...quota, id: 'r', quantity: 40, ttlSeconds: 60 })
    await settleReservation(world.engine, { ...quota, reservationId: 'r', quantity: 30 })
    expect((await checkQuota(world.engine, quota)).remaining).toBe(10)
    expect(await take('freed', 'c', 'r')).toMatchObject({ voided: ['c', 'r'] })
    expect((await checkQuota(world.engine, quota)).remaining).toBe(100)
    await expect(consume(world.engine, { ...quota, id: 'c', quantity: 60 })).rejects.toMatchObject({
      code: 'event_voided',
    })
    await expect(
      reserve(world.engine, { ...quota, id: 'c', quantity: 1, ttlSeconds: 60 }),
    ).rejects.toMatchObject({ code: 'event_voided' })
    await expect(
      settleReservation(world.engine, { ...quota, reservationId: 'r', quantity: 30 }),
    ).rejects.toMatchObject({ code: 'event_voided' })
    expect(await consume(world.engine, { ...quota, id: 'c2', quantity: 100 })).toMatchObject({
      granted: 100,
    })
    expect(await mistakesIn(world)).toEqual([])
  })

  test('concurrent voids count once, and concurrent consumption is never oversold', async () => {
    await seedCustomer(world.engine, 'race')
    await createSubscription(world.engine, { customerId: 'race', planId: 'plain' })
    const other = createEngine({ db: world.db, now: world.engine.now, newId: world.engine.newId })
    const quota = { customerId: 'race', meter: 'ai_chat' }
    for (let index = 0; index < 10; index += 1)
      await consume(world.engine, { ...quota, id: `c${index}`, quantity: 10 })
    const ids = Array.from({ length: 10 }, (_, index) => `c${index}`)
    const [taken, granted] = await Promise.all([
      Promise.all(
        [world.engine, other, world.engine].map((engine) =>
          voidEvents(engine, { customerId: 'race', ids, reason: 'x' }),
        ),
      ),
      Promise.all(
        Array.from({ length: 40 }, (_, index) =>
          consume(index % 2 ? other : world.engine, { ...quota, id: `d${index}`, quantity: 5 }),
        ),
      ),
    ])
    expect(taken.reduce((total, { voided }) => total + voided.length, 0)).toBe(10)
    expect(granted.reduce((total, consumed) => total + consumed.granted, 0)).toBeLessThanOrEqual(100)
    const used = (await usage('race'))['ai_chat'] ?? 0
    expect(used).toBe(granted.reduce((total, consumed) => total + consumed.granted, 0))
    expect(await mistakesIn(world)).toEqual([])
  })

  test('for an issued period the next invoice credits the cost once and shows the events', async () => {
    await seedCustomer(world.engine, 'issued')
    await createSubscription(world.engine, { customerId: 'issued', planId: 'plain' })
    await record('issued', [
      { id: 'a', meter: 'calls', quantity: 150 },
      { id: 'typo', meter: 'calls', quantity: 1_000 },
    ])
    await world.passTo('2026-04-02T00:00:00Z')
    await record('issued', [{ id: 'late', meter: 'calls', quantity: 20, time: '2026-03-20T00:00:00Z' }])
    await take('issued', 'typo')
    expect(
      (await getReconciliation(world.engine, { customerId: 'issued', period: '2026-03' })).meters.find(
        ({ meter }) => meter === 'calls',
      ),
    ).toEqual({
      meter: 'calls',
      accepted: 170,
      billed: 1150,
      adjusted: 0,
      unbilled: -980,
      uncharged: 0,
      voided: 1000,
      historical: 0,
      difference: 0,
    })
    expect(await mistakesIn(world)).toEqual([])
    await world.passTo('2026-05-02T00:00:00Z')
    const invoices = (await getInvoices(world.engine, { customerId: 'issued' })).data
    const lines = invoices.flatMap((invoice) => invoice.lines).filter(({ meter }) => meter === 'calls')
    // 1,150 − 100 = 1,050 at ¥0.10 = ¥105.00; afterwards 170 − 100 = 70, ¥7.00: ¥98.00 are credited.
    expect(lines.map(({ kind, quantity, amount }) => [kind, quantity, amount])).toEqual([
      ['adjustment', -980, -9_800],
      ['usage', 1_150, 10_500],
    ])
    for (const { document } of await world.db.asOwner((tx) =>
      tx.query<{
        document: {
          lines: {
            meter?: string
            quantity: number
            period: { start: string; end: string }
            counted?: { after: string | null; until: string }
          }[]
        }
      }>("select document from invoices where customer_id = 'issued'"),
    )) {
      for (const { meter, quantity, period, counted } of document.lines.filter(
        (line) => line.meter === 'calls',
      )) {
        const { data } = await eventsBehind(world.engine, {
          customerId: 'issued',
          meter: meter!,
          dates: { from: period.start, to: period.end },
          after: counted!.after,
          until: counted!.until,
        })
        expect(data.reduce((total, event) => total + event.quantity, 0)).toBe(quantity)
      }
    }
    await world.passTo('2026-07-02T00:00:00Z')
    const again = (await getInvoices(world.engine, { customerId: 'issued' })).data
    expect(
      again.flatMap((invoice) => invoice.lines).filter(({ kind }) => kind === 'adjustment'),
    ).toHaveLength(1)
    // Usage of long ago is found too, and credited on the next invoice.
    await take('issued', 'a')
    await world.passTo('2026-08-02T00:00:00Z')
    const last = (await getInvoices(world.engine, { customerId: 'issued' })).data[0]!
    expect(
      last.lines
        .filter(({ meter }) => meter === 'calls')
        .map(({ kind, quantity, amount }) => [kind, quantity, amount]),
    ).toEqual([['adjustment', -150, -700]])
    expect(await mistakesIn(world)).toEqual([])
  })

  test('an event of several meters leaves the sums, lines, detail and quota of each, once', async () => {
    const of = { unit: 'x', eventType: 'run.ended' }
    await putMeter(world.engine, {
      ...of,
      key: 'run-tokens',
      name: 'Tokens',
      valueProperty: 'tokens',
      groupBy: ['model'],
    })
    await putMeter(world.engine, {
      ...of,
      key: 'run-seconds',
      name: 'Seconds',
      valueProperty: 'seconds',
      decimals: 1,
    })
    await putMeter(world.engine, {
      ...of,
      key: 'large-runs',
      name: 'Runs',
      aggregation: 'count',
      filters: { model: 'large' },
    })
    await putMeter(world.engine, {
      ...of,
      key: 'run-peak',
      name: 'Peak',
      aggregation: 'max',
      valueProperty: 'seconds',
      decimals: 1,
    })
    await putMeter(world.engine, {
      ...of,
      key: 'run-people',
      name: 'People',
      aggregation: 'unique',
      uniqueBy: 'who',
    })
    const charge = {
      included: 0,
      overage: 'bill' as const,
      price: { model: 'per_unit' as const, rate: { amount: 10, per: 1 } },
    }
    await putPlan(world.engine, {
      id: 'runs',
      name: 'Runs',
      fee: { amount: 0, per: 'subscription' },
      taxRate: '0',
      alignment: 'calendar',
      charges: [
        { ...charge, meter: 'run-tokens' },
        { ...charge, meter: 'run-seconds' },
        { meter: 'large-runs', included: 62, overage: 'block' },
        { ...charge, meter: 'run-peak' },
        { ...charge, meter: 'run-people' },
      ],
    })
    await world.passTo(`${nextMonth(world.engine.now())}-01T02:00:00Z`)
    await seedCustomer(world.engine, 'several')
    await createSubscription(world.engine, { customerId: 'several', planId: 'runs' })
    const run = (id: string, tokens: number, seconds: number, model: string, who: string) => ({
      id,
      type: 'run.ended',
      properties: { tokens, seconds, model, who },
    })
    await record('several', [
      run('a', 100, 2.5, 'large', 'li'),
      run('b', 30, 9, 'large', 'wang'),
      run('c', 7, 1, 'small', 'li'),
    ])
    const left = async () =>
      (await checkQuota(world.engine, { customerId: 'several', meter: 'large-runs' })).remaining
    expect(await usage('several')).toMatchObject({
      'run-tokens': 137,
      'run-seconds': 12.5,
      'large-runs': 2,
      'run-peak': 9,
      'run-people': 2,
    })
    expect(await left()).toBe(60)
    expect(await take('several', 'b')).toEqual({ voided: ['b'], notFound: [], alreadyVoided: [] })
    expect(await take('several', 'b')).toEqual({ voided: [], notFound: [], alreadyVoided: ['b'] })
    expect(await usage('several')).toMatchObject({
      'run-tokens': 107,
      'run-seconds': 3.5,
      'large-runs': 1,
      'run-peak': 2.5,
      'run-people': 1,
    })
    expect(await left()).toBe(61)
    const { groups } = await getUsageSummary(world.engine, { customerId: 'several', groupBy: 'model' })
    expect(
      groups!.find(({ meter }) => meter === 'run-tokens')!.values.map(({ value, used }) => [value, used]),
    ).toEqual([
      ['large', 100],
      ['small', 7],
    ])
    const { data } = await getUsageDetail(world.engine, { customerId: 'several' })
    expect(
      data
        .filter(({ voided }) => voided)
        .map(({ id, meter }) => [id, meter])
        .sort(),
    ).toEqual(
      ['large-runs', 'run-peak', 'run-people', 'run-seconds', 'run-tokens'].map((meter) => ['b', meter]),
    )
    expect(await mistakesIn(world)).toEqual([])

    const month = world.engine.now()
    await world.passTo(`${nextMonth(month)}-02T00:00:00Z`)
    const lines = async (id: string) =>
      (await getInvoices(world.engine, { customerId: 'several' })).data.find((invoice) => invoice.id === id)!
        .lines
    const [issued] = (await getInvoices(world.engine, { customerId: 'several' })).data
    expect((await lines(issued!.id)).map(({ meter, quantity }) => [meter, quantity])).toEqual([
      ['run-tokens', 107],
      ['run-seconds', 3.5],
      ['large-runs', 1],
      ['run-peak', 2.5],
      ['run-people', 1],
    ])
    for (const { id, meter, quantity } of (await lines(issued!.id)).filter(
      ({ meter }) => meter !== 'run-peak' && meter !== 'run-people',
    )) {
      const behind = (
        await getInvoiceLineEvents(world.engine, {
          customerId: 'several',
          invoiceId: issued!.id,
          lineId: id,
        })
      ).data
      expect([
        meter,
        behind.map((event) => event.id).includes('b'),
        behind.reduce((total, event) => total + event.quantity, 0),
      ]).toEqual([meter, false, quantity])
    }
    // Of what is issued each meter credits its own, once: 100 tokens, 2.5 seconds, 1.5 of the peak, no user.
    await take('several', 'a')
    await world.passTo(`${nextMonth(nextMonth(month))}-02T00:00:00Z`)
    const [next] = (await getInvoices(world.engine, { customerId: 'several' })).data
    const given = next!.lines.filter(({ kind }) => kind === 'adjustment')
    expect(given.map(({ meter, quantity, amount }) => [meter, quantity, amount])).toEqual([
      ['run-tokens', -100, -1_000],
      ['run-seconds', -2.5, -25],
      ['large-runs', -1, 0],
      ['run-peak', -1.5, -15],
    ])
    expect(await mistakesIn(world)).toEqual([])
  })

  test('after any order of recording and voiding, the rest counts as if alone', async () => {
    let run = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            meter: fc.constantFrom('calls', 'peak', 'seats', 'users'),
            quantity: fc.nat(9),
            day: fc.integer({ min: 1, max: 3 }),
            who: fc.constantFrom('a', 'b'),
            take: fc.boolean(),
          }),
          { maxLength: 12 },
        ),
        async (all) => {
          run += 1
          const [one, other] = [`property-${run}-x`, `property-${run}-y`]
          for (const id of [one, other]) await seedCustomer(world.engine, id)
          const events = all.map(({ meter, quantity, day, who }, index) => ({
            id: `e${index}`,
            meter,
            quantity,
            time: `${world.engine.now().slice(0, 8)}0${day}T00:00:00Z`,
            properties: { user: who, model: who },
          }))
          await record(one, events)
          const ids = events.filter((_, index) => all[index]!.take).map(({ id }) => id)
          if (ids.length > 0) await take(one, ...ids)
          await record(
            other,
            events.filter((_, index) => !all[index]!.take),
          )
          const rows = (id: string) =>
            world.db.asOwner((tx) =>
              tx.query(
                `select 'd' as t, meter, local_date::text as k, quantity, events, last_id as more
                  from usage_daily
                  where customer_id = $1
                  union all
                  select 'g', meter, property || local_date || kind || value, quantity, events, null
                  from usage_groups
                  where customer_id = $1
                  union all
                  select 'v', meter, local_date || encode(value, 'hex'), 0, 0, null
                  from usage_values
                  where customer_id = $1
                  order by 1, 2, 3`,
                [id],
              ),
            )
          expect(await rows(one)).toEqual(await rows(other))
        },
      ),
      { numRuns: 15 },
    )
    expect(await mistakesIn(world)).toEqual([])
  })

  test('after a closed subscription its own final invoice credits the cost', async () => {
    await world.passTo('2027-09-01T00:00:00Z')
    await seedCustomer(world.engine, 'left')
    await createSubscription(world.engine, { customerId: 'left', planId: 'plain' })
    await record('left', [
      { id: 'a', meter: 'calls', quantity: 150 },
      { id: 'b', meter: 'calls', quantity: 250 },
    ])
    await world.passTo('2027-09-10T00:00:00Z')
    await cancelSubscription(world.engine, { customerId: 'left', when: 'now' })
    await world.passTo('2027-11-01T03:00:00Z') // 11:00 in Shanghai
    await record('left', [{ id: 'after', meter: 'calls', quantity: 9 }])
    const summary = async () =>
      (await getInvoices(world.engine, { customerId: 'left' })).data
        .map(({ kind, status, issuedAt, lines }) => [
          kind,
          status,
          issuedAt,
          ...lines
            .filter(({ meter }) => meter === 'calls')
            .map(({ kind: what, quantity, amount }) => [what, quantity, amount]),
        ])
        .reverse()
    // 400 − 100 = 300 at ¥0.10.
    const before = await summary()
    expect(before.map(([kind, , , line]) => [kind, line])).toEqual([
      ['start', undefined],
      ['renewal', ['usage', 400, 3_000]],
    ])
    // Usage that was never charged opens nothing again.
    await take('left', 'after')
    expect(await nextRunAt(world.engine)).not.toBe('2027-11-01T16:00:00.000000Z')
    await take('left', 'b')
    expect(await nextRunAt(world.engine)).toBe('2027-11-01T16:00:00.000000Z')
    expect(await scheduledTooLate(world)).toEqual([])
    await world.passTo('2027-11-02T00:00:00Z')
    const first = ['final', 'paid', '2027-11-01T16:00:00.000000Z', ['adjustment', -250, -2_500]]
    expect(await summary()).toEqual([...before, first])
    await runBilling(world.engine)
    expect(await summary()).toHaveLength(3)
    // Half a year later, voided on two days without a run: 50 were above the allowance.
    await world.passTo('2028-05-05T00:00:00Z')
    await take('left', 'a')
    world.set('2028-05-20T00:00:00Z')
    await runBilling(world.engine)
    const second = ['final', 'paid', '2028-05-20T00:00:00.000000Z', ['adjustment', -150, -500]]
    expect(await summary()).toEqual([...before, first, second])
    // Voided, it is issued again, and nothing else is.
    await voidInvoice(world.engine, {
      invoiceId: (await getInvoices(world.engine, { customerId: 'left' })).data[0]!.id,
    })
    await world.passTo('2028-05-22T00:00:00Z')
    expect((await summary()).slice(2)).toEqual([
      first,
      ['final', 'void', ...second.slice(2)],
      ['final', 'paid', '2028-05-20T16:00:00.000000Z', second[3]],
    ])
    expect(await mistakesIn(world)).toEqual([])
    expect(await scheduledTooLate(world)).toEqual([])
  })
})
