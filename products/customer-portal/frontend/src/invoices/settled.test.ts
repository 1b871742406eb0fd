import { expect, test } from 'vitest'
import { settledRows } from './settled.ts'

const invoice = {
  status: 'open' as const,
  total: 10_000,
  creditApplied: 0,
  balanceApplied: 0,
  amountPaid: 0,
  amountCredited: 0,
  addedToBalance: 0,
  amountDue: 10_000,
  creditNote: null,
}
const note = {
  invoiceId: 'inv_1',
  invoiceNumber: 'INV-202611-000001',
  reason: 'Outage',
  amountCredited: 3_000,
}
const told = (changes: Partial<Parameters<typeof settledRows>[0]>) =>
  settledRows({ ...invoice, ...changes }).map(({ word, amount }) => [word, amount])

test('the rows below the total add up to the amount due', () => {
  expect(
    told({
      creditApplied: 1_000,
      balanceApplied: 500,
      amountPaid: 2_000,
      amountCredited: 1_500,
      amountDue: 5_000,
    }),
  ).toEqual([
    ['credit', -1_500],
    ['amountPaid', -2_000],
    ['amountCredited', -1_500],
    ['amountDue', 5_000],
  ])
})

test('a negative total went to the balance, and nothing is due', () => {
  expect(told({ status: 'paid', total: -183_642, addedToBalance: 183_642, amountDue: 0 })).toEqual([
    ['toCredit', 183_642],
    ['amountDue', 0],
  ])
})

test('a void document has nothing due, whatever was paid of it', () => {
  expect(told({ status: 'void', creditApplied: 1_000, amountPaid: 9_000, amountDue: 0 })).toEqual([
    ['voided', -10_000],
    ['amountDue', 0],
  ])
})

test('a credit note shows what it took off its invoice and where the rest went', () => {
  const credit = { status: 'paid' as const, total: -10_000, amountDue: 0 }
  expect(told({ ...credit, addedToBalance: 7_000, creditNote: note })).toEqual([
    ['offInvoice', 3_000],
    ['toCredit', 7_000],
  ])
  expect(told({ ...credit, creditNote: { ...note, refund: true } })).toEqual([
    ['offInvoice', 3_000],
    ['refund', 7_000],
  ])
})

test('an overpayment went to the balance', () => {
  // 100.00 − 105.00 + 5.00 = 0.00
  expect(told({ status: 'paid', amountPaid: 10_500, addedToBalance: 500, amountDue: 0 })).toEqual([
    ['amountPaid', -10_500],
    ['toCredit', 500],
    ['amountDue', 0],
  ])
})
