import {
  exportUsage,
  getUsageDays,
  getUsageDetail,
  getUsageLines,
  getUsageMonths,
  getUsageSummary,
  listGrants,
  listLateEvents,
  listMeters,
  listRejectedEvents,
} from '@customer-portal/billing'
import { exportLimit, PageQuery, type App } from '@customer-portal/http'
import { Id, Instant, LocalDate, Page, UsageQuery, UsageSummary } from '@customer-portal/http/resources'
import { Type } from 'typebox'
import { languageFor, type ActFor } from '../caller.ts'
import {
  LateUsage,
  PortalGrant,
  RejectedUsage,
  UsageDays,
  UsageDetail,
  UsageLines,
  UsageMonths,
} from '../contract.ts'
import { lateReason } from '../late-reason.ts'
import { rejectedReason } from '../rejected-reason.ts'
import { sendUsageFile, UsageFileAnswer } from '../usage-file.ts'

const Moment = Type.Union([LocalDate, Instant], {
  description: 'A local date (the end is inclusive) or an instant',
})
const UsageDaysQuery = Type.Object(
  {
    start: Type.Optional(LocalDate),
    end: Type.Optional(LocalDate),
    groupBy: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 64,
        description: 'A property: adds `groups`, what was used by its values',
      }),
    ),
  },
  { additionalProperties: false, description: 'Both dates are in' },
)
const UsageLinesQuery = Type.Object({ period: UsageQuery.properties.period }, { additionalProperties: false })
const eventsChosen = {
  start: Type.Optional(Moment),
  end: Type.Optional(Moment),
  meter: Type.Optional(Id),
  id: Type.Optional(
    Type.String({ minLength: 1, maxLength: 200, description: 'The event with exactly this id' }),
  ),
  property: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 64,
      description: 'A property; with `value`: the events in which it has this value',
    }),
  ),
  value: Type.Optional(Type.String({ maxLength: 500, description: 'As text: `5`, `true`, `web`' })),
}
const UsageDetailQuery = Type.Object(
  {
    ...eventsChosen,
    total: Type.Optional(
      Type.Union([Type.Literal('true'), Type.Literal('false')], {
        description: '`true` adds how many events there are on all pages',
      }),
    ),
    ...PageQuery.properties,
  },
  { additionalProperties: false },
)
const UsageExportQuery = Type.Object(
  {
    ...eventsChosen,
    format: Type.Optional(Type.Union([Type.Literal('csv'), Type.Literal('xlsx')], { default: 'csv' })),
  },
  { additionalProperties: false },
)

/** The customer's usage: totals per period, and single events. */
export function usageRoutes(app: App, actFor: ActFor): void {
  app.get(
    '/usage',
    {
      config: { scope: 'portal:read' },
      schema: {
        summary: 'The usage of a period',
        tags: ['usage'],
        description: 'The current period when none is named.',
        querystring: UsageQuery,
        response: { 200: UsageSummary },
      },
    },
    async (request) => {
      const { engine, customerId } = actFor(request)
      return getUsageSummary(engine, { customerId, ...request.query })
    },
  )

  app.get(
    '/usage/days',
    {
      config: { scope: 'portal:read' },
      schema: {
        summary: 'The usage of some days, day by day',
        tags: ['usage'],
        querystring: UsageDaysQuery,
        response: { 200: UsageDays },
        description:
          'Of the current period when no dates are given, and of at most 92 days (400 '
          + '`invalid_range`). Days to come are not listed.',
      },
    },
    async (request) => {
      const { engine, customerId } = actFor(request)
      return getUsageDays(engine, { customerId, ...request.query })
    },
  )

  app.get(
    '/usage/lines',
    {
      config: { scope: 'portal:read' },
      schema: {
        summary: 'What the usage of a period comes to, line by line',
        tags: ['usage'],
        querystring: UsageLinesQuery,
        response: { 200: UsageLines },
        description:
          'As the invoice of the period would say it, rated by the same rules on what is known now, '
          + 'before discounts and tax; of the current period when none is named. '
          + 'Each line comes with its tiers and with what each date added.',
      },
    },
    async (request) => {
      const { engine, customerId } = actFor(request)
      return getUsageLines(engine, { customerId, ...request.query })
    },
  )

  app.get(
    '/usage/months',
    {
      config: { scope: 'portal:read' },
      schema: {
        summary: 'Twelve months of amount and usage by meter, with what changed',
        tags: ['usage'],
        response: { 200: UsageMonths },
        description:
          'The last usage periods of the subscriptions there were. None where there was no subscription.',
      },
    },
    async (request) => {
      const { engine, customerId } = actFor(request)
      return getUsageMonths(engine, { customerId })
    },
  )

  app.get(
    '/usage/detail',
    {
      config: { scope: 'portal:read' },
      schema: {
        summary: 'Usage events, newest first',
        tags: ['usage'],
        querystring: UsageDetailQuery,
        response: { 200: UsageDetail },
        description:
          'Those that were taken back are among them, and say so. By a property, or an id of long ago, '
          + 'at most 92 days are searched at once (400 `invalid_range`).',
      },
    },
    async (request) => {
      const { engine, customerId } = actFor(request)
      const { total, ...filter } = request.query
      return getUsageDetail(engine, { customerId, ...filter, total: total === 'true' })
    },
  )

  const exportSlots = exportLimit('customer')
  app.get(
    '/usage/export',
    {
      config: { scope: 'portal:read' },
      schema: {
        summary: 'Usage events as a file, newest first',
        tags: ['usage'],
        querystring: UsageExportQuery,
        response: UsageFileAnswer,
        description:
          'Written while it is read: CSV (UTF-8 with BOM; text that a spreadsheet would compute begins '
          + 'with an apostrophe) or XLSX, headed in the language of the session, '
          + 'with times of the customer’s clock. Those the filter chooses, as in the list of events. '
          + 'At most 366 days (by id or property 92) and 1,000,000 events (400 `invalid_range`), '
          + 'and four of a customer at the same time (429). Whoever takes nothing of it for 30 seconds '
          + 'is let go.',
      },
    },
    async (request, reply) => {
      const { engine, customerId } = actFor(request)
      const { format = 'csv', ...filter } = request.query
      const leave = exportSlots.take(customerId)
      try {
        return sendUsageFile(reply, await exportUsage(engine, { customerId, ...filter }), {
          format,
          language: languageFor(request),
          onEnd: leave,
        })
      } catch (error) {
        leave()
        throw error
      }
    },
  )

  app.get(
    '/usage/rejected',
    {
      config: { scope: 'portal:read' },
      schema: {
        summary: 'Usage that was reported but not counted, newest first, with the reason',
        tags: ['usage'],
        description: 'Kept for 100 days.',
        querystring: PageQuery,
        response: { 200: Page(RejectedUsage) },
      },
    },
    async (request) => {
      const { engine, customerId } = actFor(request)
      const { data, nextCursor } = await listRejectedEvents(engine, { customerId, ...request.query })
      return {
        data: data.map((event) => ({
          ...event,
          quantity: shownQuantity(event.quantity),
          reason: rejectedReason(event),
        })),
        nextCursor,
      }
    },
  )

  app.get(
    '/usage/late',
    {
      config: { scope: 'portal:read' },
      schema: {
        summary:
          'Usage that was reported after its period was billed, the last reported first, '
          + 'with what became of it',
        tags: ['usage'],
        description:
          'An issued invoice never changes: the next one counts it. Those stored in the last 100 days.',
        querystring: PageQuery,
        response: { 200: Page(LateUsage) },
      },
    },
    async (request) => {
      const { engine, customerId } = actFor(request)
      const { data, nextCursor } = await listLateEvents(engine, { customerId, ...request.query })
      return {
        data: data.map((event) => ({ ...event, code: event.outcome, reason: lateReason(event) })),
        nextCursor,
      }
    },
  )

  app.get(
    '/usage/grants',
    {
      config: { scope: 'portal:read' },
      schema: {
        summary: 'Grants: units beside what the plan includes, the newest first',
        tags: ['usage'],
        description:
          'With what is left of each, and until when. A line of usage says how many units grants covered.',
        querystring: PageQuery,
        response: { 200: Page(PortalGrant) },
      },
    },
    async (request) => {
      const { engine, customerId } = actFor(request)
      const { data, nextCursor } = await listGrants(engine, { customerId, ...request.query })
      const meters = new Map((await listMeters(engine)).map((meter) => [meter.key, meter]))
      return {
        data: data.map(
          ({ id, meter, status, units, drawn, left, expired, voided, category, effectiveOn, expiresOn }) => {
            const { name, unit } = meters.get(meter)!
            const counts = { units, drawn, left, expired, voided }
            return { id, meter, name, unit, status, ...counts, category, effectiveOn, expiresOn }
          },
        ),
        nextCursor,
      }
    },
  )
}

/** A decimal sent as text, as the nearest number a page can show. */
function shownQuantity(quantity: number | string | null): number | null {
  const shown = typeof quantity === 'string' ? Number(quantity) : quantity
  return shown !== null && Number.isFinite(shown) ? shown : null
}
