import { sql, type Sql } from '@customer-portal/database'
import type { Engine, BillingTransaction } from '../../engine.ts'
import { addDays, type DateRange, type LocalDate } from '../../values/date.ts'
import { beginningOfTime } from '../../values/zone.ts'
import { countedSums, dayOf, historicalSums, latestOf, valueOf, type Sums } from './day.ts'
import { groupsOf, type Group } from './dimension.ts'
import { summedEvents } from './void.ts'
import { eventsKeptFrom } from './maintenance.ts'
import { lockCustomer } from '../../customer/customer.ts'

/** A row of a sum that differs from its events. */
export interface Difference {
  customerId: string
  /** The table and key of the row. */
  row: string
  /** The stored and the expected content; null where there is no such row. */
  was: string | null
  shouldBe: string | null
}

const customersPerPage = 500
/**
 * Maximum number of events per batch of days: a customer's lock is held for a few seconds, unless one day has
 * more.
 */
const maxEventsPerBatch = 50_000
/** Maximum number of rows of unique values repaired per transaction. */
const maxValuesPerBatch = 10_000
const totalsPerPage = 2_000

/**
 * Rebuilds every customer's sums (days, unique values, break-downs) from the events, several days of a
 * customer at a time under their lock, while others record, and yields each row that was wrong; correct rows
 * are not written. `check` changes nothing. `onCustomer` is called for each customer. Days whose events were
 * dropped stay. Memory use does not grow with a customer's usage.
 */
export async function* rebuildUsage(
  engine: Engine,
  options: { check?: boolean; onCustomer?: (customerId: string) => void } = {},
): AsyncGenerator<Difference> {
  for (let last = ''; ;) {
    const rows = await engine.transaction(
      (tx) =>
        tx.query<{ id: string }>(sql`
          select customer_id as id
          from customers
          where customer_id > ${last}
          order by customer_id
          limit ${customersPerPage}`),
      { readOnly: true, long: true },
    )
    for (const { id } of rows) {
      yield* rebuildCustomer(engine, id, options.check ?? false)
      options.onCustomer?.(id)
    }
    if (rows.length === 0) return
    last = rows.at(-1)!.id
  }
}

async function* rebuildCustomer(
  engine: Engine,
  customerId: string,
  check: boolean,
): AsyncGenerator<Difference> {
  const { ranges, all } = await engine.transaction(
    async (tx) => ({ ranges: await rangesOf(tx, customerId), all: await existingSums(tx, customerId) }),
    { readOnly: true, long: true },
  )
  for (const range of ranges) {
    for (const sums of all) {
      for (let offset = 0; ;) {
        const values = await valueDifferences(engine, customerId, range, check, offset, sums)
        yield* values
        if (values.length < maxValuesPerBatch) break
        // A repaired row is no longer a difference, so the offset stays.
        if (check) offset += values.length
      }
      yield* await rebuildDays(engine, customerId, range, check, sums)
    }
  }
}

/** Returns the kinds of sums a customer has: history only where there is any. */
async function existingSums(tx: BillingTransaction, customerId: string): Promise<Sums[]> {
  const [found] = await tx.query<{ any: boolean }>(sql`
    select exists (select from usage_events where customer_id = ${customerId} and apart = 'history')
      or exists (select from historical_daily where customer_id = ${customerId})
      or exists (select from historical_values where customer_id = ${customerId})
      or exists (select from historical_groups where customer_id = ${customerId}) as any`)
  return found!.any ? [countedSums, historicalSums] : [countedSums]
}

/** Returns the dates with events or sums, as ranges of about as many events each. */
async function rangesOf(tx: BillingTransaction, customerId: string): Promise<DateRange[]> {
  const from = (await eventsKeptFrom(tx)) ?? beginningOfTime
  const isOfRange = sql`customer_id = ${customerId} and local_date >= ${from}`
  const days = await tx.query<{ date: LocalDate; events: number }>(sql`
    select local_date as date, sum(events)::bigint as events
    from (
      select local_date, count(*) as events
      from usage_events
      where ${isOfRange}
      group by 1
      union all
      select distinct local_date, 0
      from usage_daily
      where ${isOfRange}
      union all
      select distinct local_date, 0
      from usage_values
      where ${isOfRange}
      union all
      select distinct local_date, 0
      from usage_groups
      where ${isOfRange}
      union all
      select distinct local_date, 0
      from historical_daily
      where ${isOfRange}
      union all
      select distinct local_date, 0
      from historical_values
      where ${isOfRange}
      union all
      select distinct local_date, 0
      from historical_groups
      where ${isOfRange}
    ) d
    group by 1
    order by 1`)
  const ranges: DateRange[] = []
  let events = 0
  for (const day of days) {
    const last = ranges.at(-1)
    events += day.events
    if (last && events <= maxEventsPerBatch) ranges[ranges.length - 1] = { ...last, to: addDays(day.date, 1) }
    else {
      ranges.push({ from: day.date, to: addDays(day.date, 1) })
      events = day.events
    }
  }
  return ranges
}

/** SQL: whether a row of a customer's sums is of these dates. */
const isOfRange = (customerId: string, { from, to }: DateRange) =>
  sql`customer_id = ${customerId} and local_date >= ${from} and local_date < ${to}`

/**
 * SQL: the customer's events of these dates. A local date starts and ends within a day of the same date in
 * UTC.
 */
function eventsOfRange(customerId: string, range: DateRange, sums: Sums): Sql {
  const [from, to] = [sql`${range.from}::date`, sql`${range.to}::date`]
  return sql`
    select e.*, m.aggregation, m.unique_by, m.group_by
    from ${summedEvents(sums)} e
    join meters m on m.key = e.meter
    where e.customer_id = ${customerId}
      and e.local_date >= ${from}
      and e.local_date < ${to}
      and e.time >= ${from} - interval '1 day'
      and e.time < ${to} + interval '1 day'`
}

const uniqueValue = valueOf(sql`e.properties`, sql`e.unique_by`)

/** Repairs (or with `check`, returns) the next missing or extra rows of unique values. */
async function valueDifferences(
  engine: Engine,
  customerId: string,
  range: DateRange,
  check: boolean,
  offset: number,
  sums: Sums,
): Promise<Difference[]> {
  return engine.transaction(
    async (tx) => {
      // Recording holds this lock too: nothing happens between the read and the write.
      if (!check) await lockCustomer(tx, customerId)
      const events = eventsOfRange(customerId, range, sums)
      const table = sql.raw(sums.values)
      const rows = await tx.query<{ meter: string; date: LocalDate; value: string; isThere: boolean }>(sql`
        with should as (
          select distinct e.meter, e.local_date, ${uniqueValue} as value
          from (${events} and m.aggregation = 'unique') e
        ),
        was as (
          select meter, local_date, value
          from ${table}
          where ${isOfRange(customerId, range)}
        )
        select meter, local_date as date, encode(value, 'hex') as value, should.meter is null as "isThere"
        from should
        full join was using (meter, local_date, value)
        where should.meter is null or was.meter is null
        order by meter collate "C", local_date, value
        limit ${maxValuesPerBatch}
        offset ${offset}`)
      if (!check && rows.length > 0) {
        const sent = sql`jsonb_to_recordset(${JSON.stringify(rows)}) as v(
          meter text, date date, value text, "isThere" boolean
        )`
        await tx.query(sql`
          delete from ${table} u
          using ${sent}
          where v."isThere"
            and (u.customer_id, u.meter, u.local_date, u.value)
              = (${customerId}, v.meter, v.date, decode(v.value, 'hex'))`)
        await tx.query(sql`
          insert into ${table} (customer_id, meter, local_date, value)
          select ${customerId}, v.meter, v.date, decode(v.value, 'hex')
          from ${sent}
          where not v."isThere"
          order by 2, 3, 4
          on conflict do nothing`)
      }
      return rows.map(({ meter, date, value, isThere }) => ({
        customerId,
        row: `${sums.values} ${meter} ${date} ${value}`,
        was: isThere ? 'seen' : null,
        shouldBe: isThere ? null : 'seen',
      }))
    },
    { readOnly: check, long: true },
  )
}

/**
 * Rebuilds what counts on one date after some of its events changed. The caller holds the customer's lock.
 */
export async function rebuildDate(
  tx: BillingTransaction,
  customerId: string,
  date: LocalDate,
): Promise<void> {
  const range = { from: date, to: addDays(date, 1) }
  await tx.query(sql`delete from usage_values where ${isOfRange(customerId, range)}`)
  await tx.query(sql`
    insert into usage_values (customer_id, meter, local_date, value)
    select distinct e.customer_id, e.meter, e.local_date, ${uniqueValue}
    from (${eventsOfRange(customerId, range, countedSums)} and m.aggregation = 'unique') e
    order by 1, 2, 3, 4`)
  await makeDaysAnew(tx, customerId, range, countedSums)
  await rebuildGroups(tx, customerId, range, countedSums)
}

/** Thrown to roll back what was written for a comparison only. */
class Compared extends Error {
  readonly differences: Difference[]
  constructor(differences: Difference[]) {
    super('compared')
    this.differences = differences
  }
}

async function rebuildDays(
  engine: Engine,
  customerId: string,
  range: DateRange,
  check: boolean,
  sums: Sums,
): Promise<Difference[]> {
  try {
    return await engine.transaction(
      async (tx) => {
        await lockCustomer(tx, customerId)
        const before = await sumsOf(tx, customerId, range, sums)
        await makeDaysAnew(tx, customerId, range, sums)
        await rebuildGroups(tx, customerId, range, sums)
        const after = await sumsOf(tx, customerId, range, sums)
        const differences = [...new Set([...before.keys(), ...after.keys()])]
          .filter((row) => before.get(row) !== after.get(row))
          .map((row) => ({ customerId, row, was: before.get(row) ?? null, shouldBe: after.get(row) ?? null }))
        // Correct rows are not written again.
        if (check || differences.length === 0) throw new Compared(differences)
        return differences
      },
      { long: true },
    )
  } catch (error) {
    if (error instanceof Compared) return error.differences
    throw error
  }
}

/** Returns every row of a customer's days and break-downs, by table and key. */
async function sumsOf(
  tx: BillingTransaction,
  customerId: string,
  range: DateRange,
  { days, groups }: Sums,
): Promise<Map<string, string>> {
  const isAsked = isOfRange(customerId, range)
  const rows = await tx.query<{ row: string; content: string }>(sql`
    select ${days}::text || ' ' || meter || ' ' || local_date as row,
      quantity || ' steps of ' || events || ' events' || coalesce(
        ', the latest ' || to_json(last_id) || ' at ' || (last_at at time zone 'UTC'), ''
      ) as content
    from ${sql.raw(days)}
    where ${isAsked}
    union all
    select ${groups}::text || ' ' || meter || ' ' || property || ' ' || local_date || ' ' || kind || ' '
        || to_json(value),
      quantity || ' steps of ' || events || ' events'
    from ${sql.raw(groups)}
    where ${isAsked}
    order by 1`)
  return new Map(rows.map(({ row, content }) => [row, content]))
}

async function makeDaysAnew(
  tx: BillingTransaction,
  customerId: string,
  range: DateRange,
  sums: Sums,
): Promise<void> {
  const days = sql.raw(sums.days)
  await tx.query(sql`delete from ${days} where ${isOfRange(customerId, range)}`)
  await tx.query(
    // Materialized: without statistics the planner counts the values again for each event.
    sql`
      with events as materialized (${eventsOfRange(customerId, range, sums)}),
      counted as materialized (
        select e.meter, e.local_date, count(distinct ${uniqueValue}) as values
        from events e
        where e.aggregation = 'unique'
        group by 1, 2
      )
      insert into ${days} (customer_id, meter, local_date, quantity, events, last_at, last_id)
      select e.customer_id, e.meter, e.local_date, ${dayOf(sql`e`)}, count(*), ${latestOf(sql`e`)}
      from events e
      left join counted s using (meter, local_date)
      group by e.customer_id, e.meter, e.local_date, e.aggregation, s.values`,
  )
}

interface ValueTotal {
  meter: string
  property: string
  localDate: LocalDate
  value: unknown
  quantity: number
  events: number
}

/** A row of a break-down. `quantity` is steps. */
interface GroupRow extends Group {
  meter: string
  local_date: LocalDate
  quantity: number
  events: number
}

/**
 * Names that were assigned stay; where the sums of one are missing and its month has room, it is assigned
 * again. A day may have a million values with few names.
 */
async function rebuildGroups(
  tx: BillingTransaction,
  customerId: string,
  range: DateRange,
  sums: Sums,
): Promise<void> {
  const table = sql.raw(sums.groups)
  await tx.query(sql`delete from ${table} where ${isOfRange(customerId, range)}`)
  await tx.query(sql`
    declare value_totals no scroll cursor for
    select e.meter, property, e.local_date as "localDate", e.properties -> property as value,
      sum(e.quantity)::bigint as quantity, count(*) as events
    from (${eventsOfRange(customerId, range, sums)} and m.group_by <> '{}') e
    cross join lateral unnest(e.group_by) as property
    group by 1, 2, 3, 4
    order by 3, 1, 2`)
  const rows = new Map<string, GroupRow>()
  for (let isMore = true; isMore;) {
    const totals = await tx.query<ValueTotal>(`fetch ${totalsPerPage} from value_totals`)
    isMore = totals.length === totalsPerPage
    const events = totals.map(({ property, value, ...total }) => ({
      ...total,
      customerId,
      groupBy: [property],
      properties: { [property]: value },
    }))
    const groups = await groupsOf(tx, events)
    for (const event of events) {
      const group = groups.get(event)![0]!
      const key = JSON.stringify([event.meter, event.localDate, group.property, group.kind, group.value])
      const row = rows.get(key)
      if (row) {
        row.quantity += event.quantity
        row.events += event.events
      } else
        rows.set(key, {
          meter: event.meter,
          local_date: event.localDate,
          quantity: event.quantity,
          events: event.events,
          ...group,
        })
    }
  }
  await tx.query('close value_totals')
  await tx.query(sql`
    insert into ${table} (customer_id, meter, property, local_date, kind, value, quantity, events)
    select ${customerId}, meter, property, local_date, kind, value, quantity, events
    from jsonb_to_recordset(${JSON.stringify([...rows.values()])}) as g(
      meter text, property text, local_date date, kind text, value text, quantity bigint, events bigint
    )`)
}
