import fc from 'fast-check'
import { expect, test } from 'vitest'
import { applyCredit, creditNoteTotals, documentTotals, taxSplit, type ManyTaxLine } from './document-totals.ts'
import { totals, type TaxMode } from './invoicing.ts'
import { sum } from './money.ts'

test('each tax is on the sum of the lines that carry it, after discounts', () => {
  const lines = [{ id: 'a', amount: 151, taxRates: ['10', '20'] }, { id: 'b', amount: 379, taxRates: ['10', '20'] }]
  expect(documentTotals(lines, 'exclusive', [{ kind: 'fixed', amount: 100, appliesTo: ['b'] }])).toEqual({
    subtotal: 530, discountTotal: 100, discounts: [0, 100], taxes: [{ rate: '10', amount: 43 }, { rate: '20', amount: 86 }], lineTaxes: [45, 84], taxTotal: 129, net: 430, total: 559,
  })
})

test('an inclusive amount holds all the taxes of its line', () => {
  expect(documentTotals([{ id: 'a', amount: 13_000, taxRates: ['10', '20'] }], 'inclusive', [])).toMatchObject({ taxes: [{ rate: '10', amount: 1000 }, { rate: '20', amount: 2000 }], net: 10_000, total: 13_000 })
})

const modes = fc.constantFrom<TaxMode>('exclusive', 'inclusive')
const someLines = (least: number) => fc.array(fc.record({ amount: fc.integer({ min: least, max: 1_000_000 }), taxRates: fc.subarray(['6', '13', '0.5'], { maxLength: 2 }) }), { minLength: 1, maxLength: 6 })
  .map((lines): ManyTaxLine[] => lines.map((line, index) => ({ id: String(index), ...line })))

test('with one tax a line it is what invoices compute', () => {
  fc.assert(fc.property(someLines(-100_000), modes, (lines, mode) => {
    const single = lines.map((line) => ({ ...line, taxRates: [line.taxRates[0] ?? '9'] }))
    const { subtotal, taxTotal, total } = totals(single.map((line) => ({ amount: line.amount, taxRate: line.taxRates[0]!, taxMode: mode })), 0)
    expect(documentTotals(single, mode, [])).toMatchObject({ subtotal, taxTotal, total })
  }))
})

test('lines, discounts, taxes and the parts of each add up', () => {
  fc.assert(fc.property(someLines(0), modes, fc.nat(500_000), (lines, mode, amount) => {
    const all = documentTotals(lines, mode, [{ kind: 'fixed', amount, appliesTo: null }])
    expect(sum(all.discounts)).toBe(all.discountTotal)
    expect(sum(all.taxes.map((tax) => tax.amount))).toBe(all.taxTotal)
    expect(all.net + all.taxTotal).toBe(all.total)
    if (lines.some((line, index) => line.taxRates.length > 0 && line.amount > all.discounts[index]!)) expect(sum(all.lineTaxes)).toBe(all.taxTotal)
  }))
})

const invoice = { mode: 'exclusive' as const, lines: [{ id: 'plan', amount: 1999, taxRates: ['20'] }, { id: 'c1', amount: 6833, taxRates: ['20'] }, { id: 'c2', amount: 20_033, taxRates: ['20'] }], discounts: [{ kind: 'fixed' as const, amount: 1000, appliesTo: null }] }

test('a credit note gives back the share of the discount with the line', () => {
  expect(creditNoteTotals(invoice, [{ lineId: 'c1', amount: 6833 }])).toEqual({ discountAdjustment: 237, subtotal: 6596, taxTotal: 1319, total: 7915 })
})

test('a line of nothing gives nothing back', () => {
  const free = { ...invoice, lines: [...invoice.lines, { id: 'free', amount: 0, taxRates: ['20'] }] }
  expect(creditNoteTotals(free, [{ lineId: 'free', amount: 0 }])).toEqual({ discountAdjustment: 0, subtotal: 0, taxTotal: 0, total: 0 })
})

test('crediting every line is the invoice, at once or in notes one after the other', () => {
  fc.assert(fc.property(someLines(1), modes, fc.nat(500_000), (lines, mode, amount) => {
    const one = { lines, mode, discounts: [{ kind: 'fixed' as const, amount, appliesTo: null }] }
    const whole = documentTotals(lines, mode, one.discounts)
    const notes = lines.reduce<{ subtotal: number; taxTotal: number; total: number }[]>((earlier, line) => [...earlier, creditNoteTotals(one, [{ lineId: line.id, amount: line.amount }], earlier)], [])
    expect(creditNoteTotals(one, lines.map((line) => ({ lineId: line.id, amount: line.amount }))).total).toBe(whole.total)
    expect(sum(notes.map((note) => note.subtotal))).toBe(whole.subtotal - whole.discountTotal)
    expect(sum(notes.map((note) => note.total))).toBe(whole.total)
  }))
})

test('a known tax is split off or put on top', () => {
  expect([taxSplit(1000, 200, 'exclusive'), taxSplit(1000, 200, 'inclusive')]).toEqual([{ net: 1000, total: 1200 }, { net: 800, total: 1000 }])
})

test('credit comes off what is due and never makes it negative', () => {
  expect([applyCredit(3, 10_000), applyCredit(500, 200), applyCredit(-50, 200)]).toEqual([{ applied: 3, due: 0, left: 9997 }, { applied: 200, due: 300, left: 0 }, { applied: 0, due: -50, left: 200 }])
})
