import { describe, expect, test } from 'vitest'
import { testDatabases } from '@customer-portal/database/testing'
import { actingFor, consume, createSubscription } from './index.ts'
import { countingStatements, createWorld, seedCatalogue, seedCustomer } from './testing.ts'

describe.each(testDatabases)('an engine that acts for one customer, on $name', ({ create }) => {
  test('20 requests at once, each acting anew, share their transactions', async () => {
    const world = await createWorld(create, '2026-01-10T01:00:00Z')
    await seedCatalogue(world.billing)
    await seedCustomer(world.billing, 'desk')
    await createSubscription(world.billing, { customerId: 'desk', planId: 'team' })
    const { billing, statements } = countingStatements(world.billing)
    const ask = (id: string) =>
      consume(actingFor(billing, 'desk'), { customerId: 'desk', meter: 'ai_chat', id })
    const all = (round: number) =>
      Promise.all(Array.from({ length: 20 }, (_, index) => ask(`r${round}-${index}`)))
    await all(1)
    statements()
    const answers = await all(2)
    expect(answers.map(({ granted }) => granted)).toEqual(Array.from({ length: 20 }, () => 1))
    expect(statements()).toBeLessThanOrEqual(5)
    await world.close()
  })

  test('is the same one for a customer, and never another’s', async () => {
    const world = await createWorld(create, '2026-01-10T01:00:00Z')
    const actor = actingFor(world.billing, 'a')
    for (let index = 0; index < 1_500; index += 1)
      expect(actingFor(world.billing, `c${index}`).access).toEqual({
        role: 'portal',
        customerId: `c${index}`,
      })
    expect(actingFor(world.billing, 'a')).not.toBe(actor)
    expect(actingFor(world.billing, 'a')).toBe(actingFor(actor, 'a'))
    expect(world.billing.actors.size).toBe(1_000)
    await world.close()
  })
})
