import { listCustomers } from '@customer-portal/billing'
import type { Database } from '@customer-portal/database'
import type { Server } from './app.ts'
import type { Settings } from './environment.ts'
import type { DemoLogin } from './welcome.ts'

/**
 * Fills a database without customers with the demo and returns how to look at it. Leaves a database with
 * customers alone.
 */
export async function fillDemo(
  server: Server,
  settings: Settings,
  database: Database,
): Promise<DemoLogin | undefined> {
  const { data } = await listCustomers(server.engine, { limit: 1 })
  const { seedDemo } = await import('./demo/index.ts')
  return seedDemo(server.engine, { database, settings, isEmpty: data.length === 0 })
}
