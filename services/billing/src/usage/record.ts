import type { Billing, BillingTransaction } from '../billing.ts'
import { BillingError, type Code } from '../failure.ts'
import { metersByKey } from '../meter.ts'
import { localDateOf, type ZoneChange } from '../rules/zone.ts'
import { checkEvent, type CheckedEvent, type UsageEventInput } from './event.ts'
import { overflowDetail, tooLarge } from './overflow.ts'
import { keepRejected } from './rejected.ts'

export const mostEvents = 1000

/** What became of a batch. `rejected` names each event by its place in the batch. */
export interface Recorded {
  accepted: number
  duplicates: number
  rejected: { index: number; id: string; code: Code; detail: string }[]
}

/** An event and the customer's date it falls on. `overage` (steps) is what a quota granted above the allowance. */
export type Placed = CheckedEvent & { index: number; localDate: string; overage?: number }
type Fate = 'accepted' | 'duplicate' | { code: Code; detail: string }

/**
 * Records up to 1,000 events in one transaction, counting each id once per customer: the same id and content again is a
 * duplicate, other content is rejected. A bad event never fails its neighbours; it is kept with its reason.
 */
export async function recordUsage(billing: Billing, events: readonly UsageEventInput[]): Promise<Recorded> {
  if (events.length > mostEvents) throw new BillingError('payload_too_large', { message: `a batch holds at most ${mostEvents} events, not ${events.length}` })
  return billing.transaction(async (tx) => {
    const meters = await metersByKey(tx)
    const zones = await zonesOf(tx, [...new Set(events.map((event) => event.customerId))].filter((id) => !id.includes('\u0000')))
    const fates: Fate[] = new Array<Fate>(events.length)
    const placed: Placed[] = []
    for (const [index, event] of events.entries()) {
      const checked = zones.has(event.customerId)
        ? checkEvent(event, meters.get(event.meter), tx.at)
        : { code: 'customer_not_found' as const, detail: `there is no customer '${event.customerId}'` }
      if ('code' in checked) fates[index] = checked
      else placed.push({ ...checked, index, localDate: localDateOf(zones.get(event.customerId)!, checked.time) })
    }
    // One order for everybody: two batches that meet on the same keys wait for each other, never in a circle.
    placed.sort((a, b) => compare(a.customerId, b.customerId) || compare(a.id, b.id) || a.index - b.index)
    await storeBatch(tx, placed, fates)
    const recorded = summaryOf(events, fates)
    await keepRejected(tx, recorded.rejected.map(({ index, code, detail }) => ({ ...events[index]!, code, detail })))
    return recorded
  })
}

async function storeBatch(tx: BillingTransaction, placed: readonly Placed[], fates: Fate[]): Promise<void> {
  const attempt = () => tx.savepoint(async () => {
    const found = await storeEvents(tx, placed)
    if (await tooLarge(tx, placed)) throw new OverflowInBatch()
    for (const { event, fate } of found) fates[event.index] = fate
  })
  try {
    await attempt()
  } catch (error) {
    if (!(error instanceof OverflowInBatch)) throw error
    // Some event would take a period's sum past what can be counted exactly: find which, by halves.
    if (placed.length === 1) {
      fates[placed[0]!.index] = { code: 'quantity_overflow', detail: overflowDetail }
      return
    }
    const middle = placed.length >> 1
    await storeBatch(tx, placed.slice(0, middle), fates)
    await storeBatch(tx, placed.slice(middle), fates)
  }
}

class OverflowInBatch extends Error {}

/** Writes the events whose ids are free (`settling`: or held by their own reservations) and adds them to their days, both or neither. */
export async function storeEvents(tx: BillingTransaction, placed: readonly Placed[], { settling = false } = {}): Promise<{ event: Placed; fate: Fate }[]> {
  if (placed.length === 0) return []
  const first = new Map<string, Placed>()
  for (const event of placed) if (!first.has(keyOf(event))) first.set(keyOf(event), event)
  const inserted = await tx.query<{ customer_id: string; id: string }>(
    `insert into usage_events (customer_id, id, meter, quantity, time, local_date, stored_at, properties, body_hash, overage)
     select e.customer_id, e.id, e.meter, e.quantity, e.time, e.local_date, $2, e.properties, e.body_hash, e.overage
     from jsonb_to_recordset($1) as e(customer_id text, id text, meter text, quantity bigint, time timestamptz, local_date date, properties jsonb, body_hash text, overage bigint)
     where $3 or not exists (select from reservations r where (r.customer_id, r.id) = (e.customer_id, e.id))
     on conflict (customer_id, id) do nothing returning customer_id, id`,
    [JSON.stringify([...first.values()].map(rowOf)), tx.at, settling],
  )
  const fresh = new Set(inserted.map((row) => `${row.customer_id} ${row.id}`))
  const known = await bodyHashes(tx, placed.filter((event) => !fresh.has(keyOf(event)) || first.get(keyOf(event)) !== event))
  await addToDays(tx, [...first.values()].filter((event) => fresh.has(keyOf(event))))
  return placed.map((event) => {
    if (fresh.has(keyOf(event)) && first.get(keyOf(event)) === event) return { event, fate: 'accepted' }
    if (known.get(keyOf(event)) === event.bodyHash) return { event, fate: 'duplicate' }
    return { event, fate: { code: 'event_conflict', detail: `event '${event.id}' was recorded before with other content` } }
  })
}

async function bodyHashes(tx: BillingTransaction, events: readonly Placed[]): Promise<Map<string, string>> {
  if (events.length === 0) return new Map()
  const rows = await tx.query<{ customer_id: string; id: string; body_hash: string }>(
    `select u.customer_id, u.id, u.body_hash from usage_events u
     join jsonb_to_recordset($1) as e(customer_id text, id text) on (u.customer_id, u.id) = (e.customer_id, e.id)
     union select r.customer_id, r.id, r.body_hash from reservations r
     join jsonb_to_recordset($1) as e(customer_id text, id text) on (r.customer_id, r.id) = (e.customer_id, e.id)`,
    [JSON.stringify(events.map((event) => ({ customer_id: event.customerId, id: event.id })))],
  )
  return new Map(rows.map((row) => [`${row.customer_id} ${row.id}`, row.body_hash]))
}

async function addToDays(tx: BillingTransaction, events: readonly Placed[]): Promise<void> {
  const days = new Map<string, { customer_id: string; meter: string; local_date: string; quantity: bigint; events: number }>()
  for (const event of events) {
    const key = `${event.customerId} ${event.meter} ${event.localDate}`
    const day = days.get(key) ?? { customer_id: event.customerId, meter: event.meter, local_date: event.localDate, quantity: 0n, events: 0 }
    days.set(key, { ...day, quantity: day.quantity + BigInt(event.quantity), events: day.events + 1 })
  }
  if (days.size === 0) return
  const rows = [...days.entries()].sort(([a], [b]) => compare(a, b)).map(([, day]) => ({ ...day, quantity: String(day.quantity) }))
  await tx.query(
    `insert into usage_daily (customer_id, meter, local_date, quantity, events)
     select d.customer_id, d.meter, d.local_date, d.quantity::bigint, d.events from jsonb_to_recordset($1) as d(customer_id text, meter text, local_date date, quantity text, events bigint)
     order by d.customer_id, d.meter, d.local_date
     on conflict (customer_id, meter, local_date) do update set quantity = usage_daily.quantity + excluded.quantity, events = usage_daily.events + excluded.events`,
    [JSON.stringify(rows)],
  )
}

async function zonesOf(tx: BillingTransaction, customerIds: readonly string[]): Promise<Map<string, ZoneChange[]>> {
  // The lock that storing the events takes anyway, taken before their `storedAt` is read: an event that waits for an invoice
  // to be issued is stored after it, and so belongs to the next one.
  await tx.query('select 1 from customers where customer_id = any($1) order by customer_id collate "C" for key share', [customerIds])
  tx.arrive()
  const rows = await tx.query<ZoneChange & { customerId: string }>(
    'select customer_id as "customerId", from_on as "from", timezone from customer_timezones where customer_id = any($1) order by customer_id, from_on', [customerIds],
  )
  const zones = new Map<string, ZoneChange[]>()
  for (const { customerId, ...zone } of rows) zones.set(customerId, [...(zones.get(customerId) ?? []), zone])
  return zones
}

function summaryOf(events: readonly UsageEventInput[], fates: readonly Fate[]): Recorded {
  const rejected = fates.flatMap((fate, index) => (typeof fate === 'string' ? [] : [{ index, id: events[index]!.id, code: fate.code, detail: fate.detail }]))
  return { accepted: fates.filter((fate) => fate === 'accepted').length, duplicates: fates.filter((fate) => fate === 'duplicate').length, rejected }
}

function rowOf(event: Placed) {
  return {
    customer_id: event.customerId, id: event.id, meter: event.meter, quantity: event.quantity, time: event.time,
    local_date: event.localDate, properties: event.properties, body_hash: event.bodyHash, overage: event.overage ?? null,
  }
}

const keyOf = (event: Pick<Placed, 'customerId' | 'id'>) => `${event.customerId} ${event.id}`
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
