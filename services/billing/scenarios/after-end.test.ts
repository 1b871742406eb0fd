import { testDatabases } from '@customer-portal/database/testing'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  actingFor,
  cancelSubscription,
  checkQuota,
  consume,
  createSubscription,
  exportUsage,
  fillMeters,
  getEvent,
  getInvoices,
  getReconciliation,
  getUsageDays,
  getUsageDetail,
  getUsageRange,
  getUsageSummary,
  listEvents,
  listLateEvents,
  putMeter,
  putPlan,
  rebuildUsage,
  recordUsage,
  reserve,
  settleReservation,
  voidEvents,
  type UsageEventInput,
} from '../src/index.ts'
import { addDays } from '../src/values/date.ts'
import { addSeconds } from '../src/values/instant.ts'
import { createWorld, seedCatalogue, seedCustomer, type World } from '../src/testing.ts'
import { mistakesOf } from './invariants.ts'

type Sent = Omit<UsageEventInput, 'customerId'>

const numRuns = process.env['LONG'] === '1' ? 60 : 2
const [endHours, startHours] = [fc.integer({ min: 1, max: 20 }), fc.integer({ min: 0, max: 3 })]
const lives = fc.record({
  ends: endHours,
  starts: startHours,
  told: startHours,
  next: fc.constantFrom('same', 'same', 'next', 'later', 'none'),
  events: fc.array(
    fc.record({
      hour: fc.integer({ min: 0, max: 23 }),
      meter: fc.constantFrom('calls', 'peak', 'level', 'users', 'run', 'run'),
      quantity: fc.integer({ min: 1, max: 30 }),
      who: fc.constantFrom('a', 'b', 'c'),
      late: fc.boolean(),
      takenBack: fc.constantFrom(true, false, false),
    }),
    { minLength: 6, maxLength: 12 },
  ),
})

describe.each(testDatabases)('usage after an immediate ending on $name', ({ create }) => {
  let world: World
  let customers = 0
  beforeAll(async () => {
    world = await createWorld(create, '2026-10-31T16:00:00Z') // midnight of 1 November
    await seedCatalogue(world.engine)
    const read = { unit: 'u', eventType: 'run' }
    await putMeter(world.engine, {
      ...read,
      key: 'calls',
      name: 'Calls',
      valueProperty: 'n',
      groupBy: ['who'],
    })
    await putMeter(world.engine, {
      ...read,
      key: 'peak',
      name: 'Peak',
      aggregation: 'max',
      valueProperty: 'n',
    })
    await putMeter(world.engine, {
      key: 'level',
      name: 'Level',
      unit: 'u',
      aggregation: 'last',
      carry: true,
    })
    await putMeter(world.engine, {
      key: 'users',
      name: 'Users',
      unit: 'u',
      aggregation: 'unique',
      uniqueBy: 'who',
    })
    const charge = {
      included: 5,
      overage: 'bill' as const,
      price: { model: 'per_unit' as const, rate: { amount: 10, per: 1 } },
    }
    const charges = ['calls', 'peak', 'level', 'users'].map((meter) => ({
      ...charge,
      meter,
      included: meter === 'users' ? 1 : 5,
    }))
    await putPlan(world.engine, {
      id: 'all',
      name: 'All',
      fee: { amount: 3_000, per: 'subscription' },
      taxRate: '0',
      charges,
    })
  })
  afterAll(async () => {
    expect(await mistakes()).toEqual([])
    await world.close()
  })

  const mistakes = async () => {
    const found: unknown[] = await mistakesOf(world)
    for await (const difference of rebuildUsage(world.engine, { check: true })) found.push(difference)
    return found
  }
  const record = (customerId: string, ...events: Sent[]) =>
    recordUsage(
      world.engine,
      events.map((event) => ({ ...event, customerId })),
    )
  const chat = (id: string, quantity: number, time?: string): Sent => ({
    id,
    meter: 'ai_chat',
    quantity,
    ...(time === undefined ? {} : { time }),
  })
  const end = (customerId: string) => cancelSubscription(world.engine, { customerId, when: 'now' })
  const linesOf = async (customerId: string) =>
    (await getInvoices(world.engine, { customerId, limit: 50 })).data
      .filter(({ status }) => status !== 'draft')
      .map(({ kind, lines }) => [
        kind,
        ...lines.map((line) => [line.kind, line.meter ?? '', line.quantity, line.amount]),
      ])
  const chats = async (customerId: string, period?: string) => {
    const asked = { customerId, ...(period === undefined ? {} : { period }) }
    const { used, remaining, afterEnd } = (await getUsageSummary(world.engine, asked)).meters.find(
      ({ meter }) => meter === 'ai_chat',
    )!
    const { accepted, billed, adjusted, unbilled, uncharged, voided, difference } = (
      await getReconciliation(world.engine, asked)
    ).meters.find(({ meter }) => meter === 'ai_chat')!
    return {
      used,
      remaining,
      afterEnd,
      proof: [accepted, billed, adjusted, unbilled, uncharged, voided, difference],
    }
  }

  test('usage after the end is charged to nobody, can be voided, and is marked in every list', async () => {
    await seedCustomer(world.engine, 'next')
    await createSubscription(world.engine, { customerId: 'next', planId: 'team' })
    world.set('2026-11-16T02:00:00Z') // the 16th, 10:00
    await record('next', chat('before', 1_100, '2026-11-16T01:00:00Z'), chat('at', 7))
    await end('next')
    world.set('2026-11-16T03:30:00Z')
    // Of the usage after it 500 come at once, 30 once the next subscription runs; 400 of the former are
    // voided, and 20 of what counts.
    expect(
      await record(
        'next',
        chat('after', 100, '2026-11-16T03:00:00Z'),
        chat('wrong', 400),
        chat('told', 20, '2026-11-16T01:30:00Z'),
      ),
    ).toEqual({ accepted: 3, duplicates: 0, rejected: [] })
    await expect(
      consume(world.engine, { customerId: 'next', meter: 'ai_chat', id: 'c' }),
    ).rejects.toMatchObject({ code: 'no_active_subscription' })
    // Of the first period 1,127 count: 1,000 × 16 ÷ 30 was paid for, and is allowed whole, because nothing
    // was credited.
    expect(await chats('next')).toEqual({
      used: 1_127,
      remaining: 0,
      afterEnd: 500,
      proof: [1_627, 0, 0, 1_127, 500, 0, 0],
    })
    expect(
      await voidEvents(world.engine, {
        customerId: 'next',
        ids: ['wrong', 'told'],
        reason: 'counted twice',
      }),
    ).toMatchObject({ voided: ['wrong', 'told'] })
    expect(await chats('next')).toEqual({
      used: 1_107,
      remaining: 0,
      afterEnd: 100,
      proof: [1_207, 0, 0, 1_107, 100, 420, 0],
    })
    // the 17th, 01:00: usage up to the end is billed, 107 above 1,000
    await world.passTo('2026-11-16T17:00:00Z')
    await createSubscription(world.engine, { customerId: 'next', planId: 'team' })
    const [fresh, ended] = (await getUsageSummary(world.engine, { customerId: 'next' })).periods
    expect(
      await record('next', chat('late', 30, '2026-11-16T15:59:59.999999Z'), {
        ...chat('other', 1),
        meter: 'peak',
        time: '2026-11-16T15:00:00Z',
      }),
    ).toEqual({
      accepted: 2,
      duplicates: 0,
      rejected: [],
      uncharged: [
        { index: 0, id: 'late', meter: 'ai_chat' },
        { index: 1, id: 'other', meter: 'peak' },
      ],
    })
    expect(await chats('next')).toEqual({
      used: 0,
      remaining: 1_000,
      afterEnd: 0,
      proof: [0, 0, 0, 0, 0, 0, 0],
    })
    expect(await checkQuota(world.engine, { customerId: 'next', meter: 'ai_chat' })).toMatchObject({
      used: 0,
      remaining: 1_000,
    })
    expect(
      await consume(world.engine, { customerId: 'next', meter: 'ai_chat', id: 'all', quantity: 1_000 }),
    ).toMatchObject({ granted: 1_000, overage: 0 })
    expect(await chats('next', ended!.label)).toMatchObject({
      used: 1_107,
      afterEnd: 130,
      proof: [1_237, 1_107, 0, 0, 130, 420, 0],
    })
    // Marked in every list, under its own date.
    const { data } = await getUsageDetail(world.engine, {
      customerId: 'next',
      start: '2026-11-16',
      end: '2026-11-16',
    })
    expect(
      data.map(({ id, uncharged, afterEnd, historical, voided }) => [
        id,
        uncharged,
        afterEnd,
        historical,
        voided !== null,
      ]),
    ).toEqual([
      ['late', true, true, false, false],
      ['other', true, true, false, false],
      ['wrong', true, true, false, true],
      ['after', true, true, false, false],
      ['at', false, false, false, false],
      ['told', false, false, false, true],
      ['before', false, false, false, false],
    ])
    expect(
      (await listEvents(world.engine, { customerId: 'next' })).data
        .filter(({ afterEnd }) => afterEnd)
        .map(({ id }) => id),
    ).toEqual(['late', 'other', 'wrong', 'after'])
    expect(await getEvent(world.engine, { customerId: 'next', eventId: 'after' })).toMatchObject({
      afterEnd: true,
      historical: false,
    })
    const file = await exportUsage(world.engine, {
      customerId: 'next',
      start: '2026-11-16',
      end: '2026-11-16',
      meter: 'ai_chat',
    })
    for await (const page of file.pages)
      expect(page.filter(({ afterEnd }) => afterEnd).map(({ id }) => id)).toEqual(['late', 'wrong', 'after'])
    // It came after the period was billed, and no invoice will count it.
    expect(
      (await listLateEvents(world.engine, { customerId: 'next' })).data.map(({ id, outcome, invoice }) => [
        id,
        outcome,
        invoice,
      ]),
    ).toEqual([
      ['late', 'uncharged', null],
      ['other', 'uncharged', null],
    ])
    // Sums of days, hours and windows contain counted usage only.
    const days = await getUsageDays(world.engine, {
      customerId: 'next',
      start: '2026-11-15',
      end: '2026-11-17',
    })
    expect(days.days.map(({ usage }) => usage['ai_chat'])).toEqual([0, 1_107, 1_000])
    for (const window of ['day', 'hour'] as const) {
      expect(
        (
          await getUsageRange(world.engine, {
            customerId: 'next',
            start: '2026-11-16',
            end: '2026-11-16',
            meter: 'ai_chat',
            window,
          })
        ).meters[0]!.used,
      ).toBe(1_107)
    }
    await world.passTo('2026-12-22T00:00:00Z')
    expect(
      (await linesOf('next')).map(([kind, ...lines]) => [
        kind,
        ...lines.filter(([line, meter]) => line === 'fee' || meter === 'ai_chat'),
      ]),
    ).toEqual([
      ['renewal', ['fee', '', 1, 59_900], ['usage', 'ai_chat', 1_000, 0]],
      ['start', ['fee', '', 1, 59_900]],
      ['renewal', ['usage', 'ai_chat', 1_107, 535]],
      ['start', ['fee', '', 1, 59_900]],
    ])
    // Voided after everything is billed, it makes no document.
    const documents = (await linesOf('next')).length
    await voidEvents(world.engine, { customerId: 'next', ids: ['after', 'late'], reason: 'a test' })
    expect(await chats('next', ended!.label)).toMatchObject({
      afterEnd: 0,
      proof: [1_107, 1_107, 0, 0, 0, 550, 0],
    })
    await world.passTo('2026-12-25T00:00:00Z')
    expect([(await linesOf('next')).length, fresh!.start]).toEqual([documents, '2026-11-17'])
  })

  test('on a date a new subscription takes over usage counts from its start, in any order', async () => {
    const at = '2026-12-25'
    for (const customerId of ['early', 'late', 'ahead']) {
      await seedCustomer(world.engine, customerId)
      await createSubscription(world.engine, { customerId, planId: 'team', startsAt: `${at}T00:00:00Z` })
    }
    world.set(`${at}T02:00:00Z`)
    // The sender's clock is four minutes ahead: its events come after the ending, and the last one after the
    // next start.
    await record('early', chat('skewed', 3, `${at}T02:04:00Z`), chat('first', 5))
    expect(await chats('early')).toMatchObject({ used: 8, afterEnd: 0 })
    for (const customerId of ['early', 'late', 'ahead']) await end(customerId)
    expect(await chats('early')).toMatchObject({ used: 5, afterEnd: 3, proof: [8, 0, 0, 5, 3, 0, 0] })
    const reports = [
      chat('between', 10, `${at}T03:00:00Z`),
      chat('takenBack', 70, `${at}T05:30:00Z`),
      chat('since', 20, `${at}T05:00:00Z`),
      chat('on', 40, `${at}T04:00:00Z`),
    ]
    world.set(`${at}T06:00:00Z`)
    await record('early', ...reports)
    await voidEvents(world.engine, { customerId: 'early', ids: ['takenBack'], reason: 'a test' })
    await record('ahead', chat('soon', 9, `${at}T06:03:00Z`))
    expect(await chats('early')).toMatchObject({ used: 5, afterEnd: 73, proof: [78, 0, 0, 5, 73, 70, 0] })
    for (const customerId of ['early', 'late'])
      await createSubscription(world.engine, { customerId, planId: 'team', startsAt: `${at}T04:00:00Z` })
    await createSubscription(actingFor(world.engine, 'ahead'), { customerId: 'ahead', planId: 'team' })
    await record(
      'late',
      ...reports,
      chat('skewed', 3, `${at}T02:04:00Z`),
      chat('first', 5, `${at}T02:00:00Z`),
    )
    await voidEvents(world.engine, { customerId: 'late', ids: ['takenBack'], reason: 'a test' })
    // The date belongs to the new subscription, with 5 from before the ending and 60 since it started; 13
    // between belong to nobody.
    for (const customerId of ['early', 'late'])
      expect(await chats(customerId)).toEqual({
        used: 65,
        remaining: 935,
        afterEnd: 13,
        proof: [78, 0, 0, 65, 13, 70, 0],
      })
    expect(await chats('ahead')).toMatchObject({ used: 9, afterEnd: 0 })
    await world.passTo('2027-01-26T00:00:00Z')
    expect(await linesOf('early')).toEqual(await linesOf('late'))
    expect((await linesOf('early'))[0]).toEqual([
      'renewal',
      ['fee', '', 1, 59_900],
      ['usage', 'ai_chat', 65, 0],
    ])
  })

  test('under a standing clock usage recorded before the ending came before it', async () => {
    await seedCustomer(world.engine, 'stands')
    // Its first month is billed at once.
    await createSubscription(world.engine, {
      customerId: 'stands',
      planId: 'team',
      startsAt: addSeconds(world.engine.now(), -33 * 86_400),
    })
    await record('stands', chat('now', 6))
    await end('stands')
    expect(await chats('stands')).toMatchObject({ used: 6, afterEnd: 0 })
    await createSubscription(world.engine, { customerId: 'stands', planId: 'team' })
    await record('stands', chat('again', 5))
    expect(await chats('stands')).toMatchObject({ used: 11, afterEnd: 0 })
  })

  test('a reservation from before the ending is settled in its time', async () => {
    await seedCustomer(world.engine, 'held')
    await createSubscription(world.engine, { customerId: 'held', planId: 'team' })
    const reservation = await reserve(world.engine, {
      customerId: 'held',
      meter: 'ai_chat',
      id: 'r',
      quantity: 50,
      ttlSeconds: 3_600,
    })
    expect(reservation).toMatchObject({ granted: 50 })
    world.set('2027-01-26T00:10:00Z')
    await end('held')
    world.set('2027-01-26T00:20:00Z')
    await settleReservation(world.engine, {
      customerId: 'held',
      reservationId: 'r',
      meter: 'ai_chat',
      quantity: 40,
    })
    expect(await chats('held')).toMatchObject({ used: 40, afterEnd: 0 })
    await record('held', { id: 'typed', type: 'run', properties: { n: 4, who: 'a' } })
    await putMeter(world.engine, {
      key: 'runs',
      name: 'Runs',
      unit: 'u',
      eventType: 'run',
      aggregation: 'count',
      groupBy: ['who'],
      backfill: true,
    })
    await fillMeters(world.engine)
    const of = async (meter: string) =>
      (await getUsageSummary(world.engine, { customerId: 'held' })).meters.find(
        (usage) => usage.meter === meter,
      )
    expect([await of('calls'), await of('runs')]).toMatchObject([
      { used: 0, afterEnd: 4 },
      { used: 0, afterEnd: 1 },
    ])
    expect(await getEvent(world.engine, { customerId: 'held', eventId: 'typed' })).toMatchObject({
      meters: [{ meter: 'calls' }, { meter: 'peak' }, { meter: 'runs' }],
      afterEnd: true,
    })
    // Besides, usage that counts has its groups in the same batch, those of a second meter too; the last test
    // checks all sums.
    const run = { type: 'run', time: '2027-01-26T00:15:00Z', properties: { n: 1, who: 'b' } }
    expect(
      await recordUsage(
        world.engine,
        ['early', 'held'].map((customerId) => ({ ...run, id: 'both', customerId })),
      ),
    ).toMatchObject({ accepted: 2, rejected: [] })
  })

  test('a subscription with such usage is invoiced like one without, in any order of arrival', async () => {
    let date = '2027-02-01'
    await fc.assert(
      fc.asyncProperty(lives, async ({ ends, starts, told, next, events }) => {
        customers += 1
        const [early, late, without] = [`early-${customers}`, `late-${customers}`, `without-${customers}`]
        const all = [early, late, without]
        const day = addDays(date, 16)
        // The date starts at 16:00 UTC on the day before.
        const hour = (hours: number, minutes = 0) =>
          addSeconds(`${addDays(day, -1)}T16:00:00.000000Z`, hours * 3_600 + minutes * 60)
        await world.passTo(`${date}T02:00:00Z`)
        for (const customerId of all) {
          await seedCustomer(world.engine, customerId)
          await createSubscription(world.engine, { customerId, planId: 'all' })
          await record(customerId, { id: 'level', meter: 'level', quantity: 8 })
        }
        const begins = next === 'same' ? ends + starts : next === 'next' ? 24 + starts : 24 * 3 + starts
        const counts = ({ hour: at }: (typeof events)[number]) =>
          at <= ends || (next === 'same' && at >= begins)
        const sent = events.map(({ hour: at, meter, quantity, who }, index): Sent => ({
          id: `e${index}`,
          time: hour(at),
          ...(meter === 'run'
            ? { type: 'run', properties: { n: quantity, who } }
            : { meter, quantity, properties: { who } }),
        }))
        const eventsWhere = (isMeant: (event: (typeof events)[number]) => boolean) =>
          sent.filter((_, index) => isMeant(events[index]!))
        const send = async (customerId: string, isMeant: (event: (typeof events)[number]) => boolean) =>
          void (await record(customerId, ...eventsWhere(isMeant)))
        await world.passTo(hour(ends))
        await send(early, (event) => !event.late && event.hour <= ends)
        for (const customerId of all) await end(customerId)
        const by = next === 'same' ? Math.min(23, begins + told) : begins + told
        await world.passTo(hour(Math.min(23, by), 30))
        await send(early, (event) => !event.late && event.hour > ends && event.hour <= by)
        if (next !== 'none') {
          await world.passTo(hour(by, 30))
          for (const customerId of all)
            await createSubscription(world.engine, {
              customerId,
              planId: 'all',
              startsAt: hour(Math.min(by, begins)),
            })
        }
        await world.passTo(hour(24 * 4 + 6))
        await send(early, () => true)
        await send(late, () => true)
        await send(without, counts)
        const ids = sent.flatMap(({ id }, index) => (events[index]!.takenBack ? [id] : []))
        if (ids.length > 0)
          for (const customerId of all) await voidEvents(world.engine, { customerId, ids, reason: 'a test' })
        const proofs = async (customerId: string) => {
          const { periods } = await getUsageSummary(world.engine, { customerId })
          const read = await Promise.all(
            periods.map(({ label }) => getReconciliation(world.engine, { customerId, period: label })),
          )
          return read.map(({ meters }) =>
            meters.map(({ meter, accepted, uncharged, voided, difference }) => [
              meter,
              accepted,
              uncharged,
              voided,
              difference,
            ]),
          )
        }
        expect(await proofs(early)).toEqual(await proofs(late))
        date = addDays(day, 75)
        await world.passTo(`${date}T00:00:00Z`)
        const [first, second, third] = [await linesOf(early), await linesOf(late), await linesOf(without)]
        const totals = (lines: typeof first) => {
          const sums = new Map<string, number>()
          for (const [, ...own] of lines)
            for (const [kind, meter, , amount] of own as [string, string, number, number][])
              sums.set(
                `${kind === 'adjustment' ? 'usage' : kind} ${meter}`,
                (sums.get(`${kind === 'adjustment' ? 'usage' : kind} ${meter}`) ?? 0) + amount,
              )
          return [...sums].filter(([, amount]) => amount !== 0).sort()
        }
        // Late usage is an adjustment instead of a line.
        expect(second).toEqual(third)
        expect(totals(first)).toEqual(totals(third))
        for (const customerId of all) if (next !== 'none') await end(customerId)
      }),
      { numRuns },
    )
  })
})
