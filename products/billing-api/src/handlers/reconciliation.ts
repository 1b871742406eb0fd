import { listMistakes, type Engine } from '@customer-portal/billing'
import { PageQuery, type App } from '@customer-portal/http'
import { Mistakes } from '../contract.ts'

/** The check of the books, by the server's own clock and outside its transactions. */
export function reconciliationRoutes(app: App, engine: Engine): void {
  app.get(
    '/reconciliation',
    {
      config: { scope: 'admin' },
      schema: {
        summary: 'Prove the books',
        tags: ['invoices'],
        querystring: PageQuery,
        response: { 200: Mistakes },
        description:
          'The rows that break a rule, of `limit` customers at a time: usage, '
          + 'invoices and their hashes, balances, numbers. An empty list is the proof. '
          + '`npm run reconcile` asks here while a server holds the data.',
      },
    },
    async (request) => listMistakes(engine, request.query),
  )
}
