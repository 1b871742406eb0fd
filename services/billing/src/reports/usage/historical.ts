import type { BillingTransaction } from '../../engine.ts'
import type { SubscriptionState } from '../../subscription/state.ts'
import { addDays, type DateRange } from '../../values/date.ts'
import { localDateOf } from '../../values/zone.ts'
import { dailyUsage, type DailyUsage } from '../../rating/rated-usage.ts'
import { takenTimes } from '../../usage/totals/taken-times.ts'

/** Usage as reports show it: with history, and history alone. */
export interface ShownUsage {
  days: readonly DailyUsage[]
  historical: readonly DailyUsage[]
}

/** Adds history to the usage of some dates where there can be any; `counted` is the counted usage at hand. */
export async function withHistory(
  tx: BillingTransaction,
  state: SubscriptionState,
  range: DateRange,
  counted: readonly DailyUsage[],
  meter?: string,
): Promise<ShownUsage> {
  // History is older than anything still to be billed: for the running period nothing is read.
  if (range.from > addDays(localDateOf(state.zones, takenTimes(tx.at).from), 1))
    return { days: counted, historical: [] }
  const {
    customer: { customerId },
  } = state
  const historical = await dailyUsage(tx, customerId, range, meter, 'historical')
  if (historical.length === 0) return { days: counted, historical }
  return { days: await dailyUsage(tx, customerId, range, meter, 'shown'), historical }
}
