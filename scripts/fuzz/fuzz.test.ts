import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Database } from '@customer-portal/database'
import { testDatabases } from '@customer-portal/database/testing'
import { folders, fuzzedServer, type FuzzedServer } from './run.ts'

/** The short form of `npm run fuzz`: the same requests at each run, few enough to go with every test. */
const runs = 100
const seed = 20_260_310

let database: Database
let fuzzed: FuzzedServer
beforeAll(async () => {
  database = await testDatabases[0]!.create(folders)
  fuzzed = await fuzzedServer(database)
}, 180_000)
afterAll(async () => {
  await fuzzed.server.close()
  await database.close()
})

test.each(['portal', 'billing'] as const)('requests made from the document of the %s API meet no mistake of ours, and no refusal changes anything', async (api) => {
  const statuses = await fuzzed.fuzz(api, { runs, seed })
  expect([...statuses.values()].reduce((sum, count) => sum + count, 0)).toBe(runs)
  expect([...statuses.keys()].some((status) => status < 300)).toBe(true)
  expect([...statuses.keys()].some((status) => status >= 400)).toBe(true)
}, 180_000)
