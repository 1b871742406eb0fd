import type { Engine } from '../../engine.ts'
import { onCustomer } from '../../billing-run/run.ts'
import type { Discount } from '../../customer/discount.ts'
import { periodsBegun } from '../../invoicing/document/coupon-period.ts'
import { currentPhase } from '../../subscription/phase.ts'
import { countsFrom, findCoupon, redeem, redeemerOf } from '../../subscription/redemption.ts'
import type { Party } from '../../subscription/schedule.ts'
import { readBillingState, type BillingState } from '../../subscription/state.ts'
import { addDays } from '../../values/date.ts'
import type { Instant } from '../../values/instant.ts'

/** A coupon a customer has redeemed. */
export interface CouponRedemption {
  code: string
  redeemedAt: Instant
  redeemedBy: Party
  /** What it became; null where the vendor took it away. */
  discount: Discount | null
  /** How many of its periods have not begun; null where it holds for ever. */
  periodsLeft: number | null
}

/**
 * Redeems a coupon for a customer, with or without a subscription. It lowers what is invoiced from the next
 * period on. Throws as `redeem` does.
 */
export async function redeemCoupon(
  engine: Engine,
  input: { customerId: string; code: string },
): Promise<CouponRedemption> {
  return engine.transaction(async (tx) => {
    const found = await findCoupon(tx, input.code, { isLocked: true })
    return onCustomer(tx, input.customerId, {}, async (inside, state) => {
      const current = currentPhase(state)
      const plans = current
        ? [current.plan, ...state.waiting.flatMap(({ change }) => (change ? [change.plan] : []))]
        : []
      const discount = await redeem(inside, state, found, { plans, from: countsFrom(state) })
      return {
        code: found.coupon.code,
        redeemedAt: inside.at,
        redeemedBy: redeemerOf(inside),
        ...leftOf(state, discount),
      }
    })
  })
}

/** Lists what a customer has redeemed, newest first, the latest 100. Throws customer_not_found. */
export async function listRedemptions(
  engine: Engine,
  input: { customerId: string },
): Promise<{ data: CouponRedemption[] }> {
  return engine.transaction(
    async (tx) => {
      const state = await readBillingState(tx, input.customerId)
      const rows = await tx.query<
        Omit<CouponRedemption, 'discount' | 'periodsLeft'> & { discountId: string }
      >(
        `select code, redeemed_at as "redeemedAt", redeemed_by as "redeemedBy", discount_id as "discountId"
          from coupon_redemptions
          where customer_id = $1
          order by redeemed_at desc, code desc, ordinal desc
          limit 100`,
        [input.customerId],
      )
      return {
        data: rows.map(({ discountId, ...row }) => ({
          ...row,
          ...leftOf(
            state,
            state.discounts.find((one) => one.id === discountId),
          ),
        })),
      }
    },
    { readOnly: true },
  )
}

function leftOf(
  { phases, today }: BillingState,
  discount: Discount | undefined,
): Pick<CouponRedemption, 'discount' | 'periodsLeft'> {
  const periods = discount?.coupon?.periods ?? null
  return {
    discount: discount ?? null,
    periodsLeft:
      discount === undefined
        ? 0
        : periods && Math.max(0, periods - periodsBegun(discount, phases, addDays(today, 1))),
  }
}
