import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabases } from '@customer-portal/database/testing'
import { getUsageSummary, putMeter, recordUsage, type UsageEventInput } from '../src/index.ts'
import { createWorld, seedCatalogue, seedCustomer, type World } from '../src/testing.ts'

const long = process.env['LONG'] === '1'
/** PGlite is in memory here: a tenth of them fits. */
const events = { PostgreSQL: long ? 10_000_000 : 100_000, PGlite: long ? 1_000_000 : 20_000 }
const perBatch = 1_000
const atOnce = 4
const customers = Array.from({ length: 20 }, (_, index) => `sum-${index}`)
const most = BigInt(Number.MAX_SAFE_INTEGER)

/**
 * Meters with 0 to 6 decimals, and the maximum steps of an event: small ones, and ones so large that a month
 * holds almost as much as can be counted.
 */
const meters = [
  { key: 'ones', decimals: 0, most: 100n },
  { key: 'cents', decimals: 2, most: 1_000_000n },
  { key: 'thousandths', decimals: 3, most: 2n ** 32n },
  { key: 'millionths', decimals: 6, most: 10_000_000n },
  { key: 'bytes', decimals: 0, most: 'nearly all' as const },
]

/** Returns a number from 1 to `limit` from a fixed sequence (xorshift64). */
let state = 88_172_645_463_325_252n
function someUpTo(limit: bigint): bigint {
  state ^= (state << 13n) & 0xffff_ffff_ffff_ffffn
  state ^= state >> 7n
  state ^= (state << 17n) & 0xffff_ffff_ffff_ffffn
  return 1n + (state % limit)
}

/**
 * Writes steps as the decimal number a sender would write, from the digits, without arithmetic in between.
 */
function written(steps: bigint, decimals: number): string {
  const digits = String(steps).padStart(decimals + 1, '0')
  return decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`
}

describe.each(testDatabases)('on $name', ({ create, name }) => {
  let world: World
  const total = events[name]
  beforeAll(async () => {
    world = await createWorld(create, '2026-11-30T15:00:00Z')
    await seedCatalogue(world.engine)
    for (const { key, decimals } of meters)
      await putMeter(world.engine, { key, name: key, unit: key, decimals })
    for (const id of customers) await seedCustomer(world.engine, id)
  })
  afterAll(() => world.close())

  test(
    `the sums of ${total.toLocaleString('en')} random quantities equal exact arithmetic, to the last step`,
    { timeout: 7_200_000 },
    async () => {
      const expected = new Map<string, bigint>()
      // Nine tenths of what a month can hold, spread over its events: their sum stays close below it.
      const perMeter = BigInt(total / customers.length / meters.length)
      const nearlyAll = (most * 18n) / (perMeter * 10n)
      const began = performance.now()
      const sender = async (first: number) => {
        for (let batch = first; batch * perBatch < total; batch += atOnce) {
          const sent = batchOf(batch, nearlyAll, expected)
          expect(await recordUsage(world.engine, sent)).toEqual({
            accepted: perBatch,
            duplicates: 0,
            rejected: [],
          })
          // Sends one again now and then.
          if (batch % 50 === 0)
            expect(await recordUsage(world.engine, sent)).toEqual({
              accepted: 0,
              duplicates: perBatch,
              rejected: [],
            })
        }
      }
      await Promise.all(Array.from({ length: atOnce }, (_, first) => sender(first)))
      const took = performance.now() - began
      const sums = (table: string) =>
        world.db.asOwner((tx) =>
          tx.query<{ key: string; sum: string }>(
            `select customer_id || ' ' || meter as key, sum(quantity)::text as sum from ${table} group by 1`,
          ),
        )
      const exact = Object.fromEntries([...expected].map(([key, sum]) => [key, String(sum)]))
      for (const table of ['usage_events', 'usage_daily'])
        expect(Object.fromEntries((await sums(table)).map(({ key, sum }) => [key, sum])), table).toEqual(
          exact,
        )
      for (const customerId of customers) {
        const { usage } = await getUsageSummary(world.engine, { customerId })
        expect(usage).toEqual(
          Object.fromEntries(
            meters.map(({ key, decimals }) => [
              key,
              Number(written(expected.get(`${customerId} ${key}`)!, decimals)),
            ]),
          ),
        )
      }
      if (long)
        console.info(
          `${name}: ${total} events recorded in ${Math.round(took / 1000)} s; `
            + `the largest sum is ${[...expected.values()].reduce((a, b) => (a > b ? a : b))} of ${most} `
            + 'steps',
        )
    },
  )
})

/** A batch of one customer and one day of November: large quantities are checked day by day. */
function batchOf(batch: number, nearlyAll: bigint, expected: Map<string, bigint>): UsageEventInput[] {
  const customerId = customers[batch % customers.length]!
  const time = `2026-11-${String(1 + (Math.floor(batch / customers.length) % 30)).padStart(2, '0')}T04:00:00Z`
  return Array.from({ length: perBatch }, (_, index) => {
    const meter = meters[index % meters.length]!
    const steps = someUpTo(meter.most === 'nearly all' ? nearlyAll : meter.most)
    const key = `${customerId} ${meter.key}`
    expected.set(key, (expected.get(key) ?? 0n) + steps)
    return {
      id: `${batch}-${index}`,
      customerId,
      meter: meter.key,
      quantity: Number(written(steps, meter.decimals)),
      time,
    }
  })
}
