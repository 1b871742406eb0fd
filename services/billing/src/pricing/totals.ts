import { add, decimal, fraction, money, round, sum, times, type Money } from '../values/money.ts'

export type TaxMode = 'exclusive' | 'inclusive'

/** An amount, the discounts on it (0 to the amount; absent: none), and its tax. */
export interface TaxedAmount {
  amount: Money
  discount?: Money
  taxRate: string
  taxMode: TaxMode
}

/**
 * The tax of one rate and mode: `base` is the sum of its lines after discounts, without the tax, in both
 * modes.
 */
export interface TaxTotal {
  rate: string
  mode: TaxMode
  base: Money
  amount: Money
}

/** The amount one discount took off a document. */
export interface DiscountTotal {
  id: string
  name: { 'zh-CN': string; en: string }
  amount: Money
}

export interface Totals {
  subtotal: Money
  discounts: DiscountTotal[]
  discountTotal: Money
  taxes: TaxTotal[]
  taxTotal: Money
  total: Money
  creditApplied: Money
}

/**
 * Computes a document: lines → discounts → tax per (rate, mode) on the summed base, rounded once per rate,
 * negative bases included → total → credit off it. `discounts` names the discounts that the lines carry.
 */
export function totals(
  lines: readonly TaxedAmount[],
  creditBalance: Money,
  discounts: readonly DiscountTotal[] = [],
): Totals {
  const subtotal = sum(lines.map((line) => line.amount))
  const discountTotal = sum(lines.map((line) => line.discount ?? 0))
  const taxes = taxesOf(lines)
  const added = sum(taxes.filter((tax) => tax.mode === 'exclusive').map((tax) => tax.amount))
  const total = money(subtotal - discountTotal + added)
  return {
    subtotal,
    discounts: [...discounts],
    discountTotal,
    taxes,
    taxTotal: sum(taxes.map((tax) => tax.amount)),
    total,
    creditApplied: Math.max(0, Math.min(total, creditBalance)),
  }
}

function taxesOf(lines: readonly TaxedAmount[]): TaxTotal[] {
  const wholes = new Map<string, { rate: string; mode: TaxMode; whole: Money }>()
  for (const line of lines) {
    const { taxRate: rate, taxMode: mode } = line
    const key = `${mode} ${rate}`
    wholes.set(key, { rate, mode, whole: sum([wholes.get(key)?.whole ?? 0, netOf(line)]) })
  }
  return [...wholes.values()].map(({ rate, mode, whole }) => {
    const amount = taxOn(whole, rate, mode)
    return { rate, mode, base: withoutTax(whole, { mode, amount }), amount }
  })
}

/** Returns an amount without its tax: inclusive tax is subtracted. */
export function withoutTax(amount: Money, tax: { mode: TaxMode; amount: Money }): Money {
  return tax.mode === 'inclusive' ? money(amount - tax.amount) : amount
}

/** Returns an amount after its discounts. */
export function netOf(line: Pick<TaxedAmount, 'amount' | 'discount'>): Money {
  return money(line.amount - (line.discount ?? 0))
}

/**
 * Returns base × rate for exclusive tax and base × rate ÷ (100 + rate) for inclusive tax, which is part of
 * the base. Rounded once.
 */
export function taxOn(base: Money, rate: string, mode: TaxMode): Money {
  const percent = decimal(rate)
  const whole = mode === 'exclusive' ? hundred : add(percent, hundred)
  return round(
    times(times(fraction(BigInt(base), 1n), percent), fraction(whole.denominator, whole.numerator)),
  )
}

const hundred = fraction(100n, 1n)
