import { sqlState } from '@customer-portal/database'
import { isTransaction, type Billing, type BillingTransaction } from '../billing.ts'
import { getCustomer } from '../customer.ts'
import { BillingError, type Code } from '../failure.ts'
import { isAdditive, metersByKey } from '../meter.ts'
import type { Instant } from '../rules/instant.ts'
import { localDateOf, type ZoneChange } from '../rules/zone.ts'
import { dayOf, isLater, latestOf, valueOf } from './day.ts'
import { checkEvent, type CheckedEvent, type UsageEventInput } from './event.ts'
import { groupsOf, type Group } from './group.ts'
import { openIntake, type Fate, type Recorded, type Slot } from './intake.ts'
import { ensureMonths, rememberMonths } from './month.ts'
import { overflowDetail, tooLarge } from './overflow.ts'
import { keepRejected, retryRejected } from './rejected.ts'
import { settlingOwn } from './reservation-row.ts'

export const mostEvents = 1000

/** An event and the customer's date it falls on. `overage` (steps) is what a quota granted above the allowance. */
export type Placed = CheckedEvent & { index: number; localDate: string; overage?: number }

/**
 * Records up to 1,000 events and returns once they are committed, counting each id once per customer: the same id and content again
 * is a duplicate, other content is rejected. A bad event never fails its neighbours; it is kept with its reason. Requests under way
 * at the same time share a transaction; inside one already, that one is used. Throws rate_limited when too many wait.
 */
export async function recordUsage(billing: Billing, events: readonly UsageEventInput[]): Promise<Recorded> {
  if (events.length > mostEvents) throw new BillingError('payload_too_large', { message: `a batch holds at most ${mostEvents} events, not ${events.length}` })
  return summaryOf(events, await (isTransaction(billing) ? recordInside(billing, events) : intakeOf(billing)(events)))
}

/** Records a customer's refused events again, those with the given ids or all, at most 1,000 at once; see `retryRejected`. Throws customer_not_found. */
export async function retryRejectedEvents(billing: Billing, input: { customerId: string; ids?: readonly string[] }): Promise<Recorded> {
  await getCustomer(billing, input)
  return retryRejected(billing, input, (events) => recordUsage(billing, events))
}

async function recordInside(tx: BillingTransaction, events: readonly UsageEventInput[]): Promise<Fate[]> {
  const slots: Slot[] = events.map((event) => ({ event }))
  await settle(tx, slots, (work) => tx.savepoint(() => work(tx)))
  return slots.map((slot) => slot.fate!)
}

const intakes = new WeakMap<Billing, ReturnType<typeof openIntake>>()

function intakeOf(billing: Billing): ReturnType<typeof openIntake> {
  const known = intakes.get(billing)
  if (known) return known
  // The embedded database has one session; on a server one flush computes while the other writes.
  const intake = openIntake({ flushers: billing.db.kind === 'postgres' ? 2 : 1, settle: (slots) => settle(billing, slots, (work) => billing.transaction(work)) })
  intakes.set(billing, intake)
  return intake
}

/**
 * Gives each event its fate, all in one transaction (or savepoint) if that goes well. Where the database refuses them, halves are
 * tried, down to the one that cannot be: its neighbours are recorded all the same.
 */
async function settle(billing: Billing, slots: readonly Slot[], transaction: <T>(work: (tx: BillingTransaction) => Promise<T>) => Promise<T>): Promise<void> {
  if (slots.length === 0) return
  try {
    const events = slots.map((slot) => slot.event)
    const { fates, times } = await transaction((tx) => recordIn(tx, events))
    for (const [index, slot] of slots.entries()) slot.fate = fates[index]!
    if (!isTransaction(billing)) rememberMonths(billing.db, times)
  } catch (error) {
    if (!isOfSomeEvent(error)) throw error
    if (slots.length > 1) {
      const middle = slots.length >> 1
      await settle(billing, slots.slice(0, middle), transaction)
      return settle(billing, slots.slice(middle), transaction)
    }
    const [slot] = slots as [Slot]
    const refusal = refusalFor(error, slot.event)
    await transaction((tx) => keepRejected(tx, [{ ...slot.event, ...refusal }]))
    slot.fate = refusal
  }
}

/** Some event would take a period's sum past what can be counted exactly. */
class OverflowInBatch extends Error {}

const outOfRange = '22003'
/** What the values of a row may bring about: data exceptions, broken constraints, limits. Anything else would befall every event. */
const isOfSomeEvent = (error: unknown) => error instanceof OverflowInBatch || /^(22|23|54)/.test(sqlState(error) ?? '')

function refusalFor(error: unknown, event: UsageEventInput): { code: Code; detail: string } {
  if (error instanceof OverflowInBatch || sqlState(error) === outOfRange) return { code: 'quantity_overflow', detail: overflowDetail }
  // Our checks let through what the database does not take: the vendor may send it again once that is mended.
  process.emitWarning(`The database refuses usage event ${JSON.stringify(event.id)} of ${JSON.stringify(event.customerId)}: ${(error as Error).message}`)
  return { code: 'internal_error', detail: 'the database does not take this event' }
}

async function recordIn(tx: BillingTransaction, events: readonly UsageEventInput[]): Promise<{ fates: Fate[]; times: Instant[] }> {
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
  for (const { event, fate } of await storeEvents(tx, placed)) fates[event.index] = fate
  if (await tooLarge(tx, placed, meters)) throw new OverflowInBatch()
  await keepRejected(tx, fates.flatMap((fate, index) => (typeof fate === 'string' ? [] : [{ ...events[index]!, ...fate }])))
  return { fates, times: placed.map((event) => event.time) }
}

/** Whose ids `storeEvents` may write: those nobody has, also those of the reservations that the events settle, or all, since this transaction has taken them already. */
export type Ids = 'free' | 'reserved or free' | 'claimed'

/** Writes the events whose ids it may (see `ids`) and adds them to their days, both or neither. */
export async function storeEvents(tx: BillingTransaction, placed: readonly Placed[], { ids = 'free' }: { ids?: Ids } = {}): Promise<{ event: Placed; fate: Fate }[]> {
  if (placed.length === 0) return []
  const first = new Map<string, Placed>()
  for (const event of placed) if (!first.has(keyOf(event))) first.set(keyOf(event), event)
  const grouped = await prepareEvents(tx, [...first.values()])
  const statement = storing({ isPlain: placed.every(isAdditive), isGrouped: grouped.size > 0, ids })
  const rows = [...first.values()].map((event) => ({ ...rowOf(event), groups: grouped.get(event) }))
  const stored = await tx.query<{ customer_id: string; id: string }>(statement, [JSON.stringify(rows), tx.at])
  const fresh = new Set(stored.map((row) => `${row.customer_id} ${row.id}`))
  const isFresh = (event: Placed) => fresh.has(keyOf(event)) && first.get(keyOf(event)) === event
  const known = await bodyHashes(tx, placed.filter((event) => !isFresh(event)))
  return placed.map((event) => {
    if (isFresh(event)) return { event, fate: 'accepted' }
    if (known.get(keyOf(event)) === event.bodyHash) return { event, fate: 'duplicate' }
    return { event, fate: { code: 'event_conflict', detail: `event '${event.id}' was recorded before with other content` } }
  })
}

/** Makes the months and names the groups of events. What this locks is locked before any id is taken, by everybody. */
export async function prepareEvents(tx: BillingTransaction, placed: readonly Placed[]): Promise<Map<Placed, Group[]>> {
  await ensureMonths(tx, placed.map((event) => event.time))
  return groupsOf(tx, placed)
}

/**
 * One statement: whoever takes an id writes the event and adds it to its day. The rows come sorted by customer and id, and days are
 * locked in the order of their key once all ids are taken, so two batches that meet wait for each other, never in a circle.
 * A batch of sums and counts alone, as most are, is spared the rest.
 */
function storing({ isPlain, isGrouped, ids }: { isPlain: boolean; isGrouped: boolean; ids: Ids }): string {
  return `
  with sent as materialized (
    select * from jsonb_to_recordset($1) as e(customer_id text, id text, meter text, quantity bigint, time timestamptz, local_date date, properties jsonb, body_hash bytea, aggregation text, unique_by text, overage bigint, groups jsonb)
  ), fresh as (
    ${taking[ids]}
  ), stored as (
    insert into usage_events (customer_id, id, meter, quantity, time, local_date, stored_at, properties, overage)
    select e.customer_id, e.id, e.meter, e.quantity, e.time, e.local_date, $2, e.properties, e.overage from sent e join fresh using (customer_id, id)
  ), ${isPlain ? plainDays : anyDays}${isGrouped ? `, ${groups}` : ''}
  select customer_id, id from fresh`
}

const taken = 'insert into usage_keys (customer_id, id, body_hash, time) select customer_id, id, body_hash, time from sent on conflict (customer_id, id)'
const taking: Record<Ids, string> = {
  free: `${taken} do nothing returning customer_id, id`,
  'reserved or free': `${taken} ${settlingOwn} returning customer_id, id`,
  claimed: 'select customer_id, id from sent',
}

const plainDays = `days as (
    insert into usage_daily (customer_id, meter, local_date, quantity, events)
    select e.customer_id, e.meter, e.local_date, sum(e.quantity)::bigint, count(*) from sent e join fresh using (customer_id, id) group by 1, 2, 3 order by 1, 2, 3
    on conflict (customer_id, meter, local_date) do update set quantity = usage_daily.quantity + excluded.quantity, events = usage_daily.events + excluded.events
  )`

const groups = `groups as (
    insert into usage_groups (customer_id, meter, property, local_date, kind, value, quantity, events)
    select e.customer_id, e.meter, g.property, e.local_date, g.kind, g.value, sum(e.quantity)::bigint, count(*)
    from sent e join fresh using (customer_id, id) cross join lateral jsonb_to_recordset(e.groups) as g(property text, kind text, value text)
    group by 1, 2, 3, 4, 5, 6 order by 1, 2, 3, 4, 5, 6
    on conflict (customer_id, meter, property, local_date, kind, value) do update set quantity = usage_groups.quantity + excluded.quantity, events = usage_groups.events + excluded.events
  )`

const anyDays = `seen as (
    insert into usage_values (customer_id, meter, local_date, value)
    select distinct e.customer_id, e.meter, e.local_date, ${valueOf('e.properties', 'e.unique_by')} from sent e join fresh using (customer_id, id) where e.aggregation = 'unique' order by 1, 2, 3, 4
    on conflict do nothing returning customer_id, meter, local_date
  ), days as (
    insert into usage_daily (customer_id, meter, local_date, quantity, events, last_at, last_id)
    select customer_id, meter, local_date, ${dayOf('e')}, count(*), ${latestOf('e')} from sent e join fresh using (customer_id, id)
      left join (select customer_id, meter, local_date, count(*) as values from seen group by 1, 2, 3) s using (customer_id, meter, local_date)
      group by customer_id, meter, local_date, e.aggregation, s.values order by customer_id, meter, local_date
    on conflict (customer_id, meter, local_date) do update set
      quantity = case (select aggregation from meters where key = excluded.meter)
        when 'max' then greatest(usage_daily.quantity, excluded.quantity)
        when 'last' then case when ${isLater} then excluded.quantity else usage_daily.quantity end
        else usage_daily.quantity + excluded.quantity end,
      events = usage_daily.events + excluded.events,
      last_at = case when ${isLater} then excluded.last_at else usage_daily.last_at end, last_id = case when ${isLater} then excluded.last_id else usage_daily.last_id end
  )`

async function bodyHashes(tx: BillingTransaction, events: readonly Placed[]): Promise<Map<string, string>> {
  if (events.length === 0) return new Map()
  const rows = await tx.query<{ customer_id: string; id: string; body_hash: string }>(
    `select k.customer_id, k.id, encode(k.body_hash, 'hex') as body_hash from usage_keys k
     join jsonb_to_recordset($1) as e(customer_id text, id text) on (k.customer_id, k.id) = (e.customer_id, e.id)`,
    [JSON.stringify(events.map((event) => ({ customer_id: event.customerId, id: event.id })))],
  )
  return new Map(rows.map((row) => [`${row.customer_id} ${row.id}`, row.body_hash]))
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
    local_date: event.localDate, properties: event.properties, body_hash: `\\x${event.bodyHash}`, aggregation: event.aggregation, unique_by: event.uniqueBy, overage: event.overage ?? null,
  }
}

const keyOf = (event: Pick<Placed, 'customerId' | 'id'>) => `${event.customerId} ${event.id}`
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
