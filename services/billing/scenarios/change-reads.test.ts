import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabases, type TestDatabase } from '@customer-portal/database/testing'
import { createEngine, type Engine } from '../src/engine.ts'
import {
  cancelSubscription,
  createSubscription,
  getSubscription,
  previewChange,
  recordUsage,
  upgradeSubscription,
} from '../src/index.ts'
import { createWorld, seedCatalogue, seedCustomer, type World } from '../src/testing.ts'
import { mistakesOf } from './invariants.ts'

type Database = Awaited<ReturnType<TestDatabase['create']>>

/** The same engine with counters of the statements it sends and the documents it reads. */
function counting(engine: Engine): {
  engine: Engine
  read(): { statements: number; documents: number; states: number }
} {
  let [statements, documents, states] = [0, 0, 0]
  const transaction: Database['transaction'] = (access, work, options) =>
    engine.db.transaction(
      access,
      (tx) =>
        work({
          ...tx,
          query: async (statement, parameters, how) => {
            const rows = await tx.query(statement, parameters, how)
            statements += 1
            const text = typeof statement === 'string' ? statement : statement.text
            if (text.includes('from customers k')) states += 1
            documents += rows.filter((row) => Object.hasOwn(row as object, 'document')).length
            return rows as never
          },
        }),
      options,
    )
  const db: Database = Object.create(engine.db, { transaction: { value: transaction } })
  return {
    engine: createEngine({ db, now: engine.now, newId: engine.newId }),
    read: () => {
      const seen = { statements, documents, states }
      ;[statements, documents, states] = [0, 0, 0]
      return seen
    },
  }
}

describe.each(testDatabases)('reads of a plan change on $name', ({ create }) => {
  let world: World
  beforeAll(async () => {
    world = await createWorld(create, '2026-01-01T01:00:00Z')
    await seedCatalogue(world.engine)
  })
  afterAll(async () => {
    expect(await mistakesOf(world)).toEqual([])
    await world.close()
  })

  test('reads do not grow with the number of invoices before the running billing period', async () => {
    const month = (index: number) => new Date(Date.UTC(2026, index, 1, 3)).toISOString()
    const begin = async (customerId: string) => {
      await seedCustomer(world.engine, customerId)
      await createSubscription(world.engine, { customerId, planId: 'team' })
    }
    const use = (customerId: string) =>
      recordUsage(world.engine, [
        { id: `e${world.engine.now()}`, customerId, meter: 'ai_chat', quantity: 1_200 },
      ])
    await begin('old')
    for (let index = 1; index <= 30; index += 1) {
      await use('old')
      await world.passTo(month(index))
      if (index === 26) await begin('young')
      if (index >= 26) await use('young')
    }
    const { engine, read } = counting(world.engine)
    const seen = async (customerId: string) => {
      read()
      await previewChange(engine, { customerId, planId: 'business' })
      const preview = read()
      const { invoice } = await upgradeSubscription(engine, { customerId, planId: 'business' })
      const upgrade = read()
      await cancelSubscription(engine, { customerId, when: 'now', credit: true })
      // The credit pays as many open invoices as it covers.
      const { documents: cancel } = read()
      return { preview, upgrade, cancel, lines: invoice!.lines.map(({ kind, amount }) => [kind, amount]) }
    }
    const [young, old] = [await seen('young'), await seen('old')]
    expect(old).toEqual(young)
    expect(young.lines).toEqual([
      ['unused_time', -59_900],
      ['fee', 199_900],
    ])
    // Each is read a few times: for the credit, for late usage, for discounts.
    expect(old.preview.documents).toBeLessThan(60)
  })

  test('the state is read once, and an upgrade takes 20 statements', async () => {
    await seedCustomer(world.engine, 'upgrading')
    await createSubscription(world.engine, { customerId: 'upgrading', planId: 'team' })
    await recordUsage(world.engine, [{ id: 'u1', customerId: 'upgrading', meter: 'ai_chat', quantity: 12 }])
    const { engine, read } = counting(world.engine)
    await upgradeSubscription(engine, { customerId: 'upgrading', planId: 'business' })
    const { statements, states } = read()
    expect(states).toBe(1)
    expect(statements).toBeLessThanOrEqual(20)
    await getSubscription(engine, { customerId: 'upgrading' })
    expect(read().statements).toBeLessThanOrEqual(7)
  })

  test('reads do not grow with the number of ended subscriptions that wait to be closed', async () => {
    const day = (index: number) => new Date(Date.parse(world.engine.now()) + index * 86_400_000).toISOString()
    const { engine, read } = counting(world.engine)
    for (const customerId of ['few', 'many']) {
      await seedCustomer(world.engine, customerId)
      await createSubscription(world.engine, { customerId, planId: 'team' })
    }
    const seen: Record<string, number[]> = { few: [], many: [] }
    for (let ended = 0; ended < 20; ended += 1) {
      await world.passTo(day(1))
      for (const customerId of ended === 0 ? ['few', 'many'] : ['many']) {
        await cancelSubscription(world.engine, { customerId, when: 'now' })
        await createSubscription(world.engine, { customerId, planId: 'team' })
      }
    }
    for (const customerId of ['few', 'many']) {
      for (const look of [
        () => getSubscription(engine, { customerId }),
        () => previewChange(engine, { customerId, planId: 'business' }),
      ]) {
        read()
        await look()
        seen[customerId]!.push(read().statements)
      }
    }
    expect(seen['many']).toEqual(seen['few'])
  })
})
