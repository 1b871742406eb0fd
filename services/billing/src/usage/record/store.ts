import { sql, type Sql } from '@customer-portal/database'
import type { BillingTransaction } from '../../engine.ts'
import { isAdditive } from '../../catalogue/meter.ts'
import type { Instant } from '../../values/instant.ts'
import {
  contentKey,
  recordedContents,
  recordedOfHistory,
  repeated,
  type RecordedContent,
} from './duplicate.ts'
import {
  countedSums,
  dayOf,
  historicalSums,
  isLater,
  latestOf,
  valueOf,
  type Apart,
  type Sums,
} from '../totals/day.ts'
import { countedRows, type CheckedEvent } from './event.ts'
import { groupsOf, type Group } from '../totals/dimension.ts'
import type { EventOutcome } from './intake.ts'
import { ensureMonths } from '../totals/month.ts'
import { markedDay } from '../totals/limits.ts'
import { idKey, settlingOwn } from './reservation-row.ts'

/**
 * An event with the customer's local date. `overage` (steps) is the part of a grant above the allowance;
 * `apart` says why the event does not count.
 */
export type Placed = CheckedEvent & { index: number; localDate: string; overage?: number; apart?: Apart }

/**
 * One lock order for all: two batches with the same keys wait for each other but cannot deadlock. Duplicates
 * are adjacent.
 */
export function inStoringOrder(a: Placed, b: Placed): number {
  return compare(a.customerId, b.customerId) || compare(a.id, b.id) || a.index - b.index
}

/**
 * Which ids `storeEvents` may write: free ones, also those of reservations that the events settle, or all,
 * because this transaction has claimed them.
 */
export type Ids = 'free' | 'reserved or free' | 'claimed'

/** The outcomes of events, in order, and the customers with a day so large that their months need a check. */
export interface Stored {
  outcomes: EventOutcome[]
  withLargeDays: ReadonlySet<string>
}

/**
 * Inserts the events whose ids it may write (see `ids`) and adds them to their days, both or neither. The
 * events come in the order of `inStoringOrder`.
 */
export async function storeEvents(
  tx: BillingTransaction,
  placed: readonly Placed[],
  { ids = 'free' }: { ids?: Ids } = {},
): Promise<Stored> {
  if (placed.length === 0) return { outcomes: [], withLargeDays: new Set() }
  if (placed.some((event) => event.apart)) return storeWithApart(tx, placed, ids)
  const firsts = firstsOf(placed)
  const counted = rowsOf(firsts)
  const returned = await writeRows(tx, counted, {
    groups: await prepareEvents(tx, counted),
    ids,
    apart: null,
  })
  const taken = new Set(
    returned.flatMap((row) =>
      row.taken === null ? [] : [keyOf({ customerId: row.customer_id, id: row.taken })],
    ),
  )
  const withLargeDays = new Set(returned.flatMap((row) => (row.taken === null ? [row.customer_id] : [])))
  if (taken.size === 0 && firsts.length === placed.length)
    return { outcomes: placed.map(() => 'accepted'), withLargeDays }
  return { outcomes: await outcomesOf(tx, placed, taken), withLargeDays }
}

/**
 * Like `storeEvents`, for a batch with events that do not count: claims all ids first, in order, then writes
 * counted and other events, each to their own sums. Historical events may exist whose id was deleted long
 * ago.
 */
async function storeWithApart(tx: BillingTransaction, placed: readonly Placed[], ids: Ids): Promise<Stored> {
  const firsts = firstsOf(placed)
  // Builds each event's rows once, because their groups are found by identity.
  const rowsOfEvent = new Map(firsts.map((event) => [event, rowsOf([event])]))
  const groups = await prepareEvents(tx, [...rowsOfEvent.values()].flat())
  const recorded = await recordedOfHistory(
    tx,
    firsts.filter((event) => event.apart === 'history'),
  )
  const wanted = firsts.filter((event) => !recorded.has(keyOf(event)))
  const fresh = ids === 'claimed' ? new Set(wanted.map(keyOf)) : await takeFreeIds(tx, wanted)
  const own = wanted.filter((event) => fresh.has(keyOf(event)))
  const withLargeDays = new Set<string>()
  for (const apart of [null, 'history', 'after_end'] as const) {
    const rows = own.flatMap((event) => ((event.apart ?? null) === apart ? rowsOfEvent.get(event)! : []))
    if (rows.length === 0) continue
    const returned = await writeRows(tx, rows, { groups, ids: 'claimed', apart })
    if (apart === null) for (const row of returned) withLargeDays.add(row.customer_id)
  }
  const taken = new Set(firsts.map(keyOf).filter((key) => !fresh.has(key)))
  return { outcomes: await outcomesOf(tx, placed, taken, recorded), withLargeDays }
}

async function takeFreeIds(tx: BillingTransaction, events: readonly Placed[]): Promise<Set<string>> {
  if (events.length === 0) return new Set()
  const ids = JSON.stringify(
    events.map(({ customerId, id, bodyHash, time, apart }) => ({
      customer_id: customerId,
      id,
      body_hash: bodyHash,
      time,
      kept: apart === 'history' ? true : null,
    })),
  )
  const rows = await tx.query<{ customerId: string; id: string }>(sql`
    insert into usage_keys (customer_id, id, body_hash, time, kept)
    select customer_id, id, decode(body_hash, 'hex'), time, kept
    from jsonb_to_recordset(${ids}) as e(
      customer_id text, id text, body_hash text, time timestamptz, kept boolean
    )
    on conflict (customer_id, id) do nothing
    returning customer_id as "customerId", id`)
  return new Set(rows.map(keyOf))
}

const firstsOf = (placed: readonly Placed[]) =>
  placed.filter((event, index) => index === 0 || !haveOneId(event, placed[index - 1]!))
const rowsOf = (events: readonly Placed[]) =>
  events.some((event) => event.also !== undefined) ? events.flatMap(countedRows) : [...events]

async function writeRows(
  tx: BillingTransaction,
  counted: readonly Placed[],
  { groups, ids, apart }: { groups: ReadonlyMap<Placed, Group[]>; ids: Ids; apart: Apart | null },
): Promise<ReturnedRow[]> {
  const isPlain = counted.every(isAdditive)
  const isGrouped = counted.some((event) => groups.has(event))
  const rows = counted.map((event) => rowText(event, { isPlain, groups: groups.get(event) }))
  return tx.query<ReturnedRow>(storing(`[${rows.join(',')}]`, tx.at, { isPlain, isGrouped, ids, apart }))
}

/** A row the storing statement returns: an id that was not free, or (null) a customer with a large day. */
interface ReturnedRow {
  customer_id: string
  taken: string | null
}

async function outcomesOf(
  tx: BillingTransaction,
  placed: readonly Placed[],
  taken: ReadonlySet<string>,
  atTheirTime: ReadonlyMap<string, RecordedContent[]> = new Map(),
): Promise<EventOutcome[]> {
  const isAccepted = placed.map(
    (event, index) => (index === 0 || !haveOneId(event, placed[index - 1]!)) && !taken.has(keyOf(event)),
  )
  const hashes = await bodyHashes(
    tx,
    placed.filter((_, index) => !isAccepted[index]),
  )
  const voided = await voidedAmong(
    tx,
    placed.filter((_, index) => !isAccepted[index]),
  )
  const recordedRows = await recordedContents(
    tx,
    placed.filter((event, index) => !isAccepted[index] && hashes.get(keyOf(event)) !== event.bodyHash),
  )
  return placed.map((event, index) => {
    if (isAccepted[index]) return 'accepted'
    const key = keyOf(event)
    return repeated(event, {
      voided: voided.has(key),
      atItsTime: hashes.has(key) ? undefined : atTheirTime.get(key),
      hash: hashes.get(key) ?? '',
      recorded: recordedRows.get(contentKey(event)),
    })
  })
}

/** Creates the months and group names of events. All transactions take these locks before any id. */
export async function prepareEvents(
  tx: BillingTransaction,
  placed: readonly Placed[],
): Promise<Map<Placed, Group[]>> {
  await ensureMonths(
    tx,
    placed.map((event) => event.time),
  )
  return groupsOf(
    tx,
    placed.some((event) => event.apart === 'after_end')
      ? placed.filter((event) => event.apart !== 'after_end')
      : placed,
  )
}

/**
 * One statement claims ids, writes events and adds them to their days. Rows are sorted by customer and id,
 * and days are locked in key order after all ids, so that two batches wait for each other but cannot
 * deadlock. A batch with sums and counts only, as most are, skips the rest. Returns the ids that were not
 * free and the customers with a day that is large now, usually none. Column names are one letter because they
 * are sent with each event.
 */
function storing(
  rows: string,
  at: Instant,
  { isPlain, isGrouped, ids, apart }: { isPlain: boolean; isGrouped: boolean; ids: Ids; apart: Apart | null },
): Sql {
  const sums = apart === 'history' ? historicalSums : countedSums
  return sql`
    with sent as materialized (
      select c as customer_id, i as id, m as meter, q as quantity, t as time, d as local_date,
        coalesce(p, '{}') as properties, decode(h, 'hex') as body_hash, a as aggregation, u as unique_by,
        o as overage, g as groups, y as type, s as sent_quantity
      from jsonb_to_recordset(${rows}) as e(
        c text, i text, m text, q bigint, t timestamptz, d date, p jsonb, h text, a text, u text, o bigint,
        g jsonb, y text, s text
      )
    ),
    fresh as (${taking[ids]}),
    stored as (
      insert into usage_events (
        customer_id, id, meter, quantity, time, local_date, stored_at, properties, overage, type,
        sent_quantity ${apart === null ? sql.empty : sql`, apart`}
      )
      select e.customer_id, e.id, e.meter, e.quantity, e.time, e.local_date, ${at}, e.properties, e.overage,
        e.type, e.sent_quantity ${apart === null ? sql.empty : sql`, ${apart}`}
      from sent e
      join fresh using (customer_id, id)
    ),
    ${apart === 'after_end' ? noDays : isPlain ? plainDays(sums) : anyDays(sums)},
    large as (
      select distinct customer_id
      from days
      where quantity > ${markedDay} ${apart === null ? sql.empty : sql`and false`}
    ),
    marked as (
      insert into customers_with_large_days (customer_id)
      select customer_id
      from large
      order by 1
      on conflict do nothing
    )${isGrouped ? sql`, ${groupsIn(sums)}` : sql.empty}
    select customer_id, id as taken
    from sent
    where (select count(*) from fresh) < (select count(*) from sent)
      and not exists (select from fresh where (fresh.customer_id, fresh.id) = (sent.customer_id, sent.id))
    union all
    select customer_id, null
    from large`
}

const taken = sql`
  insert into usage_keys (customer_id, id, body_hash, time)
  select customer_id, id, body_hash, time
  from sent
  on conflict (customer_id, id)`
const taking: Record<Ids, Sql> = {
  free: sql`${taken} do nothing returning customer_id, id`,
  'reserved or free': sql`${taken} ${settlingOwn} returning customer_id, id`,
  claimed: sql`select distinct customer_id, id from sent`,
}

/** Events after an ending are in no sum: there are few. */
const noDays = sql`days as (select customer_id, quantity from sent where false)`

function plainDays(sums: Sums): Sql {
  const days = sql.raw(sums.days)
  return sql`days as (
    insert into ${days} (customer_id, meter, local_date, quantity, events)
    select e.customer_id, e.meter, e.local_date, sum(e.quantity)::bigint, count(*)
    from sent e
    join fresh using (customer_id, id)
    where e.meter <> ''
    group by 1, 2, 3
    order by 1, 2, 3
    on conflict (customer_id, meter, local_date) do update
      set quantity = ${days}.quantity + excluded.quantity, events = ${days}.events + excluded.events
    returning customer_id, quantity
  )`
}

function groupsIn(sums: Sums): Sql {
  const groups = sql.raw(sums.groups)
  return sql`groups as (
    insert into ${groups} (customer_id, meter, property, local_date, kind, value, quantity, events)
    select e.customer_id, e.meter, g.property, e.local_date, g.kind, g.value, sum(e.quantity)::bigint,
      count(*)
    from sent e
    join fresh using (customer_id, id)
    cross join lateral jsonb_to_recordset(e.groups) as g(property text, kind text, value text)
    group by 1, 2, 3, 4, 5, 6
    order by 1, 2, 3, 4, 5, 6
    on conflict (customer_id, meter, property, local_date, kind, value) do update
      set quantity = ${groups}.quantity + excluded.quantity, events = ${groups}.events + excluded.events
  )`
}

function anyDays(sums: Sums): Sql {
  const days = sql.raw(sums.days)
  return sql`seen as (
    insert into ${sql.raw(sums.values)} (customer_id, meter, local_date, value)
    select distinct e.customer_id, e.meter, e.local_date, ${valueOf(sql`e.properties`, sql`e.unique_by`)}
    from sent e
    join fresh using (customer_id, id)
    where e.aggregation = 'unique'
    order by 1, 2, 3, 4
    on conflict do nothing
    returning customer_id, meter, local_date
  ),
  days as (
    insert into ${days} (customer_id, meter, local_date, quantity, events, last_at, last_id)
    select customer_id, meter, local_date, ${dayOf(sql`e`)}, count(*), ${latestOf(sql`e`)}
    from sent e
    join fresh using (customer_id, id)
    left join (
      select customer_id, meter, local_date, count(*) as values
      from seen
      group by 1, 2, 3
    ) s using (customer_id, meter, local_date)
    where e.meter <> ''
    group by customer_id, meter, local_date, e.aggregation, s.values
    order by customer_id, meter, local_date
    on conflict (customer_id, meter, local_date) do update
      set quantity = case (select aggregation from meters where key = excluded.meter)
          when 'max' then greatest(${days}.quantity, excluded.quantity)
          when 'last' then case when ${isLater(days)} then excluded.quantity else ${days}.quantity end
          else ${days}.quantity + excluded.quantity end,
        events = ${days}.events + excluded.events,
        last_at = case when ${isLater(days)} then excluded.last_at else ${days}.last_at end,
        last_id = case when ${isLater(days)} then excluded.last_id else ${days}.last_id end
    returning customer_id, quantity
  )`
}

async function voidedAmong(tx: BillingTransaction, events: readonly Placed[]): Promise<Set<string>> {
  if (events.length === 0) return new Set()
  const ids = JSON.stringify(events.map(({ customerId, id }) => ({ customer_id: customerId, id })))
  const rows = await tx.query<{ customerId: string; id: string }>(sql`
    select e.customer_id as "customerId", e.id
    from jsonb_to_recordset(${ids}) as e(customer_id text, id text)
    where exists (select from voided_events x where (x.customer_id, x.id) = (e.customer_id, e.id))`)
  return new Set(rows.map(keyOf))
}

async function bodyHashes(tx: BillingTransaction, events: readonly Placed[]): Promise<Map<string, string>> {
  if (events.length === 0) return new Map()
  const ids = JSON.stringify(events.map(({ customerId, id }) => ({ customer_id: customerId, id })))
  const rows = await tx.query<{ customer_id: string; id: string; body_hash: string }>(sql`
    select e.customer_id, e.id, k.body_hash
    from jsonb_to_recordset(${ids}) as e(customer_id text, id text)
    cross join lateral (
      select encode(body_hash, 'hex') as body_hash
      from usage_keys
      where (customer_id, id) = (e.customer_id, e.id)
      limit 1
    ) k`)
  return new Map(rows.map((row) => [idKey(row.customer_id, row.id), row.body_hash]))
}

/** Writes a row of `sent` as JSON from parts serialised before: it is most of the CPU time per event. */
function rowText(
  event: Placed,
  { isPlain, groups }: { isPlain: boolean; groups: readonly Group[] | undefined },
): string {
  const {
    customerId,
    id,
    meter,
    quantity,
    time,
    localDate,
    propertiesText,
    bodyHash,
    overage,
    type,
    sentQuantity,
  } = event
  const more =
    (propertiesText === '{}' ? '' : `,"p":${propertiesText}`)
    + (isPlain ? '' : `,"a":"${event.aggregation}","u":${JSON.stringify(event.uniqueBy ?? null)}`)
    + (overage === undefined ? '' : `,"o":${overage}`)
    + (groups === undefined ? '' : `,"g":${JSON.stringify(groups)}`)
    + (type === undefined ? '' : `,"y":${JSON.stringify(type)}`)
    + (sentQuantity === undefined ? '' : `,"s":${JSON.stringify(sentQuantity)}`)
  return `{"c":${JSON.stringify(customerId)},"i":${JSON.stringify(id)},"m":${JSON.stringify(meter)},"q":${quantity},"t":"${time}","d":"${localDate}","h":"${bodyHash}"${more}}`
}

const haveOneId = (a: Placed, b: Placed) => a.id === b.id && a.customerId === b.customerId
const keyOf = (event: Pick<Placed, 'customerId' | 'id'>) => idKey(event.customerId, event.id)
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
