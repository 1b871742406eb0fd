import { sql, type Sql } from '@customer-portal/database'
import { sharedBy, type Engine, type BillingTransaction } from '../../engine.ts'
import { groupQueue } from '../../sharing/group-queue.ts'
import { BillingError } from '../../errors.ts'
import { readSubscriptionState, type SubscriptionState } from '../../subscription/state.ts'
import { addDays, daysBetween, type LocalDate } from '../../values/date.ts'
import { addSeconds, type Instant } from '../../values/instant.ts'
import { clockTimeIn, clockTimeWithOffset, localDateOf, zoneOn } from '../../values/zone.ts'
import {
  chosen,
  eventRows,
  placeOf,
  rangeOf,
  rowsChosen,
  type DetailFilter,
  type Place,
  type UsageEvent,
} from './detail.ts'
import { storedByNow } from '../../customer/customer.ts'

/** Maximum number of rows: what fits on a spreadsheet with its heading. */
export const maxExportedRows = 1_000_000
const maxDays = 366
/** PGlite answers nobody else while it reads a page. */
export const rowsPerPage = { postgres: 1000, pglite: 125 }

/**
 * An event in a file: `clockTime` is the customer's local time, `exactTime` the same with microseconds and
 * offset; the names are its meter's.
 */
export interface ExportedEvent extends UsageEvent {
  clockTime: string
  exactTime: string
  name: { 'zh-CN': string; en: string }
  unit: { 'zh-CN': string; en: string }
}

/**
 * The content of a file. `start` and `end` are its first and last date, `timezone` that of every `clockTime`.
 */
export interface UsageExport {
  customer: { id: string; companyName: string }
  /** The names of properties with their own column, and whether there are no others. */
  columns: { names: string[]; areAll: boolean }
  timezone: string
  start: LocalDate
  end: LocalDate
  /** Newest first; each page is read on demand in its own transaction, and none after the reader left. */
  pages: AsyncGenerator<ExportedEvent[], void>
}

/**
 * Returns a customer's events for a file: those stored until now, in the range and with the filter of the
 * detail. Throws invalid_range for more than 366 days or 1,000,000 events (`most`).
 */
export async function exportUsage(
  engine: Engine,
  input: DetailFilter & { most?: number },
): Promise<UsageExport> {
  const { customerId, meter, most = maxExportedRows } = input
  return engine.transaction(
    async (tx) => {
      const state = await readSubscriptionState(tx, customerId)
      if (meter !== undefined && !state.meters.has(meter))
        throw new BillingError('meter_not_found', {
          pointer: '?meter',
          meter,
          message: `there is no meter '${meter}'`,
        })
      const { from, to } = withinReach(rangeOf(state, input), tx.at)
      const start = localDateOf(state.zones, from)
      const end = lastDateBefore(state, to, start)
      if (daysBetween(start, addDays(end, 1)) > maxDays)
        throw new BillingError('invalid_range', {
          pointer: '?start',
          message: `an export covers at most ${maxDays} days, not ${start} to ${end}`,
        })
      // What is stored while the file is being written is excluded: it is a snapshot.
      const storedBy = storedByNow(tx)
      const isChosen = sql.and(await chosen(tx, { from, to }, input), sql`stored_at <= ${storedBy}`)
      if (await isMore(tx, isChosen, { customerId, meter, start, end, most }))
        throw new BillingError('invalid_range', {
          pointer: '?start',
          message: `there are more than ${most} events from ${start} to ${end}: choose a shorter range or one meter`,
        })
      const timezone = zoneOn(state.zones, state.today)
      const columns = await columnsOf(tx, isChosen, { customerId, meter })
      const customer = { id: customerId, companyName: state.customer.companyName }
      return {
        customer,
        columns,
        timezone,
        start,
        end,
        pages: readPages(engine, { at: storedBy, state, isChosen, timezone, customerId, meter }),
      }
    },
    { readOnly: true, long: true },
  )
}

/**
 * Maximum number of property columns, and number of events they are looked for in: PGlite blocks during that
 * query.
 */
const maxColumns = 50
const eventsLookedAt = { postgres: 20_000, pglite: 5_000 }

/** Returns the property names of a range's events. Events beyond the sample may have others. */
async function columnsOf(
  tx: BillingTransaction,
  isChosen: Sql,
  { customerId, meter }: { customerId: string; meter: string | undefined },
): Promise<UsageExport['columns']> {
  const most = eventsLookedAt[tx.db.kind]
  const [found] = await tx.query<{ events: number; names: string[] }>(sql`
    with events as materialized ${rowsChosen(sql`properties`, isChosen, { customerId, meter, most })}
    select (select count(*)::int from events) as events,
      array(
        select name
        from events
        cross join lateral jsonb_object_keys(properties) name
        group by name
        order by count(*) desc, name collate "C"
        limit ${maxColumns + 1}
      ) as names`)
  const { events, names } = found!
  const shown = names.slice(0, maxColumns).sort((a, b) => (a < b ? -1 : 1))
  return { names: shown, areAll: names.length <= maxColumns && events < most }
}

/**
 * Returns whether the range holds more than `most` events. The sums of days usually decide; the range may
 * start or end within a day.
 */
async function isMore(
  tx: BillingTransaction,
  isChosen: Sql,
  {
    customerId,
    meter,
    start,
    end,
    most,
  }: { customerId: string; meter: string | undefined; start: LocalDate; end: LocalDate; most: number },
): Promise<boolean> {
  const [days] = await tx.query<{ isMore: boolean }>(sql`
    select coalesce(sum(events), 0) > ${most} as "isMore"
    from (
      select customer_id, meter, local_date, events
      from usage_daily
      union all
      select customer_id, meter, local_date, events
      from historical_daily
      union all
      select customer_id, meter, local_date, 1
      from usage_events
      where apart = 'after_end'
    ) d
    where ${sql.and(
      sql`customer_id = ${customerId}`,
      meter !== undefined && sql`meter = ${meter}`,
      sql`local_date between ${start} and ${end}`,
    )}`)
  if (!days!.isMore) return false
  const rows = rowsChosen(sql`1`, isChosen, { customerId, meter, most: most + 1 })
  const [counted] = await tx.query<{ events: number }>(sql`select count(*)::int as events from ${rows} e`)
  return counted!.events > most
}

/** Clamps instants: there are no events far ahead and no dates after the year 9999. */
function withinReach(
  { from, to }: { from: Instant; to: Instant },
  at: Instant,
): { from: Instant; to: Instant } {
  const latest = addSeconds(at, 400 * 86_400)
  return { from: from < latest ? from : latest, to: to < latest ? to : latest }
}

/** Returns the date of the last instant before `to`, never before `start`. */
function lastDateBefore(state: SubscriptionState, to: Instant, start: LocalDate): LocalDate {
  const date = localDateOf(state.zones, to)
  const begins = clockTimeIn(zoneOn(state.zones, date), to).endsWith('00:00:00.000')
  const last = begins ? addDays(date, -1) : date
  return last < start ? start : last
}

const pageTurns = () =>
  groupQueue<() => Promise<unknown>, unknown>({
    limits: { perGroup: 1, waiting: 10_000, shared: 1 },
    run: async ([read]) => [await read!()],
    words: { items: 'pages of files', remedy: 'try again in a moment' },
  })

/**
 * Reads a page of a file. On PGlite the pages of all files take turns, so that any other request waits for at
 * most one of them.
 */
export async function readPage<T>(engine: Engine, read: (tx: BillingTransaction) => Promise<T>): Promise<T> {
  const page = () => engine.transaction(read, { readOnly: true, long: true })
  if (engine.db.kind === 'postgres') return page()
  const [rows] = await sharedBy(engine, pageTurns)([page])
  return rows as T
}

interface Reading {
  at: Instant
  state: SubscriptionState
  isChosen: Sql
  timezone: string
  customerId: string
  meter: string | undefined
}

async function* readPages(
  engine: Engine,
  { at, state, isChosen, timezone, customerId, meter }: Reading,
): AsyncGenerator<ExportedEvent[], void> {
  const limit = rowsPerPage[engine.db.kind]
  let after: Place | undefined
  for (;;) {
    const page = await readPage(engine, (tx) =>
      eventRows(tx, state, isChosen, { customerId, meter, after, limit }),
    )
    const last = page.at(-1)
    if (!last) return
    yield page.map((event) => {
      const { name, unit } = state.meters.get(event.meter)!
      // Voids that happened while the file was being written are ignored.
      const voided = event.voided !== null && event.voided.at > at ? null : event.voided
      return {
        ...event,
        voided,
        clockTime: clockTimeIn(timezone, event.time),
        exactTime: clockTimeWithOffset(timezone, event.time),
        name,
        unit,
      }
    })
    if (page.length < limit) return
    after = placeOf(last)
  }
}
