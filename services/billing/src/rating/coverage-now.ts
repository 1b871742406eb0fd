import type { BillingTransaction } from '../engine.ts'
import type { SubscriptionState } from '../subscription/state.ts'
import { addDays, type LocalDate } from '../values/date.ts'
import { coversFrom, type Coverage } from './coverage.ts'
import { coverageOf, coveredFrom } from './deficit.ts'
import { dailyUsage, type DailyUsage } from './rated-usage.ts'

/**
 * Reads all usage that still counts, and computes what grants cover of it; `adding` may add what is used beside
 * it.
 */
export async function coverageNow(
  tx: BillingTransaction,
  state: SubscriptionState,
  adding: (usage: DailyUsage[]) => Promise<DailyUsage[]> | DailyUsage[] = (usage) => usage,
): Promise<Coverage & { since: LocalDate }> {
  // Events may be a few minutes ahead of the date.
  const until = addDays(state.today, 2)
  const range = { from: coveredFrom(state, { from: coversFrom(state), to: until }), to: until }
  const usage = await adding(await dailyUsage(tx, state.customer.customerId, range))
  return { ...(await coverageOf(tx, state, usage, range)), since: coversFrom(state) }
}
