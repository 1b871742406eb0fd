import { sql, type Sql } from '@customer-portal/database'
import { historyVersion } from '../usage/totals/state-version.ts'
import type { BillingTransaction } from '../engine.ts'
import { isAdditive } from '../catalogue/meter.ts'
import type { Instant } from '../values/instant.ts'
import { addDays } from '../values/date.ts'
import type { QuotaWindow } from './window.ts'
import { readDraws } from '../rating/coverage.ts'
import { dailyUsage, usedOn, valueOf, type DailyUsage } from '../rating/rated-usage.ts'

/**
 * Used and reserved steps of one meter's allowance in a usage period. The decisions of a transaction update
 * it one after the other.
 */
export interface Counts {
  used: number
  /** The deficit of earlier periods, which counts as used. */
  deficit: number
  /** Reserved by open reservations. */
  reserved: number
  /** The number of open reservations. */
  open: number
  /** The largest quantity recorded on one date within a month of the period. */
  busiestDay: number
}

/** The counts of a usage period with the limit of one date in it. */
export interface QuotaCounter {
  window: QuotaWindow
  counts: Counts
  /** What grants cover of `used` and `reserved`. */
  covered: number
  /**
   * What grants add to the allowance: `covered`, and what they had left for the date when this was read. Where
   * the counts were above both before, as much more: what is left is never below what the grants have left.
   */
  granted: number
}

/** Returns what is left now: negative where more was recorded than allowed, null when unlimited. */
export function available({ window, counts, granted }: QuotaCounter): number | null {
  const { used, deficit, reserved } = counts
  return window.allowance === null ? null : window.allowance + granted - used - deficit - reserved
}

/**
 * Returns the grant of `quantity` for a caller that has `held` reserved (which counts as free here). With
 * blocked overage at most what is left or was reserved; else everything. `overage` is the part above the
 * allowance.
 */
export function grant(
  counter: QuotaCounter,
  quantity: number,
  reserved = 0,
): { granted: number; overage: number } {
  const free = available(counter)
  if (free === null) return { granted: quantity, overage: 0 }
  const room = Math.max(0, free)
  const granted = counter.window.policy === 'bill' ? quantity : Math.min(quantity, Math.max(room, reserved))
  return { granted, overage: Math.max(0, granted - room) }
}

/** A window of one customer. */
export interface RequestedWindow {
  customerId: string
  window: QuotaWindow
}

/** A row of `countersQuery`: the ordinal of the window and its counts. */
export interface CounterRow {
  ordinal: number
  quantity: number
  events: number
  busiest: number
  held: number
  open: number
  /** The version of the customer's state at the same moment. */
  version: number
}

/**
 * SQL: the counters of windows at an instant, from day sums and open reservations, so its cost does not
 * depend on the number of events.
 */
export function countersQuery(windows: readonly RequestedWindow[], at: Instant): Sql {
  return sql`
    select a.ordinal, d.quantity, d.events, d.busiest, r.held, r.open,
      (select ${historyVersion} from customers where customer_id = a.customer_id) as version
    from jsonb_to_recordset(${windowsText(windows)}) as a(
      ordinal int, customer_id text, meter text, from_on date, to_on date, gaps datemultirange,
      seen_from date, seen_to date
    )
    cross join lateral (
      select least(
        coalesce(
          sum(quantity) filter (
            where local_date >= a.from_on
              and local_date < a.to_on
              and (a.gaps is null or not local_date <@ a.gaps)
          ),
          0
        ),
        9007199254740991
      )::bigint as quantity,
        coalesce(
          sum(events) filter (
            where local_date >= a.from_on
              and local_date < a.to_on
              and (a.gaps is null or not local_date <@ a.gaps)
          ),
          0
        )::bigint as events,
        least(coalesce(max(quantity), 0), 9007199254740991)::bigint as busiest
      from usage_daily
      where customer_id = a.customer_id
        and meter = a.meter
        and local_date >= a.seen_from
        and local_date < a.seen_to
    ) d
    cross join lateral (
      select least(coalesce(sum(held), 0), 9007199254740991)::bigint as held, count(*)::int as open
      from reservations
      where customer_id = a.customer_id
        and meter = a.meter
        and closed_at is null
        and expires_at > ${at}
        and local_date >= a.from_on
        and local_date < a.to_on
        and (a.gaps is null or not local_date <@ a.gaps)
    ) r`
}

/** Returns the windows as `countersQuery` takes them. */
function windowsText(windows: readonly RequestedWindow[]): string {
  return JSON.stringify(
    windows.map(({ customerId, window: { meter, from, to, gaps } }, ordinal) => ({
      // Counts are for a whole usage period plus a month on either side.
      ordinal,
      customer_id: customerId,
      meter: meter.key,
      from_on: from,
      to_on: to,
      seen_from: addDays(from, -30),
      seen_to: addDays(to, 30),
      ...(gaps.length === 0 ? {} : { gaps: `{${gaps.map((gap) => `[${gap.from},${gap.to})`).join(',')}}` }),
    })),
  )
}

/**
 * Builds the counters of windows, in order, from their rows. Where a deficit may count, or days cannot be
 * added up, `completeCounters` does the rest.
 */
export function countersFrom(
  rows: readonly CounterRow[],
  windows: readonly RequestedWindow[],
): QuotaCounter[] {
  const counters: QuotaCounter[] = []
  for (const { ordinal, quantity, events, busiest, held, open } of rows) {
    const { window } = windows[ordinal]!
    counters[ordinal] = {
      window,
      counts: {
        used: valueOf({ quantity, events }, window.meter),
        deficit: 0,
        reserved: held,
        open,
        busiestDay: busiest,
      },
      covered: 0,
      granted: 0,
    }
  }
  return counters
}

/** Returns whether a window's counter needs only the days of its period. */
export function isPlain({ meter, carries, grants }: QuotaWindow): boolean {
  return isAdditive(meter) && carries === null && grants === null
}

/**
 * Reads what other counters also need: deficits that earlier periods may have left, what grants cover and have
 * left, and levels, which are not the sum of days.
 */
export async function completeCounters(
  tx: BillingTransaction,
  counters: readonly QuotaCounter[],
  windows: readonly RequestedWindow[],
): Promise<void> {
  for (const [place, { customerId, window }] of windows.entries()) {
    if (isPlain(window)) continue
    const counter = counters[place]!
    const { counts } = counter
    const { meter, carries, grants } = window
    if (!isAdditive(meter))
      counts.used = usedOn(await dailyUsage(tx, customerId, window, meter.key), meter, window)
    else if (grants) Object.assign(counter, await grantedIn(tx, customerId, counter))
    else if (carries)
      counts.deficit = carries.deficit(
        await dailyUsage(tx, customerId, { from: carries.since, to: window.from }),
      )
  }
}

/** Counts what open reservations hold as used on their dates: another may not draw the same units. */
async function grantedIn(
  tx: BillingTransaction,
  customerId: string,
  { window: { meter, allowance, grants, carries }, counts }: QuotaCounter,
): Promise<Pick<QuotaCounter, 'covered' | 'granted'>> {
  const { since, until, drawsSince, count } = grants!
  const usage = await dailyUsage(tx, customerId, { from: since, to: until }, meter.key)
  const written = await readDraws(tx, customerId, drawsSince, meter.key)
  if (carries) counts.deficit = carries.deficit(count(usage, written).usage)
  const { covered, left } = count(await withOpenReservations(tx, customerId, usage, meter.key), written)
  const missing = counts.used + counts.reserved + counts.deficit - covered - allowance!
  return { covered, granted: covered + left + Math.max(0, missing) }
}

/** Returns usage with what open reservations hold, as if it were used on their dates. */
export async function withOpenReservations(
  tx: BillingTransaction,
  customerId: string,
  usage: readonly DailyUsage[],
  meter?: string,
): Promise<DailyUsage[]> {
  // Of a meter that counts events, each reservation holds one.
  const held = await tx.query<DailyUsage>(sql`
    select meter, local_date as date, least(sum(held), 9007199254740991)::bigint as quantity,
      count(*)::int as events
    from reservations
    where ${sql.and(
      sql`customer_id = ${customerId}`,
      meter !== undefined && sql`meter = ${meter}`,
      sql`closed_at is null`,
      sql`expires_at > ${tx.at}`,
    )}
    group by 1, 2`)
  const key = (day: DailyUsage) => `${day.meter} ${day.date}`
  const days = new Map(usage.map((day) => [key(day), day]))
  for (const one of held) {
    const day = days.get(key(one))
    days.set(
      key(one),
      day ? { ...day, quantity: day.quantity + one.quantity, events: day.events + one.events } : one,
    )
  }
  return [...days.values()].sort((a, b) => (a.date < b.date ? -1 : 1))
}

/** Reads the counters of windows, in order. */
export async function readCounters(
  tx: BillingTransaction,
  windows: readonly RequestedWindow[],
): Promise<QuotaCounter[]> {
  if (windows.length === 0) return []
  const counters = countersFrom(await tx.query<CounterRow>(countersQuery(windows, tx.at)), windows)
  await completeCounters(tx, counters, windows)
  return counters
}
