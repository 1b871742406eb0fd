import Fastify from 'fastify'
import { EventInput, Recorded } from '../products/billing-api/src/contract.ts'

// What anybody would call the least an endpoint for events can do: it validates the body and answers. It keeps nothing.
const app = Fastify()
app.get('/ready', async () => ({}))
app.post('/events', { schema: { body: EventInput, response: { 200: Recorded } } }, async () => ({ accepted: 1, duplicates: 0, rejected: [] }))
await app.listen({ host: '127.0.0.1', port: Number(process.env['PORT']) })
process.on('SIGTERM', () => process.exit(0))
