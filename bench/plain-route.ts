import Fastify from 'fastify'
import { EventInput, Quota, Recorded } from '../products/billing-api/src/contract.ts'

// The minimum of an endpoint: it validates the body and responds. It stores nothing and uses no database.
const app = Fastify()
app.get('/ready', async () => ({}))
app.post('/events', { schema: { body: EventInput, response: { 200: Recorded } } }, async () => ({
  accepted: 1,
  duplicates: 0,
  rejected: [],
}))
const quota = {
  allowed: true,
  included: 1000,
  used: 10,
  reserved: 0,
  remaining: 990,
  overagePolicy: 'block',
  resetsAt: '2026-12-01T00:00:00.000000Z',
} as const
app.get('/customers/:customerId/quota/:meter', { schema: { response: { 200: Quota } } }, async () => quota)
await app.listen({ host: '127.0.0.1', port: Number(process.env['PORT']) })
process.on('SIGTERM', () => process.exit(0))
