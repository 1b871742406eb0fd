import { Readable } from 'node:stream'
import {
  exportEvents,
  getEvent,
  getUsageRange,
  listEvents,
  listMeterFills,
  listReservations,
  reservationStates,
  usageWindows,
  type Engine,
} from '@customer-portal/billing'
import { callerOf, exportLimit, PageQuery, type App } from '@customer-portal/http'
import {
  CustomerId,
  Id,
  Instant,
  LocalDate,
  LocalizedText,
  List,
  Nullable,
  Page,
  UsageEvent,
} from '@customer-portal/http/resources'
import type { FastifyReply } from 'fastify'
import { Type } from 'typebox'
import { Moment } from './lists.ts'

const closed = { additionalProperties: false } as const
const CustomerPath = Type.Object({ customerId: Type.String() })

export const ListedEvent = Type.Object(
  {
    ...UsageEvent.properties,
    customerId: CustomerId,
    meter: Type.Unsafe<string | null>({
      ...Nullable(Id),
      description: 'null: an event of a type for which no meter’s filters hold',
    }),
    type: Type.Unsafe<string | null>({
      ...Nullable(Type.String()),
      description: 'Of an event that names one: it is listed once for each meter that counts it',
    }),
    overage: Type.Unsafe<number | null>({
      ...Nullable(Type.Number()),
      description: 'What a quota granted above the allowance; null for what was recorded',
    }),
  },
  closed,
)
export const FoundEvent = Type.Object(
  {
    ...ListedEvent.properties,
    meters: Type.Array(Type.Object({ meter: Id, quantity: Type.Number() }, closed), {
      description: 'What each meter counts of it',
    }),
  },
  closed,
)
const eventsFilter = {
  customerId: Type.Optional(CustomerId),
  meter: Type.Optional(Id),
  id: Type.Optional(Type.String({ minLength: 1, maxLength: 600 })),
  property: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 256,
      description: 'A property; with `value` and `customerId`: the events in which it has this value',
    }),
  ),
  value: Type.Optional(Type.String({ maxLength: 500, description: 'As text: `5`, `true`, `web`' })),
  start: Type.Optional(Moment),
  end: Type.Optional(Moment),
}
const order =
  'Of one customer the newest first; of all, customer by customer in the order of their ids, '
  + 'and then the newest first. Of all customers the last day unless told, and at most 31 days; '
  + 'by a property the last 31 days unless told, and at most 92.'

const Units = Type.Number({ description: "In the meter's units" })
export const ListedReservation = Type.Object(
  {
    id: Type.String(),
    meter: Id,
    state: Type.Unsafe<(typeof reservationStates)[number]>(
      Type.Union(reservationStates.map((state) => Type.Literal(state))),
    ),
    reserved: Units,
    reservedAt: Instant,
    expiresAt: Instant,
    closedAt: Nullable(Instant),
    settled: Nullable(Type.Number({ description: 'What was really used, as told' })),
    granted: Nullable(Units),
    overage: Nullable(Units),
  },
  closed,
)
const ReservationQuery = Type.Object(
  {
    meter: Type.Optional(Id),
    state: Type.Optional(ListedReservation.properties.state),
    ...PageQuery.properties,
  },
  closed,
)

const UsageRangeMoment = Type.Union([LocalDate, Instant], {
  description: 'A date of the customer’s (both are in); by the hour also an instant (half-open)',
})
const UsageRangeQuery = Type.Object(
  {
    start: UsageRangeMoment,
    end: UsageRangeMoment,
    meter: Type.Optional(Id),
    window: Type.Optional({
      ...Type.Unsafe<(typeof usageWindows)[number]>(
        Type.Union(usageWindows.map((window) => Type.Literal(window))),
      ),
      description: 'Also by hours of UTC (of one meter, at most 31 days), days (at most 366) or months',
    }),
  },
  closed,
)
export const UsageRange = Type.Object(
  {
    start: Type.String(),
    end: Type.String(),
    timezone: Type.String(),
    asOf: Instant,
    meters: Type.Array(
      Type.Object(
        {
          meter: Id,
          name: LocalizedText,
          unit: LocalizedText,
          decimals: Type.Integer(),
          used: Units,
          windows: Type.Array(
            Type.Object(
              { start: Type.String(), end: Type.String(), used: Units },
              { ...closed, description: 'Half-open; those without usage are left out' },
            ),
          ),
        },
        closed,
      ),
    ),
  },
  closed,
)

export const MeterFill = Type.Object(
  {
    meter: Id,
    property: Type.Unsafe<string | null>({
      ...Nullable(Type.String()),
      description: 'Of a break-down; null where the meter itself is filled',
    }),
    askedAt: Instant,
    doneAt: Nullable(Instant),
    added: Type.Integer({ description: 'Events that the meter counts now' }),
    skipped: Type.Integer({ description: 'Events of its type that it could not count' }),
  },
  closed,
)

const ndjson = 'application/x-ndjson'

/** Usage for the vendor: single events, reservations, and sums over any range. */
export function eventRoutes(app: App, engine: Engine): void {
  app.get(
    '/events',
    {
      config: { scope: 'usage:read' },
      schema: {
        summary: 'Recorded events',
        tags: ['usage'],
        response: { 200: Page(ListedEvent) },
        description: order,
        querystring: Type.Object({ ...eventsFilter, ...PageQuery.properties }, closed),
      },
    },
    async (request) => listEvents(engine, request.query),
  )

  const exportSlots = exportLimit('key')
  app.get(
    '/events/export',
    {
      config: { scope: 'usage:read' },
      schema: {
        summary: 'Recorded events as a file',
        tags: ['usage'],
        querystring: Type.Object(eventsFilter, closed),
        description:
          'A line of JSON for each, written while it is read; what is stored after it was begun stays '
          + 'out. Four of a key are written at the same time (429 `rate_limited`). '
          + `Whoever takes nothing of it for 30 seconds is let go. ${order}`,
        response: {
          200: {
            description: 'The file',
            content: { [ndjson]: { schema: Type.String({ format: 'binary' }) } },
          },
        },
      },
    },
    async (request, reply) => {
      const leave = exportSlots.take(callerOf(request, 'usage:read').id)
      try {
        const lines = Readable.from(linesOf(await exportEvents(engine, request.query)), {
          objectMode: false,
        }).once('close', leave)
        const file: FastifyReply = reply
        return file
          .header('content-disposition', 'attachment; filename="events.ndjson"')
          .type(ndjson)
          .send(lines)
      } catch (error) {
        leave()
        throw error
      }
    },
  )

  app.get(
    '/meters/fills',
    {
      config: { scope: 'catalogue:read' },
      schema: {
        summary: 'How far meters are filled from events stored before',
        tags: ['catalogue'],
        response: { 200: List(MeterFill) },
        description:
          'Of a meter with `backfill`, and of a `groupBy` that was added later: '
          + 'until it is done that break-down does not add up.',
      },
    },
    async () => ({ data: await listMeterFills(engine) }),
  )

  app.get(
    '/customers/:customerId/events/:eventId',
    {
      config: { scope: 'usage:read' },
      schema: {
        summary: 'One recorded event',
        tags: ['usage'],
        description: 'With what each meter counts of it, also where it was taken back.',
        params: Type.Object({ customerId: Type.String(), eventId: Type.String() }),
        response: { 200: FoundEvent },
      },
    },
    async (request) => getEvent(engine, request.params),
  )

  app.get(
    '/customers/:customerId/reservations',
    {
      config: { scope: 'usage:read' },
      schema: {
        summary: "A customer's reservations, the newest first",
        tags: ['usage'],
        params: CustomerPath,
        querystring: ReservationQuery,
        response: { 200: Page(ListedReservation) },
        description: 'Those of the last 35 days: as long as what was really used can be told.',
      },
    },
    async (request) => listReservations(engine, { ...request.params, ...request.query }),
  )

  app.get(
    '/customers/:customerId/usage/range',
    {
      config: { scope: 'usage:read' },
      schema: {
        summary: "A customer's usage over any range",
        tags: ['usage'],
        params: CustomerPath,
        querystring: UsageRangeQuery,
        response: { 200: UsageRange },
        description:
          'In all, and by hour, day or month where asked. At most 1,830 days (400 `invalid_range`).',
      },
    },
    async (request) => getUsageRange(engine, { ...request.params, ...request.query }),
  )
}

async function* linesOf(pages: Awaited<ReturnType<typeof exportEvents>>): AsyncGenerator<string> {
  for await (const page of pages) yield page.map((event) => `${JSON.stringify(event)}\n`).join('')
}
