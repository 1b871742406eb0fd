import { sql, type Sql } from '@customer-portal/database'
import type { Engine, BillingTransaction } from '../../engine.ts'
import { BillingError } from '../../errors.ts'
import { readSubscriptionState } from '../../subscription/state.ts'
import { isAdditive, metersByKey, noMeter, type Meter } from '../../catalogue/meter.ts'
import type { LocalDate } from '../../values/date.ts'
import type { Instant } from '../../values/instant.ts'
import { nextMidnight } from '../../values/zone.ts'
import {
  countedSums,
  dayOf,
  historicalSums,
  latestOf,
  sumsOf,
  valueOf,
  type Apart,
  type Sums,
} from './day.ts'
import { groupsOf } from './dimension.ts'
import { lockCustomer } from '../../customer/customer.ts'
import { isStorable } from '../../values/storable.ts'

/** The outcome of the ids to void. */
export interface VoidedEvents {
  voided: string[]
  notFound: string[]
  alreadyVoided: string[]
}

/** When an event was voided, and why. */
export interface EventVoid {
  at: Instant
  reason: string
}

export const maxVoidedEvents = 1000
const maxReasonCharacters = 500

const notVoided = sql`not exists (
  select from voided_events x where (x.customer_id, x.id) = (u.customer_id, u.id)
)`

/** SQL: the events in some sums, without voided ones. Replaces the table `usage_events`. */
export const summedEvents = ({ of }: Sums) =>
  sql`(select u.* from usage_events u where u.${sql.raw(of)} and ${notVoided})`
/** SQL: all events except voided ones. */
export const unvoidedEvents = sql`(select u.* from usage_events u where ${notVoided})`
/** SQL: counted and historical events. */
export const shownEvents = sql`(
  select u.* from usage_events u where u.apart is distinct from 'after_end' and ${notVoided}
)`

/** SQL: joins whether and why a row of `usage_events` was voided. */
export const voidOf = (events: Sql) => sql`left join lateral (
  select voided_at, reason as void_reason
  from voided_events x
  where (x.customer_id, x.id) = (${events}.customer_id, ${events}.id)
  limit 1
) v on true`

/** SQL: why a row of `usage_events` does not count, as responses show it. */
export const apartOf = (events: Sql) => sql`
  coalesce(${events}.apart = 'history', false) as historical,
  coalesce(${events}.apart = 'after_end', false) as "afterEnd"`

/** Returns the columns of `voidOf` as responses show them. */
export function voidFrom({
  voidedAt,
  voidReason,
}: {
  voidedAt: Instant | null
  voidReason: string | null
}): EventVoid | null {
  return voidedAt === null ? null : { at: voidedAt, reason: voidReason! }
}

interface FoundEvent {
  id: string
  meter: string
  quantity: number
  time: Instant
  localDate: LocalDate
  properties: Record<string, unknown>
  apart: Apart | null
}

/**
 * Voids events, also consumed and settled ones: from now on they are in no sum, level or quota; they stay
 * listed as voided, and their ids stay used. An issued invoice stays; the next one adjusts, after a
 * subscription's closing with one of its own. Idempotent. Throws customer_not_found.
 */
export async function voidEvents(
  engine: Engine,
  input: { customerId: string; ids: readonly string[]; reason: string },
): Promise<VoidedEvents> {
  const ids = [...new Set(input.ids)]
  if (input.ids.length === 0 || input.ids.length > maxVoidedEvents || !ids.every(isStorable)) {
    throw new BillingError('validation_failed', {
      pointer: '/ids',
      message: `ids are 1 to ${maxVoidedEvents} ids of events`,
    })
  }
  if (input.reason.trim() === '' || input.reason.length > maxReasonCharacters || !isStorable(input.reason)) {
    throw new BillingError('validation_failed', {
      pointer: '/reason',
      message: `the reason has 1 to ${maxReasonCharacters} characters`,
    })
  }
  return engine.transaction(async (tx) => {
    // Recording, consuming and issuing hold this lock too: nothing happens between the read and the write.
    await lockCustomer(tx, input.customerId, { countsUsage: true })
    const before = await voidedAmong(tx, input.customerId, ids)
    const events = await eventsWithIds(
      tx,
      input.customerId,
      ids.filter((id) => !before.has(id)),
    )
    await writeVoids(tx, input, events)
    await subtractVoided(tx, input.customerId, events)
    await reopenClosed(
      tx,
      input.customerId,
      events.filter(({ apart }) => apart === null),
    )
    const voided = new Set(events.map(({ id }) => id))
    return {
      voided: ids.filter((id) => voided.has(id)),
      alreadyVoided: ids.filter((id) => before.has(id)),
      notFound: ids.filter((id) => !voided.has(id) && !before.has(id)),
    }
  })
}

async function voidedAmong(
  tx: BillingTransaction,
  customerId: string,
  ids: readonly string[],
): Promise<Set<string>> {
  return new Set(
    (
      await tx.query<{ id: string }>('select id from voided_events where customer_id = $1 and id = any($2)', [
        customerId,
        ids,
      ])
    ).map(({ id }) => id),
  )
}

/** Returns the events with these ids. Where an id was deleted since, searches all of the customer's. */
async function eventsWithIds(
  tx: BillingTransaction,
  customerId: string,
  ids: readonly string[],
): Promise<FoundEvent[]> {
  if (ids.length === 0) return []
  const columns = sql`u.id, u.meter, u.quantity, u.time, u.local_date as "localDate", u.properties, u.apart`
  const known = await tx.query<FoundEvent>(sql`
    select ${columns}
    from usage_keys k
    cross join (select key from meters union all select ${noMeter}::text) m
    cross join lateral (
      select *
      from usage_events
      where (customer_id, meter, time, id) = (k.customer_id, m.key, k.time, k.id)
      limit 1
    ) u
    where k.customer_id = ${customerId} and k.id = any(${ids})`)
  const found = new Set(known.map(({ id }) => id))
  const kept = new Set(
    (
      await tx.query<{ id: string }>('select id from usage_keys where customer_id = $1 and id = any($2)', [
        customerId,
        ids,
      ])
    ).map(({ id }) => id),
  )
  const forgotten = ids.filter((id) => !found.has(id) && !kept.has(id))
  if (forgotten.length === 0) return known
  return [
    ...known,
    ...(await tx.query<FoundEvent>(sql`
      select ${columns}
      from usage_events u
      where u.customer_id = ${customerId} and u.id = any(${forgotten})`)),
  ]
}

async function writeVoids(
  tx: BillingTransaction,
  { customerId, reason }: { customerId: string; reason: string },
  events: readonly FoundEvent[],
): Promise<void> {
  if (events.length === 0) return
  const rows = [
    ...new Map(
      events.map(({ id, localDate, apart, time }) => [id, { id, local_date: localDate, apart, time }]),
    ).values(),
  ]
  await tx.query(
    `insert into voided_events (customer_id, id, local_date, apart, reason, voided_at)
      select $1, id, local_date, apart, $2, $3
      from jsonb_to_recordset($4) as v(id text, local_date date, apart text)`,
    [customerId, reason, tx.at, JSON.stringify(rows)],
  )
  // The id stays used: it is claimed again where it was deleted. The hash of a voided event is never
  // compared.
  await tx.query(
    `insert into usage_keys (customer_id, id, body_hash, time, kept)
      select $1, id, '', time, true
      from jsonb_to_recordset($2) as v(id text, time timestamptz)
      order by id
      on conflict (customer_id, id) do update set kept = true`,
    [customerId, JSON.stringify(rows)],
  )
}

/**
 * Opens the closed subscriptions of these events again: they are closed with the customer's next midnight.
 */
async function reopenClosed(
  tx: BillingTransaction,
  customerId: string,
  events: readonly FoundEvent[],
): Promise<void> {
  if (events.length === 0) return
  const reopened = await tx.query(
    `update subscriptions u
      set reopened_at = $3
      where u.customer_id = $1
        and u.closed_at is not null
        and exists (
          select
          from phases s
          join unnest($2::date[]) as d(date) on s.starts_on <= d.date and d.date < s.ends_on
          where (s.customer_id, s.subscription_id) = (u.customer_id, u.id)
        )
      returning u.id`,
    [customerId, [...new Set(events.map(({ localDate }) => localDate))], tx.at],
  )
  if (reopened.length === 0) return
  const { zones } = await readSubscriptionState(tx, customerId)
  await tx.query('update customers set due_at = least(due_at, $2) where customer_id = $1', [
    customerId,
    nextMidnight(zones, tx.at),
  ])
}

/**
 * Takes events off the sums of their days: subtracts where a day is a sum, and counts the day again where it
 * is a level.
 */
async function subtractVoided(
  tx: BillingTransaction,
  customerId: string,
  all: readonly FoundEvent[],
): Promise<void> {
  // An event of a type that no meter reads is in no sum.
  const events = all.filter(({ meter }) => meter !== noMeter)
  if (events.length === 0) return
  const meters = await metersByKey(tx)
  for (const sums of [countedSums, historicalSums])
    await takeOffSums(
      tx,
      customerId,
      events.filter((event) => sumsOf(event) === sums),
      meters,
      sums,
    )
}

async function takeOffSums(
  tx: BillingTransaction,
  customerId: string,
  events: readonly FoundEvent[],
  meters: ReadonlyMap<string, Meter>,
  sums: Sums,
): Promise<void> {
  const added = events.filter(({ meter }) => isAdditive(meters.get(meter)!))
  await subtract(
    tx,
    sums.days,
    ['customer_id', 'meter', 'local_date'],
    totals(added, ({ meter, localDate }) => [{ customer_id: customerId, meter, local_date: localDate }]),
  )
  const grouped = added.map((event) => ({ ...event, customerId, ...groupedBy(meters.get(event.meter)!) }))
  const groups = await groupsOf(tx, grouped)
  await subtract(
    tx,
    sums.groups,
    ['customer_id', 'meter', 'property', 'local_date', 'kind', 'value'],
    totals(grouped, (event) =>
      (groups.get(event) ?? []).map(({ property, kind, value }) => ({
        customer_id: customerId,
        meter: event.meter,
        property,
        local_date: event.localDate,
        kind,
        value,
      })),
    ),
  )
  const levels = new Map(
    events
      .filter(({ meter }) => !isAdditive(meters.get(meter)!))
      .map(({ meter, localDate }) => [`${meter} ${localDate}`, { meter, localDate }]),
  )
  for (const { meter, localDate } of levels.values())
    await rebuildDay(tx, customerId, meters.get(meter)!, localDate, sums)
}

const groupedBy = ({ groupBy }: Meter) => (groupBy === undefined ? {} : { groupBy })

type SumRow = Record<string, string> & { meter: string }

/** Sums events per row they are counted in, in the order of the rows' keys. */
function totals<T extends FoundEvent>(
  events: readonly T[],
  rowsOf: (event: T) => SumRow[],
): (SumRow & { quantity: string; events: string })[] {
  const found = new Map<string, { row: SumRow; quantity: bigint; events: number }>()
  for (const event of events) {
    for (const row of rowsOf(event)) {
      const key = JSON.stringify(row)
      const total = found.get(key) ?? { row, quantity: 0n, events: 0 }
      found.set(key, { row, quantity: total.quantity + BigInt(event.quantity), events: total.events + 1 })
    }
  }
  return [...found]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { row, quantity, events: count }]) => ({
      ...row,
      quantity: String(quantity),
      events: String(count),
    }))
}

/** Deletes a row that has no events left. */
async function subtract(
  tx: BillingTransaction,
  table: Sums['days' | 'groups'],
  keys: readonly ('customer_id' | 'meter' | 'property' | 'local_date' | 'kind' | 'value')[],
  rows: readonly object[],
): Promise<void> {
  if (rows.length === 0) return
  const key = (row: Sql) => sql.join(keys.map((name) => sql`${row}.${sql.raw(name)}`))
  const isOfRow = sql`(${key(sql`d`)}) = (${key(sql`v`)})`
  const typed = keys.map((name) => sql`${sql.raw(name)} ${name === 'local_date' ? sql`date` : sql`text`}`)
  const taken = sql`jsonb_to_recordset(${JSON.stringify(rows)}) as v(
    ${sql.join(typed)}, quantity bigint, events bigint
  )`
  await tx.query(sql`
    update ${sql.raw(table)} d
    set quantity = d.quantity - v.quantity, events = d.events - v.events
    from ${taken}
    where ${isOfRow}`)
  await tx.query(sql`delete from ${sql.raw(table)} d using ${taken} where ${isOfRow} and d.events = 0`)
}

/** Rebuilds one meter's day from its remaining events. */
async function rebuildDay(
  tx: BillingTransaction,
  customerId: string,
  { key, aggregation, uniqueBy }: Meter,
  date: LocalDate,
  sums: Sums,
): Promise<void> {
  const [customer, meter, day] = [sql`${customerId}`, sql`${key}`, sql`${date}::date`]
  const ofDay = (row: Sql) =>
    sql`${row}.customer_id = ${customer} and ${row}.meter = ${meter} and ${row}.local_date = ${day}`
  const left = sql`
    from ${summedEvents(sums)} e
    where ${ofDay(sql`e`)}
      and e.time >= (${day} - 1)::timestamp at time zone 'UTC'
      and e.time < (${day} + 2)::timestamp at time zone 'UTC'`
  const [days, values] = [sql.raw(sums.days), sql.raw(sums.values)]
  if (aggregation === 'unique') {
    const value = valueOf(sql`e.properties`, sql`${uniqueBy}::text`)
    await tx.query(
      sql`delete from ${values} s where ${ofDay(sql`s`)} and s.value not in (select ${value} ${left})`,
    )
  }
  const valuesLeft = sql`(select count(*) from ${values} s where ${ofDay(sql`s`)})`
  const [again] = await tx.query<{
    quantity: number
    events: number
    last_at: Instant | null
    last_id: string | null
  }>(sql`
    select ${dayOf(sql`e`, valuesLeft)} as quantity, count(*)::bigint as events, ${latestOf(sql`e`)}
    from (select e.*, ${aggregation}::text as aggregation ${left}) e
    group by e.aggregation`)
  if (!again) await tx.query(sql`delete from ${days} d where ${ofDay(sql`d`)}`)
  else
    await tx.query(sql`
      update ${days} d
      set quantity = ${again.quantity}, events = ${again.events}, last_at = ${again.last_at},
        last_id = ${again.last_id}
      where ${ofDay(sql`d`)}`)
}

/**
 * Returns the dates of events voided since `since`, or since a period was last closed if that is longer ago:
 * their periods may have been billed, and are checked again.
 */
export async function datesVoidedSince(
  tx: BillingTransaction,
  customerId: string,
  since: Instant,
): Promise<LocalDate[]> {
  const rows = await tx.query<{ date: LocalDate }>(
    `select distinct local_date as date
      from voided_events
      where customer_id = $1
        and apart is null
        and voided_at > least(
          $2::timestamptz, (select max(closed_at) from closed_periods where customer_id = $1)
        )
      order by 1`,
    [customerId, since],
  )
  return rows.map(({ date }) => date)
}
