import { expect, test } from 'vitest'
import { nextInvoiceOf } from './next-invoice.ts'

const currentPeriod = { start: '2026-11-01', end: '2026-12-01' }
const invoice = (at: string) => ({ at, estimatedTotal: 0, estimatedDue: 0, currency: 'CNY', usageAt: null })

test('a continuing subscription has a usual invoice next, whatever its amount', () => {
  expect(
    nextInvoiceOf({
      status: 'active',
      nextInvoice: invoice('2026-12-01'),
      cancelAtPeriodEnd: false,
      currentPeriod,
    }),
  ).toEqual({ kind: 'usual', invoice: invoice('2026-12-01') })
})

test('one that ends has its last invoice next, or none', () => {
  expect(
    nextInvoiceOf({
      status: 'active',
      nextInvoice: invoice('2026-12-01'),
      cancelAtPeriodEnd: true,
      currentPeriod,
    }),
  ).toMatchObject({ kind: 'last' })
  expect(
    nextInvoiceOf({ status: 'active', nextInvoice: null, cancelAtPeriodEnd: true, currentPeriod }),
  ).toEqual({ kind: 'none' })
})

test("when a year ends later, an earlier month's usage invoice is a usual one", () => {
  expect(
    nextInvoiceOf({
      status: 'active',
      nextInvoice: invoice('2026-12-01'),
      cancelAtPeriodEnd: true,
      currentPeriod: { start: '2026-03-01', end: '2027-03-01' },
    }),
  ).toMatchObject({ kind: 'usual' })
})

test('without a subscription the next invoice is unknown', () => {
  expect(
    nextInvoiceOf({ status: 'none', nextInvoice: null, cancelAtPeriodEnd: false, currentPeriod: null }),
  ).toBeUndefined()
})

test('after the end the remaining invoice is the last', () => {
  expect(
    nextInvoiceOf({
      status: 'canceled',
      nextInvoice: invoice('2026-11-22'),
      cancelAtPeriodEnd: false,
      currentPeriod: null,
    }),
  ).toMatchObject({ kind: 'last' })
})
