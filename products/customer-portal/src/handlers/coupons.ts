import { listRedemptions, redeemCoupon } from '@customer-portal/billing'
import { once, type App } from '@customer-portal/http'
import { CouponRedemption, List, RedemptionInput } from '@customer-portal/http/resources'
import type { ActFor } from '../caller.ts'
import type { CouponGuesses } from '../coupon-guesses.ts'

/** Coupons of the customer. */
export function couponRoutes(app: App, actFor: ActFor, guesses: CouponGuesses): void {
  app.get(
    '/coupons/redemptions',
    {
      config: { scope: 'portal:read' },
      schema: {
        summary: 'The coupons that were redeemed',
        tags: ['subscription'],
        description: 'The newest first, the latest 100.',
        response: { 200: List(CouponRedemption) },
      },
    },
    async (request) => {
      const { engine, customerId } = actFor(request)
      return listRedemptions(engine, { customerId })
    },
  )

  app.post(
    '/coupons/redemptions',
    {
      config: { scope: 'portal:write', idempotent: true },
      schema: {
        summary: 'Redeem a coupon',
        tags: ['subscription'],
        description:
          'It lowers the periods that begin from today on. To lower a first invoice, or that of a change, '
          + 'give `coupon` with it. After 10 wrong codes the answer is 429 `rate_limited` for some minutes.',
        body: RedemptionInput,
        response: { 201: CouponRedemption },
      },
    },
    async (request, reply) => {
      const caller = actFor(request)
      const { customerId, engine } = caller
      const { code } = request.body
      return guesses.guarded(customerId, code, engine.now(), () =>
        once(request, reply, caller, 201, (inside) => redeemCoupon(inside, { customerId, code })),
      )
    },
  )
}
