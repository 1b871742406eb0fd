import { sql, type Sql } from '@customer-portal/database'
import type { Engine, BillingTransaction } from '../../engine.ts'
import { decodeCursor, encodeCursor, pageLimit, type Page } from '../../values/cursor.ts'
import { BillingError } from '../../errors.ts'
import { metersByKey, maxMeters, noMeter } from '../../catalogue/meter.ts'
import { addDays } from '../../values/date.ts'
import { addSeconds, type Instant } from '../../values/instant.ts'
import { unitsFrom } from '../../values/quantity.ts'
import { refuseUnsearchable, type UsageEvent } from './detail.ts'
import { readPage, rowsPerPage } from './export.ts'
import { apartOf, voidFrom, voidOf } from '../../usage/totals/void.ts'
import { storedByNow } from '../../customer/customer.ts'
import { maxAheadSeconds } from '../../usage/totals/taken-times.ts'
import { instantsBetween } from '../../catalogue/seller-dates.ts'

/**
 * An event as the vendor sees it, as one meter counts it; null where no meter's filters match an event of a
 * type.
 */
export interface ListedEvent extends Omit<UsageEvent, 'meter'> {
  customerId: string
  meter: string | null
  /** The type of an event that has one. */
  type: string | null
  /** The part a quota granted above the allowance, in units; null for recorded events. */
  overage: number | null
}

/**
 * A filter on events. `start` and `end` are of their time: dates in the seller's zone (inclusive) or instants
 * (half-open).
 */
export interface EventsFilter {
  customerId?: string
  meter?: string
  id?: string
  /** For one customer: a property's name and its value as text; both or neither. */
  property?: string
  value?: string
  start?: string
  end?: string
}

/** For all customers: default and maximum number of days. */
const daysOfAll = { unlessTold: 1, most: 31 }
/** With a property value, every event of one customer's range is read: default and maximum number of days. */
const daysSearched = { unlessTold: 31, most: 92 }

/**
 * Lists recorded events: of one customer newest first; of all customers by customer id and then newest first,
 * the order they are stored in. For all customers the last day by default, and at most 31. Throws
 * meter_not_found, invalid_range.
 */
export async function listEvents(
  engine: Engine,
  input: EventsFilter & { cursor?: string; limit?: number },
): Promise<Page<ListedEvent>> {
  const limit = pageLimit(input.limit)
  const after = decodeCursor(input.cursor, 4) as Place | undefined
  return engine.transaction(
    async (tx) => {
      const rows = await readEvents(tx, await eventsAsked(tx, input), after, limit + 1)
      const shown = rows.slice(0, limit)
      const last = shown.at(-1)
      return { data: shown, nextCursor: rows.length > limit && last ? encodeCursor(placeOf(last)) : null }
    },
    { readOnly: true },
  )
}

/**
 * Yields the same events page by page, for a file: each page is read on demand in its own transaction, and
 * none after the reader left. Events stored after the first page are excluded.
 */
export async function exportEvents(
  engine: Engine,
  input: EventsFilter,
): Promise<AsyncGenerator<ListedEvent[], void>> {
  const query = await engine.transaction(
    async (tx) => ({ ...(await eventsAsked(tx, input)), storedBy: storedByNow(tx) }),
    { readOnly: true },
  )
  return pagesOf(engine, query)
}

async function* pagesOf(engine: Engine, query: Asked): AsyncGenerator<ListedEvent[], void> {
  const limit = rowsPerPage[engine.db.kind]
  let after: Place | undefined
  for (;;) {
    const page = await readPage(engine, (tx) => readEvents(tx, query, after, limit))
    if (page.length > 0) yield page
    if (page.length < limit) return
    after = placeOf(page.at(-1)!)
  }
}

/** An event with every meter that counts it. */
export interface FoundEvent extends ListedEvent {
  meters: { meter: string; quantity: number }[]
}

/**
 * Returns one event by its id, with each meter that counts it. Throws customer_not_found, event_not_found.
 */
export async function getEvent(
  engine: Engine,
  input: { customerId: string; eventId: string },
): Promise<FoundEvent> {
  return engine.transaction(
    async (tx) => {
      const [customer] = await tx.query('select from customers where customer_id = $1', [input.customerId])
      if (!customer)
        throw new BillingError('customer_not_found', {
          customerId: input.customerId,
          message: `there is no customer '${input.customerId}'`,
        })
      const rows = await readEvents(
        tx,
        { customerId: input.customerId, id: input.eventId, from: null, to: null },
        undefined,
        maxMeters,
      )
      const meters = rows
        .flatMap(({ meter, quantity }) => (meter === null ? [] : [{ meter, quantity }]))
        .reverse()
      const event = rows.findLast(({ meter }) => meter !== null) ?? rows[0]
      if (event) return { ...event, meters }
      throw new BillingError('event_not_found', {
        message:
          `customer '${input.customerId}' has no recorded event '${input.eventId}': `
          + 'see also those that were rejected',
      })
    },
    { readOnly: true },
  )
}

interface Asked {
  customerId?: string | undefined
  meter?: string | undefined
  id?: string | undefined
  having?: { property: string; value: string } | undefined
  from: Instant | null
  to: Instant | null
  storedBy?: Instant
}

async function eventsAsked(tx: BillingTransaction, filter: EventsFilter): Promise<Asked> {
  const { customerId, meter, id } = filter
  if (meter !== undefined && !(await metersByKey(tx)).has(meter))
    throw new BillingError('meter_not_found', {
      pointer: '?meter',
      meter,
      message: `there is no meter '${meter}'`,
    })
  const having = havingOf(filter)
  const { from, to } = await instantsBetween(tx, filter)
  if (having)
    return {
      customerId,
      meter,
      id,
      having,
      ...withinDays(tx.at, { from, to }, daysSearched, 'for the value of a property'),
    }
  if (customerId !== undefined || id !== undefined) return { customerId, meter, id, from, to }
  return { customerId, meter, id, ...withinDays(tx.at, { from, to }, daysOfAll, 'of all customers') }
}

/** Returns the property value to look for, which needs one customer. */
function havingOf({ customerId, property, value }: EventsFilter): Asked['having'] {
  refuseUnsearchable({ property, value })
  if (property === undefined || value === undefined) return undefined
  if (customerId === undefined)
    throw new BillingError('validation_failed', {
      pointer: '?customerId',
      message: 'the value of a property is looked for among the events of one customer: name them',
    })
  return { property, value }
}

function withinDays(
  at: Instant,
  { from, to }: { from: Instant | null; to: Instant | null },
  days: typeof daysOfAll,
  subject: string,
): { from: Instant; to: Instant } {
  const end = to ?? addSeconds(at, maxAheadSeconds)
  const start = from ?? addSeconds(end, -days.unlessTold * 86_400)
  if (addDays(start.slice(0, 10), days.most) < end.slice(0, 10)) {
    throw new BillingError('invalid_range', {
      pointer: '?start',
      message:
        `${subject} at most ${days.most} days are looked at: choose a shorter `
        + `range${days === daysOfAll ? ', or name a customer' : ''}`,
    })
  }
  return { from: start, to: end }
}

/** The position of an event: by customer, then newest first. */
type Place = [time: Instant, id: string, customerId: string, meter: string]

const placeOf = ({ time, id, customerId, meter }: ListedEvent): Place => [
  time,
  id,
  customerId,
  meter ?? noMeter,
]

/** SQL: the customers from a position on, and the events of the customer `c` after it. */
function placesBehind([time, id, customerId, meter]: Place): { customer: Sql; event: Sql } {
  const customer = sql`${customerId}`
  return {
    customer: sql`customer_id >= ${customer}`,
    event: sql`(
      c.customer_id > ${customer}
      or (e.time, e.id, e.meter) < (${time}::timestamptz, ${id}, ${meter})
    )`,
  }
}

/** SQL: the event `e` of an id. The time recorded for the id tells where its event is stored. */
const isOfId = (id: string) => sql`e.id = ${id}
  and e.time = (select k.time from usage_keys k where k.customer_id = c.customer_id and k.id = e.id)`

/** Returns up to `most` events after `after`. Each customer's meters are read in index order and merged. */
async function readEvents(
  tx: BillingTransaction,
  { customerId, meter, id, having, from, to, storedBy }: Asked,
  after: Place | undefined,
  most: number,
): Promise<ListedEvent[]> {
  const isBehind = after && placesBehind(after)
  const limit = sql`limit ${most}`
  const rows = await tx.query<
    Omit<ListedEvent, 'meter' | 'voided'> & {
      meter: string
      decimals: number
      voidedAt: Instant | null
      voidReason: string | null
    }
  >(sql`
    select c.customer_id as "customerId", e.id, e.meter, e.quantity, e.overage, e.time,
      e.stored_at as "storedAt", e.properties, e.type, e.decimals, ${apartOf(sql`e`)},
      e.voided_at as "voidedAt", e.void_reason as "voidReason"
    from (
      select customer_id
      from customers
      where ${customerId === undefined ? (isBehind?.customer ?? sql`true`) : sql`customer_id = ${customerId}`}
      order by customer_id
    ) c
    cross join lateral (
      select e.*, m.decimals
      from (select key, decimals from meters union all select ${noMeter}::text, 0) m
      cross join lateral (
        select e.*, v.*
        from usage_events e ${voidOf(sql`e`)}
        where ${sql.and(
          sql`e.customer_id = c.customer_id and e.meter = m.key`,
          from !== null && sql`e.time >= ${from}`,
          to !== null && sql`e.time < ${to}`,
          storedBy !== undefined && sql`e.stored_at <= ${storedBy}`,
          id !== undefined && isOfId(id),
          having && sql`e.properties ->> ${having.property}::text = ${having.value}`,
          isBehind?.event,
        )}
        order by e.time desc, e.id desc
        ${limit}
      ) e
      ${meter === undefined ? sql.empty : sql`where m.key = ${meter}`}
      order by e.time desc, e.id desc, e.meter desc
      ${limit}
    ) e
    ${limit}`)
  return rows.map(({ decimals, overage, meter: key, voidedAt, voidReason, ...event }) => ({
    ...event,
    meter: key === noMeter ? null : key,
    quantity: unitsFrom(event.quantity, decimals),
    overage: overage === null ? null : unitsFrom(overage, decimals),
    // A file ignores voids that happened while it was being written.
    voided:
      storedBy !== undefined && voidedAt !== null && voidedAt > storedBy
        ? null
        : voidFrom({ voidedAt, voidReason }),
  }))
}
