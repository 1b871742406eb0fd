import { expect, test } from 'vitest'
import { nextInvoiceOf } from './next-invoice.ts'

const currentPeriod = { start: '2026-11-01', end: '2026-12-01' }
const invoice = (at: string) => ({ at, estimatedTotal: 0, estimatedDue: 0, currency: 'CNY', usageAt: null })

test('a subscription that goes on has a usual invoice next, whatever it comes to', () => {
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

test('where a year ends later, the usage of a month before is a usual one', () => {
  expect(
    nextInvoiceOf({
      status: 'active',
      nextInvoice: invoice('2026-12-01'),
      cancelAtPeriodEnd: true,
      currentPeriod: { start: '2026-03-01', end: '2027-03-01' },
    }),
  ).toMatchObject({ kind: 'usual' })
})

test('without a subscription nothing is known to come', () => {
  expect(
    nextInvoiceOf({ status: 'none', nextInvoice: null, cancelAtPeriodEnd: false, currentPeriod: null }),
  ).toBeUndefined()
})

test('after the end what is left to bill is the last', () => {
  expect(
    nextInvoiceOf({
      status: 'canceled',
      nextInvoice: invoice('2026-11-22'),
      cancelAtPeriodEnd: false,
      currentPeriod: null,
    }),
  ).toMatchObject({ kind: 'last' })
})
