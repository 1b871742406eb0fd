import pg from 'pg'
import { percentiles } from './requests.ts'

const columns = 'id, meter, quantity, time, stored_at, properties'

/** The median in milliseconds of a page, for the first one and one far down. */
export interface PageTimes {
  first: number
  far: number
}

/**
 * Copies the events to a table whose only index is the one for pages: the engine's own has other uses
 * besides.
 */
export async function copyForPages({ url }: { url: string }): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(`create table plain_events as select customer_id, ${columns} from usage_events`)
    await client.query('create index on plain_events (customer_id, time, id)')
    await client.query('vacuum analyze plain_events')
    await client.query('checkpoint')
  } finally {
    await client.end()
  }
}

/**
 * The cost of a page of events in the database: the keyset query alone, prepared, on one connection, with one
 * row more than the page shows.
 */
export async function readPlainPages({
  url,
  customerId,
  limit,
  page,
  times,
}: {
  url: string
  customerId: string
  limit: number
  page: number
  times: number
}): Promise<PageTimes> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const {
    rows: [last],
  } = await client.query<{ time: string; id: string }>(
    `select time::text, id
      from plain_events
      where customer_id = $1
      order by time desc, id desc
      limit 1
      offset $2`,
    [customerId, (page - 1) * limit - 1],
  )
  const first = {
    name: 'first',
    text: `select ${columns}
      from plain_events
      where customer_id = $1
      order by time desc, id desc
      limit ${limit + 1}`,
    values: [customerId],
  }
  const far = {
    name: 'far',
    text: `select ${columns}
      from plain_events
      where customer_id = $1 and (time, id) < ($2, $3)
      order by time desc, id desc
      limit ${limit + 1}`,
    values: [customerId, last!.time, last!.id],
  }
  const middle = async (page: typeof first) => {
    const took = new Float64Array(times)
    for (let place = -Math.ceil(times / 5); place < times; place += 1) {
      const began = performance.now()
      await client.query(page)
      if (place >= 0) took[place] = performance.now() - began
    }
    return percentiles(took).p50
  }
  try {
    return { first: await middle(first), far: await middle(far) }
  } finally {
    await client.end()
  }
}
