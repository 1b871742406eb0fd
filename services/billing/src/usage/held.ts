import type { BillingTransaction } from '../billing.ts'
import type { History } from '../history.ts'
import { quotaWindows } from './quota-window.ts'

/** What open reservations hold back of today's allowances, in steps by meter; a meter of which nothing is held is absent. */
export async function heldToday(tx: BillingTransaction, history: History): Promise<Map<string, number>> {
  // One stretch in one usage period: its meters' allowances hold over the same dates.
  const [window] = quotaWindows(history, history.today)?.values() ?? []
  if (!window) return new Map()
  const rows = await tx.query<{ meter: string; held: number }>(
    `select meter, least(sum(held), 9007199254740991)::bigint as held from reservations
     where customer_id = $1 and closed_at is null and expires_at > $2 and local_date >= $3 and local_date < $4 group by meter`,
    [history.customer.customerId, tx.at, window.from, window.to],
  )
  return new Map(rows.map(({ meter, held }) => [meter, held]))
}
