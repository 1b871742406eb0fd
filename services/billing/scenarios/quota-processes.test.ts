import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DatabaseUnavailable } from '@customer-portal/database'
import { testDatabases } from '@customer-portal/database/testing'
import {
  addSeconds,
  checkQuota,
  consume,
  createEngine,
  createSubscription,
  getUsageSummary,
  putPlan,
  recordUsage,
  releaseReservation,
  reserve,
  runBilling,
  settleReservation,
  upgradeSubscription,
  type Engine,
} from '../src/index.ts'
import { createWorld, seedCatalogue, seedCustomer, type World } from '../src/testing.ts'
import { mistakesOf } from './invariants.ts'

const start = '2026-11-10T04:00:00.000000Z'
const limit = 1_000
const clients = 200
const rounds = process.env['LONG'] === '1' ? 30 : 2

/** On a machine too busy to give a connection in time the caller gets 503 and retries with the same id. */
async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof DatabaseUnavailable)) throw error
    }
  }
}

/** Several engines on one database behave like several server processes: they share only its rows. */
describe.each(testDatabases)('several engines on one $name', ({ create }) => {
  let world: World
  let engines: Engine[]
  let now = start
  beforeAll(async () => {
    world = await createWorld(create, start)
    let ids = 0
    engines = [1, 2, 3].map((engine) =>
      createEngine({ db: world.db, now: () => now, newId: (prefix) => `${prefix}_${engine}_${(ids += 1)}` }),
    )
    await seedCatalogue(world.engine)
    await putPlan(world.engine, {
      id: 'thousand',
      name: 'Thousand',
      fee: { amount: 0, per: 'subscription' },
      charges: [{ meter: 'ai_chat', included: limit, overage: 'block' }],
    })
  })
  afterAll(async () => {
    expect(await mistakesOf(world)).toEqual([])
    await world.close()
  })
  const subscribe = async (customerId: string, planId = 'thousand') => {
    await seedCustomer(world.engine, customerId)
    await createSubscription(world.engine, { customerId, planId })
  }
  /** Derived from a number, so that each history is the same every time. */
  const amountOf = (number: number, most: number) => 1 + ((number * 7919) % most)
  const engineOf = (number: number) => engines[number % engines.length]!

  test.each(Array.from({ length: rounds }, (_, round) => round))(
    'clients that want more than the allowance share exactly that, on any engine (round %i)',
    async (round) => {
      const customerId = `shared-${round}`
      await subscribe(customerId)
      now = start
      const of = { customerId, meter: 'ai_chat' }
      let granted = 0
      const count = (quantity: number) => {
        granted += quantity
      }
      const client = async (number: number) => {
        for (let turn = 0; turn < 4; turn += 1) {
          const id = `${number}-${turn}`
          const chance = amountOf(number + 13 * turn + 31 * round, 101)
          if (chance < 60) {
            const ask = (engine: Engine) =>
              patiently(() => consume(engine, { ...of, id, quantity: amountOf(chance, 13) }))
            // Sent twice, also to another process at the same time, it counts once.
            const [one, two] =
              chance < 15
                ? await Promise.all([ask(engineOf(number)), ask(engineOf(number + 1))])
                : [await ask(engineOf(number))]
            if (two && two.granted > 0 && one.granted > 0)
              expect([one.granted, one.duplicate || two.duplicate]).toEqual([two.granted, true])
            count(Math.max(one.granted, two?.granted ?? 0))
            continue
          }
          const reservation = await patiently(() =>
            reserve(engineOf(number), {
              ...of,
              id,
              quantity: amountOf(chance, 19),
              ttlSeconds: chance < 80 ? 1 : 3_600,
            }),
          )
          if (reservation.granted === 0) continue
          if (chance < 85)
            count(
              (
                await patiently(() =>
                  settleReservation(engineOf(number + turn), {
                    ...of,
                    reservationId: id,
                    quantity: amountOf(chance, 25) - 1,
                  }),
                )
              ).granted,
            )
          else if (chance < 92)
            await patiently(() => releaseReservation(engineOf(number + turn), { ...of, reservationId: id }))
          if (number % 50 === 7) now = addSeconds(now, 1)
        }
      }
      await Promise.all(Array.from({ length: clients }, (_, number) => client(number)))
      now = addSeconds(now, 3_601)
      expect((await checkQuota(world.engine, of)).used).toBe(granted)
      expect(granted).toBeLessThanOrEqual(limit)
      // What was left reserved has expired: the rest can be consumed, to the last unit.
      const rest = await Promise.all(
        Array.from({ length: 50 }, (_, number) =>
          consume(engineOf(number), { ...of, id: `rest-${number}`, quantity: 40 }),
        ),
      )
      expect(granted + rest.reduce((sum, answer) => sum + answer.granted, 0)).toBe(limit)
      expect((await getUsageSummary(world.engine, { customerId })).usage).toEqual({ ai_chat: limit })
    },
  )

  test('one unit that everybody wants at once goes to one', async () => {
    await subscribe('last', 'free')
    const of = { customerId: 'last', meter: 'ai_chat' }
    await consume(world.engine, { ...of, id: 'first', quantity: 19 })
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, number) =>
        consume(engineOf(number), { ...of, id: `${number}`, quantity: 1 }),
      ),
    )
    expect(answers.filter((answer) => answer.granted === 1)).toHaveLength(1)
  })

  test('many customers on many engines, beside events, billing runs and plan changes', async () => {
    const customers = Array.from({ length: 30 }, (_, number) => `many-${number}`)
    for (const customerId of customers) await subscribe(customerId, 'free')
    const errors: unknown[] = []
    await Promise.all(
      customers.flatMap((customerId, index) =>
        [
          ...Array.from(
            { length: 12 },
            (_, number) => () =>
              consume(engineOf(number), { customerId, meter: 'ai_chat', id: `c${number}`, quantity: 3 }),
          ),
          () =>
            recordUsage(
              engineOf(index),
              customers.map((other) => ({
                id: `e-${customerId}`,
                customerId: other,
                meter: 'ai_chat',
                quantity: 1,
              })),
            ),
          ...(index % 5 === 0
            ? [
                () => upgradeSubscription(engineOf(index), { customerId, planId: 'team' }),
                () => runBilling(engineOf(index + 1)),
              ]
            : []),
        ].map((work: () => Promise<unknown>) =>
          patiently(work).catch((error: unknown) => errors.push(error)),
        ),
      ),
    )
    expect(errors).toEqual([])
    for (const [index, customerId] of customers.entries()) {
      const [events] = await world.db.asOwner((tx) =>
        tx.query<{ granted: number; sent: number }>(
          `select coalesce(sum(quantity) filter (where id like 'c%'), 0)::bigint as granted,
              count(*) filter (where id like 'e%') as sent
            from usage_events
            where customer_id = $1`,
          [customerId],
        ),
      )
      expect(events!.sent).toBe(customers.length)
      // The changed plans bill overage.
      if (index % 5 !== 0) expect(events!.granted).toBeLessThanOrEqual(20)
    }
  })
})
