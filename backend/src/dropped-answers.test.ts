import { migrationsFolder } from '@customer-portal/billing/testing'
import { testDatabases } from '@customer-portal/database/testing'
import { expect, test } from 'vitest'
import { buildServer } from './app.ts'
import { readSettings, type Settings } from './environment.ts'
import { ensureSecretKey } from './secret-key.ts'
import { answerDroppingProxy } from './testing/answer-dropping-proxy.ts'
import { ask, emptyLedger, expectNothingLost, seedOver, type Ledger } from './testing/recording-clients.ts'
import { key } from './testing/server-process.ts'

const long = process.env['LONG'] === '1'
const clients = 50
const batches = long ? 20 : 2
const upTo = (most: number) => 1 + Math.floor(Math.random() * most)

test.each(testDatabases)(
  `${clients} clients whose responses are lost after the commit on $name, and who send 1 to 8 times, count each event once`,
  { timeout: 600_000 },
  async ({ create }) => {
    const database = await create({ billing: migrationsFolder })
    const { settings } = readSettings({ PORT: '0', BILLING_API_KEY: key, LOG_LEVEL: 'fatal' }) as {
      settings: Settings
    }
    const server = await buildServer(settings, { database })
    const ledger = emptyLedger()
    try {
      await ensureSecretKey(server.engine, key)
      const url = await server.listen()
      await seedOver(url)
      const lost = await Promise.all(
        Array.from({ length: clients }, (_, client) => recordThroughLosses(url, ledger, client)),
      )
      await expectNothingLost(database, ledger)
      // Every request was answered in the end, so no outcome is unknown.
      expect(ledger.acknowledged.size).toBe(ledger.sent.size)
      expect(lost.reduce((total, one) => total + one, 0)).toBeGreaterThan(clients * batches)
    } finally {
      await server.close()
      await database.close()
    }
  },
)

/** Sends batches, repeating each until its response arrives; returns the number of lost responses. */
async function recordThroughLosses(serverUrl: string, ledger: Ledger, client: number): Promise<number> {
  const proxy = await answerDroppingProxy(serverUrl)
  let lost = 0
  for (let turn = 0; turn < batches; turn += 1) {
    const batch = Array.from({ length: upTo(20) }, (_, index) => ({
      id: `${client}-${turn}-${index}`,
      customerId: client % 2 ? 'acme' : 'globex',
      meter: 'ai_chat',
      quantity: upTo(9),
    }))
    for (const { id, quantity } of batch) ledger.sent.set(id, quantity)
    const tries = upTo(8)
    proxy.drop(tries - 1)
    for (let asked = 1; asked < tries; asked += 1)
      expect(await ask(proxy.url, 'POST', '/events', batch)).toBeUndefined()
    // A lost response was sent after the commit, so a repeated batch consists of duplicates.
    const first = tries === 1
    expect(await ask(proxy.url, 'POST', '/events', batch)).toEqual({
      status: 200,
      body: { accepted: first ? batch.length : 0, duplicates: first ? 0 : batch.length, rejected: [] },
    })
    for (const { id } of batch) ledger.acknowledged.add(id)
    lost += tries - 1
  }
  await proxy.close()
  return lost
}
