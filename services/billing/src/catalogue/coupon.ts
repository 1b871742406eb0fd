import type { Engine } from '../engine.ts'
import { BillingError } from '../errors.ts'
import { isDiscountPercent } from '../pricing/discount.ts'
import { isCurrency } from '../values/money.ts'
import { decodeCursor, encodeCursor, pageLimit, type Page } from '../values/cursor.ts'
import { isDate, type LocalDate } from '../values/date.ts'
import type { Instant } from '../values/instant.ts'
import { localized, type LocalizedText } from '../values/localized-text.ts'
import type { Money } from '../values/money.ts'

/** A discount that customers redeem by code: its terms for later redemptions, and how many there were. */
export interface Coupon {
  /** Upper case, of A to Z, 0 to 9 and hyphens. */
  code: string
  name: LocalizedText
  kind: 'fixed' | 'percent'
  /** Minor units of a period, or a percentage as decimal text such as "12.5". */
  value: Money | string
  /** The most a percentage takes of a period. */
  maxAmount: Money | null
  /** The currency of amounts: only accounts in it redeem the code. Null for a percentage without one. */
  currency: string | null
  appliesTo: 'all' | 'fee' | 'usage'
  /** In how many periods, from the redemption on, it takes its amount: 1 is once, null for ever. */
  periods: number | null
  /** The first and the last date on which it is redeemed, on the customer's calendar. */
  redeemFrom: LocalDate | null
  redeemBy: LocalDate | null
  maxRedemptions: number | null
  perCustomer: number
  /** The plans whose lines it lowers; null: all. */
  plans: string[] | null
  firstTimeOnly: boolean
  archived: boolean
  redemptions: number
  createdAt: Instant
}

export type CouponInput = Partial<Omit<Coupon, 'code' | 'name' | 'redemptions' | 'createdAt'>>
  & Pick<Coupon, 'code' | 'kind' | 'value'> & { name?: string | LocalizedText }

/** What a code may be at most, and its terms. */
export const couponLimits = {
  characters: 40,
  amount: 1_000_000_000_000,
  periods: 120,
  redemptions: 1_000_000_000,
  perCustomer: 50,
  plans: 50,
}

/**
 * Returns a code as it is stored, or undefined for what cannot be one: people type it in another case, with
 * spaces, or full-width from a Chinese keyboard.
 */
export function couponCode(text: string): string | undefined {
  if (text.length > 2 * couponLimits.characters) return undefined
  const code = text.normalize('NFKC').replace(/\s/g, '').toUpperCase()
  return /^[A-Z0-9][A-Z0-9-]{1,38}[A-Z0-9]$/.test(code) ? code : undefined
}

/**
 * Creates a coupon or changes the terms of later redemptions; what was redeemed keeps its own. Throws
 * invalid_coupon, invalid_currency and plan_not_found.
 */
export async function putCoupon(engine: Engine, input: CouponInput): Promise<Coupon> {
  const coupon = couponFrom(input)
  return engine.transaction(async (tx) => {
    const known = await tx.query<{ id: string }>('select distinct id from plans where id = any($1)', [
      coupon.plans ?? [],
    ])
    const unknown = coupon.plans?.find((id) => !known.some((plan) => plan.id === id))
    if (unknown !== undefined)
      throw new BillingError('plan_not_found', {
        pointer: '/plans',
        planId: unknown,
        message: `there is no plan '${unknown}'`,
      })
    const [row] = await tx.query<CouponRow>(
      `insert into coupons (
          code, name, kind, value, max_amount, currency, applies_to, periods, redeem_from, redeem_by,
          max_redemptions, per_customer, plans, first_time_only, archived, created_at
        )
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
        on conflict (code)
          do update set name = excluded.name, kind = excluded.kind, value = excluded.value,
          max_amount = excluded.max_amount, currency = excluded.currency, applies_to = excluded.applies_to,
          periods = excluded.periods, redeem_from = excluded.redeem_from, redeem_by = excluded.redeem_by,
          max_redemptions = excluded.max_redemptions, per_customer = excluded.per_customer,
          plans = excluded.plans, first_time_only = excluded.first_time_only, archived = excluded.archived
        returning ${couponColumns}`,
      [
        coupon.code,
        JSON.stringify(coupon.name),
        coupon.kind,
        String(coupon.value),
        coupon.maxAmount,
        coupon.currency,
        coupon.appliesTo,
        coupon.periods,
        coupon.redeemFrom,
        coupon.redeemBy,
        coupon.maxRedemptions,
        coupon.perCustomer,
        coupon.plans === null ? null : JSON.stringify(coupon.plans),
        coupon.firstTimeOnly,
        coupon.archived,
        tx.at,
      ],
    )
    return couponOf(row!)
  })
}

/** Returns a coupon with its number of redemptions. Throws coupon_not_found. */
export async function getCoupon(engine: Engine, input: { code: string }): Promise<Coupon> {
  const code = couponCode(input.code)
  const [row] =
    code === undefined
      ? []
      : await engine.transaction(
          (tx) => tx.query<CouponRow>(`select ${couponColumns} from coupons where code = $1`, [code]),
          { readOnly: true },
        )
  if (!row)
    throw new BillingError('coupon_not_found', { code: input.code, message: 'there is no such coupon' })
  return couponOf(row)
}

/** Lists the coupons, newest first. */
export async function listCoupons(
  engine: Engine,
  input: { cursor?: string; limit?: number } = {},
): Promise<Page<Coupon>> {
  const limit = pageLimit(input.limit)
  const [at = null, code = null] = decodeCursor(input.cursor, 2) ?? []
  const rows = await engine.transaction(
    (tx) =>
      tx.query<CouponRow>(
        `select ${couponColumns}
          from coupons
          where $1::timestamptz is null or (created_at, code) < ($1, $2)
          order by created_at desc, code desc
          limit $3`,
        [at, code, limit + 1],
      ),
    { readOnly: true },
  )
  const data = rows.slice(0, limit).map(couponOf)
  const last = data.at(-1)
  return { data, nextCursor: rows.length > limit && last ? encodeCursor([last.createdAt, last.code]) : null }
}

/** Validates a coupon and fills in its defaults. Throws invalid_coupon and invalid_currency. */
function couponFrom(input: CouponInput): Omit<Coupon, 'redemptions' | 'createdAt'> {
  const refuse = (pointer: string, message: string): never => {
    throw new BillingError('invalid_coupon', { pointer, message })
  }
  const whole = (pointer: string, value: unknown, most: number) => {
    if (!(typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= most))
      refuse(pointer, `${pointer.slice(1)} is a whole number from 1 to ${most}`)
  }
  const code =
    couponCode(input.code)
    ?? refuse(
      '/code',
      'a code is 3 to 40 letters A to Z, digits and hyphens, and neither begins nor ends with one',
    )
  const { kind, value, maxAmount = null, periods = 1, redeemFrom = null, redeemBy = null } = input
  const { maxRedemptions = null, perCustomer = 1, plans = null } = input
  if (kind === 'fixed') whole('/value', value, couponLimits.amount)
  else if (!(typeof value === 'string' && isDiscountPercent(value)))
    refuse('/value', 'a percentage is a decimal text above "0" and at most "100", such as "12.5"')
  if (maxAmount !== null && kind === 'fixed') refuse('/maxAmount', 'only a percentage has a maxAmount')
  if (maxAmount !== null) whole('/maxAmount', maxAmount, couponLimits.amount)
  const hasAmount = kind === 'fixed' || maxAmount !== null
  const currency = hasAmount ? (input.currency ?? 'CNY') : (input.currency ?? null)
  if (currency !== null && !isCurrency(currency))
    throw new BillingError('invalid_currency', {
      pointer: '/currency',
      currency,
      message: `'${currency}' is not an ISO 4217 currency`,
    })
  if (periods !== null) whole('/periods', periods, couponLimits.periods)
  if (maxRedemptions !== null) whole('/maxRedemptions', maxRedemptions, couponLimits.redemptions)
  whole('/perCustomer', perCustomer, couponLimits.perCustomer)
  for (const [pointer, date] of [
    ['/redeemFrom', redeemFrom],
    ['/redeemBy', redeemBy],
  ] as const)
    if (date !== null && !(isDate(date) && date >= '0001-01-01'))
      refuse(pointer, `'${date}' is not a date YYYY-MM-DD`)
  if (redeemFrom !== null && redeemBy !== null && redeemBy < redeemFrom)
    refuse('/redeemBy', `redeemBy must be redeemFrom (${redeemFrom}) or later: it is the last date`)
  if (plans !== null && (plans.length === 0 || plans.length > couponLimits.plans))
    refuse('/plans', `name 1 to ${couponLimits.plans} plans, or leave plans out for all of them`)
  return {
    code,
    name:
      input.name === undefined ? { 'zh-CN': `优惠码 ${code}`, en: `Coupon ${code}` } : localized(input.name),
    kind,
    value,
    maxAmount,
    currency,
    appliesTo: input.appliesTo ?? 'all',
    periods,
    redeemFrom,
    redeemBy,
    maxRedemptions,
    perCustomer,
    plans: plans && [...new Set(plans)],
    firstTimeOnly: input.firstTimeOnly ?? false,
    archived: input.archived ?? false,
  }
}

export const couponColumns = `code, name, kind, value, max_amount as "maxAmount", currency,
  applies_to as "appliesTo", periods, redeem_from as "redeemFrom", redeem_by as "redeemBy",
  max_redemptions as "maxRedemptions", per_customer as "perCustomer", plans,
  first_time_only as "firstTimeOnly", archived, redemptions, created_at as "createdAt"`

export type CouponRow = Omit<Coupon, 'value'> & { value: string }

/** Returns the coupon of a stored row. */
export function couponOf(row: CouponRow): Coupon {
  return { ...row, value: row.kind === 'fixed' ? Number(row.value) : row.value }
}
