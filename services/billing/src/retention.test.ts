import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabases } from '@customer-portal/database/testing'
import {
  actingFor,
  createPortalSession,
  createSubscription,
  exchangePortalCode,
  findPortalSession,
  forgetOld,
  listActivity,
  previewChange,
  updateCustomer,
} from './index.ts'
import { createWorld, seedCatalogue, seedCustomer, type World } from './testing.ts'

const nothing = { quotes: 0, idempotency_keys: 0, portal_sessions: 0, activity: 0 }

describe.each(testDatabases)('retention on $name', ({ create }) => {
  let world: World
  beforeAll(async () => {
    world = await createWorld(create, '2026-11-01T00:00:00Z')
    await seedCatalogue(world.engine)
    await seedCustomer(world.engine, 'gone')
    await createSubscription(world.engine, { customerId: 'gone', planId: 'team' })
  })
  afterAll(() => world.close())

  const count = async (table: string) =>
    (
      await world.engine.transaction((tx) =>
        tx.query<{ count: number }>(`select count(*)::int as count from ${table}`),
      )
    )[0]!.count

  test('quotes, stored answers and sessions are deleted in time, for every customer', async () => {
    await previewChange(actingFor(world.engine, 'gone'), { customerId: 'gone', planId: 'business' })
    const session = await createPortalSession(world.engine, { customerId: 'gone' })
    const renewable = await createPortalSession(world.engine, { customerId: 'gone' })
    await exchangePortalCode(world.engine, { code: renewable.code })
    await world.engine.transaction((tx) =>
      tx.query(
        `insert into idempotency_keys (
            customer_id, credential, route, key, body_hash, status, body, created_at
          )
          select 'gone', 'c', 'r', n::text, 'h', 200, '{}', $1
          from generate_series(1, 2500) n`,
        [tx.at],
      ),
    )
    expect(await forgetOld(world.engine)).toEqual(nothing)
    world.set('2026-11-02T23:59:00Z')
    expect(await forgetOld(world.engine)).toEqual(nothing)
    world.set('2026-11-03T00:00:00Z')
    // More than one batch.
    expect(await forgetOld(world.engine)).toEqual({ ...nothing, idempotency_keys: 2500 })
    world.set('2026-11-09T00:00:00Z')
    expect(await forgetOld(world.engine)).toEqual({ ...nothing, quotes: 1 })
    world.set('2026-12-01T01:00:00Z')
    expect(await findPortalSession(world.engine, { token: session.token })).toBeUndefined()
    expect(await forgetOld(world.engine)).toEqual({ ...nothing, portal_sessions: 1 })
    expect(await count('portal_sessions')).toBe(1)
    world.set('2027-03-01T00:00:00Z')
    expect((await forgetOld(world.engine)).portal_sessions).toBe(1)
    expect([
      await count('portal_sessions'),
      await count('portal_tokens'),
      await count('quotes'),
      await count('idempotency_keys'),
    ]).toEqual([0, 0, 0, 0])
  })

  test('activity is deleted only on request, and no cursor misses later entries', async () => {
    const { data, nextCursor } = await listActivity(world.engine)
    await updateCustomer(world.engine, { customerId: 'gone', phone: '1' })
    world.set('2028-03-01T00:00:00Z')
    expect(await forgetOld(world.engine)).toEqual(nothing)
    const all = await count('activity')
    expect(all).toBeGreaterThan(data.length)
    // All but the newest numbered one; unread entries are as old as they are.
    expect((await forgetOld(world.engine, { sessionDays: 30, activityDays: 300 })).activity).toBe(all - 1)
    expect(await listActivity(world.engine, { cursor: nextCursor! })).toEqual({ data: [], nextCursor })
    await updateCustomer(world.engine, { customerId: 'gone', phone: '2' })
    const later = await listActivity(world.engine, { cursor: nextCursor! })
    expect(later.data.map(({ type }) => type)).toContain('account.updated')
    expect((await listActivity(world.engine, { cursor: later.nextCursor! })).data).toEqual([])
  })
})
