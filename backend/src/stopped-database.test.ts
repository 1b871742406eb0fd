import { expect, test } from 'vitest'
import { findPostgres, startPostgres } from '../../scripts/postgres.mjs'
import { databasePlace } from './testing/place.ts'
import { ask, emptyLedger, expectNothingLost, recordUntil, seedOver } from './testing/recording-clients.ts'
import { serverProcess } from './testing/server-process.ts'

const long = process.env['LONG'] === '1'
const rounds = long ? 20 : 2
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

// A server in TEST_DATABASE_URL belongs to others too; this one is our own to stop.
const folder = await findPostgres()
if (folder)
  test(
    'when PostgreSQL is stopped immediately and restarted under load, nothing acknowledged is lost, and the server answers 503 until it is back',
    { timeout: long ? 1_800_000 : 600_000 },
    async () => {
      const postgres = await startPostgres(folder, { durable: true })
      const place = await databasePlace(postgres.url)
      const server = await serverProcess(place.environment)
      const ledger = emptyLedger()
      const recoveries: number[] = []
      try {
        await server.start()
        await seedOver(server.url)
        for (let round = 0; round < rounds; round += 1) {
          const stop = new AbortController()
          const recording = recordUntil(server.url, ledger, stop.signal, { name: `round${round}` })
          await pause(100 + Math.random() * 1_500)
          await postgres.stopAtOnce()
          await expectUnavailable(server.url)
          await pause(Math.random() * 1_000)
          await postgres.startAgain()
          recoveries.push(await untilRecorded(server.url, `back${round}`))
          stop.abort()
          await recording
        }
        for (let round = 0; round < rounds; round += 1) ledger.sent.set(`back${round}`, 1)
        const database = await place.open()
        await expectNothingLost(database, ledger).finally(() => database.close())
        expect(ledger.acknowledged.size).toBeGreaterThan(rounds * 100)
        expect(ledger.statuses.get(503)).toBeGreaterThan(0)
        expect(ledger.statuses.get(0), 'requests without an answer').toBeUndefined()
        if (long)
          console.info(
            `PostgreSQL: ${rounds} stops, ${ledger.acknowledged.size} of ${ledger.sent.size} events `
              + `acknowledged, answers ${JSON.stringify([...ledger.statuses])}; `
              + `records again ${Math.round(Math.min(...recoveries))} to `
              + `${Math.round(Math.max(...recoveries))} ms after the database is back`,
          )
      } finally {
        await server.kill()
        await postgres.stop()
      }
    },
  )

async function expectUnavailable(url: string): Promise<void> {
  const ready = await fetch(`${url}/readyz`)
  expect([ready.status, Number(ready.headers.get('retry-after')) > 0]).toEqual([503, true])
  expect(
    await ask(url, 'POST', '/events', { id: 'away', customerId: 'acme', meter: 'ai_chat' }),
  ).toMatchObject({ status: 503, body: { code: 'database_unavailable' } })
}

/** Milliseconds until the same server records an event. */
async function untilRecorded(url: string, id: string): Promise<number> {
  const began = performance.now()
  while ((await ask(url, 'POST', '/events', { id, customerId: 'acme', meter: 'ai_chat' }))?.status !== 200)
    await pause(10)
  return performance.now() - began
}
