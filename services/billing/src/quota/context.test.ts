import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabases } from '@customer-portal/database/testing'
import {
  cancelSubscription,
  changeSubscription,
  checkQuota,
  consume,
  createEngine,
  createSubscription,
  downgradeSubscription,
  putMeter,
  putPlan,
  resumeSubscription,
  updateCustomer,
  upgradeSubscription,
  type Engine,
} from '../index.ts'
import { createWorld, seedCatalogue, seedCustomer, type World } from '../testing.ts'

/**
 * A cache must never show: after any change by any process, the next answer equals that of a process without
 * a cache.
 */
describe.each(testDatabases)('the quota cache on $name', ({ create }) => {
  let world: World
  let other: Engine
  let now = '2026-11-01T00:00:00.000000Z'
  let ids = 0
  beforeAll(async () => {
    world = await createWorld(create, now)
    await seedCatalogue(world.engine)
    other = createEngine({
      db: world.db,
      now: () => now,
      newId: (prefix) => `${prefix}_other_${(ids += 1)}`,
    })
  })
  afterAll(() => world.close())
  const passTo = (instant: string) => {
    now = instant
    world.set(instant)
  }

  /** The answer of a process with a warm cache, which must equal that of a process without one. */
  async function quota(customerId: string, meter = 'ai_chat') {
    const outcome = (ask: Promise<unknown>) => ask.catch((error: { code: string }) => error.code)
    const remembering = await outcome(checkQuota(world.engine, { customerId, meter }))
    expect(remembering).toEqual(
      await outcome(world.engine.transaction((tx) => checkQuota(tx, { customerId, meter }))),
    )
    const used = await outcome(consume(world.engine, { customerId, meter, id: `use-${(ids += 1)}` }))
    if (typeof remembering === 'object') expect(used).toMatchObject({ granted: 1 })
    else expect(used).toBe(remembering)
    return remembering
  }

  test('a context is read again after each command that changes an allowance', async () => {
    await seedCustomer(world.engine, 'acme')
    expect(await quota('acme')).toBe('no_active_subscription')
    await createSubscription(other, { customerId: 'acme', planId: 'free' })
    expect(await quota('acme')).toMatchObject({ included: 20, used: 0 })
    await upgradeSubscription(other, { customerId: 'acme', planId: 'team' })
    expect(await quota('acme')).toMatchObject({ included: 1000, overagePolicy: 'bill', used: 1 })
    expect(await quota('acme', 'tokens')).toMatchObject({ included: 100_000 })
    await downgradeSubscription(other, { customerId: 'acme', planId: 'free' })
    expect(await quota('acme')).toMatchObject({ included: 1000, used: 2 })
    passTo('2026-11-30T15:59:59.000000Z')
    expect(await quota('acme')).toMatchObject({
      included: 1000,
      used: 3,
      resetsAt: '2026-11-30T16:00:00.000000Z',
    })
    // The date has come, but nobody has written the change yet.
    passTo('2026-11-30T16:00:00.000000Z')
    expect(await quota('acme')).toMatchObject({
      included: 20,
      used: 0,
      resetsAt: '2026-12-31T16:00:00.000000Z',
    })
    await cancelSubscription(other, { customerId: 'acme', when: 'period_end' })
    expect(await quota('acme')).toMatchObject({ included: 20, used: 1 })
    await resumeSubscription(other, { customerId: 'acme' })
    await changeSubscription(other, { customerId: 'acme', planId: 'seats', seats: 2 })
    expect(await quota('acme')).toMatchObject({ included: 300, used: 2 })
    await changeSubscription(other, { customerId: 'acme', planId: 'seats', seats: 9 })
    expect(await quota('acme')).toMatchObject({ included: 300, used: 3 })
    await cancelSubscription(other, { customerId: 'acme', when: 'now' })
    expect(await quota('acme')).toBe('no_active_subscription')
  })

  test('a context is read again for a new meter, plan or time zone', async () => {
    passTo('2026-12-10T00:00:00.000000Z')
    await seedCustomer(world.engine, 'beta')
    await createSubscription(world.engine, { customerId: 'beta', planId: 'free' })
    expect(await quota('beta')).toMatchObject({ included: 20 })
    expect(
      await checkQuota(world.engine, { customerId: 'beta', meter: 'pages' }).catch(
        (error: { code: string }) => error.code,
      ),
    ).toBe('meter_not_found')
    await putMeter(other, { key: 'pages', name: 'Pages', unit: 'pages' })
    expect(await checkQuota(world.engine, { customerId: 'beta', meter: 'pages' })).toMatchObject({
      allowed: false,
      included: 0,
    })
    await putPlan(other, {
      id: 'paged',
      name: 'Paged',
      rank: 30,
      fee: { amount: 1, per: 'subscription' },
      charges: [{ meter: 'pages', included: 5, overage: 'block' }],
    })
    await upgradeSubscription(other, { customerId: 'beta', planId: 'paged' })
    expect(await quota('beta', 'pages')).toMatchObject({ included: 5 })
    await updateCustomer(other, { customerId: 'beta', timezone: 'Pacific/Auckland' })
    passTo('2027-01-09T16:00:00.000000Z')
    expect(await quota('beta', 'pages')).toMatchObject({
      included: 5,
      used: 0,
      resetsAt: '2027-02-09T11:00:00.000000Z',
    })
  })

  test('a context read in a transaction that rolled back is not cached', async () => {
    await seedCustomer(world.engine, 'gamma')
    await createSubscription(world.engine, { customerId: 'gamma', planId: 'free' })
    await world.engine
      .transaction(async (tx) => {
        await upgradeSubscription(tx, { customerId: 'gamma', planId: 'team' })
        expect(await checkQuota(tx, { customerId: 'gamma', meter: 'ai_chat' })).toMatchObject({
          overagePolicy: 'bill',
        })
        expect(
          await consume(tx, { customerId: 'gamma', meter: 'ai_chat', id: 'lost', quantity: 500 }),
        ).toMatchObject({ granted: 500 })
        throw new Error('taken back')
      })
      .catch((error: Error) => expect(error.message).toBe('taken back'))
    // As many changes as were rolled back, so that the version is the same again.
    await updateCustomer(world.engine, { customerId: 'gamma', timezone: 'UTC' })
    expect(await quota('gamma')).toMatchObject({ overagePolicy: 'block', included: 20, used: 0 })
  })
})
