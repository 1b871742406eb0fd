import { describe, expect, test } from 'vitest'
import { testDatabases } from '@customer-portal/database/testing'
import { ownedBy, sharedBy } from './engine.ts'
import { actingFor, consume, createSubscription } from './index.ts'
import { countingStatements, createWorld, seedCatalogue, seedCustomer } from './testing.ts'

describe.each(testDatabases)('an engine for one customer on $name', ({ create }) => {
  test('20 concurrent requests, each with its own engine, share transactions', async () => {
    const world = await createWorld(create, '2026-01-10T01:00:00Z')
    await seedCatalogue(world.engine)
    await seedCustomer(world.engine, 'desk')
    await createSubscription(world.engine, { customerId: 'desk', planId: 'team' })
    const { engine, statements } = countingStatements(world.engine)
    const ask = (id: string) =>
      consume(actingFor(engine, 'desk'), { customerId: 'desk', meter: 'ai_chat', id })
    const all = (round: number) =>
      Promise.all(Array.from({ length: 20 }, (_, index) => ask(`r${round}-${index}`)))
    await all(1)
    statements()
    const answers = await all(2)
    expect(answers.map(({ granted }) => granted)).toEqual(Array.from({ length: 20 }, () => 1))
    expect(statements()).toBeLessThanOrEqual(5)
    await world.close()
  })

  test('each context owns its queues and caches, and all contexts those that are shared', async () => {
    const world = await createWorld(create, '2026-01-10T01:00:00Z')
    const make = () => new Set<string>()
    const [vendor, ada, bob] = [world.engine, actingFor(world.engine, 'ada'), actingFor(world.engine, 'bob')]
    expect(ownedBy(ada, make)).toBe(ownedBy(actingFor(vendor, 'ada'), make))
    expect(new Set([vendor, ada, bob].map((engine) => ownedBy(engine, make))).size).toBe(3)
    expect(new Set([vendor, ada, bob].map((engine) => sharedBy(engine, make))).size).toBe(1)
    await ada.transaction(async (tx) => expect(sharedBy(tx, make)).toBe(sharedBy(vendor, make)))
    await world.close()
  })

  test('the engine is the same one for a customer, and never another’s', async () => {
    const world = await createWorld(create, '2026-01-10T01:00:00Z')
    const actor = actingFor(world.engine, 'a')
    for (let index = 0; index < 1_500; index += 1)
      expect(actingFor(world.engine, `c${index}`).access).toEqual({
        role: 'portal',
        customerId: `c${index}`,
      })
    expect(actingFor(world.engine, 'a')).not.toBe(actor)
    expect(actingFor(world.engine, 'a')).toBe(actingFor(actor, 'a'))
    expect(world.engine.actors.size).toBe(1_000)
    await world.close()
  })
})
