import { expect, test } from 'vitest'
import { places } from './testing/place.ts'
import { emptyLedger, expectNothingLost, recordUntil, seedOver } from './testing/recording-clients.ts'
import { serverProcess } from './testing/server-process.ts'

const long = process.env['LONG'] === '1'
const rounds = long ? 20 : 2

test.each(places)(
  'a server on $name that is killed at any moment of recording loses nothing it acknowledged',
  { timeout: long ? 1_800_000 : 600_000 },
  async ({ name, create }) => {
    const place = await create()
    const server = await serverProcess(place.environment)
    const ledger = emptyLedger()
    const restarts: number[] = []
    try {
      await server.start()
      await seedOver(server.url)
      for (let round = 0; round < rounds; round += 1) {
        const stop = new AbortController()
        const recording = recordUntil(server.url, ledger, stop.signal, { name: `round${round}` })
        await new Promise((resolve) => setTimeout(resolve, 50 + Math.random() * 1_500))
        await server.kill()
        restarts.push(await server.start())
        // Clients that retry are answered by the next server.
        await new Promise((resolve) => setTimeout(resolve, 100))
        stop.abort()
        await recording
      }
      await server.kill()
      const database = await place.open()
      await expectNothingLost(database, ledger).finally(() => database.close())
      expect(ledger.acknowledged.size).toBeGreaterThan(rounds * 100)
      expect(ledger.statuses.get(0), 'requests the kills left without an answer').toBeGreaterThan(0)
      // Logged, not asserted: on a busy machine a second may take longer.
      if (long)
        console.info(
          `${name}: ${rounds} kills, ${ledger.acknowledged.size} of ${ledger.sent.size} events `
            + `acknowledged, ${ledger.statuses.get(0)} requests without an answer; `
            + `ready again after ${Math.round(Math.min(...restarts))} to `
            + `${Math.round(Math.max(...restarts))} ms`,
        )
    } finally {
      await server.kill()
      await place.remove()
    }
  },
)
