import type { Engine } from '../../engine.ts'
import { onCustomer } from '../../billing-run/run.ts'
import { BillingError } from '../../errors.ts'
import { readBillingState } from '../../subscription/state.ts'
import { maxDiscounts, tooManyDiscounts, type Discount } from '../../customer/discount.ts'
import { isDate, type LocalDate } from '../../values/date.ts'
import { isDiscountPercent } from '../../pricing/discount.ts'
import { localized, type LocalizedText } from '../../values/localized-text.ts'

export interface DiscountInput {
  customerId: string
  discountId: string
  name?: string | LocalizedText
  kind: Discount['kind']
  value: number | string
  appliesTo: Discount['appliesTo']
  from: LocalDate
  until?: LocalDate | null
}

/**
 * Creates a discount or changes the one with its id, which keeps its place in the order. Issued documents,
 * and those due before, keep theirs. Throws invalid_discount, too_many_discounts.
 */
export async function putDiscount(engine: Engine, input: DiscountInput): Promise<Discount> {
  const discount = discountFrom(input)
  // What fell due before is issued with the old discounts.
  return onCustomer(engine, input.customerId, {}, async (tx) => {
    const existing = await tx.query<{ id: string; coupon: string | null }>(
      'select id, coupon_code as coupon from discounts where customer_id = $1',
      [input.customerId],
    )
    if (existing.some((one) => one.id === discount.id && one.coupon !== null))
      throw new BillingError('invalid_discount', {
        pointer: '/discountId',
        message: `'${discount.id}' is a redeemed coupon: it can be deleted, and another discount be given`,
      })
    if (existing.filter((one) => one.id !== discount.id).length >= maxDiscounts) throw tooManyDiscounts()
    await tx.query(
      `insert into discounts (customer_id, id, name, kind, value, applies_to, from_on, until_on, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        on conflict (customer_id, id)
          do update set name = excluded.name, kind = excluded.kind, value = excluded.value,
          applies_to = excluded.applies_to, from_on = excluded.from_on, until_on = excluded.until_on`,
      [
        input.customerId,
        discount.id,
        JSON.stringify(discount.name),
        discount.kind,
        String(discount.value),
        discount.appliesTo,
        discount.from,
        discount.until,
        tx.at,
      ],
    )
    return discount
  })
}

/** Ends a discount for everything not issued yet. Throws discount_not_found. */
export async function deleteDiscount(
  engine: Engine,
  input: { customerId: string; discountId: string },
): Promise<void> {
  await onCustomer(engine, input.customerId, {}, async (tx) => {
    const deleted = await tx.query('delete from discounts where customer_id = $1 and id = $2 returning id', [
      input.customerId,
      input.discountId,
    ])
    if (deleted.length === 0)
      throw new BillingError('discount_not_found', {
        discountId: input.discountId,
        message: `customer '${input.customerId}' has no discount '${input.discountId}'`,
      })
  })
}

/** Lists a customer's discounts in the order they apply, at most 50. Throws customer_not_found. */
export async function listDiscounts(
  engine: Engine,
  input: { customerId: string },
): Promise<{ data: Discount[] }> {
  return engine.transaction(
    async (tx) => ({ data: (await readBillingState(tx, input.customerId)).discounts }),
    { readOnly: true },
  )
}

/** Validates a discount and fills in its defaults. Throws invalid_discount. */
export function discountFrom({
  discountId: id,
  kind,
  value,
  appliesTo,
  from,
  until = null,
  name,
}: DiscountInput): Discount {
  const refuse = (pointer: string, message: string): never => {
    throw new BillingError('invalid_discount', { pointer, message })
  }
  if (
    kind === 'fixed'
    && !(typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= maxFixedAmount)
  )
    refuse(
      '/value',
      `a fixed discount is a whole number of minor units from 1 to ${maxFixedAmount}, not ${JSON.stringify(value)}`,
    )
  if (kind === 'percent' && !(typeof value === 'string' && isDiscountPercent(value)))
    refuse(
      '/value',
      'a percentage is a decimal text above "0" and at most "100", such as "12.5", '
        + `not ${JSON.stringify(value)}`,
    )
  if (!isCounted(from)) refuse('/from', `'${from}' is not a date YYYY-MM-DD`)
  if (until !== null && !(isCounted(until) && until >= from))
    refuse(
      '/until',
      `until must be a date on or after from (${from}): it is the last date on which the discount holds`,
    )
  return {
    id,
    name: name === undefined ? nameOf(kind, value, appliesTo) : localized(name),
    kind,
    value,
    appliesTo,
    from,
    until,
  }
}

/** A date that PostgreSQL has too: years start with 1. */
function isCounted(date: LocalDate): boolean {
  return isDate(date) && date >= '0001-01-01'
}

const maxFixedAmount = 1_000_000_000_000

const scopeNames = {
  all: { 'zh-CN': '', en: '' },
  fee: { 'zh-CN': '套餐费', en: ' on fees' },
  usage: { 'zh-CN': '用量', en: ' on usage' },
}

function nameOf(
  kind: Discount['kind'],
  value: number | string,
  appliesTo: Discount['appliesTo'],
): LocalizedText {
  const { 'zh-CN': zh, en } = scopeNames[appliesTo]
  return kind === 'percent'
    ? { 'zh-CN': `${zh}折扣 ${value}%`, en: `${value}% discount${en}` }
    : { 'zh-CN': `${zh}优惠`, en: `Discount${en}` }
}
