import {
  amountDecimal, applyCredit, creditNoteTotals, creditWithin, currencyDigits, decimalsOf, discountsOn, documentTotals, fraction, inProportion, parseAmount, shareOf, spread, sum, taxOn, taxSplit, weightsOf,
  type Discount, type ManyTaxLine, type TaxMode,
} from '@customer-portal/billing'
import { has, list, object, oneOf, RefusedByEngine, text, textOr, texts, Unsupported, type Adapter, type Input, type Json } from './case.ts'

export const invoiceAdapters: Record<string, Adapter> = {
  invoice(input) {
    const { digits, amount, written } = moneyOf(input)
    const lines = linesOf(input, amount)
    const totals = documentTotals(lines, modeOf(input), discountsOf(input, amount))
    const byLine = (amounts: readonly number[]) => Object.fromEntries(lines.map((line, index) => [line.id, written(amounts[index]!)]))
    const notes = sum(list(input, 'credit_notes').map((note) => amount(typeof note === 'object' ? text(object(note), has(object(note), 'total') ? 'total' : 'amount') : text({ note }, 'note'))))
    const credit = applyCredit(sum([totals.total, -notes]), has(input, 'prepaid_credit') ? amount(text(input, 'prepaid_credit')) : 0)
    return {
      digits,
      values: {
        subtotal: written(totals.subtotal), discount_total: written(totals.discountTotal), tax_total: written(totals.taxTotal), total: written(totals.total), net: written(totals.net),
        due: written(credit.due), prepaid_applied: written(credit.applied), wallet_left: written(credit.left), line_taxes: byLine(totals.lineTaxes), line_discounts: byLine(totals.discounts),
        tax_by_rate: Object.fromEntries(totals.taxes.map((tax) => [tax.rate, written(tax.amount)])),
      },
    }
  },

  credit_note(input) {
    const { digits, amount, written } = moneyOf(input)
    const invoice = object(input.invoice)
    const items = list(input, 'items').map(object).map((item) => ({ lineId: text(item, 'line_id'), amount: amount(text(item, 'amount')) }))
    const earlier = list(input, 'earlier_credit_notes').map(object).map((note) => ({ subtotal: amount(text(note, 'subtotal')), taxTotal: amount(text(note, 'tax_total')) }))
    const lines = linesOf(invoice, amount)
    const unknown = items.find((item) => !lines.some((line) => line.id === item.lineId))
    if (unknown) throw new RefusedByEngine(`the invoice has no line ${unknown.lineId}`)
    const note = creditNoteTotals({ lines, mode: modeOf(invoice), discounts: discountsOf(invoice, amount) }, items, earlier)
    return { digits, values: { discount_adjustment: written(note.discountAdjustment), subtotal: written(note.subtotal), tax_total: written(note.taxTotal), total: written(note.total) } }
  },

  termination_credit(input) {
    const { digits, amount, written } = moneyOf(input)
    const billed = sum([amount(text(input, 'plan_amount')), -amount(textOr(input, 'line_discount', '0'))])
    const subtotal = shareOf(weightsOf([billed])[0]!, fraction(BigInt(text(input, 'unused_days')), BigInt(text(input, 'period_days'))))
    const taxTotal = taxOn(subtotal, text(input, 'tax_rate'), 'exclusive')
    const total = sum([subtotal, taxTotal])
    const credit = has(input, 'line_total') ? creditWithin(total, amount(text(input, 'line_total')), amount(textOr(input, 'already_credited', '0'))) : total
    return { digits, values: { subtotal: written(subtotal), tax_total: written(taxTotal), total: written(total), refund: written(0), credit: written(credit) } }
  },

  refund_tax(input) {
    const { digits, amount, written } = moneyOf(input)
    const tax = amount(text(input, 'tax_total'))
    const whole = taxSplit(amount(text(input, 'subtotal')), tax, modeOf(input))
    if (has(input, 'refund_total')) {
      if (amount(textOr(input, 'applied_balance', '0')) !== 0) throw new Unsupported('applied_balance: account credit is no part of an invoice that is given back')
      const total = amount(text(input, 'refund_total'))
      const part = creditWithin(inProportion(total, tax, whole.total), tax, 0)
      return { digits, values: { refund_tax: written(part), refund_net: written(sum([total, -part])) } }
    }
    const net = amount(text(input, 'refund_net'))
    return { digits, values: { refund_tax: written(creditWithin(inProportion(net, tax, whole.net), tax, 0)), refund_net: written(net) } }
  },

  tax(input) {
    const { digits, amount, written } = moneyOf(input)
    const base = amount(text(input, 'taxable_amount'))
    const taxes = list(input, 'taxes').map(object).map((tax) => (oneOf(tax, 'type', ['percent', 'fixed']) === 'percent' ? taxOn(base, text(tax, 'percent'), modeOf(input)) : amount(text(tax, 'amount'))))
    return { digits, values: { taxes: taxes.map(written), tax_total: written(sum(taxes)) } }
  },

  tax_split(input) {
    const { digits, amount, written } = moneyOf(input)
    const { net, total } = taxSplit(amount(text(input, 'amount')), amount(text(input, 'tax_amount')), modeOf(input))
    return { digits, values: { net: written(net), total: written(total) } }
  },

  inclusive_ratio(input) {
    const { digits, amount, written } = moneyOf(input)
    const [net, tax, gross] = [amount(text(input, 'known_net')), amount(text(input, 'known_tax')), amount(text(input, 'gross'))]
    const part = inProportion(gross, net, sum([net, tax]))
    return { digits, values: { net: written(part), tax: written(sum([gross, -part])) } }
  },

  discount(input) {
    const { digits, amount, written } = moneyOf(input)
    const base = amount(text(input, 'base'))
    const [taken] = discountsOn([{ id: 'base', amount: base }], [{ ...discountOf(input.discount, amount), appliesTo: null }])
    return { digits, values: { discount_amount: written(taken!), final_amount: written(sum([base, -taken!])) } }
  },

  discount_allocation(input) {
    const { digits, amount, written } = moneyOf(input)
    const weights = texts(input, 'weights')
    const wanted = amount(text(input, 'amount'))
    if (input.cap_at_weight !== true) {
      const fine = decimalsOf(weights)
      return { digits, values: { shares: spread(wanted, weightsOf(weights.map((weight) => parseAmount(weight, fine)))).map(written) } }
    }
    const lines = weights.map((weight, index) => ({ id: String(index), amount: amount(weight) }))
    return { digits, values: { shares: discountsOn(lines, [{ kind: 'fixed', amount: wanted, appliesTo: null }]).map(written) } }
  },

  line_discount(input) {
    const { digits, amount, written } = moneyOf(input)
    const lines = linesOf(input, amount)
    const taken = discountsOn(lines, discountsOf(input, amount))
    const left = Object.fromEntries(lines.map((line, index) => [line.id, written(sum([line.amount, -taken[index]!]))]))
    const off = Object.fromEntries(lines.map((line, index) => [line.id, written(taken[index]!)]))
    return { digits, values: { line_totals: left, line_discounts: off, discount_total: written(sum(taken)), total: written(sum(lines.map((line, index) => sum([line.amount, -taken[index]!])))) } }
  },

  rounding(input) {
    const { digits, amount, written } = moneyOf(input)
    return { digits, values: { rounded: written(amount(text(input, 'amount'))) } }
  },
}

type Parse = (text: string) => number

function moneyOf(input: Input): { digits: number; amount: Parse; written: (amount: number) => string } {
  const digits = currencyDigits(textOr(input, 'currency', 'USD'))
  return { digits, amount: (value) => parseAmount(value, digits), written: (amount) => amountDecimal(amount, digits) }
}

function modeOf(input: Input): TaxMode {
  return oneOf(input, 'tax_mode', ['exclusive', 'inclusive'], 'exclusive')
}

/** Each line is rounded to the currency as it comes. A line that stands for several is that many lines. */
function linesOf(input: Input, amount: Parse): ManyTaxLine[] {
  return list(input, 'lines').map(object).flatMap((line) => {
    const one = { amount: amount(text(line, 'amount')), taxRates: texts(line, 'tax_rates') }
    const count = Number(textOr(line, 'count', '1'))
    return Array.from({ length: count }, (_, index) => ({ id: index === 0 ? text(line, 'id') : `${text(line, 'id')}#${index}`, ...one }))
  })
}

/** A discount on a line that stands for several is on each of them. */
function discountsOf(input: Input, amount: Parse): Discount[] {
  const repeated = linesOf(input, amount).map((line) => line.id)
  return list(input, 'discounts').map((discount) => {
    const known = discountOf(discount, amount)
    return { ...known, appliesTo: known.appliesTo && repeated.filter((id) => known.appliesTo!.includes(id.split('#')[0]!)) }
  })
}

function discountOf(value: Json | undefined, amount: Parse): Discount {
  const discount = object(value)
  const appliesTo = has(discount, 'applies_to') ? texts(discount, 'applies_to') : null
  return oneOf(discount, 'type', ['fixed', 'percent']) === 'fixed'
    ? { kind: 'fixed', amount: amount(text(discount, 'amount')), appliesTo }
    : { kind: 'percent', percent: text(discount, 'percent'), appliesTo }
}
