import { getReconciliation, getUsageSummary, keepRejected, recordUsage, type Billing } from '@customer-portal/billing'
import type { App } from '@customer-portal/http'
import { PeriodLabel, UsageSummary } from '@customer-portal/http/resources'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { cloudEventBatchType, cloudEventType, takeCloudEvents } from '../cloud-event.ts'
import { EventBatch, Reconciliation, Recorded } from '../contract.ts'
import { readEvents } from '../event-batch.ts'

const scope = 'billing' as const
const CustomerPath = Type.Object({ customerId: Type.String() })
const eventBodyLimit = 8 * 1024 * 1024

/** What customers used. */
export function usageRoutes(app: App, billing: Billing): void {
  // A scope of its own: no other route takes the content types of CloudEvents.
  void app.register(async (scoped) => {
    takeCloudEvents(scoped)
    ;(scoped as unknown as App).post('/events', {
      config: { scope, documentedBody: EventBatch },
      bodyLimit: eventBodyLimit,
      schema: {
        summary: 'Record usage', tags: ['usage'], consumes: ['application/json', cloudEventType, cloudEventBatchType], response: { 200: Recorded },
        description: 'One event or up to 1,000, or CloudEvents 1.0 in structured, batched or binary mode. Each stands for itself: what is wrong with one is told in `rejected`, and the others are kept. An event id counts once.',
      },
    }, async (request) => recordBatch(billing, request))
  })

  app.get('/customers/:customerId/usage', {
    config: { scope },
    schema: {
      summary: "A customer's usage in a period", tags: ['usage'], params: CustomerPath, response: { 200: UsageSummary },
      querystring: Type.Object({ period: Type.Optional(PeriodLabel) }, { additionalProperties: false }),
    },
  }, async (request) => getUsageSummary(billing, { ...request.params, ...request.query }))

  app.get('/customers/:customerId/reconciliation', {
    config: { scope },
    schema: {
      summary: 'Where the usage of a period went', tags: ['usage'], params: CustomerPath, response: { 200: Reconciliation },
      description: 'Counted again from the events and the invoices: accepted = billed + adjusted + unbilled + uncharged. `difference` is anything but 0 only where a row is wrong.',
      querystring: Type.Object({ period: Type.Optional(PeriodLabel) }, { additionalProperties: false }),
    },
  }, async (request) => getReconciliation(billing, { ...request.params, ...request.query }))
}

async function recordBatch(billing: Billing, request: FastifyRequest) {
  const { events, places, rejected, refused } = readEvents(request)
  await keepRejected(billing, refused)
  const recorded = events.length > 0 ? await recordUsage(billing, events) : { accepted: 0, duplicates: 0, rejected: [] }
  const all = [...rejected, ...recorded.rejected.map((refusal) => ({ ...refusal, index: places[refusal.index] ?? refusal.index }))]
  return { accepted: recorded.accepted, duplicates: recorded.duplicates, rejected: all.sort((a, b) => a.index - b.index) }
}
