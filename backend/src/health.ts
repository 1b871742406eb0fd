import type { App } from '@customer-portal/http'
import { DatabaseUnavailable, type Database } from '@customer-portal/database'
import { Type } from 'typebox'

const Health = Type.Object({ status: Type.Literal('ok') }, { additionalProperties: false })
const route = { config: { scope: 'public' as const }, schema: { hide: true, response: { 200: Health } } }

/**
 * `/healthz`: the process responds. `/readyz`: it can also do its work; not while it shuts down, so that a
 * load balancer goes elsewhere.
 */
export function healthRoutes(app: App, database: Database): void {
  let closing = false
  app.addHook('preClose', async () => {
    closing = true
  })
  app.get('/healthz', route, async () => ({ status: 'ok' as const }))
  app.get('/readyz', route, async () => {
    if (closing) throw new DatabaseUnavailable('the server is shutting down')
    await database.ping()
    return { status: 'ok' as const }
  })
}
