import { addSeconds, type Instant } from '@customer-portal/billing'
import { instantFromMilliseconds } from '@customer-portal/billing/testing'
import { openDatabase } from '@customer-portal/database'
import { metersBy } from './customers.ts'
import type { Location } from './program.ts'

/** The days before now that the usage covers: the customers have been subscribed a little longer. */
const filledDays = 26
const rowsAStatement = 50_000
const customersAStatement = 100
/**
 * One customer gets a twentieth of everything on top of their share, so that there are many pages to turn.
 */
export const largestShare = 20

export interface Filling {
  location: Location
  rows: number
  customers: number
}

/**
 * Fills the usage tables as recording would, without its checks: events in order of time, the key of each id,
 * and the daily totals. Done by SQL, which takes a minute where the engine would take several.
 */
export async function fillUsage(
  { location, rows, customers }: Filling,
  tell: (done: number) => void,
): Promise<void> {
  const db = await openDatabase(location)
  const until = addSeconds(instantFromMilliseconds(Date.now()), -3600)
  const sql = (text: string, parameters: readonly unknown[] = []) =>
    db.asOwner((tx) => tx.query(text, parameters))
  try {
    await sql(
      `select add_usage_month(month::date)
        from generate_series(
          date_trunc('month', $1::timestamptz), $2::timestamptz, interval '1 month'
        ) as month`,
      [startOf(until), until],
    )
    const statements = Array.from({ length: Math.ceil(rows / rowsAStatement) }, (_, place) => ({
      from: place * rowsAStatement,
      to: Math.min(rows, (place + 1) * rowsAStatement),
    }))
    let next = 0
    const fill = async () => {
      for (let part = statements[next++]; part; part = statements[next++]) {
        await sql(insertEvents, [part.from, part.to, rows, startOf(until), customers, metersBy(0)])
        tell(part.to)
      }
    }
    // On a server two at once: one per processor of the reference machine.
    await Promise.all([fill(), ...(db.kind === 'postgres' ? [fill()] : [])])
    for (let from = 0; from < customers; from += customersAStatement)
      await sql(insertDays, [from, from + customersAStatement])
    await sql('analyze')
  } finally {
    await db.close()
  }
}

const startOf = (until: Instant) => addSeconds(until, -filledDays * 86_400)

/** Rows `$1` to `$2` of `$3` in total. Ids are UUIDs of version 7, as the SDK makes them. */
const insertEvents = `with numbers as (
    select n, $4::timestamptz + n * (interval '${filledDays} days' / $3::int) as time, md5(n::text) as chance
    from generate_series($1::int, $2::int - 1) as n
  ),
  events as (
    select n, time,
      'customer_' || lpad(
        (
          1 + case n % ${largestShare}
            when 0 then 0
            else ('x' || substr(chance, 1, 6))::bit(24)::int % $5::int end
        )::text,
        4, '0'
      ) as customer_id,
      ($6::text[])[1 + ('x' || substr(chance, 7, 6))::bit(24)::int % cardinality($6)] as meter,
      1 + n % 100 as quantity,
      regexp_replace(
        lpad(to_hex((extract(epoch from time) * 1000)::bigint), 12, '0'), '(.{8})', '\\1-'
      ) || '-7' || substr(chance, 13, 3) || '-8' || substr(chance, 16, 3) || '-' || substr(chance, 19, 12) as
        id
    from numbers
  ),
  keys as (
    insert into usage_keys (customer_id, id, body_hash, time)
    select customer_id, id, sha256(int4send(n)), time
    from events
  )
  insert into usage_events (customer_id, id, meter, quantity, time, local_date, stored_at, properties)
  select customer_id, id, meter, quantity, time, (time at time zone 'Asia/Shanghai')::date, time, '{}'
  from events`

const insertDays = `insert into usage_daily (customer_id, meter, local_date, quantity, events)
  select customer_id, meter, local_date, sum(quantity), count(*)
  from usage_events
  where customer_id > 'customer_' || lpad($1::text, 4, '0')
    and customer_id <= 'customer_' || lpad($2::text, 4, '0')
  group by 1, 2, 3`
