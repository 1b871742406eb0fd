import { discountsOn, spread, type Discount } from './discount.ts'
import { taxesOn, type TaxMode } from './invoicing.ts'
import { add, fraction, money, round, sum, times, zero, type Money } from './money.ts'

/** A line that carries any number of taxes, each a percentage. */
export interface ManyTaxLine {
  id: string
  amount: Money
  taxRates: readonly string[]
}

export interface DocumentTotals {
  subtotal: Money
  discountTotal: Money
  /** By line. */
  discounts: Money[]
  taxes: { rate: string; amount: Money }[]
  /** The tax total divided among the lines by what each carries, by largest remainder. */
  lineTaxes: Money[]
  taxTotal: Money
  /** Without tax. */
  net: Money
  total: Money
}

/** Lines → discounts → each tax on the sum of the lines that carry it, rounded once per rate → total. Inclusive amounts hold all the taxes of their line. */
export function documentTotals(lines: readonly ManyTaxLine[], mode: TaxMode, discounts: readonly Discount[]): DocumentTotals {
  const taken = discountsOn(lines, discounts)
  const subtotal = sum(lines.map((line) => line.amount))
  const discountTotal = sum(taken)
  const { taxes, exact } = taxesOn(lines.map((line, index) => ({ base: fraction(BigInt(line.amount - taken[index]!), 1n), taxRates: line.taxRates, mode })))
  const taxTotal = sum(taxes.map((tax) => tax.amount))
  const discounted = money(subtotal - discountTotal)
  const inside = mode === 'inclusive'
  return {
    subtotal, discountTotal, discounts: taken, taxes: taxes.map(({ rate, amount }) => ({ rate, amount })), taxTotal, lineTaxes: spread(taxTotal, exact),
    net: inside ? money(discounted - taxTotal) : discounted,
    total: inside ? discounted : money(discounted + taxTotal),
  }
}

export interface CreditNoteTotals {
  discountAdjustment: Money
  subtotal: Money
  taxTotal: Money
  total: Money
}

/**
 * A credit note on some amounts of an invoice's lines: each gives back its share of the line's discount and carries the line's taxes. The note
 * that credits the last of an invoice takes the rest of its tax, so that all notes add up to it.
 */
export function creditNoteTotals(
  invoice: { lines: readonly ManyTaxLine[]; mode: TaxMode; discounts: readonly Discount[] },
  items: readonly { lineId: string; amount: Money }[], earlier: readonly { subtotal: Money; taxTotal: Money }[] = [],
): CreditNoteTotals {
  const whole = documentTotals(invoice.lines, invoice.mode, invoice.discounts)
  const credited = items.map((item) => {
    const index = invoice.lines.findIndex((line) => line.id === item.lineId)
    const line = invoice.lines[index]!
    const discount = line.amount === 0 ? zero : fraction(BigInt(whole.discounts[index]!) * BigInt(item.amount) * BigInt(Math.sign(line.amount)), BigInt(Math.abs(line.amount)))
    return { discount, base: add(fraction(BigInt(item.amount), 1n), times(discount, fraction(-1n, 1n))), taxRates: line.taxRates, mode: invoice.mode }
  })
  const discountAdjustment = round(credited.map((one) => one.discount).reduce(add, zero))
  const subtotal = money(sum(items.map((item) => item.amount)) - discountAdjustment)
  const closes = sum([...earlier.map((note) => note.subtotal), subtotal]) === money(whole.subtotal - whole.discountTotal)
  const taxTotal = closes
    ? money(whole.taxTotal - sum(earlier.map((note) => note.taxTotal)))
    : sum(taxesOn(credited).taxes.map((tax) => tax.amount))
  return { discountAdjustment, subtotal, taxTotal, total: invoice.mode === 'inclusive' ? subtotal : money(subtotal + taxTotal) }
}

/** An amount without and with a tax that is known: the amount holds it (inclusive) or it comes on top. */
export function taxSplit(amount: Money, tax: Money, mode: TaxMode): { net: Money; total: Money } {
  return mode === 'inclusive' ? { net: money(amount - tax), total: amount } : { net: amount, total: money(amount + tax) }
}

/** Account credit against what is due: what it takes off, what stays due, and what is left of it. */
export function applyCredit(due: Money, balance: Money): { applied: Money; due: Money; left: Money } {
  const applied = Math.max(0, Math.min(due, balance))
  return { applied, due: money(due - applied), left: money(balance - applied) }
}
