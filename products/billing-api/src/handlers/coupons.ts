import {
  getCoupon,
  listCoupons,
  listRedemptions,
  putCoupon,
  redeemCoupon,
  withUnprintable,
  type Engine,
} from '@customer-portal/billing'
import { once, PageQuery, type App } from '@customer-portal/http'
import {
  CouponCode,
  CouponRedemption,
  List,
  Page,
  RedemptionInput,
  WithNotices,
} from '@customer-portal/http/resources'
import { Type } from 'typebox'
import type { AskerOf } from '../caller.ts'
import { Coupon, CouponInput } from '../contract.ts'

const CouponPath = Type.Object({ code: CouponCode })
const CustomerPath = Type.Object({ customerId: Type.String() })

/** Coupons by code, and what customers redeemed. */
export function couponRoutes(app: App, engine: Engine, askerOf: AskerOf): void {
  app.put(
    '/coupons/:code',
    {
      config: { scope: 'catalogue:write', idempotent: true },
      schema: {
        summary: 'Create a coupon, or change it',
        tags: ['catalogue'],
        description:
          'Customers redeem it by its code, which is stored in upper case. A change counts for later '
          + 'redemptions; a code is never deleted, only archived.',
        params: CouponPath,
        body: CouponInput,
        response: { 200: WithNotices(Coupon) },
      },
    },
    async (request, reply) =>
      once(request, reply, askerOf(request), 200, async (inside) =>
        withUnprintable(await putCoupon(inside, { ...request.params, ...request.body }), request.body.name),
      ),
  )

  app.get(
    '/coupons',
    {
      config: { scope: 'catalogue:read' },
      schema: {
        summary: 'All coupons',
        tags: ['catalogue'],
        description: 'The newest first, archived ones too.',
        querystring: PageQuery,
        response: { 200: Page(Coupon) },
      },
    },
    async (request) => listCoupons(engine, request.query),
  )

  app.get(
    '/coupons/:code',
    {
      config: { scope: 'catalogue:read' },
      schema: {
        summary: 'A coupon',
        tags: ['catalogue'],
        params: CouponPath,
        response: { 200: Coupon },
      },
    },
    async (request) => getCoupon(engine, request.params),
  )

  app.get(
    '/customers/:customerId/coupons/redemptions',
    {
      config: { scope: 'customers:read' },
      schema: {
        summary: 'The coupons a customer has redeemed',
        tags: ['customers'],
        description: 'The newest first, the latest 100.',
        params: CustomerPath,
        response: { 200: List(CouponRedemption) },
      },
    },
    async (request) => listRedemptions(engine, request.params),
  )

  app.post(
    '/customers/:customerId/coupons/redemptions',
    {
      config: { scope: 'customers:write', idempotent: true },
      schema: {
        summary: 'Redeem a coupon for a customer',
        tags: ['customers'],
        description:
          'It becomes a discount of the periods that begin from today on. To lower a first invoice, or that '
          + 'of a change, give `coupon` with the subscription or the change.',
        params: CustomerPath,
        body: RedemptionInput,
        response: { 201: CouponRedemption },
      },
    },
    async (request, reply) => {
      const { customerId } = request.params
      return once(request, reply, askerOf(request, customerId), 201, (inside) =>
        redeemCoupon(inside, { customerId, code: request.body.code }),
      )
    },
  )
}
