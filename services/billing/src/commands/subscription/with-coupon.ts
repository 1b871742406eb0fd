import type { BillingTransaction, Engine } from '../../engine.ts'
import { onCustomer } from '../../billing-run/run.ts'
import { monthsOf } from '../../catalogue/plan.ts'
import type { Discount } from '../../customer/discount.ts'
import { amountText } from '../../invoicing/pdf/amount-text.ts'
import { phasesAhead } from '../../subscription/schedule.ts'
import type { BillingState } from '../../subscription/state.ts'
import { periodStarts } from '../../subscription/timeline.ts'
import { addMonths, type LocalDate } from '../../values/date.ts'
import type { Notice } from '../../values/localized-text.ts'
import { countsFrom, findCoupon, redeem, type FoundCoupon } from '../../subscription/redemption.ts'
import { planChange, type ChangeRequest, type PlannedChange } from './planned-change.ts'
import { nextFeeTotals } from './quote.ts'

/** Runs a command on one customer, as `onCustomer` does, with the coupon that its input names. */
export async function onCustomerWith<Answer>(
  engine: Engine,
  { customerId, coupon }: { customerId: string; coupon?: string },
  work: (tx: BillingTransaction, state: BillingState, coupon: FoundCoupon | undefined) => Promise<Answer>,
): Promise<Answer> {
  return engine.transaction(async (tx) => {
    const found = coupon === undefined ? undefined : await findCoupon(tx, coupon, { isLocked: true })
    return onCustomer(tx, customerId, {}, (inside, state) => work(inside, state, found))
  })
}

/**
 * Redeems a coupon with a plan change. A change now, on the date on which a period begins, belongs to that
 * period.
 */
export async function redeemWith(
  tx: BillingTransaction,
  state: BillingState,
  coupon: FoundCoupon,
  request: ChangeRequest,
): Promise<Discount> {
  const { when, direction, to } = await planChange(tx, state, request)
  const isNow = when === 'now' && direction !== 'same'
  return redeem(tx, state, coupon, { plans: [to.plan], from: isNow ? state.today : countsFrom(state) })
}

/**
 * Returns the notice that a coupon takes nothing off what is paid now: `since` is the first date of what is,
 * null where nothing is.
 */
export function beginsLater(
  state: BillingState,
  redeemed: Discount | undefined,
  since: LocalDate | null,
): Notice[] {
  if (!redeemed?.coupon) return []
  const phases = phasesAhead(state)
  const kind = redeemed.appliesTo === 'fee' ? 'billing' : 'usage'
  const [first] = periodStarts(phases, kind, { from: redeemed.from, to: addMonths(redeemed.from, 240) })
  if (first === undefined || (since !== null && first <= since)) return []
  const { code } = redeemed.coupon
  return [
    {
      code: 'coupon_begins_later',
      detail: {
        'zh-CN': `优惠码 ${code} 从 ${first} 开始的账期起抵扣。`,
        en: `Coupon ${code} counts from the period that begins on ${first}.`,
      },
    },
  ]
}

/** Returns a warning for each percentage that takes its share of the fee of a longer interval. */
export async function percentagesOf(
  tx: BillingTransaction,
  state: BillingState,
  change: PlannedChange,
): Promise<Notice[]> {
  if (monthsOf(change.to.plan) <= monthsOf(change.from.plan)) return []
  const { discounts } = change.when === 'now' ? change.totals : await nextFeeTotals(tx, state, change)
  return discounts.flatMap(({ id, name, amount }): Notice[] => {
    const own = state.discounts.find((discount) => discount.id === id)
    if (own?.kind !== 'percent') return []
    const taken = amountText(amount, state.customer.currency)
    return [
      {
        code: 'percentage_of_interval',
        detail: {
          'zh-CN': `${name['zh-CN']}（${own.value}%）将抵扣 ${taken}：新的计费周期更长，按其金额计算。`,
          en: `${name.en} (${own.value}%) takes ${taken} off: the new interval is longer, and a percentage of it is more.`,
        },
      },
    ]
  })
}
