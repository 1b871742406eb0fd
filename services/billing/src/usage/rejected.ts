import type { Billing, BillingTransaction } from '../billing.ts'
import type { Code } from '../failure.ts'
import type { DateRange, LocalDate } from '../rules/date.ts'
import { canonicalJson, sha256 } from '../rules/canonical.ts'
import { addSeconds, parseInstant, type Instant } from '../rules/instant.ts'
import { localDateOf, type ZoneChange } from '../rules/zone.ts'

/** What was refused, as it was sent; nothing in it can be relied on but that the customer is a text. */
export interface RefusedEvent {
  customerId: string
  id: string
  meter?: unknown
  quantity?: unknown
  time?: unknown
  properties?: unknown
  code: Code
  detail: string
}

/** A refused event as it is read. `quantity` and `time` are as sent, null where they were left out; `times`: how often it was refused. */
export interface RejectedEvent {
  id: string
  meter: string
  quantity: number | null
  time: string | null
  code: Code
  detail: string
  times: number
  rejectedAt: Instant
}

/** A refused event is kept this long after it was last sent, and at most so many for one customer: a sender gone wrong must not fill the disk. */
const keptDays = 100
const mostKept = 10_000
const mostText = 300

/** Keeps refused events of customers that exist, each once however often it is sent. Others' have nobody to be listed under. */
export async function keepRejected(billing: Billing, refused: readonly RefusedEvent[]): Promise<void> {
  if (refused.length === 0) return
  await billing.transaction(async (tx) => {
    const zones = await zonesOf(tx, [...new Set(refused.map((event) => event.customerId))].filter((id) => !id.includes('\u0000')))
    const rows = new Map<string, ReturnType<typeof rowOf>>()
    for (const event of refused) {
      const zone = zones.get(event.customerId)
      if (!zone) continue
      const row = rowOf(event, zone, tx.at)
      rows.set(canonicalJson([row.customer_id, row.id, row.body_hash, row.code]), row)
    }
    if (rows.size === 0) return
    await tx.query(
      `insert into rejected_events (customer_id, id, body_hash, code, detail, meter, quantity, time, local_date, rejected_at)
       select r.customer_id, r.id, r.body_hash, r.code, r.detail, r.meter, r.quantity, r.time, r.local_date, $2
       from jsonb_to_recordset($1) as r(customer_id text, id text, body_hash text, code text, detail text, meter text, quantity jsonb, time text, local_date date)
       on conflict (customer_id, id, body_hash, code) do update set detail = excluded.detail, times = rejected_events.times + 1, rejected_at = excluded.rejected_at`,
      // One order for everybody, so that two batches never wait for each other in a circle.
      [JSON.stringify([...rows.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row)), tx.at],
    )
    await forgetOldest(tx, [...new Set([...rows.values()].map((row) => row.customer_id))].sort())
  })
}

async function forgetOldest(tx: BillingTransaction, customerIds: readonly string[]): Promise<void> {
  for (const customerId of customerIds) {
    await tx.query(
      `delete from rejected_events where customer_id = $1 and rejected_at < greatest($2::timestamptz,
       coalesce((select rejected_at from rejected_events where customer_id = $1 order by rejected_at desc offset ${mostKept - 1} limit 1), $2))`,
      [customerId, addSeconds(tx.at, -keptDays * 86_400)],
    )
  }
}

/** The refused events of a range of dates, the last refused first, at most 1,000. */
export async function rejectedEvents(tx: BillingTransaction, customerId: string, dates: DateRange): Promise<RejectedEvent[]> {
  return tx.query<RejectedEvent>(
    `select id, meter, quantity, time, code, detail, times, rejected_at as "rejectedAt" from rejected_events
     where customer_id = $1 and local_date >= $2 and local_date < $3 order by rejected_at desc, id collate "C" limit 1000`,
    [customerId, dates.from, dates.to],
  )
}

async function zonesOf(tx: BillingTransaction, customerIds: readonly string[]): Promise<Map<string, ZoneChange[]>> {
  const rows = await tx.query<ZoneChange & { customerId: string }>(
    'select customer_id as "customerId", from_on as "from", timezone from customer_timezones where customer_id = any($1) order by customer_id, from_on', [customerIds],
  )
  const zones = new Map<string, ZoneChange[]>()
  for (const { customerId, ...zone } of rows) zones.set(customerId, [...(zones.get(customerId) ?? []), zone])
  return zones
}

function rowOf(event: RefusedEvent, zones: readonly ZoneChange[], at: Instant) {
  const { customerId, meter, quantity, time, properties, code } = event
  const instant = typeof time === 'string' ? parseInstant(time) : undefined
  return {
    customer_id: customerId, id: storable(event.id), code, detail: storable(event.detail), meter: storable(meter),
    quantity: typeof quantity === 'number' && Number.isFinite(quantity) ? quantity : null,
    time: time === undefined || time === null ? null : storable(time), local_date: dateOf(zones, instant, at),
    body_hash: sha256(canonicalJson([meter ?? null, quantity ?? null, time ?? null, properties ?? null])),
  }
}

/** The date under which a refused event is listed. A year of five digits (or none) is as good as unreadable. */
function dateOf(zones: readonly ZoneChange[], time: Instant | undefined, at: Instant): LocalDate {
  const date = time === undefined ? '' : localDateOf(zones, time)
  return /^(?!0000)\d{4}-/.test(date) ? date : localDateOf(zones, at)
}

/** What JSON may hold and the database may not is shown as a replacement character. */
function storable(value: unknown): string {
  const text = typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value)
  return text.slice(0, mostText).replaceAll('\u0000', '\ufffd').replace(/\p{Surrogate}/gu, '\ufffd')
}
