import type { BillingTransaction } from '../../engine.ts'
import type { SubscriptionState } from '../../subscription/state.ts'
import { addDays, type DateRange } from '../../values/date.ts'
import { localDateOf } from '../../values/zone.ts'
import { dailyUsage, type DailyUsage } from '../../rating/rated-usage.ts'
import { takenTimes } from '../../usage/totals/taken-times.ts'

/** Usage as it is shown: what counts and history together, and history by itself. */
export interface ShownUsage {
  days: readonly DailyUsage[]
  historical: readonly DailyUsage[]
}

/**
 * The usage of some dates with history, where there can be any; `counted` is what is known already of the
 * usage that counts.
 */
export async function withHistory(
  tx: BillingTransaction,
  state: SubscriptionState,
  range: DateRange,
  counted: readonly DailyUsage[],
  meter?: string,
): Promise<ShownUsage> {
  // History is older than anything that is billed yet: of a period that runs, nothing more is read.
  if (range.from > addDays(localDateOf(state.zones, takenTimes(tx.at).from), 1))
    return { days: counted, historical: [] }
  const {
    customer: { customerId },
  } = state
  const historical = await dailyUsage(tx, customerId, range, meter, 'historical')
  if (historical.length === 0) return { days: counted, historical }
  return { days: await dailyUsage(tx, customerId, range, meter, 'shown'), historical }
}
