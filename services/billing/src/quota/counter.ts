import { historyVersion } from '../usage/totals/state-version.ts'
import type { BillingTransaction } from '../engine.ts'
import { isAdditive } from '../catalogue/meter.ts'
import { addDays } from '../values/date.ts'
import type { QuotaWindow } from './window.ts'
import { dailyUsage, usedOn, valueOf } from '../rating/rated-usage.ts'

/**
 * What one usage period's allowance of a meter has been used and held back for, in steps. The decisions of
 * one transaction count on it one after the other.
 */
export interface Counts {
  used: number
  /** The deficit of periods before, which counts as used. */
  deficit: number
  /** Held back by reservations that are open. */
  reserved: number
  /** How many these are. */
  open: number
  /** The most recorded on one date within a month of the period. */
  busiestDay: number
}

/** The counts of a usage period under the limit of one date in it. */
export interface QuotaCounter {
  window: QuotaWindow
  counts: Counts
}

/**
 * What is left for whoever asks now: below zero where more was recorded than there was, null when unlimited.
 */
export function available({ window, counts: { used, deficit, reserved } }: QuotaCounter): number | null {
  return window.allowance === null ? null : window.allowance - used - deficit - reserved
}

/**
 * What is granted of `quantity` to whoever holds `held` already (which is counted as free here). Where
 * overage is blocked, no more than is left, or than was promised by holding it; else everything. `overage` is
 * the part above the allowance.
 */
export function grant(
  counter: QuotaCounter,
  quantity: number,
  held = 0,
): { granted: number; overage: number } {
  const free = available(counter)
  if (free === null) return { granted: quantity, overage: 0 }
  const room = Math.max(0, free)
  const granted = counter.window.policy === 'bill' ? quantity : Math.min(quantity, Math.max(room, held))
  return { granted, overage: Math.max(0, granted - room) }
}

/** A window of one customer's. */
export interface AskedWindow {
  customerId: string
  window: QuotaWindow
}

/** What `countersQuery` yields: the place of the window, and what is counted in it. */
export interface CounterRow {
  ordinal: number
  quantity: number
  events: number
  busiest: number
  held: number
  open: number
  /** The version of the customer's history at the same moment. */
  version: number
}

/**
 * Reads the counters of the windows in `$1` at the instant `$2`: from the days and the open reservations,
 * whatever the number of events.
 */
export const countersQuery = `select a.ordinal, d.quantity, d.events, d.busiest, r.held, r.open,
    (select ${historyVersion} from customers where customer_id = a.customer_id) as version
  from jsonb_to_recordset($1) as a(
    ordinal int, customer_id text, meter text, from_on date, to_on date, gaps datemultirange, seen_from date,
    seen_to date
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
      and expires_at > $2
      and local_date >= a.from_on
      and local_date < a.to_on
      and (a.gaps is null or not local_date <@ a.gaps)
  ) r`

/** The windows as `countersQuery` takes them. */
export function windowsText(asked: readonly AskedWindow[]): string {
  return JSON.stringify(
    asked.map(({ customerId, window: { meter, from, to, gaps } }, ordinal) => ({
      // What is counted in a window may be one usage period with what was counted within a month of it.
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
 * The counters of some windows, in their order, from the rows read for them. Where a deficit may count, or
 * days are not added up, `completeCounters` goes on.
 */
export function countersFrom(rows: readonly CounterRow[], asked: readonly AskedWindow[]): QuotaCounter[] {
  const counters: QuotaCounter[] = []
  for (const { ordinal, quantity, events, busiest, held, open } of rows) {
    const { window } = asked[ordinal]!
    counters[ordinal] = {
      window,
      counts: {
        used: valueOf({ quantity, events }, window.meter),
        deficit: 0,
        reserved: held,
        open,
        busiestDay: busiest,
      },
    }
  }
  return counters
}

/** Whether the days of its period are all that a window's counter needs. */
export function isPlain({ meter, carries }: QuotaWindow): boolean {
  return isAdditive(meter) && carries === null
}

/**
 * Reads for counters what more they need: the deficits that earlier periods may have left, and levels, which
 * are not the sum of the days.
 */
export async function completeCounters(
  tx: BillingTransaction,
  counters: readonly QuotaCounter[],
  asked: readonly AskedWindow[],
): Promise<void> {
  for (const [place, { customerId, window }] of asked.entries()) {
    if (isPlain(window)) continue
    const { counts } = counters[place]!
    const { meter, carries } = window
    if (!isAdditive(meter))
      counts.used = usedOn(await dailyUsage(tx, customerId, window, meter.key), meter, window)
    else if (carries)
      counts.deficit = carries.deficit(
        await dailyUsage(tx, customerId, { from: carries.since, to: window.from }),
      )
  }
}

/** Reads the counters of some windows, in their order. */
export async function readCounters(
  tx: BillingTransaction,
  asked: readonly AskedWindow[],
): Promise<QuotaCounter[]> {
  if (asked.length === 0) return []
  const counters = countersFrom(await tx.query<CounterRow>(countersQuery, [windowsText(asked), tx.at]), asked)
  await completeCounters(tx, counters, asked)
  return counters
}
