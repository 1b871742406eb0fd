import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabases } from '@customer-portal/database/testing'
import {
  checkQuota,
  consume,
  createSubscription,
  getUsageDetail,
  putMeter,
  putPlan,
  recordUsage,
  releaseReservation,
  reserve,
  settleReservation,
} from '../index.ts'
import { getRemainingQuota } from './check.ts'
import { createWorld, seedCatalogue, seedCustomer, type World } from '../testing.ts'

describe.each(testDatabases)('quota on $name', ({ create }) => {
  let world: World
  beforeAll(async () => {
    world = await createWorld(create, '2026-11-01T00:00:00Z')
    await seedCatalogue(world.engine)
    await putPlan(world.engine, {
      id: 'unlimited',
      name: 'Unlimited',
      fee: { amount: 0, per: 'subscription' },
      charges: [{ meter: 'ai_chat', included: null, overage: 'block' }],
    })
    await putPlan(world.engine, {
      id: 'metered',
      name: 'Metered',
      fee: { amount: 0, per: 'subscription' },
      charges: [{ meter: 'storage', included: 1, overage: 'block' }],
    })
  })
  afterAll(() => world.close())
  const subscribe = async (customerId: string, planId: string) => {
    world.set('2026-11-01T00:00:00Z')
    await seedCustomer(world.engine, customerId)
    await createSubscription(world.engine, { customerId, planId })
  }
  const use = (customerId: string, id: string, quantity?: number, meter = 'ai_chat') =>
    consume(world.engine, { customerId, meter, id, ...(quantity === undefined ? {} : { quantity }) })
  const check = (customerId: string, quantity?: number, meter = 'ai_chat') =>
    checkQuota(world.engine, { customerId, meter, quantity })

  test('with blocked overage, consume grants what is left and no more', async () => {
    await subscribe('blocked', 'free')
    expect(await check('blocked')).toEqual({
      allowed: true,
      included: 20,
      granted: 0,
      used: 0,
      deficit: 0,
      reserved: 0,
      remaining: 20,
      overagePolicy: 'block',
      resetsAt: '2026-11-30T16:00:00.000000Z',
    })
    expect(await use('blocked', 'a')).toEqual({ granted: 1, remaining: 19, overage: 0, duplicate: false })
    expect(await use('blocked', 'b', 15)).toEqual({ granted: 15, remaining: 4, overage: 0, duplicate: false })
    expect([(await check('blocked', 4)).allowed, (await check('blocked', 5)).allowed]).toEqual([true, false])
    expect(await use('blocked', 'c', 10)).toEqual({ granted: 4, remaining: 0, overage: 0, duplicate: false })
    expect(await use('blocked', 'd', 1)).toEqual({ granted: 0, remaining: 0, overage: 0, duplicate: false })
    expect(await getRemainingQuota(world.engine, { customerId: 'blocked', meter: 'ai_chat' })).toBe(0)
  })

  test('repeating an id returns the same grant and uses nothing', async () => {
    await subscribe('again', 'free')
    await use('again', 'a', 18)
    const partial = await use('again', 'b', 5)
    expect(partial).toMatchObject({ granted: 2, duplicate: false })
    expect(await use('again', 'b', 5)).toEqual({ ...partial, duplicate: true })
    await expect(use('again', 'b', 2)).rejects.toMatchObject({
      code: 'event_conflict',
      detail: { pointer: '/id' },
    })
    expect((await check('again')).used).toBe(20)
  })

  test('an id that was granted nothing is free for the next period', async () => {
    await subscribe('freed', 'free')
    await use('freed', 'a', 20)
    expect(await use('freed', 'b', 3)).toMatchObject({ granted: 0, duplicate: false })
    expect(
      (await getUsageDetail(world.engine, { customerId: 'freed' })).data.map((event) => event.id),
    ).toEqual(['a'])
    world.set('2026-11-30T16:00:00Z')
    expect(await check('freed')).toMatchObject({
      used: 0,
      remaining: 20,
      resetsAt: '2026-12-31T16:00:00.000000Z',
    })
    expect(await use('freed', 'b', 3)).toMatchObject({ granted: 3, duplicate: false })
  })

  test('with billed overage, consume grants everything and returns the overage', async () => {
    await subscribe('billed', 'team')
    expect(await use('billed', 'a', 990)).toEqual({
      granted: 990,
      remaining: 10,
      overage: 0,
      duplicate: false,
    })
    const over = await use('billed', 'b', 25)
    expect(over).toEqual({ granted: 25, remaining: 0, overage: 15, duplicate: false })
    await use('billed', 'c', 7)
    expect(await use('billed', 'b', 25)).toEqual({ ...over, duplicate: true })
    expect(await check('billed', 1_000_000)).toMatchObject({
      allowed: true,
      used: 1_022,
      remaining: 0,
      overagePolicy: 'bill',
    })
  })

  test('events and consumption share the counter and the ids', async () => {
    await subscribe('shared', 'free')
    await recordUsage(world.engine, [{ id: 'e', customerId: 'shared', meter: 'ai_chat', quantity: 25 }])
    expect(await check('shared')).toMatchObject({ allowed: false, used: 25, remaining: 0 })
    expect(await use('shared', 'f', 1)).toMatchObject({ granted: 0 })
    expect(await use('shared', 'e', 25)).toMatchObject({ granted: 25, duplicate: true })
    await expect(use('shared', 'e', 24)).rejects.toMatchObject({ code: 'event_conflict' })
  })

  test('quantities smaller than a unit are granted exactly', async () => {
    await subscribe('fine', 'metered')
    expect(await use('fine', 'a', 0.999, 'storage')).toMatchObject({ granted: 0.999, remaining: 0.001 })
    expect(await use('fine', 'b', 0.5, 'storage')).toMatchObject({ granted: 0.001, remaining: 0 })
    await expect(use('fine', 'c', 0.0001, 'storage')).rejects.toMatchObject({ code: 'quantity_too_precise' })
    await expect(use('fine', 'd', -1, 'storage')).rejects.toMatchObject({ code: 'quantity_negative' })
    expect(await use('fine', 'z', 0, 'storage')).toMatchObject({ granted: 0 })
  })

  test('a meter that counts events is consumed one at a time', async () => {
    await putMeter(world.engine, { key: 'visits', name: 'Visits', unit: 'visits', aggregation: 'count' })
    await putPlan(world.engine, {
      id: 'visited',
      name: 'Visited',
      fee: { amount: 0, per: 'subscription' },
      charges: [{ meter: 'visits', included: 2, overage: 'block' }],
    })
    await subscribe('visited', 'visited')
    await expect(use('visited', 'a', 2, 'visits')).rejects.toMatchObject({
      code: 'validation_failed',
      detail: { pointer: '/quantity' },
    })
    expect(
      [
        await use('visited', 'a', 1, 'visits'),
        await use('visited', 'b', undefined, 'visits'),
        await use('visited', 'c', 1, 'visits'),
      ].map((answer) => answer.granted),
    ).toEqual([1, 1, 0])
  })

  test('unlimited is null, not a large number', async () => {
    await subscribe('unlimited', 'unlimited')
    expect(await use('unlimited', 'a', 5)).toEqual({
      granted: 5,
      remaining: null,
      overage: 0,
      duplicate: false,
    })
    expect(await check('unlimited', 1e12)).toMatchObject({
      allowed: true,
      included: null,
      used: 5,
      remaining: null,
    })
    expect(await getRemainingQuota(world.engine, { customerId: 'unlimited', meter: 'ai_chat' })).toBeNull()
  })

  test('a meter outside the plan allows nothing; an unknown meter is an error', async () => {
    await subscribe('narrow', 'free')
    await seedCustomer(world.engine, 'none')
    expect(await check('narrow', 1, 'tokens')).toMatchObject({
      allowed: false,
      included: 0,
      remaining: 0,
      overagePolicy: null,
    })
    expect(await use('narrow', 'a', 1, 'tokens')).toMatchObject({ granted: 0 })
    for (const ask of [
      (id: string, meter?: string) => check(id, 1, meter),
      (id: string, meter?: string) => use(id, 'x', 1, meter),
    ]) {
      await expect(ask('narrow', 'nonsense')).rejects.toMatchObject({ code: 'meter_not_found' })
      await expect(ask('none')).rejects.toMatchObject({ code: 'no_active_subscription' })
      await expect(ask('nobody')).rejects.toMatchObject({ code: 'customer_not_found' })
    }
  })

  test('mode all grants the whole quantity or nothing', async () => {
    await subscribe('whole', 'free')
    const all = (id: string, quantity: number) =>
      consume(world.engine, { customerId: 'whole', meter: 'ai_chat', id, quantity, mode: 'all' })
    expect(await all('a', 15)).toMatchObject({ granted: 15, remaining: 5 })
    expect(await all('b', 6)).toEqual({ granted: 0, remaining: 5, overage: 0, duplicate: false })
    expect(await use('whole', 'c', 6)).toMatchObject({ granted: 5, remaining: 0 })
    await expect(all('c', 6)).rejects.toMatchObject({ code: 'event_conflict' })
    expect(await all('a', 15)).toMatchObject({ granted: 15, duplicate: true })
    expect(
      (await getUsageDetail(world.engine, { customerId: 'whole' })).data.map(({ id }) => id).sort(),
    ).toEqual(['a', 'c'])
  })

  test('consume without a quantity rejects an amount in the properties', async () => {
    await subscribe('amounts', 'free')
    const ask = (id: string, properties: Record<string, unknown>) =>
      consume(world.engine, { customerId: 'amounts', meter: 'ai_chat', id, properties })
    for (const [name, value] of [
      ['chats', 7],
      ['chat_count', '7'],
      ['qty', 7],
    ] as const) {
      await expect(ask(name, { model: 'a', [name]: value })).rejects.toMatchObject({
        code: 'validation_failed',
        detail: {
          pointer: '/quantity',
          message: expect.stringContaining(`'${name}' (7) is not counted. Send it as quantity; where each`),
        },
      })
    }
    expect(await ask('qty', { agent: 7, status: 200, chat_id: 88 })).toMatchObject({
      granted: 1,
      remaining: 19,
    })
  })

  test('properties of consume, reserve and settle are stored with the usage', async () => {
    await subscribe('told', 'free')
    const of = { customerId: 'told', meter: 'ai_chat' }
    await consume(world.engine, { ...of, id: 'c', properties: { model: 'a' } })
    await reserve(world.engine, {
      ...of,
      id: 'r',
      quantity: 5,
      ttlSeconds: 60,
      properties: { model: 'b', job: 1 },
    })
    await expect(
      reserve(world.engine, { ...of, id: 'r', quantity: 5, ttlSeconds: 60, properties: { model: 'c' } }),
    ).rejects.toMatchObject({ code: 'event_conflict' })
    await settleReservation(world.engine, {
      ...of,
      reservationId: 'r',
      quantity: 3,
      properties: { job: 2, tokens: 9 },
    })
    const { data } = await getUsageDetail(world.engine, { customerId: 'told' })
    expect(Object.fromEntries(data.map(({ id, properties }) => [id, properties]))).toEqual({
      c: { model: 'a' },
      r: { model: 'b', job: 2, tokens: 9 },
    })
  })

  test('a closed reservation is not granted again', async () => {
    await subscribe('over', 'free')
    const of = { customerId: 'over', meter: 'ai_chat' }
    const hold = (id: string) => reserve(world.engine, { ...of, id, quantity: 5, ttlSeconds: 60 })
    for (const id of ['settled', 'released', 'expired']) expect(await hold(id)).toMatchObject({ granted: 5 })
    expect(await hold('expired')).toMatchObject({ granted: 5, duplicate: true })
    await settleReservation(world.engine, { ...of, reservationId: 'settled', quantity: 2 })
    await releaseReservation(world.engine, { ...of, reservationId: 'released' })
    world.set('2026-11-01T00:02:00Z')
    for (const id of ['settled', 'released', 'expired'])
      await expect(hold(id)).rejects.toMatchObject({ code: 'reservation_closed' })
    expect(
      await settleReservation(world.engine, { ...of, reservationId: 'expired', quantity: 4 }),
    ).toMatchObject({ granted: 4 })
  })

  test('a quantity may be decimal text, and is rejected where consume would reject it', async () => {
    await subscribe('asked', 'metered')
    const ask = (quantity: string) =>
      checkQuota(world.engine, { customerId: 'asked', meter: 'storage', quantity })
    expect([(await ask('1')).allowed, (await ask('0.999')).allowed, (await ask('1.001')).allowed]).toEqual([
      true,
      true,
      false,
    ])
    await expect(ask('0.0001')).rejects.toMatchObject({ code: 'quantity_too_precise' })
  })
})
