import type { Billing, BillingTransaction } from '../billing.ts'
import { lockCustomer } from '../history.ts'
import type { LocalDate } from '../rules/date.ts'
import { beginningOfTime } from '../rules/zone.ts'
import { dayOf, latestOf, valueOf } from './day.ts'
import { groupsOf } from './group.ts'
import { eventsKeptFrom } from './upkeep.ts'

/** A row of a sum that was not what its events come to. */
export interface Difference {
  customerId: string
  /** The table and key of the row. */
  row: string
  /** What it held and what it should hold; null where there is no such row. */
  was: string | null
  shouldBe: string | null
}

const customersPerPage = 500

/**
 * Makes every customer's sums (days, different values, break-downs) anew from the events, one customer at a time under their lock,
 * while others go on recording, and yields each row that was wrong. With `check` nothing is changed. `onCustomer` hears of every customer
 * looked at. Days whose events were dropped stay as they are.
 */
export async function* rebuildUsage(billing: Billing, options: { check?: boolean; onCustomer?: (customerId: string) => void } = {}): AsyncGenerator<Difference> {
  for (let last = ''; ;) {
    const rows = await billing.transaction((tx) => tx.query<{ id: string }>(
      `select customer_id as id from customers where customer_id > $1 order by customer_id limit ${customersPerPage}`, [last]), { readOnly: true })
    for (const { id } of rows) {
      yield* await rebuildCustomer(billing, id, options.check ?? false)
      options.onCustomer?.(id)
    }
    if (rows.length === 0) return
    last = rows.at(-1)!.id
  }
}

/** Takes back what was made for a comparison alone. */
class Compared extends Error {
  readonly differences: Difference[]
  constructor(differences: Difference[]) {
    super('compared')
    this.differences = differences
  }
}

async function rebuildCustomer(billing: Billing, customerId: string, check: boolean): Promise<Difference[]> {
  try {
    return await billing.transaction(async (tx) => {
      // Who records holds this lock too: nothing comes between the reading and the writing.
      await lockCustomer(tx, customerId)
      const from = (await eventsKeptFrom(tx)) ?? beginningOfTime
      const before = await sumsOf(tx, customerId, from)
      await makeAnew(tx, customerId, from)
      const after = await sumsOf(tx, customerId, from)
      const differences = [...new Set([...before.keys(), ...after.keys()])].filter((row) => before.get(row) !== after.get(row))
        .map((row) => ({ customerId, row, was: before.get(row) ?? null, shouldBe: after.get(row) ?? null }))
      if (check) throw new Compared(differences)
      return differences
    })
  } catch (error) {
    if (error instanceof Compared) return error.differences
    throw error
  }
}

/** Every row of a customer's sums, by its table and key. */
async function sumsOf(tx: BillingTransaction, customerId: string, from: LocalDate): Promise<Map<string, string>> {
  const rows = await tx.query<{ row: string; content: string }>(
    `select 'usage_daily ' || meter || ' ' || local_date as row,
       quantity || ' steps of ' || events || ' events' || coalesce(', the latest ' || to_json(last_id) || ' at ' || (last_at at time zone 'UTC'), '') as content
     from usage_daily where customer_id = $1 and local_date >= $2
     union all select 'usage_values ' || meter || ' ' || local_date || ' ' || encode(value, 'hex'), 'seen' from usage_values where customer_id = $1 and local_date >= $2
     union all select 'usage_groups ' || meter || ' ' || property || ' ' || local_date || ' ' || kind || ' ' || to_json(value), quantity || ' steps of ' || events || ' events'
     from usage_groups where customer_id = $1 and local_date >= $2
     order by 1`,
    [customerId, from],
  )
  return new Map(rows.map(({ row, content }) => [row, content]))
}

async function makeAnew(tx: BillingTransaction, customerId: string, from: LocalDate): Promise<void> {
  const range = [customerId, from]
  for (const table of ['usage_values', 'usage_daily', 'usage_groups']) await tx.query(`delete from ${table} where customer_id = $1 and local_date >= $2`, range)
  await tx.query(
    `insert into usage_values (customer_id, meter, local_date, value)
     select distinct e.customer_id, e.meter, e.local_date, ${valueOf('e.properties', 'm.unique_by')} from usage_events e join meters m on m.key = e.meter and m.aggregation = 'unique'
     where e.customer_id = $1 and e.local_date >= $2`, range,
  )
  await tx.query(
    `insert into usage_daily (customer_id, meter, local_date, quantity, events, last_at, last_id)
     select e.customer_id, e.meter, e.local_date, ${dayOf('e')}, count(*), ${latestOf('e')}
     from (select e.*, m.aggregation from usage_events e join meters m on m.key = e.meter where e.customer_id = $1 and e.local_date >= $2) e
     left join (select meter, local_date, count(*) as values from usage_values where customer_id = $1 group by 1, 2) s on (s.meter, s.local_date) = (e.meter, e.local_date)
     group by e.customer_id, e.meter, e.local_date, e.aggregation, s.values`, range,
  )
  await makeGroupsAnew(tx, customerId, from)
}

interface ValueTotal {
  meter: string
  property: string
  localDate: LocalDate
  value: unknown
  quantity: number
  events: number
}

/** Names that were given are kept; where the sums of one are gone and its month has room, it gets one anew. */
async function makeGroupsAnew(tx: BillingTransaction, customerId: string, from: LocalDate): Promise<void> {
  const totals = await tx.query<ValueTotal>(
    `select e.meter, property, e.local_date as "localDate", e.properties -> property as value, sum(e.quantity)::bigint as quantity, count(*) as events
     from usage_events e join meters m on m.key = e.meter cross join lateral unnest(m.group_by) as property
     where e.customer_id = $1 and e.local_date >= $2 group by 1, 2, 3, 4 order by 3, 1, 2`, [customerId, from],
  )
  const events = totals.map(({ property, value, ...total }) => ({ ...total, customerId, groupBy: [property], properties: { [property]: value } }))
  const groups = await groupsOf(tx, events)
  const rows = events.map((event) => ({ meter: event.meter, local_date: event.localDate, quantity: event.quantity, events: event.events, ...groups.get(event)![0]! }))
  await tx.query(
    `insert into usage_groups (customer_id, meter, property, local_date, kind, value, quantity, events)
     select $1, meter, property, local_date, kind, value, sum(quantity), sum(events)
     from jsonb_to_recordset($2) as g(meter text, property text, local_date date, kind text, value text, quantity bigint, events bigint) group by 2, 3, 4, 5, 6`,
    [customerId, JSON.stringify(rows)],
  )
}
