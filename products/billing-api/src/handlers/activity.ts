import { listActivity, type Engine } from '@customer-portal/billing'
import { PageQuery, type App } from '@customer-portal/http'
import { Page } from '@customer-portal/http/resources'
import { Activity } from '../contract.ts'

/** The activity of the vendor's customers, for systems that follow it. */
export function activityRoutes(app: App, engine: Engine): void {
  app.get(
    '/activity',
    {
      config: { scope: 'customers:read' },
      schema: {
        summary: 'What changed, oldest first',
        tags: ['activity'],
        querystring: PageQuery,
        response: { 200: Page(Activity) },
        description:
          'Keep `nextCursor` and ask again with it: it stands at the end too (null only while nothing '
          + 'has happened yet). Nothing ever appears behind a cursor, and each change appears once.',
      },
    },
    async (request) => listActivity(engine, request.query),
  )
}
