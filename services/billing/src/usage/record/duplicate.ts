import { sql, type Sql } from '@customer-portal/database'
import type { BillingTransaction } from '../../engine.ts'
import type { Code } from '../../errors.ts'
import { canonicalJson } from '../../values/canonical-json.ts'
import type { Instant } from '../../values/instant.ts'
import { unitsFrom } from '../../values/quantity.ts'
import { bodyHashOf, countedRows, type CheckedEvent } from './event.ts'
import { idKey } from './reservation-row.ts'
import { noMeter } from '../../catalogue/meter.ts'

/** Why an event was rejected. */
export interface Refusal {
  code: Code
  detail: string
  /** For an id used before with other content: the fields that differ, and the first event. */
  differs?: EventField[]
  first?: FirstEvent
}

export type EventField = 'meter' | 'quantity' | 'time' | 'properties'

/** The event recorded first under an id. `quantity` is units. */
export interface FirstEvent {
  meter: string
  quantity: number
  time: Instant
  properties: Record<string, unknown>
}

/** The stored content of an event, besides the hash of what was sent. `quantity` is steps. */
export interface RecordedContent {
  meter: string
  type: string | null
  quantity: number
  decimals: number
  time: Instant
  properties: Record<string, unknown>
}

type SentContent = Pick<
  CheckedEvent,
  'id' | 'meter' | 'type' | 'quantity' | 'hashedQuantity' | 'time' | 'timeSent' | 'propertiesText'
>

/** What is known of an id that was used before. */
export interface UsedId {
  voided: boolean
  /** The content recorded at the time the event names, for each meter, where the id itself was deleted. */
  atItsTime: readonly RecordedContent[] | undefined
  /** Of what was sent first; empty when only a reservation or a deleted event had the id. */
  hash: string
  recorded: RecordedContent | undefined
}

/** Returns whether an event whose id was used is the same one again, or why it is rejected. */
export function repeated(event: CheckedEvent, used: UsedId): 'duplicate' | Refusal {
  const { hash, recorded } = used
  if (used.voided)
    return {
      code: 'event_voided',
      detail: `event '${event.id}' was recorded and taken back: send what replaces it under another id`,
    }
  if (used.atItsTime)
    return isAsRecorded(event, used.atItsTime) ? 'duplicate' : conflictWith(event, '', used.atItsTime[0])
  return hash === event.bodyHash || (recorded && isSameAtItsTime(event, hash, recorded))
    ? 'duplicate'
    : conflictWith(event, hash, recorded)
}

/**
 * Returns whether an event states the time that was assigned to the recorded one, which came without a time.
 * Then it is the same event.
 */
function isSameAtItsTime(event: SentContent, hash: string, recorded: RecordedContent): boolean {
  const { meter, type, quantity, hashedQuantity = quantity, propertiesText } = event
  return (
    event.timeSent
    && event.time === recorded.time
    && hash === bodyHashOf({ meter: type ?? meter, quantity: hashedQuantity, time: null, propertiesText })
  )
}

/**
 * Returns the rejection of an event whose id is used. Without `recorded` only the id is known: of a
 * reservation, or of an event that was deleted.
 */
export function conflictWith(
  event: SentContent,
  hash: string,
  recorded: RecordedContent | undefined,
): Refusal {
  const detail = `event '${event.id}' was recorded before with other content`
  if (!recorded) return { code: 'event_conflict', detail }
  const differs = fieldsThatDiffer(event, hash, recorded)
  const { decimals, quantity, type: _, ...content } = recorded
  return {
    code: 'event_conflict',
    detail: `${detail}: ${differs.join(', ')}`,
    differs,
    first: { ...content, quantity: unitsFrom(quantity, decimals) },
  }
}

function fieldsThatDiffer(event: SentContent, hash: string, recorded: RecordedContent): EventField[] {
  const { meter, type, quantity, time } = recorded
  const propertiesText = canonicalJson(recorded.properties)
  // Only the hash shows whether the first event was sent with a time.
  const was = (at: Instant | null) =>
    hash === bodyHashOf({ meter: type ?? meter, quantity, time: at, propertiesText })
  const differs: EventField[] = []
  if ((event.type ?? event.meter) !== (type ?? meter)) differs.push('meter')
  // Two meters may read different quantities from one event.
  if ((event.meter === meter || (type === null && event.type === undefined)) && event.quantity !== quantity)
    differs.push('quantity')
  if (event.timeSent ? event.time !== time : was(time)) differs.push('time')
  if (event.propertiesText !== propertiesText) differs.push('properties')
  // Consumption stores the granted quantity, not the requested one.
  return differs.length === 0 ? ['quantity'] : differs
}

/**
 * Returns the content recorded under ids, by customer and id; reservations and events of dropped months have
 * none.
 */
export async function recordedContents(
  tx: BillingTransaction,
  events: readonly Pick<CheckedEvent, 'customerId' | 'id' | 'meter'>[],
): Promise<Map<string, RecordedContent>> {
  if (events.length === 0) return new Map()
  const found = await contentsOf(tx, events, sql`m.key = s.meter`)
  const missing = events.filter((event) => !found.has(contentKey(event)))
  // Under another meter: each is looked up, because the key of the events starts with the meter.
  if (missing.length > 0)
    for (const [key, content] of await contentsOf(tx, missing, sql`m.key <> s.meter`)) found.set(key, content)
  return found
}

/**
 * Returns the history recorded under the ids and times of these events, by customer and id, as each meter
 * counts it, also where the id was deleted since. History may be sent again, or after the event was recorded
 * live.
 */
export async function recordedOfHistory(
  tx: BillingTransaction,
  events: readonly Pick<CheckedEvent, 'customerId' | 'id' | 'time'>[],
): Promise<Map<string, RecordedContent[]>> {
  const found = new Map<string, RecordedContent[]>()
  if (events.length === 0) return found
  const sent = JSON.stringify(
    events.map(({ customerId, id, time }) => ({ customer_id: customerId, id, time })),
  )
  const rows = await tx.query<RecordedContent & { customerId: string; id: string }>(
    sql`
      select s.customer_id as "customerId", s.id, u.meter, u.type, u.quantity, m.decimals, u.time,
        u.properties
      from jsonb_to_recordset(${sent}) as s(customer_id text, id text, time timestamptz)
      cross join (select key, decimals from meters union all select ${noMeter}::text, 0) m
      cross join lateral (
        select *
        from usage_events
        where (customer_id, meter, time, id) = (s.customer_id, m.key, s.time, s.id)
        limit 1
      ) u`,
  )
  for (const { customerId, id, ...content } of rows) {
    const key = contentKey({ customerId, id })
    found.set(key, [...(found.get(key) ?? []), content])
  }
  return found
}

/** Returns whether an event equals what is recorded, as far as its current meters counted it then. */
function isAsRecorded(event: CheckedEvent, recorded: readonly RecordedContent[]): boolean {
  const known = countedRows(event).flatMap(({ meter, quantity }) =>
    recorded.filter((content) => content.meter === meter).map((content) => content.quantity === quantity),
  )
  return (
    known.length > 0
    && known.every(Boolean)
    && recorded.every(
      ({ type, properties }) =>
        (type ?? undefined) === event.type && canonicalJson(properties) === event.propertiesText,
    )
  )
}

export const contentKey = ({ customerId, id }: Pick<CheckedEvent, 'customerId' | 'id'>) =>
  idKey(customerId, id)

async function contentsOf(
  tx: BillingTransaction,
  events: readonly Pick<CheckedEvent, 'customerId' | 'id' | 'meter'>[],
  meters: Sql,
): Promise<Map<string, RecordedContent>> {
  const sent = JSON.stringify(
    events.map(({ customerId, id, meter }) => ({ customer_id: customerId, id, meter })),
  )
  const rows = await tx.query<RecordedContent & { customerId: string; id: string }>(
    sql`
      select s.customer_id as "customerId", s.id, u.meter, u.type, u.quantity, m.decimals, u.time,
        u.properties
      from jsonb_to_recordset(${sent}) as s(customer_id text, id text, meter text)
      cross join lateral (
        select time from usage_keys where (customer_id, id) = (s.customer_id, s.id) limit 1
      ) k
      join meters m on ${meters}
      cross join lateral (
        select *
        from usage_events
        where (customer_id, meter, time, id) = (s.customer_id, m.key, k.time, s.id)
        limit 1
      ) u`,
  )
  return new Map(rows.map(({ customerId, id, ...content }) => [contentKey({ customerId, id }), content]))
}
