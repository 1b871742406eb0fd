import { getUsageDetail, getUsageSummary, listRejectedEvents } from '@customer-portal/billing'
import { failures, PageQuery, type App } from '@customer-portal/http'
import { Id, Instant, LocalDate, Page, UsageEvent, UsageQuery, UsageSummary } from '@customer-portal/http/resources'
import { Type } from 'typebox'
import type { ActFor } from '../caller.ts'
import { RejectedUsage } from '../contract.ts'

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

  app.get('/usage/rejected', {
    config: { scope: 'portal:read' },
    schema: { summary: 'Usage that was reported but not counted, newest first, with the reason', tags: ['usage'], querystring: PageQuery, response: { 200: Page(RejectedUsage) } },
  }, async (request) => {
    const { billing, customerId } = actFor(request)
    const { data, nextCursor } = await listRejectedEvents(billing, { customerId, ...request.query })
    return { data: data.map((event) => ({ ...event, reason: { 'zh-CN': failures[event.code]['zh-CN'].detail, en: failures[event.code].en.detail } })), nextCursor }
  })
}
