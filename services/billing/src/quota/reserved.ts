import type { BillingTransaction } from '../engine.ts'
import type { SubscriptionState } from '../subscription/state.ts'
import type { LocalDate } from '../values/date.ts'
import { readCounters } from './counter.ts'
import { quotaWindows } from './window.ts'

/**
 * Returns the steps that open reservations hold of today's allowances, by meter; meters without any are
 * absent.
 */
export async function reservedToday(
  tx: BillingTransaction,
  state: SubscriptionState,
): Promise<Map<string, number>> {
  const { windows } = quotaWindows(state, state.today)
  const [from, to] = [
    [...windows.values()].map((window) => window.from).sort()[0],
    [...windows.values()][0]?.to,
  ]
  if (from === undefined) return new Map()
  const rows = await tx.query<{ meter: string; date: LocalDate; held: number }>(
    `select meter, local_date as date, least(sum(held), 9007199254740991)::bigint as held
      from reservations
      where customer_id = $1
        and closed_at is null
        and expires_at > $2
        and local_date >= $3
        and local_date < $4
      group by meter, local_date`,
    [state.customer.customerId, tx.at, from, to],
  )
  const reserved = new Map<string, number>()
  for (const { meter, date, held: steps } of rows) {
    const gaps = windows.get(meter)?.gaps ?? []
    if (!gaps.some((gap) => gap.from <= date && date < gap.to))
      reserved.set(meter, (reserved.get(meter) ?? 0) + steps)
  }
  return reserved
}

/** Returns the steps that grants add to today's allowances, by meter; meters without grants are absent. */
export async function grantedToday(
  tx: BillingTransaction,
  state: SubscriptionState,
): Promise<Map<string, number>> {
  const { customerId } = state.customer
  const requested = [...quotaWindows(state, state.today).windows.values()]
    .filter(({ grants }) => grants !== null)
    .map((window) => ({ customerId, window }))
  const counters = await readCounters(tx, requested)
  return new Map(counters.map(({ window, granted }) => [window.meter.key, granted]))
}
