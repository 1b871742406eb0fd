import { addedToBalance } from '../../services/billing/src/invoicing/document/document.ts'
import type { Discount } from '../../services/billing/src/customer/discount.ts'
import { payableOf } from '../../services/billing/src/invoicing/document/document.ts'
import { feeLine, lessTakenOff, type LineDraft } from '../../services/billing/src/invoicing/document/line.ts'
import { discountedBy } from '../../services/billing/src/invoicing/document/discounted.ts'
import { nothingSettled } from '../../services/billing/src/invoicing/state.ts'
import type { Phase } from '../../services/billing/src/subscription/phase.ts'
import {
  creditLines,
  leftOfLine,
  type CreditableLine,
} from '../../services/billing/src/pricing/credit-note.ts'
import { addDays, type LocalDate } from '../../services/billing/src/values/date.ts'
import { allocate, weightsOf } from '../../services/billing/src/pricing/discount.ts'
import { netOf, totals, type TaxMode, type Totals } from '../../services/billing/src/pricing/totals.ts'
import { money, round, sum, type Money } from '../../services/billing/src/values/money.ts'
import { daysIn } from '../../services/billing/src/values/period.ts'
import { billingPeriodAt } from '../../services/billing/src/subscription/timeline.ts'
import {
  has,
  list,
  object,
  objects,
  oneOf,
  RefusedByEngine,
  text,
  textOr,
  texts,
  unsupported,
  Unsupported,
  type Adapter,
  type Input,
  type Json,
} from './case.ts'
import { currencyOf, minorUnits, whole, writtenBy, type Currency } from './decimal.ts'
import { discountOf, issued, phaseOf, planOf, someDate } from './subscription.ts'
import { creditsOf } from '../../services/billing/src/invoicing/document/unused-time.ts'

const noRate = 'a line has a tax rate, and the case gives only what its tax is'

export const invoiceAdapters: Record<string, Adapter> = {
  invoice(input) {
    const currency = currencyOf(input)
    const { digits, amount, written } = currency
    const { lines, sums } = invoiceOf(
      input,
      currency,
      has(input, 'prepaid_credit') ? amount(text(input, 'prepaid_credit')) : 0,
    )
    return {
      digits,
      values: {
        subtotal: written(sums.subtotal),
        discount_total: written(sums.discountTotal),
        tax_total: written(sums.taxTotal),
        total: written(sums.total),
        net: written(sum(sums.taxes.map((tax) => tax.base))),
        prepaid_applied: written(sums.creditApplied),
        due: written(payableOf(sums)),
        line_discounts: byLine(lines, (line) => written(line.discount ?? 0)),
        tax_by_rate: Object.fromEntries(sums.taxes.map((tax) => [tax.rate, written(tax.amount)])),
      },
    }
  },

  credit_note(input) {
    const currency = currencyOf(input)
    const { digits, amount } = currency
    const { lines } = invoiceOf(object(input.invoice), currency)
    const asked = objects(input, 'items').map((item) => ({
      lineId: text(item, 'line_id'),
      amount: amount(text(item, 'amount')),
    }))
    checkLeft(lines, asked)
    if (list(input, 'earlier_credit_notes').length > 0)
      throw new Unsupported('earlier_credit_notes: a note says of which lines it is, and these do not')
    const { lines: credited, taxes, total } = creditLines(lines, [], asked)
    const takenOff = credited.flatMap(({ gross, net }) => lessTakenOff(money(-gross), money(-net)).slice(1))
    const values = {
      discount_adjustment: sum(takenOff.map((part) => part.amount)),
      subtotal: sum(credited.map((line) => line.net)),
      tax_total: sum(taxes.map((tax) => tax.amount)),
      total,
    }
    return { digits, values: writtenBy(currency, values) }
  },

  termination_credit(input) {
    const currency = currencyOf(input)
    const { digits, amount } = currency
    const phase = feeOf(input, currency)
    const period = billingPeriodAt(phase, phase.from)
    const taken = amount(textOr(input, 'line_discount', '0'))
    const discounts =
      taken === 0 ? [] : [discountOf('line', { kind: 'fixed', value: taken, appliesTo: 'fee' })]
    const invoice = discountedBy(discounts, [feeLine(phase, period, period)])
    checkBilled(input, amount, totals(invoice.lines, 0, invoice.discounts).total)
    const [used, unused] = ['used_days', 'unused_days'].map((key) => whole(text(input, key), key))
    const from = addDays(period.to, -unused!)
    if (daysIn({ from: period.from, to: from }) !== used)
      throw new Unsupported('used_days: every day of a period is paid for, used or not')
    const credits = totals(creditsOf(invoice.lines.map(issued), [phase], { from, to: null }), 0)
    const values = {
      subtotal: money(-credits.subtotal),
      tax_total: money(-credits.taxTotal),
      total: money(-credits.total),
      credit: addedToBalance(credits),
      // A credit note adds to the balance: no refund is pending.
      refund: nothingSettled.toRefund,
    }
    return { digits, values: writtenBy(currency, values) }
  },

  tax(input) {
    const currency = currencyOf(input)
    const [tax, ...more] = objects(input, 'taxes')
    if (!tax || more.length > 0) throw new Unsupported('taxes: a line has one tax rate')
    oneOf(tax, 'type', ['percent'])
    const amount = currency.amount(text(input, 'taxable_amount'))
    const { taxTotal } = totals(
      [lineOf({ amount, taxRate: text(tax, 'percent'), taxMode: modeOf(input) })],
      0,
    )
    return {
      digits: currency.digits,
      values: { taxes: [currency.written(taxTotal)], tax_total: currency.written(taxTotal) },
    }
  },

  discount(input) {
    const currency = currencyOf(input)
    const {
      lines: [line],
    } = invoiceOf(
      { lines: [{ id: 'base', amount: text(input, 'base') }], discounts: [object(input.discount)] },
      currency,
    )
    return {
      digits: currency.digits,
      values: writtenBy(currency, { discount_amount: line!.discount ?? 0, final_amount: netOf(line!) }),
    }
  },

  discount_allocation(input) {
    const currency = currencyOf(input)
    const { digits, amount, written } = currency
    const wanted = amount(text(input, 'amount'))
    const weights = texts(input, 'weights').map(amount)
    if (input.cap_at_weight !== true)
      return { digits, values: { shares: allocate(wanted, weightsOf(weights)).map(written) } }
    const lines = weights.map((weight) => lineOf({ amount: weight }))
    const discounted = discountedBy(
      [discountOf('fixed', { kind: 'fixed', value: wanted, appliesTo: 'all' })],
      lines,
    )
    return { digits, values: { shares: discounted.lines.map((line) => written(line.discount ?? 0)) } }
  },

  line_discount(input) {
    const currency = currencyOf(input)
    const { digits, written } = currency
    const { lines, sums } = invoiceOf(input, currency)
    return {
      digits,
      values: {
        line_totals: byLine(lines, (line) => written(netOf(line))),
        line_discounts: byLine(lines, (line) => written(line.discount ?? 0)),
        discount_total: written(sums.discountTotal),
        total: written(sums.total),
      },
    }
  },

  rounding(input) {
    const { digits, written } = currencyOf(input)
    return { digits, values: { rounded: written(round(minorUnits(text(input, 'amount'), digits))) } }
  },

  refund_tax: unsupported(noRate),
  tax_split: unsupported(noRate),
  inclusive_ratio: unsupported(noRate),
}

interface NamedLine extends LineDraft {
  id: string
}

function byLine(lines: readonly NamedLine[], value: (line: NamedLine) => string): Record<string, Json> {
  return Object.fromEntries(lines.map((line) => [line.id, value(line)]))
}

/** An invoice with the lines of a case, its discounts and account credit. */
function invoiceOf(
  input: Input,
  currency: Currency,
  balance: Money = 0,
): { lines: NamedLine[]; sums: Totals } {
  const scopes = scopesOf(
    objects(input, 'lines').map((line) => text(line, 'id')),
    objects(input, 'discounts'),
  )
  const lines = objects(input, 'lines').flatMap((line) =>
    linesOf(line, { mode: modeOf(input), kind: scopes.kindOf(text(line, 'id')), currency }),
  )
  const discounts = objects(input, 'discounts').map((discount, index) =>
    discountIn(discount, { id: String(index), appliesTo: scopes.of[index]!, currency }),
  )
  const discounted = discountedBy(discounts, lines)
  return {
    lines: discounted.lines.map((line, index) => ({ ...line, id: lines[index]!.id })),
    sums: totals(discounted.lines, balance, discounted.discounts),
  }
}

/** Expands a line with a count into that many lines. */
function linesOf(
  line: Input,
  { mode, kind, currency }: { mode: TaxMode; kind: LineDraft['kind']; currency: Currency },
): NamedLine[] {
  const [taxRate = '0', ...more] = texts(line, 'tax_rates')
  if (more.length > 0) throw new Unsupported('tax_rates: a line has one tax rate')
  const one = lineOf({ kind, amount: currency.amount(text(line, 'amount')), taxRate, taxMode: mode })
  const id = text(line, 'id')
  return Array.from({ length: whole(textOr(line, 'count', '1'), 'count') }, (_, index) => ({
    ...one,
    id: index === 0 ? id : `${id}#${index}`,
  }))
}

function lineOf({
  kind = 'usage',
  amount,
  ...tax
}: {
  kind?: LineDraft['kind']
  amount: Money
  taxRate?: string
  taxMode?: TaxMode
}): LineDraft {
  const plan = planOf(tax)
  const { from, to } = billingPeriodAt(phaseOf(plan, someDate), someDate)
  return {
    kind,
    description: plan.name,
    quantity: 1,
    amount,
    taxRate: plan.taxRate,
    taxMode: plan.taxMode,
    period: { start: from, end: to },
    breakdown: [],
    phaseId: 'phase',
  }
}

/**
 * The scope of each discount: everything, fees or usage. The first discount on certain lines makes those the
 * fees.
 */
function scopesOf(
  ids: readonly string[],
  discounts: readonly Input[],
): { of: Discount['appliesTo'][]; kindOf: (id: string) => LineDraft['kind'] } {
  const named = discounts.map(
    (discount) => new Set(has(discount, 'applies_to') ? texts(discount, 'applies_to') : ids),
  )
  const fees = named.find((some) => some.size < new Set(ids).size) ?? new Set<string>()
  const usage = new Set(ids.filter((id) => !fees.has(id)))
  const isSame = (a: ReadonlySet<string>, b: ReadonlySet<string>) =>
    a.size === b.size && [...a].every((id) => b.has(id))
  const of = named.map((some) => {
    if (isSame(some, new Set(ids))) return 'all'
    if (isSame(some, fees)) return 'fee'
    if (isSame(some, usage)) return 'usage'
    throw new Unsupported('applies_to: a discount is of everything, of fees or of usage')
  })
  return { of, kindOf: (id) => (fees.has(id) ? 'fee' : 'usage') }
}

function discountIn(
  discount: Input,
  { id, appliesTo, currency }: { id: string; appliesTo: Discount['appliesTo']; currency: Currency },
): Discount {
  const kind = oneOf(discount, 'type', ['fixed', 'percent'])
  const value = kind === 'fixed' ? currency.amount(text(discount, 'amount')) : text(discount, 'percent')
  return discountOf(id, { kind, value, appliesTo })
}

function modeOf(input: Input): TaxMode {
  return oneOf(input, 'tax_mode', ['exclusive', 'inclusive'], 'exclusive')
}

/** Applies the engine's checks of a credit note: the lines exist, and no more than is left is credited. */
function checkLeft(
  lines: readonly CreditableLine[],
  asked: readonly { lineId: string; amount: Money }[],
): void {
  for (const { lineId, amount } of asked) {
    const line = lines.find((one) => one.id === lineId)
    if (!line) throw new RefusedByEngine(`the invoice has no line ${lineId}`)
    if (asked.filter((one) => one.lineId === lineId).length > 1)
      throw new RefusedByEngine(`line ${lineId} is named twice`)
    if (amount <= 0 || amount > leftOfLine(line, []))
      throw new RefusedByEngine(`so much of line ${lineId} cannot be credited`)
  }
}

/** Start dates of periods with the given number of days. */
const periodsOfDays: Record<string, { from: LocalDate; interval: 'month' | 'year' }> = {
  28: { from: '2026-02-01', interval: 'month' },
  29: { from: '2028-02-01', interval: 'month' },
  30: { from: '2026-04-01', interval: 'month' },
  31: { from: '2026-01-01', interval: 'month' },
  365: { from: '2026-01-01', interval: 'year' },
  366: { from: '2028-01-01', interval: 'year' },
}

/** A subscription for the fee of a case, in a period of that many days. */
function feeOf(input: Input, currency: Currency): Phase {
  const found = periodsOfDays[text(input, 'period_days')]
  if (!found) throw new Unsupported('period_days: a fee period is a month or a year')
  const fee = { amount: currency.amount(text(input, 'plan_amount')), per: 'subscription' } as const
  return phaseOf(
    planOf({ currency: currency.code, fee, taxRate: text(input, 'tax_rate'), interval: found.interval }),
    found.from,
  )
}

/** Throws unless the case's invoice is what the engine bills, with nothing credited before. */
function checkBilled(input: Input, amount: (text: string) => Money, total: Money): void {
  for (const key of ['line_total', 'invoice_total']) {
    if (has(input, key) && amount(text(input, key)) !== total)
      throw new Unsupported(`${key}: an invoice of the fee comes to another total`)
  }
  if (amount(textOr(input, 'already_credited', '0')) !== 0)
    throw new Unsupported('already_credited: of which dates is not said')
  if (has(input, 'paid')) throw new Unsupported('paid: what was billed is given back, paid or not')
}
