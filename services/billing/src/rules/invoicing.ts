import { add, decimal, fraction, money, round, sum, type Fraction, type Money } from './money.ts'

export type TaxMode = 'exclusive' | 'inclusive'

export interface TaxedAmount {
  amount: Money
  taxRate: string
  taxMode: TaxMode
}

/** Tax of one rate and mode: `base` is the sum of those lines (without the tax when it is exclusive, with it when inclusive). */
export interface TaxTotal {
  rate: string
  mode: TaxMode
  base: Money
  amount: Money
}

export interface Totals {
  subtotal: Money
  discountTotal: Money
  taxes: TaxTotal[]
  taxTotal: Money
  total: Money
  creditApplied: Money
}

/** Lines → tax per (rate, mode) on the summed base, rounded once per rate, negative bases included → total → credit off it. */
export function totals(lines: readonly TaxedAmount[], creditBalance: Money): Totals {
  const subtotal = sum(lines.map((line) => line.amount))
  const taxes = taxesOf(lines)
  const added = sum(taxes.filter((tax) => tax.mode === 'exclusive').map((tax) => tax.amount))
  const total = money(subtotal + added)
  return { subtotal, discountTotal: 0, taxes, taxTotal: sum(taxes.map((tax) => tax.amount)), total, creditApplied: Math.max(0, Math.min(total, creditBalance)) }
}

function taxesOf(lines: readonly TaxedAmount[]): TaxTotal[] {
  const bases = new Map<string, TaxTotal>()
  for (const { taxRate, taxMode, amount } of lines) {
    const key = `${taxMode} ${taxRate}`
    const tax = bases.get(key) ?? { rate: taxRate, mode: taxMode, base: 0, amount: 0 }
    bases.set(key, { ...tax, base: money(tax.base + amount) })
  }
  return [...bases.values()].map((tax) => ({ ...tax, amount: taxOn(tax.base, tax.rate, tax.mode) }))
}

/** base × rate for exclusive tax; base × rate ÷ (100 + rate), the part already inside, for inclusive. */
export function taxOn(base: Money, rate: string, mode: TaxMode): Money {
  const percent = decimal(rate)
  const whole: Fraction = mode === 'exclusive' ? fraction(100n, 1n) : add(percent, fraction(100n, 1n))
  return round(fraction(BigInt(base) * percent.numerator * whole.denominator, percent.denominator * whole.numerator))
}
