import type { BillingTransaction } from '../../engine.ts'
import type { Direction } from '../../subscription/direction.ts'
import type { SubscriptionState } from '../../subscription/state.ts'
import { billingPeriodAt, usagePeriods } from '../../subscription/timeline.ts'
import type { LocalDate } from '../../values/date.ts'
import type { Phase } from '../../subscription/phase.ts'
import { partyOf } from './party.ts'

/**
 * Returns when a change happens: up now, down at the end of the billing period; level at the end of the usage
 * period, so that no period is cut, or now where the vendor asks.
 */
export function effectiveDateOf(
  tx: BillingTransaction,
  { phases, today }: SubscriptionState,
  from: Phase,
  direction: Direction,
  when?: 'now' | 'period_end',
): { when: 'now' | 'period_end'; at: LocalDate } {
  const endOfFee = billingPeriodAt(from, today).to
  if (when === 'now' || direction === 'same') return { when: 'now', at: today }
  if (when === 'period_end') return { when: 'period_end', at: endOfFee }
  const waits = direction === 'down' || (direction === 'level' && partyOf(tx) === 'customer')
  if (!waits) return { when: 'now', at: today }
  return { when: 'period_end', at: direction === 'down' ? endOfFee : usagePeriods(phases, today).at(-1)!.to }
}
