import { createEngine } from '@customer-portal/billing'
import { registerBillingApi } from '@customer-portal/billing-api'
import type { Database } from '@customer-portal/database'
import { createApp } from '@customer-portal/http'
import type { OpenApi } from './openapi.ts'

/**
 * The OpenAPI document of the vendor's API on a server with a test clock, which has every operation. Opens no
 * database.
 */
export async function vendorApi(): Promise<OpenApi> {
  const engine = createEngine({
    db: undefined as unknown as Database,
    now: () => '2026-01-01T00:00:00.000000Z',
    newId: (prefix) => prefix,
  })
  const app = await createApp()
  const testClock = { now: engine.now, moveTo: async (instant: string) => instant }
  await registerBillingApi(app, { engine, publicUrl: () => 'https://billing.example.com', testClock })
  await app.ready()
  const document = (await app.inject({ url: '/api/billing/openapi.json' })).json<OpenApi>()
  await app.close()
  return document
}
