import type { InvoiceDocument } from '../invoice/document.ts'
import { canonicalJson, sha256 } from '../rules/canonical.ts'
import { taxOn } from '../rules/invoicing.ts'
import { sum } from '../rules/money.ts'

/** An invoice's row, as far as it repeats its document. */
export interface DocumentRow {
  document: InvoiceDocument
  sha256: string
  number: string
  total: number
  payable: number
}

/** Whether a document is what was issued and adds up: its hash, lines, explanations, taxes and total. One sentence per mistake. */
export function documentMistakes(row: DocumentRow): string[] {
  const { number, lines, taxes, subtotal, taxTotal, total, creditApplied } = row.document
  const mistakes: string[] = []
  const expect = (what: string, actual: unknown, expected: unknown) => {
    if (actual !== expected) mistakes.push(`${what} is ${String(actual)}, not ${String(expected)}`)
  }
  expect('the hash', row.sha256, sha256(canonicalJson(row.document)))
  expect("the row's number", row.number, number)
  expect("the row's total", row.total, total)
  expect('the subtotal', subtotal, sum(lines.map((line) => line.amount)))
  for (const tax of taxes) {
    expect(`the base at ${tax.rate} %`, tax.base, sum(lines.filter((line) => line.taxRate === tax.rate && line.taxMode === tax.mode).map((line) => line.amount)))
    expect(`the tax at ${tax.rate} %`, tax.amount, taxOn(tax.base, tax.rate, tax.mode))
  }
  expect('the sum of the taxes', taxTotal, sum(taxes.map((tax) => tax.amount)))
  expect('the total', total, subtotal + sum(taxes.filter((tax) => tax.mode === 'exclusive').map((tax) => tax.amount)))
  expect('what is to be paid', row.payable, Math.max(0, total - creditApplied))
  for (const line of lines) if (line.explain.length > 0) expect(`the explanation of ${line.id}`, sum(line.explain.map((tier) => tier.amount)), line.amount)
  return mistakes
}
