import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabases } from '@customer-portal/database/testing'
import {
  actingFor,
  BillingError,
  getCustomer,
  idempotently,
  updateCustomer,
  type Engine,
  type Code,
} from './index.ts'
import { createWorld, seedCustomer, type World } from './testing.ts'

const refusals = (code: Code) =>
  (({ stale_version: 409, not_an_upgrade: 422 }) as Partial<Record<Code, number>>)[code]

describe.each(testDatabases)('idempotency keys on $name', ({ create }) => {
  let world: World
  let runs = 0
  beforeAll(async () => {
    world = await createWorld(create, '2026-11-10T00:00:00Z')
    await seedCustomer(world.engine, 'acme')
    await seedCustomer(world.engine, 'other')
  })
  afterAll(() => world.close())
  const request = (key: string, body: unknown = {}) => ({
    customerId: 'acme',
    credential: 'key_1',
    route: 'PUT /account',
    key,
    body,
  })
  const rename = (companyName: string) => async (engine: Engine) => {
    runs += 1
    return { status: 200, body: await updateCustomer(engine, { customerId: 'acme', companyName }) }
  }
  const version = async () => (await getCustomer(world.engine, { customerId: 'acme' })).version

  test('a key runs the command once and replays its answer', async () => {
    const before = { runs, version: await version() }
    const first = await idempotently(world.engine, request('a', { b: 1, a: 2 }), rename('A'), refusals)
    const second = await idempotently(world.engine, request('a', { a: 2, b: 1 }), rename('B'), refusals)
    expect(first).toMatchObject({ status: 200, replayed: false, body: { companyName: 'A' } })
    expect(second).toEqual({ ...first, replayed: true })
    expect({ runs, version: await version() }).toEqual({ runs: before.runs + 1, version: before.version + 1 })
  })

  test('a key with another body is rejected', async () => {
    await idempotently(world.engine, request('b', { name: 'A' }), rename('A'), refusals)
    await expect(
      idempotently(world.engine, request('b', { name: 'B' }), rename('B'), refusals),
    ).rejects.toMatchObject({ code: 'idempotency_key_reused' })
  })

  test('keys count per customer, credential and route', async () => {
    await idempotently(world.engine, request('c'), rename('A'), refusals)
    for (const part of [
      { customerId: 'other' },
      { customerId: '' },
      { credential: 'key_2' },
      { route: 'POST /account' },
    ]) {
      expect(
        await idempotently(world.engine, { ...request('c'), ...part }, rename('A'), refusals),
      ).toMatchObject({ replayed: false })
    }
  })

  test('a rejection by rule is stored, without what the command had written', async () => {
    const before = { runs, version: await version() }
    const refused = async (engine: Engine) => {
      await rename('never')(engine)
      throw new BillingError('stale_version', { message: 'too late', current: 7 })
    }
    for (const _ of [1, 2])
      await expect(idempotently(world.engine, request('d'), refused, refusals)).rejects.toMatchObject({
        code: 'stale_version',
        detail: { current: 7, message: 'too late' },
      })
    expect({ runs, version: await version() }).toEqual({ runs: before.runs + 1, version: before.version })
  })

  test.each<[string, Error]>([
    ['our own mistake', new Error('boom')],
    ['bad input', new BillingError('validation_failed')],
  ])('%s is not stored: the next attempt runs, and nothing was written', async (name, error) => {
    const before = await version()
    const failing = async (engine: Engine) => {
      await rename('never')(engine)
      throw error
    }
    await expect(idempotently(world.engine, request(name), failing, refusals)).rejects.toBe(error)
    expect(await version()).toBe(before)
    expect(await idempotently(world.engine, request(name), rename('then'), refusals)).toMatchObject({
      replayed: false,
      body: { companyName: 'then' },
    })
  })

  test('of many concurrent requests one runs, and the others get its answer or an error', async () => {
    const before = runs
    const all = await Promise.allSettled(
      Array.from({ length: 10 }, () => idempotently(world.engine, request('e'), rename('E'), refusals)),
    )
    expect(runs).toBe(before + 1)
    expect(all.filter((result) => result.status === 'fulfilled' && !result.value.replayed)).toHaveLength(1)
    for (const result of all)
      if (result.status === 'rejected')
        expect(result.reason).toMatchObject({ code: 'idempotency_in_progress' })
  })

  test('a key expires after two days', async () => {
    world.set('2026-11-10T00:00:00Z')
    await idempotently(world.engine, request('f'), rename('F'), refusals)
    world.set('2026-11-11T23:59:59Z')
    expect(await idempotently(world.engine, request('f'), rename('F'), refusals)).toMatchObject({
      replayed: true,
    })
    world.set('2026-11-12T00:00:00Z')
    expect(await idempotently(world.engine, request('f'), rename('F'), refusals)).toMatchObject({
      replayed: false,
    })
  })

  test("keys work for the portal, and a customer never gets another's answer", async () => {
    const portal = actingFor(world.engine, 'acme')
    expect(await idempotently(portal, request('g'), rename('G'), refusals)).toMatchObject({ replayed: false })
    expect(await idempotently(portal, request('g'), rename('G'), refusals)).toMatchObject({ replayed: true })
    await expect(
      idempotently(actingFor(world.engine, 'other'), request('g'), rename('G'), refusals),
    ).rejects.toThrow()
  })
})
