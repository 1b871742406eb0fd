import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Database } from '@customer-portal/database'
import { testDatabases } from '@customer-portal/database/testing'
import { migrationsFolder } from '@customer-portal/billing/testing'
import { migrationsFolder as workbenchMigrations } from '@customer-portal/workbench'
import { apis, fuzzedServer, type FuzzedServer } from './run.ts'

/** The short form of `npm run fuzz`: two requests per operation, the same on each run. */
const seed = 20_260_310

let database: Database
let fuzzed: FuzzedServer
beforeAll(async () => {
  database = await testDatabases[0]!.create({
    billing: migrationsFolder,
    workbench: workbenchMigrations,
  })
  fuzzed = await fuzzedServer(database)
}, 180_000)
afterAll(async () => {
  await fuzzed.server.close()
  await database.close()
})

test.each(apis)(
  "requests generated from the %s API's document cause no server error, and a rejected one changes nothing",
  async (api) => {
    const statuses = await fuzzed.fuzz(api, { runs: 'each', seed })
    expect([...statuses.keys()].some((status) => status < 300)).toBe(true)
    expect([...statuses.keys()].some((status) => status >= 400)).toBe(true)
  },
  60_000,
)
