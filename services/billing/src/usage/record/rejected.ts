import { sql, type Sql } from '@customer-portal/database'
import type { Engine, BillingTransaction } from '../../engine.ts'
import { decodeCursor, encodeCursor, pageLimit, type Page } from '../../values/cursor.ts'
import type { Code } from '../../errors.ts'
import type { DateRange, LocalDate } from '../../values/date.ts'
import { canonicalJson, sha256 } from '../../values/canonical-json.ts'
import { isCustomerId } from '../../customer/customer-id.ts'
import { addSeconds, parseInstant, type Instant } from '../../values/instant.ts'
import { localDateOf, type ZoneChange } from '../../values/zone.ts'
import { areTooLong, type UsageEventInput } from './event.ts'
import type { Recorded } from './intake.ts'
import { isStorable } from '../../values/storable.ts'

/** A rejected event as it was sent; only the type of its customer is checked. */
export interface RefusedEvent {
  customerId: string
  id: string
  meter?: unknown
  type?: unknown
  quantity?: unknown
  time?: unknown
  properties?: unknown
  historical?: unknown
  /** When an event without a time first arrived. */
  arrivedAt?: Instant
  code: Code
  detail: string
}

/**
 * A rejected event as it is read. `quantity` and `time` are as sent, null where omitted; `times`: how often
 * it was rejected.
 */
export interface RejectedEvent {
  id: string
  meter: string
  quantity: number | string | null
  time: string | null
  code: Code
  detail: string
  times: number
  rejectedAt: Instant
}

/**
 * Retention of rejected events in days since they were last sent, and maximum number per customer: a broken
 * sender must not fill the disk.
 */
const retentionDays = 100
const maxStored = 10_000
const maxTextCharacters = 300

/**
 * Events rejected with these codes may be accepted later: once a customer or meter exists, or their time has
 * come.
 */
const retryableCodes: readonly Code[] = [
  'customer_not_found',
  'meter_not_found',
  'event_in_future',
  'quota_exceeded',
  'internal_error',
]
export const isRetryable = (code: Code): boolean => retryableCodes.includes(code)

/** The zone for the date of an event whose customer does not exist yet. */
const zoneOfUnknown: readonly ZoneChange[] = [{ from: '0001-01-01', timezone: 'Asia/Shanghai' }]

/**
 * Stores rejected events, each once however often it is sent. Those of unknown customers are stored under the
 * id they named, until the customer is created and they are retried.
 */
export async function storeRejected(engine: Engine, refused: readonly RefusedEvent[]): Promise<void> {
  if (refused.length === 0) return
  await engine.transaction(async (tx) => {
    const zones = await zonesOf(
      tx,
      [...new Set(refused.map((event) => event.customerId))].filter((id) => !id.includes('\u0000')),
    )
    const rows = new Map<string, ReturnType<typeof rowOf>>()
    for (const event of refused) {
      const zone = zones.get(event.customerId) ?? (isCustomerId(event.customerId) ? zoneOfUnknown : undefined)
      if (!zone) continue
      const row = rowOf(event, zone, tx.at)
      rows.set(canonicalJson([row.customer_id, row.id, row.body_hash, row.code]), row)
    }
    if (rows.size === 0) return
    await tx.query(
      `insert into rejected_events (
          customer_id, id, body_hash, code, detail, meter, quantity, time, local_date, rejected_at, sent,
          arrived_at
        )
        select r.customer_id, r.id, r.body_hash, r.code, r.detail, r.meter, r.quantity, r.time, r.local_date,
          $2, r.sent, r.arrived_at
        from jsonb_to_recordset($1) as r(
          customer_id text, id text, body_hash text, code text, detail text, meter text, quantity jsonb,
          time text, local_date date, sent jsonb, arrived_at timestamptz
        )
        on conflict (customer_id, id, body_hash, code)
          do update set sent = excluded.sent, detail = excluded.detail, times = rejected_events.times + 1,
          rejected_at = excluded.rejected_at`,
      // One lock order for all, so that two batches cannot deadlock.
      [JSON.stringify([...rows.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row)), tx.at],
    )
    const named = [...new Set([...rows.values()].map((row) => row.customer_id))].sort()
    await forgetOldest(tx, named)
    if (named.some((id) => !zones.has(id))) await deleteOldestOfUnknown(tx)
  })
}

async function forgetOldest(tx: BillingTransaction, customerIds: readonly string[]): Promise<void> {
  for (const customerId of customerIds) {
    const [customer, since] = [
      sql`${customerId}`,
      sql`${addSeconds(tx.at, -retentionDays * 86_400)}::timestamptz`,
    ]
    await tx.query(sql`
      delete from rejected_events
      where customer_id = ${customer}
        and rejected_at < greatest(
          ${since},
          coalesce(
            (
              select rejected_at
              from rejected_events
              where customer_id = ${customer}
              order by rejected_at desc
              offset ${maxStored - 1}
              limit 1
            ),
            ${since}
          )
        )`)
  }
}

/** Unknown customers share the limit of one: a sender that makes up ids must not fill the disk. */
async function deleteOldestOfUnknown(tx: BillingTransaction): Promise<void> {
  const since = sql`${addSeconds(tx.at, -retentionDays * 86_400)}::timestamptz`
  await tx.query(sql`
    delete from rejected_events r
    where code = 'customer_not_found'
      and not exists (select from customers c where c.customer_id = r.customer_id)
      and rejected_at < greatest(
        ${since},
        coalesce(
          (
            select rejected_at
            from rejected_events u
            where code = 'customer_not_found'
              and not exists (select from customers c where c.customer_id = u.customer_id)
            order by rejected_at desc
            offset ${maxStored - 1}
            limit 1
          ),
          ${since}
        )
      )`)
}

/** Returns the rejected events of a range of dates, latest rejection first, at most 1,000. */
export async function rejectedEvents(
  tx: BillingTransaction,
  customerId: string,
  dates: DateRange,
): Promise<RejectedEvent[]> {
  return tx.query<RejectedEvent>(
    `select id, meter, quantity, time, code, detail, times, rejected_at as "rejectedAt"
      from rejected_events
      where customer_id = $1 and local_date >= $2 and local_date < $3
      order by rejected_at desc, id collate "C"
      limit 1000`,
    [customerId, dates.from, dates.to],
  )
}

/** A rejected event in a list. `retryable`: a retry may succeed once the cause is fixed. */
export interface ListedRejection extends RejectedEvent {
  customerId: string
  properties: Record<string, unknown> | null
  retryable: boolean
}

/** SQL: whether a rejected event names a customer, by the id or an alias. */
function isOfCustomer(customerId: string): Sql {
  const customer = sql`${customerId}`
  return sql`(
    customer_id = ${customer}
    or customer_id in (select alias from customer_aliases where customer_id = ${customer})
  )`
}

/** Lists rejected events, latest rejection first, optionally of one customer or for one reason. */
export async function listRejectedEvents(
  engine: Engine,
  input: { customerId?: string; code?: Code; cursor?: string; limit?: number } = {},
): Promise<Page<ListedRejection>> {
  const limit = pageLimit(input.limit)
  const after = decodeCursor(input.cursor, 5)
  return engine.transaction(
    async (tx) => {
      const rows = await tx.query<ListedRejection & { bodyHash: string }>(
        sql`
          select customer_id as "customerId", id, meter, quantity, time, code, detail, times,
            rejected_at as "rejectedAt", sent->'properties' as properties,
            sent is not null and code = any(${retryableCodes}) as retryable, body_hash as "bodyHash"
          from rejected_events
          where ${sql.and(
            input.customerId !== undefined && isOfCustomer(input.customerId),
            input.code !== undefined && sql`code = ${input.code}`,
            after && sql`(rejected_at, customer_id, id, body_hash, code) < (${sql.join(after)})`,
          )}
          order by rejected_at desc, customer_id desc, id desc, body_hash desc, code desc
          limit ${limit + 1}`,
      )
      const shown = rows.slice(0, limit)
      const last = shown.at(-1)
      return {
        data: shown.map(({ bodyHash: _, ...event }) => event),
        nextCursor:
          rows.length > limit && last
            ? encodeCursor([last.rejectedAt, last.customerId, last.id, last.bodyHash, last.code])
            : null,
      }
    },
    { readOnly: true },
  )
}

const maxRetries = 1000

/**
 * Retries a customer's rejected events as they were sent: those with the given ids, or all, oldest rejection
 * first, at most 1,000 per call. An event without a time counts when it first arrived. What is accepted now
 * (or was recorded meanwhile) leaves the list; the rest stays with its new reason. `record` records events.
 */
export async function retryRejected(
  engine: Engine,
  input: { customerId: string; ids?: readonly string[] },
  record: (events: UsageEventInput[]) => Promise<Recorded>,
): Promise<Recorded> {
  const rows = await engine.transaction(
    (tx) =>
      tx.query<{
        customerId: string
        id: string
        bodyHash: string
        sent: Omit<UsageEventInput, 'customerId'>
        arrivedAt: Instant
      }>(
        sql`
          select customer_id as "customerId", id, body_hash as "bodyHash", (array_agg(sent))[1] as sent,
            min(arrived_at) as "arrivedAt"
          from rejected_events
          where ${sql.and(
            isOfCustomer(input.customerId),
            sql`sent is not null`,
            sql`code = any(${retryableCodes})`,
            input.ids && sql`id = any(${input.ids})`,
          )}
          group by customer_id, id, body_hash
          order by min(rejected_at), id, body_hash
          limit ${maxRetries}`,
      ),
    { readOnly: true },
  )
  const recorded = await record(
    rows.map(({ sent, arrivedAt }) => ({ ...sent, arrivedAt, customerId: input.customerId })),
  )
  const refused = new Map(recorded.rejected.map(({ index, code }) => [index, code]))
  await engine.transaction((tx) =>
    tx.query(
      `delete from rejected_events r using jsonb_to_recordset($1) as d(
          customer_id text, id text, body_hash text, code text
        )
        where (r.customer_id, r.id, r.body_hash) = (d.customer_id, d.id, d.body_hash)
          and r.code is distinct from d.code`,
      [
        JSON.stringify(
          rows.map(({ customerId, id, bodyHash }, index) => ({
            customer_id: customerId,
            id,
            body_hash: bodyHash,
            code: refused.get(index) ?? null,
          })),
        ),
      ],
    ),
  )
  return recorded
}

/**
 * Returns when events without a time first arrived that were rejected before for a reason that may pass: a
 * repeat counts at that instant.
 */
export async function firstArrivals(
  tx: BillingTransaction,
  events: readonly UsageEventInput[],
  idOf: (event: UsageEventInput) => string,
): Promise<Map<UsageEventInput, Instant>> {
  const timeless = events.filter(
    (event) =>
      event.time === undefined && event.arrivedAt === undefined && isStorable([event.customerId, event.id]),
  )
  if (timeless.length === 0) return new Map()
  const rows = await tx.query<{ place: number; arrivedAt: Instant }>(
    `select e.place, min(r.arrived_at) as "arrivedAt"
      from jsonb_to_recordset($1) as e(place int, customer_id text, named text, id text, body_hash text)
      join rejected_events r
        on r.customer_id in (e.customer_id, e.named)
        and r.id = e.id
        and r.body_hash = e.body_hash
      where r.sent is not null and r.code = any($2)
      group by 1`,
    [
      JSON.stringify(
        timeless.map((event, place) => ({
          place,
          customer_id: idOf(event),
          named: event.customerId,
          id: event.id,
          body_hash: sentHash(event),
        })),
      ),
      retryableCodes,
    ],
  )
  return new Map(rows.map(({ place, arrivedAt }) => [timeless[place]!, arrivedAt]))
}

type SentContent = Pick<RefusedEvent, 'meter' | 'type' | 'quantity' | 'time' | 'properties' | 'historical'>

/**
 * Hashes everything that was sent, to distinguish rejected events with one id. Oversized properties keep
 * their order, because sorting them takes long.
 */
function sentHash({ meter, type, quantity, time, properties, historical }: SentContent): string {
  const content =
    properties !== undefined && areTooLong(properties) ? JSON.stringify(properties) : (properties ?? null)
  return sha256(
    canonicalJson([
      meter ?? type ?? null,
      quantity ?? null,
      time ?? null,
      content,
      ...(historical === true ? [historical] : []),
    ]),
  )
}

async function zonesOf(
  tx: BillingTransaction,
  customerIds: readonly string[],
): Promise<Map<string, ZoneChange[]>> {
  const rows = await tx.query<ZoneChange & { customerId: string }>(
    `select customer_id as "customerId", from_on as "from", timezone
      from customer_timezones
      where customer_id = any($1)
      order by customer_id, from_on`,
    [customerIds],
  )
  const zones = new Map<string, ZoneChange[]>()
  for (const { customerId, ...zone } of rows) zones.set(customerId, [...(zones.get(customerId) ?? []), zone])
  return zones
}

function rowOf(event: RefusedEvent, zones: readonly ZoneChange[], at: Instant) {
  const { customerId, meter, type, quantity, time, properties, historical, code, arrivedAt = at } = event
  const instant = typeof time === 'string' ? parseInstant(time) : undefined
  return {
    customer_id: customerId,
    id: storable(event.id),
    code,
    detail: storable(event.detail),
    meter: storable(meter ?? type),
    quantity:
      typeof quantity === 'number' && Number.isFinite(quantity)
        ? quantity
        : typeof quantity === 'string'
          ? storable(quantity)
          : null,
    time: time === undefined || time === null ? null : storable(time),
    local_date: dateOf(zones, instant, arrivedAt),
    body_hash: sentHash(event),
    arrived_at: arrivedAt,
    sent: mayBeRetried(event) ? { id: event.id, meter, type, quantity, time, properties, historical } : null,
  }
}

/** Returns whether a retry may succeed: faults of the event itself stay, other causes may pass. */
function mayBeRetried({ id, code, meter, type, properties = {} }: RefusedEvent): boolean {
  return code !== 'validation_failed' && !areTooLong(properties) && isStorable([id, meter, type, properties])
}

/**
 * Returns the date under which a rejected event is listed. A year of five digits (or none) counts as
 * unreadable.
 */
function dateOf(zones: readonly ZoneChange[], time: Instant | undefined, at: Instant): LocalDate {
  const date = time === undefined ? '' : localDateOf(zones, time)
  return /^(?!0000)\d{4}-/.test(date) ? date : localDateOf(zones, at)
}

/** Replaces what JSON may hold and PostgreSQL rejects by the replacement character. */
function storable(value: unknown): string {
  const text = typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value)
  return text
    .slice(0, maxTextCharacters)
    .replaceAll('\u0000', '\ufffd')
    .replace(/\p{Surrogate}/gu, '\ufffd')
}
