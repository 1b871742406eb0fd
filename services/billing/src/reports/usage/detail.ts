import { sql, type Sql } from '@customer-portal/database'
import type { Engine, BillingTransaction } from '../../engine.ts'
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
      const isChosen = await chosen(tx, rangeOf(state, input), input)
      const page = await eventPage(tx, state, { isChosen }, input)
      return {
        ...page,
        data: page.data.map((event) => chargedOr(state, event)),
        ...(input.total ? { total: await countEvents(tx, isChosen, input) } : {}),
      }
    },
    { readOnly: true },
  )
}

function chargedOr(state: SubscriptionState, { date, ...event }: DatedEvent): DetailEvent {
  const charges = phaseOn(state.phases, date)?.plan.charges ?? []
  return { ...event, uncharged: event.afterEnd || !charges.some(({ meter }) => meter === event.meter) }
}

/** SQL: resolves a filter of events. Where every event has to be read, the range is at most 92 days. */
export async function chosen(
  tx: BillingTransaction,
  { from, to }: { from: Instant; to: Instant },
  { customerId, id, property, value }: Omit<DetailFilter, 'start' | 'end' | 'meter'>,
): Promise<Sql> {
  refuseUnsearchable({ id, property, value })
  // The time recorded for the id tells where its event is stored.
  const [key] =
    id === undefined
      ? []
      : await tx.query<{ time: Instant }>(sql`
          select time
          from usage_keys
          where customer_id = ${customerId} and id = ${id}`)
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
  return sql.and(
    sql`time >= ${from}`,
    sql`time < ${to}`,
    key && sql`time = ${key.time}`,
    id !== undefined && sql`id = ${id}`,
    property !== undefined && sql`properties ->> ${property}::text = ${value}`,
  )
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

/** SQL: a sub-select of at most so many rows of `columns` that match a filter. */
export function rowsChosen(
  columns: Sql,
  isChosen: Sql,
  { customerId, meter, most }: { customerId: string; meter?: string | undefined; most: number },
): Sql {
  const limit = sql`limit ${most}`
  return sql`(
    select e.*
    from ${keysOf(meter)}
    cross join lateral (
      select ${columns}
      from usage_events
      where customer_id = ${customerId} and meter = key and ${isChosen}
      ${limit}
    ) e
    ${limit}
  )`
}

async function countEvents(
  tx: BillingTransaction,
  isChosen: Sql,
  { customerId, meter }: { customerId: string; meter?: string },
): Promise<DetailTotal> {
  const rows = rowsChosen(sql`1`, isChosen, { customerId, meter, most: maxCountedEvents + 1 })
  const [found] = await tx.query<{ events: number }>(sql`select count(*)::int as events from ${rows} e`)
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
function isCountedBetween(after: Instant | null, until: Instant | null): Sql {
  const [from, to] = [sql`${after}::timestamptz`, sql`${until}::timestamptz`]
  return sql`(
    (
      (${from} is null or stored_at > ${from})
      and (${to} is null or stored_at <= ${to})
      and (voided_at is null or voided_at > ${to})
    )
    or (stored_at <= ${from} and voided_at > ${from} and voided_at <= ${to})
  )`
}

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
      const [from, to] = [sql`${input.dates.from}::date`, sql`${input.dates.to}::date`]
      const isChosen = sql.and(
        // The dates lie in these months in any zone, so other partitions are skipped.
        sql`time >= (${from} - 1)::timestamp at time zone 'UTC'`,
        sql`time < (${to} + 1)::timestamp at time zone 'UTC'`,
        sql`local_date >= ${from}`,
        sql`local_date < ${to}`,
        isCountedBetween(input.after, input.until),
        sql`apart is null`,
      )
      const sign = sql`case when stored_at <= ${input.after} then -1 else 1 end`
      const joined = voidOf(sql`usage_events`)
      const { data, nextCursor } = await eventPage(tx, state, { isChosen, joined, sign }, input)
      return { data: data.map(undated), nextCursor }
    },
    { readOnly: true },
  )
}

async function eventPage(
  tx: BillingTransaction,
  state: SubscriptionState,
  which: Which,
  input: { customerId: string; meter?: string; cursor?: string; limit?: number },
): Promise<Page<DatedEvent>> {
  const limit = pageLimit(input.limit)
  const data = await datedRows(tx, state, which, {
    ...input,
    after: decodeCursor(input.cursor, 3) as Place | undefined,
    limit: limit + 1,
  })
  const shown = data.slice(0, limit)
  const last = shown.at(-1)
  return { data: shown, nextCursor: data.length > limit && last ? encodeCursor(placeOf(last)) : null }
}

/** SQL: a condition on event rows, what it reads beside them, and the sign they count with. */
interface Which {
  isChosen: Sql
  joined?: Sql
  sign?: Sql
}

/** The position of an event in a customer's list, newest first. */
export type Place = [time: Instant, id: string, meter: string]

export function placeOf({ time, id, meter }: UsageEvent): Place {
  return [time, id, meter]
}

const keysOf = (meter: string | undefined) =>
  meter === undefined ? sql`meters` : sql`(select ${meter}::text as key) m`

type RowsAsked = { customerId: string; meter?: string | undefined; after: Place | undefined; limit: number }
/** With the local date it counts on. */
type DatedEvent = UsageEvent & { date: LocalDate }
const undated = ({ date: _, ...event }: DatedEvent): UsageEvent => event

/** Returns up to `limit` events after `after`, newest first. */
export async function eventRows(
  tx: BillingTransaction,
  state: SubscriptionState,
  isChosen: Sql,
  asked: RowsAsked,
): Promise<UsageEvent[]> {
  return (await datedRows(tx, state, { isChosen }, asked)).map(undated)
}

async function datedRows(
  tx: BillingTransaction,
  state: SubscriptionState,
  { isChosen, sign = sql`1`, joined = sql.empty }: Which,
  { customerId, meter, after, limit: most }: RowsAsked,
): Promise<DatedEvent[]> {
  const limit = sql`limit ${most}`
  // Each meter's events are ordered by an index: the first rows of all are among the first rows of each. Voids
  // are looked up for the rows of the page only.
  const rows = await tx.query<
    Omit<DatedEvent, 'voided'> & { voidedAt: Instant | null; voidReason: string | null }
  >(sql`
    select e.id, e.meter, e.quantity, e.time, e.stored_at as "storedAt", e.local_date as date, e.properties,
      ${apartOf(sql`e`)}, v.voided_at as "voidedAt", v.void_reason as "voidReason"
    from (
      select e.*
      from ${keysOf(meter)}
      cross join lateral (
        select customer_id, id, meter, quantity * (${sign}) as quantity, time, stored_at, local_date,
          properties, apart
        from usage_events ${joined}
        where ${sql.and(
          sql`customer_id = ${customerId} and meter = key`,
          isChosen,
          after && sql`(time, id, meter) < (${sql.join(after)})`,
        )}
        order by time desc, id desc
        ${limit}
      ) e
      order by e.time desc, e.id desc, e.meter desc
      ${limit}
    ) e ${voidOf(sql`e`)}
    order by e.time desc, e.id desc, e.meter desc`)
  return rows.map(({ voidedAt, voidReason, ...event }) => ({
    ...event,
    quantity: unitsFrom(event.quantity, state.meters.get(event.meter)!.decimals),
    voided: voidFrom({ voidedAt, voidReason }),
  }))
}
