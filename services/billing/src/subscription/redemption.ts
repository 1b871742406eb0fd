import type { BillingTransaction } from '../engine.ts'
import { recordActivity } from '../activity/activity.ts'
import { couponCode, couponColumns, couponOf, type Coupon, type CouponRow } from '../catalogue/coupon.ts'
import type { Plan } from '../catalogue/plan.ts'
import { maxDiscounts, tooManyDiscounts, type Discount } from '../customer/discount.ts'
import { BillingError, type Code } from '../errors.ts'
import { currentPhase } from './phase.ts'
import type { Party } from './schedule.ts'
import type { BillingState } from './state.ts'
import { periodStarts, usagePeriods } from './timeline.ts'
import { addDays, type LocalDate } from '../values/date.ts'

/** Returns who redeems: calls of the portal run in the role of one customer. */
export const redeemerOf = ({ access }: BillingTransaction): Party =>
  access.role === 'portal' ? 'customer' : 'vendor'

/** A coupon that a command may redeem. A preview only reads it and counts no redemption. */
export interface FoundCoupon {
  coupon: Coupon
  isLocked: boolean
}

const refusal = (code: Code, message: string) => new BillingError(code, { pointer: '/coupon', message })

/**
 * Finds a coupon by what somebody typed. A command locks it before it locks the customer and takes a number
 * for an invoice, so that transactions wait for each other in one order. A code that never was one, an
 * archived one and one that is not redeemable yet are answered alike. Throws coupon_not_found.
 */
export async function findCoupon(
  tx: BillingTransaction,
  text: string,
  { isLocked }: { isLocked: boolean },
): Promise<FoundCoupon> {
  const code = couponCode(text)
  // No customer may look codes up, so their role does not read the table.
  const [row] =
    code === undefined
      ? []
      : await tx.asOwner(() =>
          tx.query<CouponRow>(
            `select ${couponColumns} from coupons where code = $1${isLocked ? ' for update' : ''}`,
            [code],
          ),
        )
  if (!row || row.archived) throw couponNotFound()
  return { coupon: couponOf(row), isLocked }
}

const couponNotFound = () => refusal('coupon_not_found', 'there is no such coupon: check the code')

/**
 * Redeems a coupon: it becomes a discount that begins with the first period on `from` or later. `plans` are
 * those the customer is on or moves to. The caller holds the customer's lock. Throws coupon_not_found,
 * coupon_expired, coupon_used_up, coupon_already_redeemed, coupon_first_time_only, coupon_not_for_plan,
 * too_many_discounts.
 */
export async function redeem(
  tx: BillingTransaction,
  state: BillingState,
  { coupon, isLocked }: FoundCoupon,
  { plans, from }: { plans: readonly Plan[]; from: LocalDate },
): Promise<Discount> {
  const { customerId } = state.customer
  const { code } = coupon
  const redeemed = await tx.query<{ code: string; discountId: string; firstTime: boolean }>(
    `select code, discount_id as "discountId", first_time as "firstTime"
      from coupon_redemptions
      where customer_id = $1`,
    [customerId],
  )
  const own = redeemed.filter((one) => one.code === code)
  await checkTerms(tx, state, coupon, {
    own: own.length,
    isFirstTime: !redeemed.some((one) => one.firstTime),
    plans,
  })
  const held = await tx.query<{ id: string }>('select id from discounts where customer_id = $1', [customerId])
  if (held.length >= maxDiscounts) throw tooManyDiscounts()
  const known = new Set([...held.map((one) => one.id), ...own.map((one) => one.discountId)])
  // A quote names its discounts: the preview and the command come to the same id.
  let place = own.length + 1
  while (known.has(`coupon-${code}-${place}`)) place += 1
  const id = `coupon-${code}-${place}`
  const discount: Discount = {
    id,
    name: coupon.name,
    kind: coupon.kind,
    value: coupon.value,
    appliesTo: coupon.appliesTo,
    from,
    until: null,
    coupon: { code, periods: coupon.periods, maxAmount: coupon.maxAmount, plans: coupon.plans },
  }
  await insertRedemption(tx, customerId, discount, { ordinal: own.length + 1, coupon })
  if (isLocked)
    await tx.asOwner(() =>
      tx.query('update coupons set redemptions = redemptions + 1 where code = $1', [code]),
    )
  await recordActivity(tx, { type: 'coupon.redeemed', customerId, subjectId: id })
  state.discounts = [...state.discounts, discount]
  return discount
}

async function checkTerms(
  tx: BillingTransaction,
  { customer, today }: BillingState,
  coupon: Coupon,
  { own, isFirstTime, plans }: { own: number; isFirstTime: boolean; plans: readonly Plan[] },
): Promise<void> {
  const { redeemFrom, redeemBy, maxRedemptions, currency } = coupon
  if (redeemFrom !== null && today < redeemFrom) throw couponNotFound()
  if (own >= coupon.perCustomer)
    throw refusal('coupon_already_redeemed', 'the customer has redeemed this coupon already')
  if (redeemBy !== null && today > redeemBy)
    throw refusal('coupon_expired', `the coupon was to be redeemed by ${redeemBy}`)
  if (maxRedemptions !== null && coupon.redemptions >= maxRedemptions)
    throw refusal('coupon_used_up', 'the coupon has been redeemed as often as it may be')
  if (coupon.firstTimeOnly && !(isFirstTime && (await hasNoInvoice(tx, customer.customerId))))
    throw refusal('coupon_first_time_only', 'the coupon is for customers who were never invoiced')
  if (currency !== null && currency !== customer.currency)
    throw refusal('coupon_not_for_plan', `the coupon is for accounts in ${currency}`)
  if (coupon.plans !== null && plans.length > 0 && !plans.some((plan) => coupon.plans!.includes(plan.id)))
    throw refusal('coupon_not_for_plan', `the coupon is for other plans: ${coupon.plans.join(', ')}`)
}

async function hasNoInvoice(tx: BillingTransaction, customerId: string): Promise<boolean> {
  const rows = await tx.query(
    `select from invoices
      where customer_id = $1 and voided_at is null and kind <> 'credit_note'
      limit 1`,
    [customerId],
  )
  return rows.length === 0
}

async function insertRedemption(
  tx: BillingTransaction,
  customerId: string,
  discount: Discount,
  { ordinal, coupon }: { ordinal: number; coupon: Coupon },
): Promise<void> {
  await tx.query(
    `insert into discounts (
        customer_id, id, name, kind, value, applies_to, from_on, until_on, created_at, coupon_code, periods,
        max_amount, plans
      )
      values ($1, $2, $3, $4, $5, $6, $7, null, $8, $9, $10, $11, $12)`,
    [
      customerId,
      discount.id,
      JSON.stringify(discount.name),
      discount.kind,
      String(discount.value),
      discount.appliesTo,
      discount.from,
      tx.at,
      coupon.code,
      coupon.periods,
      coupon.maxAmount,
      coupon.plans === null ? null : JSON.stringify(coupon.plans),
    ],
  )
  await tx.query(
    `insert into coupon_redemptions (
        customer_id, code, ordinal, discount_id, first_time, redeemed_by, redeemed_at
      )
      values ($1, $2, $3, $4, $5, $6, $7)`,
    [customerId, coupon.code, ordinal, discount.id, coupon.firstTimeOnly, redeemerOf(tx), tx.at],
  )
}

/**
 * Returns the first date from which periods count for a coupon that is redeemed now: today, unless the fee of
 * a period that begins today is invoiced already.
 */
export function countsFrom(state: BillingState): LocalDate {
  const { phases, today, closed } = state
  const current = currentPhase(state)
  const tomorrow = addDays(today, 1)
  if (!current || periodStarts([current], 'usage', { from: today, to: tomorrow }).length === 0) return today
  const before = usagePeriods(phases, today).find((period) => period.to === today)
  return before && !closed.has(before.from) ? today : tomorrow
}
