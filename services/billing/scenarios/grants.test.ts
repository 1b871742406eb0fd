import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabases } from '@customer-portal/database/testing'
import {
  checkQuota,
  consume,
  createGrant,
  createSubscription,
  findMistakes,
  getGrant,
  getInvoices,
  getUsageLines,
  getUsageSummary,
  listGrants,
  moveGrantExpiry,
  putMeter,
  putPlan,
  recordUsage,
  releaseReservation,
  reserve,
  settleReservation,
  upgradeSubscription,
  voidEvents,
  voidGrant,
} from '../src/index.ts'
import { createWorld, seedCatalogue, seedCustomer, type World } from '../src/testing.ts'

describe.each(testDatabases)('grants on $name', ({ create }) => {
  let world: World
  beforeAll(async () => {
    world = await createWorld(create, '2026-11-01T00:00:00Z')
    await seedCatalogue(world.engine)
    await putMeter(world.engine, { key: 'level', name: 'Level', unit: 'GB', aggregation: 'max' })
    await putPlan(world.engine, {
      id: 'tried',
      name: 'Tried',
      trialDays: 30,
      fee: { amount: 1000, per: 'subscription' },
      charges: [{ meter: 'ai_chat', included: 5, overage: 'block' }],
    })
  })
  afterAll(() => world.close())

  const start = async (customerId: string, planId?: string) => {
    world.set('2026-11-01T00:00:00Z')
    await seedCustomer(world.engine, customerId)
    if (planId) await createSubscription(world.engine, { customerId, planId })
  }
  const give = (customerId: string, id: string, units: number, more: object = {}) =>
    createGrant(world.engine, {
      customerId,
      id,
      meter: 'ai_chat',
      units,
      category: 'promotional',
      source: 'promotion',
      ...more,
    })
  const use = (customerId: string, id: string, quantity: number) =>
    consume(world.engine, { customerId, meter: 'ai_chat', id, quantity })
  const record = (customerId: string, id: string, quantity: number, time?: string) =>
    recordUsage(world.engine, [{ id, customerId, meter: 'ai_chat', quantity, ...(time ? { time } : {}) }])
  const quota = (customerId: string) => checkQuota(world.engine, { customerId, meter: 'ai_chat' })
  const grant = (customerId: string, grantId: string) => getGrant(world.engine, { customerId, grantId })
  const usageLines = async (customerId: string) =>
    (await getInvoices(world.engine, { customerId })).data
      .flatMap(({ lines }) => lines)
      .filter(({ meter }) => meter === 'ai_chat')
      .map(({ kind, quantity, included, covered, amount }) => ({ kind, quantity, included, covered, amount }))
  const mistakes = async (customerId: string) => {
    const found = []
    for await (const one of findMistakes(world.engine, { customerId })) found.push(one)
    return found
  }

  test('beyond a block, consume and reserve draw on a grant and no further', async () => {
    await start('blocked', 'free')
    await give('blocked', 'g', 10)
    expect(await quota('blocked')).toMatchObject({ included: 20, granted: 10, used: 0, remaining: 30 })
    expect(await use('blocked', 'a', 25)).toMatchObject({ granted: 25, remaining: 5 })
    expect(await quota('blocked')).toMatchObject({ included: 20, granted: 10, used: 25, remaining: 5 })
    expect(await grant('blocked', 'g')).toMatchObject({ status: 'valid', units: 10, drawn: 5, left: 5 })
    const of = { customerId: 'blocked', meter: 'ai_chat' }
    expect(await reserve(world.engine, { ...of, id: 'r', quantity: 9, ttlSeconds: 60 })).toMatchObject({
      granted: 5,
      remaining: 0,
    })
    expect(await use('blocked', 'b', 1)).toMatchObject({ granted: 0, remaining: 0 })
    await settleReservation(world.engine, { ...of, reservationId: 'r', quantity: 2 })
    expect(await quota('blocked')).toMatchObject({ used: 27, granted: 10, remaining: 3 })
    expect(await use('blocked', 'c', 9)).toMatchObject({ granted: 3, remaining: 0 })
    expect(await grant('blocked', 'g')).toMatchObject({
      status: 'used_up',
      drawn: 10,
      left: 0,
      draws: [{ date: '2026-11-01', units: 10 }],
    })
    expect(await mistakes('blocked')).toEqual([])
  })

  test('a reservation of the period before holds its units in the next', async () => {
    await start('held', 'free')
    world.set('2026-11-30T15:59:00Z')
    await give('held', 'g', 10)
    await use('held', 'a', 20)
    const of = { customerId: 'held', meter: 'ai_chat' }
    expect(await reserve(world.engine, { ...of, id: 'r', quantity: 10, ttlSeconds: 600 })).toMatchObject({
      granted: 10,
    })
    world.set('2026-11-30T16:01:00Z')
    expect(await quota('held')).toMatchObject({ included: 20, granted: 0, remaining: 20 })
    expect(await use('held', 'b', 25)).toMatchObject({ granted: 20 })
    expect(await settleReservation(world.engine, { ...of, reservationId: 'r', quantity: 12 })).toMatchObject({
      granted: 10,
      excess: 2,
    })
    expect(await grant('held', 'g')).toMatchObject({ drawn: 10, left: 0 })
  })

  test('overage that a grant covers costs nothing, and the line says how much', async () => {
    await start('billed', 'team')
    await give('billed', 'g', 30)
    expect(await use('billed', 'a', 1050)).toMatchObject({ granted: 1050, overage: 20, remaining: 0 })
    const { lines } = await getUsageLines(world.engine, { customerId: 'billed' })
    expect(lines[0]).toMatchObject({ quantity: 1050, included: 1000, covered: 30, amount: 100 })
    await world.passTo('2026-12-02T00:00:00Z')
    expect(await usageLines('billed')).toEqual([
      { kind: 'usage', quantity: 1050, included: 1000, covered: 30, amount: 100 },
    ])
    expect(await mistakes('billed')).toEqual([])
  })

  test('late usage draws on what is left, and a void gives back what it drew', async () => {
    await start('late', 'team')
    await give('late', 'g', 30)
    await record('late', 'a', 1010)
    await world.passTo('2026-12-02T00:00:00Z')
    // 1,010 used, 10 covered; then 15 and 10 late, of which 20 are covered and 5 cost 25.
    await record('late', 'b', 15, '2026-11-20T00:00:00Z')
    await record('late', 'c', 10, '2026-11-10T00:00:00Z')
    expect(await grant('late', 'g')).toMatchObject({ drawn: 30, left: 0 })
    await world.passTo('2027-01-02T00:00:00Z')
    expect((await usageLines('late')).slice(0)).toEqual(
      expect.arrayContaining([
        { kind: 'usage', quantity: 1010, included: 1000, covered: 10, amount: 0 },
        { kind: 'adjustment', quantity: 25, included: 1000, covered: 30, amount: 25 },
      ]),
    )
    // 12 taken back: the 5 that cost something, then 7 of the grant.
    await voidEvents(world.engine, { customerId: 'late', ids: ['b'], reason: 'a slip' })
    await record('late', 'd', 3, '2026-12-29T00:00:00Z')
    expect(await grant('late', 'g')).toMatchObject({ drawn: 20, left: 10, units: 30 })
    await world.passTo('2027-02-02T00:00:00Z')
    expect(await usageLines('late')).toEqual(
      expect.arrayContaining([
        { kind: 'adjustment', quantity: -15, included: 1000, covered: 20, amount: -25 },
      ]),
    )
    expect(await mistakes('late')).toEqual([])
  })

  test('the order: priority, last date, promotional before paid, first date, creation', async () => {
    await start('ordered')
    await give('ordered', 'none', 1)
    await give('ordered', 'paid', 1, { category: 'paid', source: 'pack', expiresOn: '2026-12-31' })
    await give('ordered', 'second', 1, { expiresOn: '2026-12-31' })
    await give('ordered', 'third', 1, { expiresOn: '2026-12-31' })
    await give('ordered', 'soon', 1, { expiresOn: '2026-11-30' })
    await give('ordered', 'first', 1, { priority: 10, category: 'paid', source: 'pack' })
    const order: string[] = []
    for (let n = 0; n < 6; n += 1) {
      expect(await use('ordered', `u${n}`, 1)).toMatchObject({ granted: 1 })
      const { data } = await listGrants(world.engine, { customerId: 'ordered', status: 'used_up' })
      order.push(...data.map(({ id }) => id).filter((id) => !order.includes(id)))
    }
    expect(order).toEqual(['first', 'soon', 'second', 'third', 'paid', 'none'])
    expect(await use('ordered', 'more', 1)).toMatchObject({ granted: 0 })
  })

  test('a grant gives quota without a subscription or a charge, and blocks beyond', async () => {
    await start('alone')
    await expect(use('alone', 'x', 1)).rejects.toMatchObject({ code: 'no_active_subscription' })
    await give('alone', 'g', 10, { expiresOn: '2026-11-15' })
    expect(await quota('alone')).toMatchObject({
      allowed: true,
      included: 0,
      granted: 10,
      remaining: 10,
      overagePolicy: 'block',
      resetsAt: null,
    })
    expect(await use('alone', 'a', 4)).toMatchObject({ granted: 4, remaining: 6 })
    await expect(
      consume(world.engine, { customerId: 'alone', meter: 'tokens', id: 't', quantity: 1 }),
    ).rejects.toMatchObject({ code: 'no_active_subscription' })
    expect(await use('alone', 'b', 7)).toMatchObject({ granted: 6, remaining: 0 })
    await world.passTo('2026-11-16T00:00:00Z')
    await expect(use('alone', 'c', 1)).rejects.toMatchObject({ code: 'no_active_subscription' })
    await world.passTo('2027-06-01T00:00:00Z')
    expect(await grant('alone', 'g')).toMatchObject({ status: 'used_up', drawn: 10 })
    expect(await mistakes('alone')).toEqual([])
  })

  test('it is never drawn after its last date, and late usage of a date in it still is', async () => {
    await start('over', 'team')
    await give('over', 'g', 30, { expiresOn: '2026-11-10' })
    await record('over', 'a', 1005)
    await world.passTo('2026-11-11T00:00:00Z')
    expect(await grant('over', 'g')).toMatchObject({ status: 'expired', drawn: 5, expired: 25, left: 0 })
    await record('over', 'b', 10)
    expect(await grant('over', 'g')).toMatchObject({ drawn: 5, expired: 25 })
    await record('over', 'c', 10, '2026-11-09T00:00:00Z')
    expect(await grant('over', 'g')).toMatchObject({ drawn: 15, expired: 15 })
    const { lines } = await getUsageLines(world.engine, { customerId: 'over' })
    expect(lines[0]).toMatchObject({ quantity: 1025, included: 1000, covered: 15, amount: 50 })
  })

  test('a later rise of the allowance gives back what is drawn, but not on a grant that is over', async () => {
    for (const [customerId, expiresOn] of [
      ['risen', null],
      ['kept', '2026-11-05'],
    ] as const) {
      await start(customerId, 'free')
      await give(customerId, 'g', 10, { expiresOn })
      await use(customerId, 'a', 30)
      await world.passTo('2026-11-10T00:00:00Z')
      await upgradeSubscription(world.engine, { customerId, planId: 'team' })
    }
    expect(await grant('risen', 'g')).toMatchObject({ drawn: 0, left: 10 })
    expect(await grant('kept', 'g')).toMatchObject({ drawn: 10, left: 0, status: 'used_up' })
    const [risen, kept] = [await quota('risen'), await quota('kept')]
    expect(kept.remaining! - risen.remaining!).toBe(0)
    expect([risen.granted, kept.granted]).toEqual([10, 10])
    const { meters } = await getUsageSummary(world.engine, { customerId: 'kept' })
    expect(meters.find(({ meter }) => meter === 'ai_chat')).toMatchObject({
      granted: 10,
      remaining: kept.remaining,
    })
  })

  test('under a trial it is drawn above what the trial includes', async () => {
    await start('tried', 'tried')
    await give('tried', 'g', 4)
    expect(await use('tried', 'a', 10)).toMatchObject({ granted: 9, remaining: 0 })
    expect(await grant('tried', 'g')).toMatchObject({ drawn: 4, left: 0 })
    await world.passTo('2026-12-05T00:00:00Z')
    expect(await grant('tried', 'g')).toMatchObject({ drawn: 4, left: 0 })
    expect(await mistakes('tried')).toEqual([])
  })

  test('void, expire early and extend keep what was drawn', async () => {
    await start('changed', 'free')
    await give('changed', 'g', 10, { expiresOn: '2026-11-20' })
    await use('changed', 'a', 24)
    const of = { customerId: 'changed', grantId: 'g' }
    await reserve(world.engine, {
      customerId: 'changed',
      meter: 'ai_chat',
      id: 'r',
      quantity: 2,
      ttlSeconds: 600,
    })
    expect(
      await moveGrantExpiry(world.engine, { ...of, to: 'later', expiresOn: null, reason: 'goodwill' }),
    ).toMatchObject({
      expiresOn: null,
      changes: [{ kind: 'expiry', before: '2026-11-20', expiresOn: null, reason: 'goodwill' }],
    })
    await expect(
      moveGrantExpiry(world.engine, { ...of, to: 'earlier', expiresOn: '2026-10-31', reason: 'x' }),
    ).rejects.toMatchObject({ code: 'validation_failed', detail: { pointer: '/expiresOn' } })
    expect(await voidGrant(world.engine, { ...of, reason: 'a slip' })).toMatchObject({
      status: 'voided',
      drawn: 4,
      voided: 6,
      left: 0,
    })
    await settleReservation(world.engine, {
      customerId: 'changed',
      meter: 'ai_chat',
      reservationId: 'r',
      quantity: 2,
    })
    expect(await use('changed', 'b', 1)).toMatchObject({ granted: 0 })
    expect(await grant('changed', 'g')).toMatchObject({ drawn: 6, voided: 4, units: 10 })
    await expect(voidGrant(world.engine, { ...of, reason: 'again' })).rejects.toMatchObject({
      code: 'grant_over',
    })
    await expect(voidGrant(world.engine, { ...of, grantId: 'none', reason: 'x' })).rejects.toMatchObject({
      code: 'grant_not_found',
    })
    // Today stays, tomorrow it is over.
    await give('changed', 'h', 10)
    await moveGrantExpiry(world.engine, { ...of, grantId: 'h', to: 'earlier', reason: 'ends today' })
    expect(await use('changed', 'c', 1)).toMatchObject({ granted: 1 })
    world.set('2026-11-01T16:00:00Z')
    expect(await use('changed', 'd', 1)).toMatchObject({ granted: 0 })
    expect(await grant('changed', 'h')).toMatchObject({ status: 'expired', drawn: 1, expired: 9 })
  })

  test('what it may not be is refused with the field', async () => {
    await start('wrong', 'free')
    for (const [more, pointer] of [
      [{ meter: 'level' }, '/meter'],
      [{ meter: 'none' }, '/meter'],
      [{ units: 0 }, '/units'],
      [{ units: 1e14 }, '/units'],
      [{ effectiveOn: '2026-10-31' }, '/effectiveOn'],
      [{ effectiveOn: '2028-01-01' }, '/effectiveOn'],
      [{ expiresOn: '2026-10-31' }, '/expiresOn'],
    ] as const)
      await expect(give('wrong', 'g', 5, more)).rejects.toMatchObject({ detail: { pointer } })
    const made = await give('wrong', 'g', 5)
    expect(await give('wrong', 'g', 5)).toEqual(made)
    await expect(give('wrong', 'g', 6)).rejects.toMatchObject({ code: 'grant_exists' })
    expect((await listGrants(world.engine, { customerId: 'wrong' })).data).toEqual([made])
  })

  test('a reservation that is released gives its units back', async () => {
    await start('released', 'free')
    await give('released', 'g', 10)
    await use('released', 'a', 20)
    const of = { customerId: 'released', meter: 'ai_chat' }
    await reserve(world.engine, { ...of, id: 'r', quantity: 10, ttlSeconds: 60 })
    expect((await quota('released')).remaining).toBe(0)
    expect(await releaseReservation(world.engine, { ...of, reservationId: 'r' })).toMatchObject({
      remaining: 10,
    })
  })
})
