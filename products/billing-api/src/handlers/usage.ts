import {
  getReconciliation,
  getUsageSummary,
  storeRejected,
  listLateEvents,
  listRejectedEvents,
  recordUsage,
  retryRejectedEvents,
  voidEvents,
  type Engine,
} from '@customer-portal/billing'
import { PageQuery, type App } from '@customer-portal/http'
import { Page, PeriodLabel, UsageQuery, UsageSummary } from '@customer-portal/http/resources'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { cloudEventBatchType, cloudEventType } from '../cloud-event.ts'
import {
  EventBatch,
  LateEvent,
  Reconciliation,
  Recorded,
  RejectedEvent,
  RejectedQuery,
  RetryInput,
  VoidedEvents,
  VoidEventsInput,
} from '../contract.ts'
import { readEvents } from '../event-batch.ts'
import { eventBodyLimit, lineTypes, takeEvents } from '../event-body.ts'

const CustomerPath = Type.Object({ customerId: Type.String() })

/** Recording and voiding usage, and what became of it. */
export function usageRoutes(app: App, engine: Engine): void {
  // Registered in its own scope: no other route accepts these content types, or a gzipped body.
  void app.register(async (scoped) => {
    takeEvents(scoped)
    ;(scoped as unknown as App).post(
      '/events',
      {
        config: { scope: 'events:write', documentedBody: EventBatch },
        bodyLimit: eventBodyLimit,
        schema: {
          summary: 'Record usage',
          tags: ['usage'],
          consumes: ['application/json', cloudEventType, cloudEventBatchType, ...lineTypes],
          response: { 200: Recorded },
          description:
            'One event or up to 1,000, one a line as NDJSON, or CloudEvents 1.0 in structured, '
            + 'batched or binary mode; `Content-Encoding: gzip` is taken, up to 8 MB unpacked. '
            + 'Each stands for itself: what is wrong with one is told in `rejected`, '
            + 'and the others are kept. An event id counts once. What is older than 35 days is taken '
            + 'with `historical: true` and is shown only.',
        },
      },
      async (request) => recordBatch(engine, request),
    )
  })

  app.get(
    '/events/rejected',
    {
      config: { scope: 'usage:read' },
      schema: {
        summary: 'Events that were rejected, newest first',
        tags: ['usage'],
        querystring: RejectedQuery,
        response: { 200: Page(RejectedEvent) },
        description:
          'With the reason, also after the answer that told it is lost; '
          + 'of one customer or for one reason where asked. Kept for 100 days, at most 10,000 a customer.',
      },
    },
    async (request) => listRejectedEvents(engine, request.query),
  )

  app.post(
    '/events/rejected/retry',
    {
      config: { scope: 'events:write' },
      schema: {
        summary: 'Try rejected events again',
        tags: ['usage'],
        body: RetryInput,
        response: { 200: Recorded },
        description:
          'As they were sent, once a missing meter is made or a limit is raised; '
          + 'one without a time counts now. What is accepted leaves the list.',
      },
    },
    async (request) => retryRejectedEvents(engine, request.body),
  )

  app.post(
    '/events/void',
    {
      // Voiding changes what is billed, so a key that may only send events must not do it.
      config: { scope: 'invoices:write' },
      schema: {
        summary: 'Take usage back',
        tags: ['usage'],
        body: VoidEventsInput,
        response: { 200: VoidedEvents },
        description:
          'Events, consumed and settled usage too, leave sums, levels and quota, '
          + 'and stay listed as voided; the next invoice adjusts a period that is issued. '
          + 'Their ids stay used: send what replaces them under others.',
      },
    },
    async (request) => voidEvents(engine, request.body),
  )

  app.get(
    '/customers/:customerId/events/late',
    {
      config: { scope: 'usage:read' },
      schema: {
        summary: 'Events that arrived after their period was billed, the last stored first',
        tags: ['usage'],
        params: CustomerPath,
        querystring: PageQuery,
        response: { 200: Page(LateEvent) },
        description:
          'With what became of each: an issued invoice never changes, '
          + 'so the next one carries an adjustment. Those stored in the last 100 days.',
      },
    },
    async (request) => listLateEvents(engine, { ...request.params, ...request.query }),
  )

  app.get(
    '/customers/:customerId/usage',
    {
      config: { scope: 'usage:read' },
      schema: {
        summary: "A customer's usage in a period",
        tags: ['usage'],
        description: 'Of the current usage period when none is named.',
        params: CustomerPath,
        response: { 200: UsageSummary },
        querystring: UsageQuery,
      },
    },
    async (request) => getUsageSummary(engine, { ...request.params, ...request.query }),
  )

  app.get(
    '/customers/:customerId/reconciliation',
    {
      config: { scope: 'usage:read' },
      schema: {
        summary: 'Where the usage of a period went',
        tags: ['usage'],
        params: CustomerPath,
        response: { 200: Reconciliation },
        description:
          'Counted again from the events and the invoices: accepted = billed + adjusted + unbilled + '
          + 'uncharged. `difference` is anything but 0 only where a row is wrong.',
        querystring: Type.Object({ period: Type.Optional(PeriodLabel) }, { additionalProperties: false }),
      },
    },
    async (request) => getReconciliation(engine, { ...request.params, ...request.query }),
  )
}

async function recordBatch(engine: Engine, request: FastifyRequest) {
  const { events, places, rejected, refused } = readEvents(request)
  await storeRejected(engine, refused)
  const recorded: Awaited<ReturnType<typeof recordUsage>> =
    events.length > 0 ? await recordUsage(engine, events) : { accepted: 0, duplicates: 0, rejected: [] }
  const all = [
    ...rejected,
    ...recorded.rejected.map((refusal) => ({ ...refusal, index: places[refusal.index] ?? refusal.index })),
  ]
  const uncharged = recorded.uncharged?.map((one) => ({ ...one, index: places[one.index] ?? one.index }))
  return {
    accepted: recorded.accepted,
    duplicates: recorded.duplicates,
    rejected: all.sort((a, b) => a.index - b.index),
    ...(uncharged ? { uncharged } : {}),
  }
}
