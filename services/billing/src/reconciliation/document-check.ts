import type { InvoiceDocument } from '../invoicing/document/document.ts'
import type { GivenBack } from '../invoicing/document/line.ts'
import { canonicalJson, sha256 } from '../values/canonical-json.ts'
import { netOf, taxOn, withoutTax } from '../pricing/totals.ts'
import { sum } from '../values/money.ts'
import { creditIn } from '../invoicing/document/given-back.ts'

/** An invoice's row, with the columns that repeat its document. */
export interface DocumentRow {
  document: InvoiceDocument
  sha256: string
  number: string
  total: number
  payable: number
}

/**
 * Checks that a document is as issued and adds up: its hash, lines, breakdowns, discounts, taxes and total.
 * Returns one sentence per fault.
 */
export function documentMistakes(row: DocumentRow): string[] {
  const {
    number,
    kind,
    lines,
    discounts = [],
    discountTotal,
    taxes,
    subtotal,
    taxTotal,
    total,
    creditApplied,
  } = row.document
  const mistakes: string[] = []
  const expect = (subject: string, actual: unknown, expected: unknown) => {
    if (actual !== expected) mistakes.push(`${subject} is ${String(actual)}, not ${String(expected)}`)
  }
  expect('the hash', row.sha256, sha256(canonicalJson(row.document)))
  expect("the row's number", row.number, number)
  expect("the row's total", row.total, total)
  expect('the subtotal', subtotal, sum(lines.map((line) => line.amount)))
  expect('what was taken off the lines', sum(lines.map((line) => line.discount ?? 0)), discountTotal)
  expect('the sum of the discounts', sum(discounts.map((discount) => discount.amount)), discountTotal)
  for (const line of lines) {
    const { discount = 0 } = line
    if (discount < 0 || discount > Math.max(0, line.amount))
      mistakes.push(`the discount of ${line.id} is ${discount} of ${line.amount}`)
    // Documents from before discounts were stored per line have none there.
    if (line.discounts && line.amount > 0)
      expect(`the discounts of ${line.id}`, sum(line.discounts.map((one) => one.amount)), discount)
    if (line.givesBack)
      expect(
        `what ${line.id} gives back of others`,
        sum(line.givesBack.map((part) => part.amount)),
        -line.amount,
      )
    if (line.breakdown.length > 0)
      expect(`the explanation of ${line.id}`, sum(line.breakdown.map((tier) => tier.amount)), line.amount)
  }
  for (const tax of taxes) {
    const whole = sum(
      lines.filter((line) => line.taxRate === tax.rate && line.taxMode === tax.mode).map(netOf),
    )
    expect(`the base at ${tax.rate} %`, tax.base, withoutTax(whole, tax))
    // A credit note takes its share of the invoice's tax: `noteMistakes` checks them together.
    if (kind !== 'credit_note')
      expect(`the tax at ${tax.rate} %`, tax.amount, taxOn(whole, tax.rate, tax.mode))
  }
  expect(
    'the sum of the bases',
    sum(taxes.map((tax) => tax.base)),
    subtotal - discountTotal - sum(taxes.filter((tax) => tax.mode === 'inclusive').map((tax) => tax.amount)),
  )
  expect('the sum of the taxes', taxTotal, sum(taxes.map((tax) => tax.amount)))
  expect(
    'the total',
    total,
    subtotal - discountTotal + sum(taxes.filter((tax) => tax.mode === 'exclusive').map((tax) => tax.amount)),
  )
  expect('what is to be paid', row.payable, Math.max(0, total - creditApplied))
  return mistakes
}

/**
 * Checks that an invoice's credit notes credit no more than it billed, in total, per line and per tax, and
 * per line no more than other documents (`given`) left. Returns one sentence per fault.
 */
export function noteMistakes(
  { document: invoice, payable }: DocumentRow,
  notes: readonly DocumentRow[],
  givenBack: readonly GivenBack[] = [],
): string[] {
  const credits = notes.map((note) => creditIn(note.document))
  const mistakes: string[] = []
  const expectWithin = (subject: string, amount: number, most: number) => {
    if (amount < 0 || amount > most) mistakes.push(`${subject} ${amount} of ${most}`)
  }
  expectWithin(
    'its credit notes give back',
    sum(credits.map((credit) => credit.total)),
    Math.max(0, invoice.total),
  )
  expectWithin(
    'its credit notes lower what is due by',
    sum(notes.map((note) => note.document.creditNote!.amountCredited)),
    payable,
  )
  for (const line of invoice.lines) {
    const parts = credits.flatMap((credit) => credit.lines).filter((part) => part.lineId === line.id)
    const others = givenBack.filter((part) => part.invoiceId === invoice.id && part.lineId === line.id)
    expectWithin(
      `its credit notes and other documents give back of ${line.id}`,
      sum([...parts.map((part) => part.net), ...others.map((part) => part.amount)]),
      Math.max(0, netOf(line)),
    )
  }
  for (const { rate, mode } of invoice.taxes) {
    const base = sum(
      invoice.lines
        .filter((line) => line.taxRate === rate && line.taxMode === mode && netOf(line) > 0)
        .map(netOf),
    )
    const parts = credits
      .flatMap((credit) => credit.taxes)
      .filter((tax) => tax.rate === rate && tax.mode === mode)
    const [tax, credited] = [taxOn(base, rate, mode), sum(parts.map((part) => part.amount))]
    expectWithin(`its credit notes give back of the tax at ${rate} %`, credited, tax)
    // Inclusive tax is credited with the last of the prices; exclusive tax may be the last amount left.
    if (
      mode === 'inclusive'
      && sum(parts.flatMap((part) => [part.base, part.amount])) === base
      && credited !== tax
    )
      mistakes.push(`its credit notes give back all at ${rate} % and ${credited} of the tax of ${tax}`)
  }
  return mistakes
}

/**
 * Checks that documents (without void ones) gave back no more of a fixed discount per period than they took.
 * Returns one sentence per fault.
 */
export function discountMistakes(
  documents: readonly Pick<InvoiceDocument, 'lines'>[],
): { what: string; row: string }[] {
  const sums = new Map<string, number>()
  for (const { id, period, amount } of documents
    .flatMap((document) => document.lines)
    .flatMap((line) => line.discounts ?? [])) {
    if (period !== undefined)
      sums.set(`${id} from ${period}`, (sums.get(`${id} from ${period}`) ?? 0) + amount)
  }
  return [...sums]
    .filter(([, taken]) => taken < 0)
    .map(([row, taken]) => ({
      what: 'a discount of which more was given back than taken',
      row: `${row}: ${taken}`,
    }))
}
