import type { BillingTransaction } from '../../engine.ts'
import type { PlannedChange } from './planned-change.ts'
import { BillingError } from '../../errors.ts'
import type { BillingState, SubscriptionState } from '../../subscription/state.ts'
import { feeLine, setupLine, type LineDraft } from '../../invoicing/document/line.ts'
import { priced } from '../../invoicing/document/discounted.ts'
import type { Discount } from '../../customer/discount.ts'
import type { Plan } from '../../catalogue/plan.ts'
import { canonicalJson } from '../../values/canonical-json.ts'
import { addDays } from '../../values/date.ts'
import { addSeconds, type Instant } from '../../values/instant.ts'
import { instantOf } from '../../values/zone.ts'
import type { Totals } from '../../pricing/totals.ts'
import { billingPeriodAt } from '../../subscription/timeline.ts'
import { nextPhase } from '../../subscription/schedule.ts'
import { setupFeeOf } from '../../subscription/setup-fee.ts'

/** What a quote promises: confirming it charges exactly this, or is rejected. */
export interface Promised {
  plan: Plan
  seats: number
  promise: unknown
}

const quoteSeconds = 15 * 60

/** Returns how long a quote is valid: 15 minutes, at most until midnight, when the number of days changes. */
export function quoteEnd(at: Instant, { zones, today }: SubscriptionState): Instant {
  const midnight = instantOf(zones, addDays(today, 1))
  const inFifteenMinutes = addSeconds(at, quoteSeconds)
  return inFifteenMinutes < midnight ? inFifteenMinutes : midnight
}

/** Returns what a change costs and, where it is scheduled, the fee due then. */
export async function promisedChange(
  tx: BillingTransaction,
  state: BillingState,
  change: PlannedChange,
): Promise<Promised> {
  const { to, from, lines, totals, when, at } = change
  const next = when === 'period_end' ? { at, next: (await nextFeeTotals(tx, state, change)).total } : {}
  return {
    ...to,
    promise: { planVersion: to.plan.version, from: from.id, lines: lines.map(promisedLine), totals, ...next },
  }
}

/** Returns what the first invoice of a subscription comes to. */
export function promisedStart({
  plan,
  seats,
  trialDays,
  lines,
  totals,
}: {
  plan: Plan
  seats: number
  trialDays: number
  lines: readonly LineDraft[]
  totals: Totals
}): Promised {
  // The new phase has no id yet.
  const promised = lines.map((line) => ({ ...promisedLine(line), phaseId: '' }))
  return { plan, seats, promise: { planVersion: plan.version, trialDays, lines: promised, totals } }
}

/** Adds the coupon that is redeemed with it: a quote is confirmed with the same code or not at all. */
export function withCoupon({ promise, ...promised }: Promised, redeemed: Discount | undefined): Promised {
  const coupon = redeemed && { ...redeemed.coupon, value: redeemed.value, from: redeemed.from }
  return { ...promised, promise: coupon ? { ...(promise as object), coupon } : promise }
}

/**
 * The instant up to which events were counted is that of the request, and the source line of a credit may
 * have no id before the draft is issued: a quote promises neither.
 */
function promisedLine({
  counted: _counted,
  givesBack: _givesBack,
  ...line
}: LineDraft): Omit<LineDraft, 'counted' | 'givesBack'> {
  return line
}

/** Returns the next fee and a setup fee on the new plan with discounts and tax; usage comes on top and is not known yet. */
export async function nextFeeTotals(
  tx: BillingTransaction,
  state: BillingState,
  change: PlannedChange,
): Promise<Totals> {
  const { plan, seats } = change.to
  const at = change.billingPeriod.to
  const phase = nextPhase(change.from, { id: '', plan, seats, from: at, scheduled: true })
  const next = billingPeriodAt(phase, at)
  const lines = [feeLine(phase, next, next), ...setupLine(phase, setupFeeOf(state.phases, phase), at)]
  return (await priced(tx, state, lines, state.balance, plan)).totals
}

/** Checks that confirming charges exactly what the quote said. Throws quote_expired, quote_outdated. */
export async function honourQuote(
  tx: BillingTransaction,
  customerId: string,
  quoteId: string,
  { plan, seats, promise }: Promised,
): Promise<void> {
  const [quote] = await tx.query<{ plan_id: string; seats: number; promise: unknown; expires_at: Instant }>(
    'select plan_id, seats, promise, expires_at from quotes where customer_id = $1 and id = $2',
    [customerId, quoteId],
  )
  if (!quote || quote.expires_at <= tx.at)
    throw new BillingError('quote_expired', {
      pointer: '/quoteId',
      message: 'the quote has expired: preview the change again',
    })
  const isSame =
    quote.plan_id === plan.id
    && quote.seats === seats
    && canonicalJson(quote.promise) === canonicalJson(promise)
  if (!isSame)
    throw new BillingError('quote_outdated', {
      pointer: '/quoteId',
      message: 'what was quoted is no longer what it would come to: preview the change again',
    })
}
