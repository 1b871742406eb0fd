import { historyVersion } from './history-version.ts'
import type { BillingTransaction } from '../billing.ts'
import { isAdditive } from '../meter.ts'
import { addDays } from '../rules/date.ts'
import type { QuotaWindow } from './quota-window.ts'
import { dailyUsage, usedOn, valueOf } from './rating.ts'

/** What one window's allowance has been used and held back for, in steps. The decisions of one transaction count on it one after the other. */
export interface QuotaCounter {
  window: QuotaWindow
  used: number
  /** Held back by reservations that are open. */
  reserved: number
  /** How many these are. */
  open: number
  /** The most recorded on one date within a month of the window. */
  busiestDay: number
}

/** What is left for whoever asks now: below zero where more was recorded than there was, null when unlimited. */
export function available({ window, used, reserved }: QuotaCounter): number | null {
  return window.allowance === null ? null : window.allowance - used - reserved
}

/**
 * What is granted of `quantity` to whoever holds `held` already (which is counted as free here). Where overage is blocked, no more than is left, or than was
 * promised by holding it; else everything. `overage` is the part above the allowance.
 */
export function grant(counter: QuotaCounter, quantity: number, held = 0): { granted: number; overage: number } {
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

/** Reads the counters of the windows in `$1` at the instant `$2`: from the days and the open reservations, whatever the number of events. */
export const countersQuery = `
  select a.ordinal, d.quantity, d.events, d.busiest, r.held, r.open, (select ${historyVersion} from customers where customer_id = a.customer_id) as version
  from jsonb_to_recordset($1) as a(ordinal int, customer_id text, meter text, from_on date, to_on date, seen_from date, seen_to date)
  cross join lateral (
    select least(coalesce(sum(quantity) filter (where local_date >= a.from_on and local_date < a.to_on), 0), 9007199254740991)::bigint as quantity,
      coalesce(sum(events) filter (where local_date >= a.from_on and local_date < a.to_on), 0)::bigint as events,
      least(coalesce(max(quantity), 0), 9007199254740991)::bigint as busiest
    from usage_daily where customer_id = a.customer_id and meter = a.meter and local_date >= a.seen_from and local_date < a.seen_to) d
  cross join lateral (
    select least(coalesce(sum(held), 0), 9007199254740991)::bigint as held, count(*)::int as open
    from reservations where customer_id = a.customer_id and meter = a.meter and closed_at is null and expires_at > $2
      and local_date >= a.from_on and local_date < a.to_on) r`

/** The windows as `countersQuery` takes them. */
export function windowsText(asked: readonly AskedWindow[]): string {
  return JSON.stringify(asked.map(({ customerId, window: { meter, from, to } }, ordinal) => ({
    // What is counted in a window may be one usage period with what was counted within a month of it.
    ordinal, customer_id: customerId, meter: meter.key, from_on: from, to_on: to, seen_from: addDays(from, -30), seen_to: addDays(to, 30),
  })))
}

/** The counters of some windows, in their order, from the rows read for them. */
export function countersFrom(rows: readonly CounterRow[], asked: readonly AskedWindow[]): QuotaCounter[] {
  const counters: QuotaCounter[] = []
  for (const { ordinal, quantity, events, busiest, held, open } of rows) {
    const { window } = asked[ordinal]!
    counters[ordinal] = { window, used: valueOf({ quantity, events }, window.meter), reserved: held, open, busiestDay: busiest }
  }
  return counters
}

/** Reads the counters of some windows, in their order. */
export async function readCounters(tx: BillingTransaction, asked: readonly AskedWindow[]): Promise<QuotaCounter[]> {
  if (asked.length === 0) return []
  const counters = countersFrom(await tx.query<CounterRow>(countersQuery, [windowsText(asked), tx.at]), asked)
  for (const [place, { customerId, window }] of asked.entries()) {
    // The largest, the latest and the number of different values are not the sum of the days.
    if (!isAdditive(window.meter)) counters[place]!.used = usedOn(await dailyUsage(tx, customerId, window, window.meter.key), window.meter, window)
  }
  return counters
}
