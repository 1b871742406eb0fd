import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabases } from '@customer-portal/database/testing'
import {
  cancelSubscription,
  checkQuota,
  consume,
  createSubscription,
  getReconciliation,
  getSubscription,
  getUsageDetail,
  getUsageSummary,
  putMeter,
  putPlan,
  recordUsage,
  releaseReservation,
  reserve,
  settleReservation,
  upgradeSubscription,
} from '../index.ts'
import { createWorld, seedCatalogue, seedCustomer, type World } from '../testing.ts'
import { maxOpenReservations } from '../usage/record/reservation-row.ts'

const started = '2026-11-01T00:00:00.000000Z'

describe.each(testDatabases)('reservations on $name', ({ create }) => {
  let world: World
  let customers = 0
  beforeAll(async () => {
    world = await createWorld(create, started)
    await seedCatalogue(world.engine)
    await putMeter(world.engine, { key: 'visits', name: 'Visits', unit: 'visits', aggregation: 'count' })
    await putPlan(world.engine, {
      id: 'fine',
      name: 'Fine',
      fee: { amount: 0, per: 'subscription' },
      charges: [
        { meter: 'storage', included: 1, overage: 'block' },
        { meter: 'visits', included: 2, overage: 'block' },
      ],
    })
    await putPlan(world.engine, {
      id: 'large',
      name: 'Large',
      rank: 5,
      fee: { amount: 100, per: 'subscription' },
      charges: [{ meter: 'ai_chat', included: 300, overage: 'block' }],
    })
  })
  afterAll(() => world.close())

  /** A new customer on a plan, with the calls for one of their meters. */
  async function subscribed(planId: string, meter = 'ai_chat') {
    world.set(started)
    const customerId = `customer-${(customers += 1)}`
    await seedCustomer(world.engine, customerId)
    await createSubscription(world.engine, { customerId, planId })
    const of = { customerId, meter }
    return {
      customerId,
      quota: () => checkQuota(world.engine, of),
      use: (id: string, quantity: number) => consume(world.engine, { ...of, id, quantity }),
      hold: (id: string, quantity: number, ttlSeconds = 60) =>
        reserve(world.engine, { ...of, id, quantity, ttlSeconds }),
      settle: (reservationId: string, quantity: number) =>
        settleReservation(world.engine, { ...of, reservationId, quantity }),
      release: (reservationId: string) => releaseReservation(world.engine, { ...of, reservationId }),
      events: async () => (await getUsageDetail(world.engine, { customerId })).data,
    }
  }

  test('the subscription shows what is left without reserved units, as consume sees it', async () => {
    const { customerId, quota, use, hold, settle, release } = await subscribed('free')
    const left = async () => {
      const { used, reserved, remaining } = (
        await getSubscription(world.engine, { customerId })
      ).allowances.find((allowance) => allowance.meter === 'ai_chat')!
      expect(remaining).toBe((await quota()).remaining)
      return { used, reserved, remaining }
    }
    await hold('job', 12)
    await hold('other', 3)
    expect(await left()).toEqual({ used: 0, reserved: 15, remaining: 5 })
    expect(await use('a', 10)).toMatchObject({ granted: 5, remaining: 0 })
    await settle('job', 2)
    expect(await left()).toEqual({ used: 7, reserved: 3, remaining: 10 })
    await release('other')
    expect(await left()).toEqual({ used: 7, reserved: 0, remaining: 13 })
    await hold('late', 13)
    world.set('2026-11-01T00:01:00.000000Z')
    expect(await left()).toEqual({ used: 7, reserved: 0, remaining: 13 })
  })

  test('reserved units are not available to others, and are shown apart from used ones', async () => {
    const { quota, use, hold } = await subscribed('free')
    expect(await hold('job', 12)).toEqual({
      granted: 12,
      remaining: 8,
      expiresAt: '2026-11-01T00:01:00.000000Z',
      duplicate: false,
    })
    expect(await quota()).toMatchObject({ allowed: true, used: 0, reserved: 12, remaining: 8 })
    expect(await use('a', 10)).toMatchObject({ granted: 8, remaining: 0 })
    expect(await hold('next', 1)).toEqual({ granted: 0, remaining: 0, expiresAt: null, duplicate: false })
    expect(await quota()).toMatchObject({ allowed: false, used: 8, reserved: 12, remaining: 0 })
  })

  test('settling with less frees the rest and records one event at the time of the reservation', async () => {
    const { quota, hold, settle, events } = await subscribed('free')
    await hold('job', 12)
    world.set('2026-11-01T00:00:30Z')
    expect(await settle('job', 5)).toEqual({
      granted: 5,
      excess: 0,
      remaining: 15,
      overage: 0,
      duplicate: false,
    })
    expect(await quota()).toMatchObject({ used: 5, reserved: 0, remaining: 15 })
    expect(await events()).toMatchObject([
      { id: 'job', quantity: 5, time: started, storedAt: '2026-11-01T00:00:30.000000Z' },
    ])
  })

  test('settling with 0 records nothing', async () => {
    const { quota, hold, settle, events } = await subscribed('free')
    await hold('job', 12)
    expect(await settle('job', 0)).toMatchObject({ granted: 0, excess: 0, remaining: 20, duplicate: false })
    expect(await settle('job', 0)).toMatchObject({ granted: 0, duplicate: true })
    expect([await quota(), await events()]).toMatchObject([{ used: 0, reserved: 0 }, []])
  })

  test('settling with more under blocked overage grants what is left and rejects the rest', async () => {
    const { customerId, quota, use, hold, settle } = await subscribed('free')
    await hold('job', 5)
    await use('a', 12)
    expect(await settle('job', 30)).toEqual({
      granted: 8,
      excess: 22,
      remaining: 0,
      overage: 0,
      duplicate: false,
    })
    expect(await quota()).toMatchObject({ used: 20, remaining: 0 })
    await expect(hold('job', 5)).rejects.toMatchObject({
      detail: { message: "reservation 'job' was settled with 30, of which 8 were granted" },
    })
    expect((await getReconciliation(world.engine, { customerId })).rejected).toMatchObject([
      {
        id: 'job:excess',
        meter: 'ai_chat',
        quantity: 22,
        time: started,
        code: 'quota_exceeded',
        detail: "reservation 'job' was settled with 30 where 8 were left: 22 are not counted",
      },
    ])
  })

  test('settling with more under billed overage grants everything', async () => {
    const { quota, hold, settle } = await subscribed('team')
    expect(await hold('job', 1_200)).toMatchObject({ granted: 1_200, remaining: 0 })
    expect(await settle('job', 1_500)).toEqual({
      granted: 1_500,
      excess: 0,
      remaining: 0,
      overage: 500,
      duplicate: false,
    })
    expect(await quota()).toMatchObject({ used: 1_500, reserved: 0 })
  })

  test('events recorded meanwhile do not take reserved units', async () => {
    const { customerId, quota, hold, settle } = await subscribed('free')
    await hold('job', 5)
    await recordUsage(world.engine, [{ id: 'e', customerId, meter: 'ai_chat', quantity: 18 }])
    expect(await settle('job', 6)).toMatchObject({ granted: 5, excess: 1, overage: 3 })
    expect(await quota()).toMatchObject({ used: 23, remaining: 0 })
  })

  test('releasing frees everything, once', async () => {
    const { quota, hold, release, settle } = await subscribed('free')
    await hold('job', 12)
    expect([await release('job'), await release('job')]).toEqual([
      { remaining: 20, duplicate: false },
      { remaining: 20, duplicate: true },
    ])
    expect(await quota()).toMatchObject({ used: 0, reserved: 0, remaining: 20 })
    await expect(settle('job', 1)).rejects.toMatchObject({ code: 'reservation_closed' })
  })

  test('an expired reservation reserves nothing, and its usage can still be settled', async () => {
    const { quota, use, hold, settle, release } = await subscribed('free')
    await hold('job', 12, 60)
    await hold('idle', 3, 60)
    world.set('2026-11-01T00:00:59.999999Z')
    expect(await quota()).toMatchObject({ reserved: 15, remaining: 5 })
    world.set('2026-11-01T00:01:00Z')
    expect(await quota()).toMatchObject({ reserved: 0, remaining: 20 })
    expect(await release('idle')).toEqual({ remaining: 20, duplicate: false })
    expect(await use('a', 18)).toMatchObject({ granted: 18 })
    expect(await settle('job', 10)).toMatchObject({ granted: 2, excess: 8, remaining: 0 })
    expect(await quota()).toMatchObject({ used: 20, reserved: 0 })
  })

  test('each call is idempotent, and with other content it is rejected', async () => {
    const { quota, use, hold, settle, release } = await subscribed('free')
    const reservation = await hold('job', 12)
    expect(await hold('job', 12)).toEqual({ ...reservation, duplicate: true })
    await expect(hold('job', 11)).rejects.toMatchObject({ code: 'event_conflict' })
    await expect(hold('job', 12, 61)).rejects.toMatchObject({ code: 'event_conflict' })
    const settled = await settle('job', 4)
    expect(await settle('job', 4)).toEqual({ ...settled, duplicate: true })
    await expect(settle('job', 5)).rejects.toMatchObject({ code: 'reservation_closed' })
    await expect(release('job')).rejects.toMatchObject({ code: 'reservation_closed' })
    // Answered from the current state: it reserves nothing any more.
    await expect(hold('job', 12)).rejects.toMatchObject({ code: 'reservation_closed' })
    expect(await use('b', 20)).toMatchObject({ granted: 16 })
    expect(await settle('job', 4)).toEqual({ ...settled, remaining: 0, duplicate: true })
    expect(await quota()).toMatchObject({ used: 20, reserved: 0 })
  })

  test('an id is one thing only: an event, a consumption or a reservation', async () => {
    const { customerId, quota, use, hold, settle } = await subscribed('free')
    await recordUsage(world.engine, [{ id: 'event', customerId, meter: 'ai_chat', quantity: 2 }])
    await use('used', 2)
    await hold('held', 2)
    for (const id of ['event', 'used'])
      await expect(hold(id, 2)).rejects.toMatchObject({ code: 'event_conflict' })
    await expect(use('held', 2)).rejects.toMatchObject({ code: 'event_conflict' })
    const send = () =>
      recordUsage(world.engine, [
        { id: 'held', customerId, meter: 'ai_chat', quantity: 2 },
        { id: 'other', customerId, meter: 'ai_chat', quantity: 0 },
      ])
    expect(await send()).toMatchObject({ accepted: 1, rejected: [{ index: 0, code: 'event_conflict' }] })
    await settle('held', 2)
    expect(await send()).toMatchObject({
      accepted: 0,
      duplicates: 1,
      rejected: [{ index: 0, code: 'event_conflict' }],
    })
    await expect(use('held', 2)).rejects.toMatchObject({ code: 'event_conflict' })
    expect(await quota()).toMatchObject({ used: 6, reserved: 0 })
  })

  test('a reservation of 0 leaves the id free', async () => {
    const { hold, use } = await subscribed('free')
    await use('a', 20)
    expect(await hold('job', 3)).toMatchObject({ granted: 0, expiresAt: null })
    world.set('2026-11-30T16:00:00Z')
    expect(await hold('job', 4)).toMatchObject({ granted: 4, remaining: 16, duplicate: false })
  })

  test('a period that ends keeps its reservation: usage counts where it was reserved', async () => {
    const { customerId, quota, use, hold, settle } = await subscribed('free')
    world.set('2026-11-30T15:59:30Z')
    await use('a', 12)
    await hold('job', 8, 3600)
    world.set('2026-11-30T16:00:30Z')
    expect(await quota()).toMatchObject({ used: 0, reserved: 0, remaining: 20 })
    expect(await settle('job', 10)).toMatchObject({ granted: 8, excess: 2, remaining: 0 })
    expect(await quota()).toMatchObject({ used: 0, remaining: 20 })
    expect((await getUsageSummary(world.engine, { customerId, period: '2026-11' })).usage).toEqual({
      ai_chat: 20,
    })
  })

  test('a plan change on the same day keeps the reservation', async () => {
    const { customerId, quota, hold, settle } = await subscribed('free')
    await hold('job', 20, 3600)
    await upgradeSubscription(world.engine, { customerId, planId: 'large' })
    expect(await quota()).toMatchObject({ included: 300, reserved: 20, remaining: 280 })
    expect(await settle('job', 50)).toMatchObject({ granted: 50, excess: 0, remaining: 250 })
  })

  test('a plan change on a later day keeps the counter it was made on', async () => {
    const { customerId, quota, use, hold, settle } = await subscribed('free')
    world.set('2026-11-10T15:00:00Z')
    await use('a', 5)
    await hold('job', 10, 36_000)
    world.set('2026-11-10T17:00:00Z')
    await upgradeSubscription(world.engine, { customerId, planId: 'large' })
    // 20 for ten days of 30, 300 for twenty: 206.
    expect(await quota()).toMatchObject({ included: 206, reserved: 10, used: 5, remaining: 191 })
    expect(await settle('job', 40)).toMatchObject({ granted: 40, excess: 0, remaining: 161 })
    expect(await quota()).toMatchObject({ used: 45, reserved: 0, remaining: 161 })
  })

  test('a subscription that ends at once still grants reserved units', async () => {
    const { customerId, use, hold, settle } = await subscribed('free')
    await hold('job', 10, 3600)
    await cancelSubscription(world.engine, { customerId, when: 'now' })
    await expect(use('a', 1)).rejects.toMatchObject({ code: 'no_active_subscription' })
    await expect(hold('b', 1)).rejects.toMatchObject({ code: 'no_active_subscription' })
    expect(await settle('job', 12)).toEqual({
      granted: 10,
      excess: 2,
      remaining: 0,
      overage: 0,
      duplicate: false,
    })
    expect((await getUsageSummary(world.engine, { customerId, period: '2026-11' })).usage).toEqual({
      ai_chat: 10,
    })
  })

  test('quantities smaller than a unit are reserved and settled exactly', async () => {
    const { quota, hold, settle } = await subscribed('fine', 'storage')
    expect(await hold('job', 0.7)).toMatchObject({ granted: 0.7, remaining: 0.3 })
    expect(await hold('rest', 0.5)).toMatchObject({ granted: 0.3, remaining: 0 })
    expect(await settle('job', 0.701)).toMatchObject({ granted: 0.7, excess: 0.001 })
    await expect(settle('rest', 0.0001)).rejects.toMatchObject({ code: 'quantity_too_precise' })
    await expect(settle('rest', -1)).rejects.toMatchObject({ code: 'quantity_negative' })
    expect(await quota()).toMatchObject({ used: 0.7, reserved: 0.3 })
  })

  test('for a meter that counts events one is reserved at a time, and used or not', async () => {
    const { quota, hold, settle } = await subscribed('fine', 'visits')
    await expect(hold('two', 2)).rejects.toMatchObject({
      code: 'validation_failed',
      detail: { pointer: '/quantity' },
    })
    expect(
      [await hold('a', 1), await hold('b', 1), await hold('c', 1)].map((answer) => answer.granted),
    ).toEqual([1, 1, 0])
    await expect(settle('a', 2)).rejects.toMatchObject({ code: 'validation_failed' })
    expect([await settle('a', 1), await settle('b', 0)].map((answer) => answer.granted)).toEqual([1, 0])
    expect(await quota()).toMatchObject({ used: 1, reserved: 0, remaining: 1 })
  })

  test('an unknown id, another meter and too long a time are rejected', async () => {
    const { customerId, hold, settle, release } = await subscribed('free')
    await hold('job', 1)
    for (const ask of [
      () => settle('nothing', 1),
      () => release('nothing'),
      () => release('a\u0000b'),
      () => releaseReservation(world.engine, { customerId, meter: 'tokens', reservationId: 'job' }),
    ]) {
      await expect(ask()).rejects.toMatchObject({ code: 'reservation_not_found' })
    }
    for (const ttl of [0, 1.5, 86_401])
      await expect(hold('x', 1, ttl)).rejects.toMatchObject({
        code: 'validation_failed',
        detail: { pointer: '/ttlSeconds' },
      })
    await expect(
      reserve(world.engine, { customerId, meter: 'nonsense', id: 'x', quantity: 1, ttlSeconds: 1 }),
    ).rejects.toMatchObject({ code: 'meter_not_found' })
    expect(
      await reserve(world.engine, { customerId, meter: 'tokens', id: 'x', quantity: 1, ttlSeconds: 1 }),
    ).toMatchObject({ granted: 0, remaining: 0 })
  })

  test('a quantity beyond what can be counted is not reserved', async () => {
    const { hold } = await subscribed('team')
    await hold('huge', Number.MAX_SAFE_INTEGER - 10)
    await expect(hold('more', 11)).rejects.toMatchObject({ code: 'quantity_overflow' })
    expect(await hold('fits', 10)).toMatchObject({ granted: 10 })
  })

  test('the number of open reservations is limited', async () => {
    const { customerId, hold, release } = await subscribed('team')
    await world.db.asOwner((tx) =>
      tx.query(
        `insert into reservations (
            customer_id, id, meter, held, local_date, reserved_at, expires_at, body_hash
          )
          select $1, 'r' || i, 'ai_chat', 1, '2026-11-01', $2, $2::timestamptz + interval '1 hour', ''
          from generate_series(1, $3::int) i`,
        [customerId, started, maxOpenReservations],
      ),
    )
    await expect(hold('more', 1)).rejects.toMatchObject({ code: 'rate_limited' })
    await release('r7')
    expect(await hold('more', 1)).toMatchObject({ granted: 1 })
  })

  test('after 35 days old reservations are deleted, a few at a time, when others are made', async () => {
    const { customerId, hold, settle } = await subscribed('free')
    await hold('old', 1)
    await world.db.asOwner((tx) =>
      tx.query(
        `insert into reservations (
            customer_id, id, meter, held, local_date, reserved_at, expires_at, body_hash
          )
          select $1, 'r' || i, 'ai_chat', 1, '2026-11-01', $2, $2::timestamptz + interval '1 hour', ''
          from generate_series(1, 150) i`,
        [customerId, started],
      ),
    )
    const left = async () =>
      (
        await world.db.asOwner((tx) =>
          tx.query<{ count: number }>(
            'select count(*)::int as count from reservations where customer_id = $1',
            [customerId],
          ),
        )
      )[0]!.count
    world.set('2026-12-05T23:59:59Z')
    expect(await settle('r1', 1)).toMatchObject({ granted: 1 })
    world.set('2026-12-06T00:00:00Z')
    await expect(settle('old', 1)).rejects.toMatchObject({ code: 'reservation_not_found' })
    await hold('a', 1)
    expect(await left()).toBe(52)
    await hold('b', 1)
    expect(await left()).toBe(2)
  })
})
