import { getUsageDetail, getUsageSummary } from '@customer-portal/billing'
import { PageQuery, type App } from '@customer-portal/http'
import { Id, Instant, LocalDate, Page, UsageEvent, UsageQuery, UsageSummary } from '@customer-portal/http/resources'
import { Type } from 'typebox'
import type { ActFor } from '../caller.ts'

const Moment = Type.Union([LocalDate, Instant], { description: 'A local date (the end is inclusive) or an instant' })
const UsageDetailQuery = Type.Object(
  { start: Type.Optional(Moment), end: Type.Optional(Moment), meter: Type.Optional(Id), ...PageQuery.properties },
  { additionalProperties: false },
)

/** What the customer used: summed by period, and event by event. */
export function usageRoutes(app: App, actFor: ActFor): void {
  app.get('/usage', {
    config: { scope: 'portal:read' },
    schema: {
      summary: 'The usage of a period', tags: ['usage'], description: 'The current period when none is named.',
      querystring: UsageQuery, response: { 200: UsageSummary },
    },
  }, async (request) => {
    const { billing, customerId } = actFor(request)
    return getUsageSummary(billing, { customerId, ...request.query })
  })

  app.get('/usage/detail', {
    config: { scope: 'portal:read' },
    schema: { summary: 'Usage events, newest first', tags: ['usage'], querystring: UsageDetailQuery, response: { 200: Page(UsageEvent) } },
  }, async (request) => {
    const { billing, customerId } = actFor(request)
    return getUsageDetail(billing, { customerId, ...request.query })
  })
}
