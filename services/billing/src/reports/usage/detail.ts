import type { Engine } from '../../engine.ts'
import { decodeCursor, encodeCursor, pageLimit, type Page } from '../../values/cursor.ts'
import { BillingError } from '../../errors.ts'
import { readSubscriptionState, type SubscriptionState } from '../../subscription/state.ts'
import { addDays, isDate, type DateRange, type LocalDate } from '../../values/date.ts'
import { addSeconds, parseInstant, type Instant } from '../../values/instant.ts'
import { unitsFrom } from '../../values/quantity.ts'
import { instantOf } from '../../values/zone.ts'
import { periodNamed } from '../../subscription/timeline.ts'
import { apartOf, voidFrom, voidOf, type EventVoid } from '../../usage/totals/void.ts'
import { isStorable } from '../../values/storable.ts'
import { parameters, type Parameters } from '../../values/parameters.ts'
import { phaseOn } from '../../subscription/phase.ts'

/** A usage event as customers see it. `quantity` is units. */
export interface UsageEvent {
  id: string
  meter: string
  quantity: number
  time: Instant
  storedAt: Instant
  properties: Record<string, unknown>
  /** Set where it was voided and no longer counts. */
  voided: EventVoid | null
  /** From before the vendor's usage was recorded here: shown, but counted for no quota and no invoice. */
  historical: boolean
  /**
   * After the instant its subscription was ended at once, on that date: charged to nobody and counted for no
   * quota.
   */
  afterEnd: boolean
}

/** An event in a customer's list, with how it is charged. */
export interface DetailEvent extends UsageEvent {
  /**
   * Whether no plan charges it: on its date there is none, or none with its meter, or it came after the end.
   */
  uncharged: boolean
}

/**
 * A filter on a customer's events: of a range, of one meter, with one id, or with one value of a property.
 */
export interface DetailFilter {
  customerId: string
  start?: string
  end?: string
  meter?: string
  id?: string
  /** A property's name and its value as text; both or neither. */
  property?: string
  value?: string
}

/** The number of events that match; `isLeast` where counting stopped at the maximum. */
export interface DetailTotal {
  events: number
  isLeast: boolean
}

/** Maximum number of events that are counted. */
export const maxCountedEvents = 100_000

/**
 * Lists a customer's events, newest first, of the current period by default. `start` and `end` are local
 * dates (inclusive) or instants (half-open). `total` adds their number on all pages. Throws meter_not_found,
 * invalid_range, validation_failed.
 */
export async function getUsageDetail(
  engine: Engine,
  input: DetailFilter & { total?: boolean; cursor?: string; limit?: number },
): Promise<Page<DetailEvent> & { total?: DetailTotal }> {
  return engine.transaction(
    async (tx) => {
      const state = await readSubscriptionState(tx, input.customerId)
      if (input.meter !== undefined && !state.meters.has(input.meter))
        throw new BillingError('meter_not_found', {
          pointer: '?meter',
          meter: input.meter,
          message: `there is no meter '${input.meter}'`,
        })
      const where = await chosen(tx.query, rangeOf(state, input), input)
      const page = await eventPage(tx.query, state, where, input)
      return {
        ...page,
        data: page.data.map((event) => chargedOr(state, event)),
        ...(input.total ? { total: await countEvents(tx.query, where, input) } : {}),
      }
    },
    { readOnly: true },
  )
}

function chargedOr(state: SubscriptionState, { date, ...event }: DatedEvent): DetailEvent {
  const charges = phaseOn(state.phases, date)?.plan.charges ?? []
  return { ...event, uncharged: event.afterEnd || !charges.some(({ meter }) => meter === event.meter) }
}

/** Resolves a filter of events. Where every event has to be read, the range is at most 92 days. */
export async function chosen(
  query: Query,
  { from, to }: { from: Instant; to: Instant },
  { customerId, id, property, value }: Omit<DetailFilter, 'start' | 'end' | 'meter'>,
): Promise<Where> {
  refuseUnsearchable({ id, property, value })
  // The time recorded for the id tells where its event is stored.
  const [key] =
    id === undefined
      ? []
      : await query<{ time: Instant }>('select time from usage_keys where customer_id = $1 and id = $2', [
          customerId,
          id,
        ])
  if (
    !key
    && (id !== undefined || property !== undefined)
    && addSeconds(from, (maxDaysSearched + 1) * 86_400) < to
  ) {
    throw new BillingError('invalid_range', {
      pointer: '?start',
      message: `at most ${maxDaysSearched} days are searched at once`,
    })
  }
  return {
    conditions: ({ add }) =>
      [
        `time >= ${add(from)} and time < ${add(to)}`,
        ...(key ? [`time = ${add(key.time)}`] : []),
        ...(id === undefined ? [] : [`id = ${add(id)}`]),
        ...(property === undefined ? [] : [`properties ->> ${add(property)}::text = ${add(value)}`]),
      ].join(' and '),
  }
}

const maxDaysSearched = 92

/**
 * Rejects a property without a value, or the reverse, and values that no event can hold. Throws
 * validation_failed.
 */
export function refuseUnsearchable({
  id,
  property,
  value,
}: Pick<DetailFilter, 'id' | 'property' | 'value'>): void {
  if ((property === undefined) !== (value === undefined)) {
    const pointer = property === undefined ? '?property' : '?value'
    throw new BillingError('validation_failed', {
      pointer,
      message: 'a property is looked for by its name and its value',
    })
  }
  for (const [pointer, text] of [
    ['?id', id],
    ['?property', property],
    ['?value', value],
  ] as const) {
    if (text !== undefined && !isStorable(text))
      throw new BillingError('validation_failed', { pointer, message: 'this text cannot be in an event' })
  }
}

/** Returns a sub-select of at most so many rows of `columns` that match a filter, with its parameters. */
export function rowsChosen(
  columns: string,
  where: Where,
  { customerId, meter, most }: { customerId: string; meter?: string | undefined; most: number },
): { sql: string; params: unknown[] } {
  const params = parameters(customerId)
  return {
    sql: `select e.*
      from ${keysOf(meter, params)}
      cross join lateral (
        select ${columns}
        from usage_events
        where customer_id = $1 and meter = key and ${where.conditions(params)}
        limit ${most}
      ) e
      limit ${most}`,
    params: params.values,
  }
}

async function countEvents(
  query: Query,
  where: Where,
  { customerId, meter }: { customerId: string; meter?: string },
): Promise<DetailTotal> {
  const { sql, params } = rowsChosen('1', where, { customerId, meter, most: maxCountedEvents + 1 })
  const [found] = await query<{ events: number }>(`select count(*)::int as events from (${sql}) e`, params)
  const events = found!.events
  return events > maxCountedEvents ? { events: maxCountedEvents, isLeast: true } : { events, isLeast: false }
}

/** Returns the instants of `start` and `end`: by default the current period. Throws invalid_range. */
export function rangeOf(
  state: SubscriptionState,
  input: { start?: string | undefined; end?: string | undefined },
): { from: Instant; to: Instant } {
  const period = periodNamed(state, undefined)
  // With an end only, the range starts at the beginning.
  const from = bound(
    state,
    input.start ?? (input.end === undefined ? period.from : '1970-01-01'),
    '?start',
    0,
  )
  const to =
    input.end === undefined && input.start === undefined
      ? instantOf(state.zones, period.to)
      : bound(state, input.end ?? state.today, '?end', 1)
  if (from > to)
    throw new BillingError('invalid_range', {
      pointer: '?start',
      message: `start ${input.start} is after end ${input.end}`,
    })
  return { from, to }
}

function bound(state: SubscriptionState, text: string, pointer: string, daysAfter: number): Instant {
  if (isDate(text) && '0001-01-01' <= text && text < '9999-12-31')
    return instantOf(state.zones, addDays(text, daysAfter))
  const instant = parseInstant(text)
  if (!instant)
    throw new BillingError('invalid_range', {
      pointer,
      message: `'${text}' is neither a date (YYYY-MM-DD) nor an RFC 3339 instant`,
    })
  return instant
}

/**
 * SQL: the usage that a line counting from one instant to another adds, and earlier usage that was voided
 * meanwhile.
 */
const countedBetween = (after: string, until: string) => `(
  ((${after}::timestamptz is null or stored_at > ${after}) and (${until}::timestamptz is null or stored_at <= ${until}) and (voided_at is null or voided_at > ${until}))
  or (stored_at <= ${after} and voided_at > ${after} and voided_at <= ${until})) and apart is null`

/**
 * Returns the events of an invoice line: those of its meter and dates that it counted, newest first; earlier
 * counted and later voided ones have a negative quantity, so that quantities add up to the line's.
 */
export async function eventsBehind(
  engine: Engine,
  input: {
    customerId: string
    meter: string
    dates: DateRange
    after: Instant | null
    until: Instant | null
    cursor?: string
    limit?: number
  },
): Promise<Page<UsageEvent>> {
  return engine.transaction(
    async (tx) => {
      const state = await readSubscriptionState(tx, input.customerId)
      // The dates lie in these months in any zone, so other partitions are skipped.
      const counted: Where = {
        conditions: ({ add }) => {
          const [from, to, after, until] = [
            add(input.dates.from),
            add(input.dates.to),
            add(input.after),
            add(input.until),
          ]
          const around =
            `time >= (${from}::date - 1)::timestamp at time zone 'UTC' and time < (${to}::date + `
            + `1)::timestamp at time zone 'UTC'`
          return (
            `${around} and local_date >= ${from}::date and local_date < ${to}::date and `
            + `${countedBetween(after, until)}`
          )
        },
        sign: ({ add }) => `case when stored_at <= ${add(input.after)} then -1 else 1 end`,
      }
      const { data, nextCursor } = await eventPage(tx.query, state, counted, input)
      return { data: data.map(undated), nextCursor }
    },
    { readOnly: true },
  )
}

async function eventPage(
  query: Query,
  state: SubscriptionState,
  where: Where,
  input: { customerId: string; meter?: string; cursor?: string; limit?: number },
): Promise<Page<DatedEvent>> {
  const limit = pageLimit(input.limit)
  const data = await datedRows(query, state, where, {
    ...input,
    after: decodeCursor(input.cursor, 3) as Place | undefined,
    limit: limit + 1,
  })
  const shown = data.slice(0, limit)
  const last = shown.at(-1)
  return { data: shown, nextCursor: data.length > limit && last ? encodeCursor(placeOf(last)) : null }
}

type Query = <R>(sql: string, parameters: readonly unknown[]) => Promise<R[]>
/**
 * SQL conditions on event rows, with the values added to a statement's parameters, and the sign they count
 * with.
 */
export interface Where {
  conditions: (params: Parameters) => string
  sign?: (params: Parameters) => string
}
/** The position of an event in a customer's list, newest first. */
export type Place = [time: Instant, id: string, meter: string]

export function placeOf({ time, id, meter }: UsageEvent): Place {
  return [time, id, meter]
}

const keysOf = (meter: string | undefined, { add }: Parameters) =>
  meter === undefined ? 'meters' : `(select ${add(meter)}::text as key) m`

type RowsAsked = { customerId: string; meter?: string | undefined; after: Place | undefined; limit: number }
/** With the local date it counts on. */
type DatedEvent = UsageEvent & { date: LocalDate }
const undated = ({ date: _, ...event }: DatedEvent): UsageEvent => event

/** Returns up to `limit` events after `after`, newest first. */
export async function eventRows(
  query: Query,
  state: SubscriptionState,
  where: Where,
  requested: RowsAsked,
): Promise<UsageEvent[]> {
  return (await datedRows(query, state, where, requested)).map(undated)
}

async function datedRows(
  query: Query,
  state: SubscriptionState,
  where: Where,
  { customerId, meter, after, limit }: RowsAsked,
): Promise<DatedEvent[]> {
  const params = parameters(customerId)
  const behind =
    after === undefined
      ? ''
      : `and (time, id, meter) < (${params.add(after[0])}::timestamptz, ${params.add(after[1])}::text, `
        + `${params.add(after[2])}::text)`
  // Each meter's events are ordered by an index: the first rows of all are among the first rows of each.
  const rows = await query<
    Omit<DatedEvent, 'voided'> & { voidedAt: Instant | null; voidReason: string | null }
  >(
    `select e.*
      from ${keysOf(meter, params)}
      cross join lateral (
        select id, meter, quantity * (${where.sign?.(params) ?? '1'}) as quantity, time,
          stored_at as "storedAt", local_date as date, properties, ${apartOf('usage_events')},
          voided_at as "voidedAt", void_reason as "voidReason"
        from usage_events ${voidOf('usage_events')}
        where customer_id = $1 and meter = key and ${where.conditions(params)} ${behind}
        order by time desc, id desc
        limit ${limit}
      ) e
      order by e.time desc, e.id desc, e.meter desc
      limit ${limit}`,
    params.values,
  )
  return rows.map(({ voidedAt, voidReason, ...event }) => ({
    ...event,
    quantity: unitsFrom(event.quantity, state.meters.get(event.meter)!.decimals),
    voided: voidFrom({ voidedAt, voidReason }),
  }))
}
