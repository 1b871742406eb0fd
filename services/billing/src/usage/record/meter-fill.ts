import { sql } from '@customer-portal/database'
import type { Engine, BillingTransaction } from '../../engine.ts'
import { readBillingState } from '../../subscription/state.ts'
import { metersByKey, noMeter, type Meter } from '../../catalogue/meter.ts'
import { firstOfMonth, type LocalDate } from '../../values/date.ts'
import type { Instant } from '../../values/instant.ts'
import { beginningOfTime } from '../../values/zone.ts'
import { countedSums, historicalSums, type Sums } from '../totals/day.ts'
import { countedBy, holds } from './event.ts'
import { groupsOf } from '../totals/dimension.ts'
import { tooLarge } from '../totals/limits.ts'
import { inStoringOrder, storeEvents, type Placed } from './store.ts'
import { eventsKeptFrom } from '../totals/maintenance.ts'
import { summedEvents, unvoidedEvents } from '../totals/void.ts'
import { lockCustomer } from '../../customer/customer.ts'
import { firstOpen } from '../../subscription/closing.ts'

/** The progress of filling a meter or one of its break-downs. */
export interface MeterFill {
  meter: string
  /** The property of the break-down; null where the meter itself is filled. */
  property: string | null
  askedAt: Instant
  doneAt: Instant | null
  /** The number of events the meter counts now, and of those of its type it could not count. */
  added: number
  skipped: number
}

/** Lists the fills of all meters, newest request first: at most one per meter and break-down. */
export async function listMeterFills(engine: Engine): Promise<MeterFill[]> {
  return engine.transaction(
    (tx) =>
      tx.query<MeterFill>(
        `select meter, nullif(property, '') as property, asked_at as "askedAt", done_at as "doneAt", added,
            skipped
          from meter_fills
          order by asked_at desc, meter, property
          limit 1000`,
      ),
    { readOnly: true },
  )
}

/** Batch sizes of a step, in events and customers: it bounds how long a recording of one of them waits. */
const eventBatchSize = 1_000
const eventsOfDaysAtOnce = 50_000
const daysAtOnce = 31
const customersAtOnce = 500

/** Maximum number of steps per call; the next call continues. */
const maxSteps = 1_000

/**
 * Fills meters and break-downs from stored events, oldest request first, one transaction per step; returns
 * how many events were read. Any process may call it at any time, also concurrently; it resumes where it was
 * interrupted.
 */
export async function fillMeters(
  engine: Engine,
  { steps = maxSteps }: { steps?: number } = {},
): Promise<number> {
  for (let taken = 0; taken < steps; taken += 1) if (!(await takeStep(engine))) return taken
  return steps
}

interface Fill {
  meter: string
  property: string
  after: string
  place: Place | null
}

/** The position within a customer: the last date or event that is done. */
type Place = { date: LocalDate } | { time: Instant; id: string }

async function takeStep(engine: Engine): Promise<boolean> {
  return engine.transaction(
    async (tx) => {
      const [fill] = await tx.query<Fill>(
        `select meter, property, after_customer as after, place from meter_fills where done_at is null
       order by asked_at, meter, property limit 1 for update skip locked`,
      )
      if (!fill) return false
      const meter = (await metersByKey(tx)).get(fill.meter)!
      const customers = await customersAfter(tx, fill, meter)
      const next = customers.find(({ hasEvents }) => hasEvents)
      if (!next) {
        // None of these customers needs work.
        await remember(
          tx,
          fill,
          customers.length < customersAtOnce ? { done: true } : { after: customers.at(-1)!.customerId },
        )
        return true
      }
      await lockCustomer(tx, next.customerId)
      const step = await (fill.property === ''
        ? fillEvents(tx, meter, fill, next.customerId)
        : fillGroups(tx, meter, fill, next.customerId))
      const before = customers[customers.indexOf(next) - 1]?.customerId ?? fill.after
      await remember(tx, fill, {
        ...step,
        ...(step.place === null ? { after: next.customerId } : { after: before }),
      })
      return true
    },
    { long: true },
  )
}

interface Step {
  after?: string
  place?: Place | null
  added?: number
  skipped?: number
  done?: boolean
}

async function remember(
  tx: BillingTransaction,
  { meter, property, after: before }: Fill,
  { after = before, place = null, added = 0, skipped = 0, done = false }: Step,
): Promise<void> {
  await tx.query(
    `update meter_fills
      set after_customer = $3, place = $4, added = added + $5, skipped = skipped + $6, done_at = case
        when $7 then $8::timestamptz end
      where meter = $1 and property = $2`,
    [meter, property, after, place === null ? null : JSON.stringify(place), added, skipped, done, tx.at],
  )
}

/** Returns the next customers in order, and whether each may have something to fill. */
async function customersAfter(
  tx: BillingTransaction,
  { after, property }: Fill,
  meter: Meter,
): Promise<{ customerId: string; hasEvents: boolean }[]> {
  const sources = property === '' ? await sourcesOf(tx, meter) : [meter.key]
  return tx.query(sql`
    select c.customer_id as "customerId",
      exists (
        select from usage_events e where e.customer_id = c.customer_id and e.meter = any(${sources})
      ) as "hasEvents"
    from customers c
    where c.customer_id collate "C" > ${after}
    order by c.customer_id collate "C"
    limit ${customersAtOnce}`)
}

/**
 * Returns the meters whose rows hold events of the meter's type: those that read it, the one with its name,
 * and none.
 */
async function sourcesOf(tx: BillingTransaction, { key, eventType }: Meter): Promise<string[]> {
  const meters = [...(await metersByKey(tx)).values()].filter(
    (meter) => meter.key !== key && (meter.eventType === eventType || meter.key === eventType),
  )
  return [...meters.map((meter) => meter.key), noMeter]
}

interface StoredEvent {
  id: string
  time: Instant
  localDate: LocalDate
  type: string
  quantity: string | null
  properties: Record<string, unknown>
  apart: 'after_end' | null
}

/** Counts the events of open periods for a meter that did not read them; billed periods stay as they are. */
async function fillEvents(
  tx: BillingTransaction,
  meter: Meter,
  { place }: Fill,
  customerId: string,
): Promise<Step & { place: Place | null }> {
  const state = await readBillingState(tx, customerId)
  const from = firstOpen(state)?.from ?? firstOfMonth(state.today)
  const after = place && 'time' in place ? place : null
  const [customer, first] = [sql`${customerId}`, sql`${from}::date`]
  const rows = await tx.query<StoredEvent>(sql`
    select distinct on (e.time, e.id) e.id, e.time, e.local_date as "localDate", e.type,
      e.sent_quantity as quantity, e.properties, e.apart
    from ${unvoidedEvents} e
    where ${sql.and(
      sql`e.customer_id = ${customer}`,
      sql`e.apart is distinct from 'history'`,
      sql`e.meter = any(${await sourcesOf(tx, meter)})`,
      sql`e.type = ${meter.eventType}`,
      sql`e.local_date >= ${first}`,
      sql`e.time >= (${first} - 1)::timestamp at time zone 'UTC'`,
      after !== null && sql`(e.time, e.id) > (${after.time}, ${after.id})`,
      sql`not exists (
        select
        from usage_events x
        where (x.customer_id, x.meter, x.time, x.id) = (${customer}, ${meter.key}, e.time, e.id)
      )`,
    )}
    order by e.time, e.id
    limit ${eventBatchSize}`)
  const matching = rows.filter((row) => holds(meter.filters, row.properties))
  const placed = matching
    .flatMap((row, index) => placedFor(meter, customerId, row, index))
    .sort(inStoringOrder)
  const isStored = await storeWithin(tx, placed)
  const added = isStored ? placed.length : 0
  const last = rows.length < eventBatchSize ? undefined : rows.at(-1)
  return { place: last ? { time: last.time, id: last.id } : null, added, skipped: matching.length - added }
}

function placedFor(meter: Meter, customerId: string, row: StoredEvent, index: number): Placed[] {
  const { id, time, localDate, type, quantity, properties, apart } = row
  const counted = countedBy(meter, {
    id,
    customerId,
    type,
    properties,
    ...(quantity === null ? {} : { quantity }),
  })
  if ('code' in counted) return []
  const sent = quantity === null ? {} : { sentQuantity: quantity }
  return [
    {
      id,
      customerId,
      time,
      timeSent: true,
      properties,
      propertiesText: JSON.stringify(properties),
      bodyHash: '',
      type,
      localDate,
      index,
      ...sent,
      ...counted,
      ...(apart === null ? {} : { apart }),
    },
  ]
}

/**
 * Stores events under the ids they have; false, without a write, where a period would exceed what can be
 * counted.
 */
async function storeWithin(tx: BillingTransaction, placed: readonly Placed[]): Promise<boolean> {
  try {
    await tx.savepoint(async () => {
      await storeEvents(tx, placed, { ids: 'claimed' })
      if (
        await tooLarge(
          tx,
          placed.filter((event) => !event.apart),
        )
      )
        throw new TooLarge()
    })
    return true
  } catch (error) {
    if (error instanceof TooLarge) return false
    throw error
  }
}

class TooLarge extends Error {}

/** Breaks a meter's days down by one more property, several days at a time. */
async function fillGroups(
  tx: BillingTransaction,
  meter: Meter,
  { property, place }: Fill,
  customerId: string,
): Promise<Step & { place: Place | null }> {
  const after = place && 'date' in place ? place.date : beginningOfTime
  const isNext = sql`customer_id = ${customerId} and meter = ${meter.key} and local_date > ${after}`
  const days = await tx.query<{ date: LocalDate; events: number }>(sql`
    select local_date as date, sum(events)::bigint as events
    from (
      select local_date, events
      from usage_daily
      where ${isNext}
      union all
      select local_date, events
      from historical_daily
      where ${isNext}
    ) d
    group by 1
    order by 1
    limit ${daysAtOnce}`)
  let events = 0
  const taken = days.filter(
    (day, index) => index === 0 || (events += days[index - 1]!.events) + day.events <= eventsOfDaysAtOnce,
  )
  const [first, last] = [taken[0]?.date, taken.at(-1)?.date]
  if (first === undefined || last === undefined) return { place: null }
  const keptFrom = (await eventsKeptFrom(tx)) ?? beginningOfTime
  for (const sums of [countedSums, historicalSums]) {
    await tx.query(sql`
      delete from ${sql.raw(sums.groups)}
      where customer_id = ${customerId}
        and meter = ${meter.key}
        and property = ${property}
        and local_date between ${first} and ${last}`)
    await insertGroups(tx, { customerId, meter: meter.key, property, first, last, keptFrom, sums })
  }
  return { place: taken.length === days.length && days.length < daysAtOnce ? null : { date: last } }
}

interface Days {
  customerId: string
  meter: string
  property: string
  first: LocalDate
  last: LocalDate
  keptFrom: LocalDate
  sums: Sums
}

async function insertGroups(
  tx: BillingTransaction,
  { customerId, meter, property, first, last, keptFrom, sums }: Days,
): Promise<void> {
  const table = sql.raw(sums.groups)
  const [from, to] = [sql`${first}::date`, sql`${last}::date`]
  const totals = await tx.query<{
    localDate: LocalDate
    value: unknown
    quantity: number
    events: number
  }>(sql`
    select e.local_date as "localDate", e.properties -> ${property}::text as value,
      sum(e.quantity)::bigint as quantity, count(*) as events
    from ${summedEvents(sums)} e
    where e.customer_id = ${customerId}
      and e.meter = ${meter}
      and e.local_date between ${from} and ${to}
      and e.local_date >= ${keptFrom}
      and e.time >= (${from} - 1)::timestamp at time zone 'UTC'
      and e.time < (${to} + 2)::timestamp at time zone 'UTC'
    group by 1, 2
    order by 1`)
  const rows = totals.map(({ value, ...total }) => ({
    ...total,
    customerId,
    meter,
    groupBy: [property],
    properties: { [property]: value },
  }))
  const groups = await groupsOf(tx, rows)
  const grouped = rows.map((row) => ({
    local_date: row.localDate,
    quantity: row.quantity,
    events: row.events,
    ...groups.get(row)![0]!,
  }))
  await tx.query(sql`
    insert into ${table} (customer_id, meter, property, local_date, kind, value, quantity, events)
    select ${customerId}, ${meter}, ${property}, local_date, kind, value, sum(quantity), sum(events)
    from jsonb_to_recordset(${JSON.stringify(grouped)}) as g(
      local_date date, kind text, value text, quantity bigint, events bigint
    )
    group by local_date, kind, value`)
  // Days whose events were dropped have only sums: they count as having no value.
  await tx.query(sql`
    insert into ${table} (customer_id, meter, property, local_date, kind, value, quantity, events)
    select customer_id, meter, ${property}, local_date, 'rest', '', quantity, events
    from ${sql.raw(sums.days)}
    where customer_id = ${customerId}
      and meter = ${meter}
      and local_date between ${first} and ${last}
      and local_date < ${keptFrom}`)
}
