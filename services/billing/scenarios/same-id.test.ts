import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Database } from '@customer-portal/database'
import { testDatabases } from '@customer-portal/database/testing'
import {
  consume,
  createEngine,
  createSubscription,
  getUsageSummary,
  putMeter,
  putPlan,
  recordUsage,
  reserve,
  type Engine,
  type UsageEventInput,
} from '../src/index.ts'
import { createWorld, seedCatalogue, seedCustomer, type World } from '../src/testing.ts'
import { mistakesOf } from './invariants.ts'

const start = '2026-11-20T00:00:00.000000Z'
const rounds = process.env['LONG'] === '1' ? 100 : 2
const events = 300

/** Several engines on one database behave like several server processes. */
describe.each(testDatabases)('one id at two servers at the same time, on $name', ({ create, name }) => {
  let world: World
  let engines: [Engine, Engine]
  /** How often a transaction was retried, as after a deadlock. */
  let repeated = 0
  beforeAll(async () => {
    world = await createWorld(create, start)
    const db = countingRepetitions(world.db, () => {
      repeated += 1
    })
    const engine = (number: number) =>
      createEngine({ db, now: () => start, newId: (prefix) => `${prefix}_${number}` })
    engines = [engine(1), engine(2)]
    await seedCatalogue(world.engine)
    await putMeter(world.engine, { key: 'words', name: 'Words', unit: 'words', groupBy: ['model'] })
    await putPlan(world.engine, {
      id: 'words',
      name: 'Words',
      rank: 1,
      fee: { amount: 0, per: 'subscription' },
      charges: [{ meter: 'words', included: null, overage: 'bill' }],
    })
  })
  afterAll(async () => {
    expect(await mistakesOf(world)).toEqual([])
    await world.close()
  })
  afterEach(() => {
    expect(repeated).toBe(0)
    repeated = 0
  })
  const subscribe = async (customerId: string) => {
    await seedCustomer(world.engine, customerId)
    await createSubscription(world.engine, { customerId, planId: 'words' })
  }

  test.each(Array.from({ length: rounds }, (_, round) => round))(
    'an event in two batches counts once, and a second event with its id gets event_conflict (round %i)',
    async (round) => {
      const customerId = `same-${round}`
      await seedCustomer(world.engine, customerId)
      const differs = (index: number) => index % 5 === round % 5
      const sent = (side: number) =>
        Array.from({ length: events }, (_, index): UsageEventInput => ({
          id: `e${index}`,
          customerId,
          meter: index % 2 ? 'words' : 'ai_chat',
          quantity: differs(index) ? 1 + index + events * side : 1 + index,
          properties: { model: `m${index % 7}` },
        }))
      // One sends from the front, the other from the back, in requests of different sizes: they meet in the
      // middle.
      const batches = [cut(sent(0), 40), cut(sent(1).reverse(), 70)]
      const outcomes = await Promise.all(
        batches.map((side, place) => Promise.all(side.map((batch) => recordUsage(engines[place]!, batch)))),
      )
      const total = (key: 'accepted' | 'duplicates') =>
        outcomes.flat().reduce((sum, recorded) => sum + recorded[key], 0)
      const conflicts = outcomes.map((side, place) =>
        side.flatMap(({ rejected }, index) =>
          rejected.map((one) => ({ ...one, sent: batches[place]![index]![one.index]! })),
        ),
      )
      const different = Array.from({ length: events }, (_, index) => index).filter(differs)
      expect([total('accepted'), total('duplicates')]).toEqual([events, events - different.length])
      expect(
        conflicts
          .flat()
          .map(({ id, code }) => `${id} ${code}`)
          .sort(),
      ).toEqual(different.map((index) => `e${index} event_conflict`).sort())
      // What was counted is what was accepted: the other server's side of each conflict.
      const refused = conflicts.flat().reduce((sum, one) => sum + Number(one.sent.quantity), 0)
      const all = [...sent(0), ...sent(1)].reduce((sum, event) => sum + Number(event.quantity), 0)
      const twice = sent(0)
        .filter((_, index) => !differs(index))
        .reduce((sum, event) => sum + Number(event.quantity), 0)
      const { usage } = await getUsageSummary(world.engine, { customerId })
      expect(usage['words']! + usage['ai_chat']!).toBe(all - twice - refused)
    },
  )

  test('an event counts once, whether it is consumed or recorded', async () => {
    await subscribe('both')
    const ids = Array.from({ length: 100 }, (_, index) => `b${index}`)
    const [recorded, consumed] = await Promise.all([
      Promise.all(
        cut(ids, 9).map((batch) =>
          recordUsage(
            engines[0],
            batch.map((id) => ({ id, customerId: 'both', meter: 'words', quantity: 3 })),
          ),
        ),
      ),
      Promise.all(
        ids
          .toReversed()
          .map((id) => consume(engines[1], { id, customerId: 'both', meter: 'words', quantity: 3 })),
      ),
    ])
    expect(
      recorded.reduce((sum, one) => sum + one.accepted, 0)
        + consumed.filter(({ duplicate }) => !duplicate).length,
    ).toBe(100)
    expect((await getUsageSummary(world.engine, { customerId: 'both' })).usage['words']).toBe(300)
  })

  // PGlite runs one transaction after the other.
  if (name === 'PostgreSQL') {
    const code = (work: Promise<unknown>) =>
      work.then(
        () => 'done',
        (error: { code: string }) => error.code,
      )
    const waiting = async (count: number) => {
      for (;;) {
        const [row] = await world.db.asOwner((tx) =>
          tx.query<{ count: number }>(
            `select count(*)::int as count
              from pg_stat_activity
              where datname = current_database() and wait_event_type = 'Lock'`,
          ),
        )
        if (row!.count === count) return
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    }
    /** Runs `work` while another transaction holds the locks of `sql`; that one rolls back once both wait. */
    async function heldBack(sql: string, parameters: unknown[], work: () => Promise<void>): Promise<void> {
      await world.db
        .asOwner(async (tx) => {
          await tx.query(sql, parameters)
          await work()
          throw new Error('taken back')
        })
        .catch((error: Error) => expect(error.message).toBe('taken back'))
    }

    test('an id reserved and recorded at once goes to one, without a deadlock', async () => {
      await subscribe('names')
      let outcomes: Promise<unknown>[] = []
      await heldBack("select pg_advisory_xact_lock(hashtextextended('names', 7305810229))", [], async () => {
        const recorded = recordUsage(engines[0], [
          { id: 'x', customerId: 'names', meter: 'words', properties: { model: 'new' } },
        ])
        await waiting(1)
        const reserved = code(
          reserve(engines[1], { id: 'x', customerId: 'names', meter: 'words', quantity: 5, ttlSeconds: 60 }),
        )
        const consumed = code(
          consume(engines[1], {
            id: 'y',
            customerId: 'names',
            meter: 'words',
            properties: { model: 'newer' },
          }),
        )
        outcomes = [recorded, reserved, consumed]
        await waiting(2)
      })
      expect(await Promise.all(outcomes)).toEqual([
        { accepted: 1, duplicates: 0, rejected: [] },
        'event_conflict',
        'done',
      ])
    })

    test('ids reserved and consumed together are claimed in the order of a batch', async () => {
      await subscribe('order')
      let outcomes: Promise<unknown>[] = []
      await heldBack(
        "insert into usage_keys (customer_id, id, body_hash, time) values ('order', 'm', '', $1)",
        [start],
        async () => {
          const recorded = recordUsage(
            engines[0],
            ['a', 'm', 'r'].map((id) => ({ id, customerId: 'order', meter: 'words' })),
          )
          await waiting(1)
          const reserved = code(
            reserve(engines[1], {
              id: 'r',
              customerId: 'order',
              meter: 'words',
              quantity: 5,
              ttlSeconds: 60,
            }),
          )
          const consumed = consume(engines[1], { id: 'a', customerId: 'order', meter: 'words' })
          outcomes = [recorded, reserved, consumed]
          await waiting(2)
        },
      )
      expect(await Promise.all(outcomes)).toEqual([
        { accepted: 3, duplicates: 0, rejected: [] },
        'event_conflict',
        { granted: 1, remaining: null, overage: 0, duplicate: true },
      ])
    })
  }
})

/** The same database with a callback when it retries a transaction. */
function countingRepetitions(db: Database, onRepeated: () => void): Database {
  return {
    ...db,
    transaction: (access, work, options) => {
      let runs = 0
      return db.transaction(
        access,
        (tx) => {
          if ((runs += 1) > 1) onRepeated()
          return work(tx)
        },
        options,
      )
    },
  }
}

function cut<T>(list: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, index) =>
    list.slice(index * size, (index + 1) * size),
  )
}
