import Fastify from 'fastify'
import type { Static } from 'typebox'
import { Consumed, ConsumeInput } from '../products/billing-api/src/contract.ts'
import { openConditionalUpdate } from './load/conditional-update.ts'

// The obvious simple implementation: an endpoint that validates the body and updates a row if there is room,
// one statement per request.
const quotas = openConditionalUpdate(process.env['DATABASE_URL']!)
const app = Fastify()
app.get('/ready', async () => ({}))
app.post<{ Params: { customerId: string; meter: string }; Body: Static<typeof ConsumeInput> }>(
  '/customers/:customerId/quota/:meter/consume',
  { schema: { body: ConsumeInput, response: { 200: Consumed } } },
  async (request) => {
    const { customerId, meter } = request.params
    const quantity = Number(request.body.quantity ?? 1)
    const remaining = await quotas.consume(customerId, meter, quantity)
    return {
      granted: remaining === undefined ? 0 : quantity,
      remaining: remaining ?? 0,
      overage: 0,
      duplicate: false,
    }
  },
)
await app.listen({ host: '127.0.0.1', port: Number(process.env['PORT']) })
process.on(
  'SIGTERM',
  () =>
    void app
      .close()
      .then(() => quotas.end())
      .then(() => process.exit(0)),
)
