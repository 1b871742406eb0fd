import { listChanges, type Billing } from '@customer-portal/billing'
import { PageQuery, type App } from '@customer-portal/http'
import { Page } from '@customer-portal/http/resources'
import { Change } from '../contract.ts'

/** What happened to the vendor's customers, for the systems that have to know. */
export function changeRoutes(app: App, billing: Billing): void {
  app.get('/changes', {
    config: { scope: 'customers:read' },
    schema: {
      summary: 'What changed, oldest first', tags: ['changes'], querystring: PageQuery, response: { 200: Page(Change) },
      description: 'Keep `nextCursor` and ask again with it: it stands at the end too (null only while nothing has happened yet). Nothing ever appears behind a cursor, and each change appears once.',
    },
  }, async (request) => listChanges(billing, request.query))
}
