import { add, decimal, fraction, money, round, sum, times, zero, type Fraction, type Money } from './money.ts'

export type TaxMode = 'exclusive' | 'inclusive'

/** An amount, what discounts took off it (never below zero, nothing where it is absent), and its tax. */
export interface TaxedAmount {
  amount: Money
  discount?: Money
  taxRate: string
  taxMode: TaxMode
}

/** Tax of one rate and mode: `base` is what those lines come to after discounts and without the tax, in both modes. */
export interface TaxTotal {
  rate: string
  mode: TaxMode
  base: Money
  amount: Money
}

/** What one discount took off a document. */
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
 * Lines → what discounts took off them → tax per (rate, mode) on the summed base, rounded once per rate, negative bases included → total → credit
 * off it. `discounts` says by whom the lines' discounts were taken.
 */
export function totals(lines: readonly TaxedAmount[], creditBalance: Money, discounts: readonly DiscountTotal[] = []): Totals {
  const subtotal = sum(lines.map((line) => line.amount))
  const discountTotal = sum(lines.map((line) => line.discount ?? 0))
  const taxes = taxesOf(lines)
  const added = sum(taxes.filter((tax) => tax.mode === 'exclusive').map((tax) => tax.amount))
  const total = money(subtotal - discountTotal + added)
  return { subtotal, discounts: [...discounts], discountTotal, taxes, taxTotal: sum(taxes.map((tax) => tax.amount)), total, creditApplied: Math.max(0, Math.min(total, creditBalance)) }
}

function taxesOf(lines: readonly TaxedAmount[]): TaxTotal[] {
  const { taxes } = taxesOn(lines.map((line) => ({ base: fraction(BigInt(netOf(line)), 1n), taxRates: [line.taxRate], mode: line.taxMode })))
  return taxes.map((tax) => {
    const whole = sum(lines.filter((line) => line.taxRate === tax.rate && line.taxMode === tax.mode).map(netOf))
    return { rate: tax.rate, mode: tax.mode, base: withoutTax(whole, tax), amount: tax.amount }
  })
}

/** An amount without a tax: less the tax where it is inside. */
export function withoutTax(amount: Money, tax: { mode: TaxMode; amount: Money }): Money {
  return tax.mode === 'inclusive' ? money(amount - tax.amount) : amount
}

/** What is left of an amount after discounts. */
export function netOf(line: Pick<TaxedAmount, 'amount' | 'discount'>): Money {
  return money(line.amount - (line.discount ?? 0))
}

/** An exact base and the taxes it carries; an inclusive base holds all of them. */
export interface TaxedBase {
  base: Fraction
  taxRates: readonly string[]
  mode: TaxMode
}

/** The tax of each rate and mode on the sum of the bases that carry it, rounded once, and the exact tax of each base. */
export function taxesOn(bases: readonly TaxedBase[]): { taxes: { rate: string; mode: TaxMode; amount: Money }[]; exact: Fraction[] } {
  const sums = new Map<string, { rate: string; mode: TaxMode; tax: Fraction }>()
  const exact = bases.map(({ base, taxRates, mode }) => {
    const all = taxRates.map(decimal).reduce(add, zero)
    const whole = mode === 'exclusive' ? fraction(100n, 1n) : add(all, fraction(100n, 1n))
    return taxRates.map((rate) => {
      const tax = times(times(base, decimal(rate)), fraction(whole.denominator, whole.numerator))
      const key = `${mode} ${rate}`
      sums.set(key, { rate, mode, tax: add(sums.get(key)?.tax ?? zero, tax) })
      return tax
    }).reduce(add, zero)
  })
  return { taxes: [...sums.values()].map(({ rate, mode, tax }) => ({ rate, mode, amount: round(tax) })), exact }
}

/** base × rate for exclusive tax; base × rate ÷ (100 + rate), the part already inside, for inclusive. */
export function taxOn(base: Money, rate: string, mode: TaxMode): Money {
  return sum(taxesOn([{ base: fraction(BigInt(base), 1n), taxRates: [rate], mode }]).taxes.map((tax) => tax.amount))
}
