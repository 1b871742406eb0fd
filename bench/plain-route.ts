import Fastify from 'fastify'
import type { Static } from 'typebox'
import { EventInput, Quota, Recorded } from '../products/billing-api/src/contract.ts'

// The minimum of an endpoint: it validates the body and responds. It stores nothing and uses no database.
const app = Fastify()
app.get('/ready', async () => ({}))
app.post('/events', { schema: { body: EventInput, response: { 200: Recorded } } }, async () => ({
  accepted: 1,
  duplicates: 0,
  rejected: [],
}))
// Typed by the contract: an answer that lacks a field of it fails the type check, not a benchmark that is
// seldom run.
const quota: Static<typeof Quota> = {
  allowed: true,
  included: 1000,
  granted: 0,
  used: 10,
  deficit: 0,
  reserved: 0,
  remaining: 990,
  overagePolicy: 'block',
  resetsAt: '2026-12-01T00:00:00.000000Z',
}
app.get('/customers/:customerId/quota/:meter', { schema: { response: { 200: Quota } } }, async () => quota)
await app.listen({ host: '127.0.0.1', port: Number(process.env['PORT']) })
process.on('SIGTERM', () => process.exit(0))
