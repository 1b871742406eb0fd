import fc from 'fast-check'
import { expect, test } from 'vitest'
import { creditAmount, creditLines, leftOfLine, type Credit, type CreditableLine } from './credit-note.ts'
import { netOf, totals } from './totals.ts'
import { sum } from '../values/money.ts'

const line = (id: string, amount: number, more: Partial<CreditableLine> = {}): CreditableLine => ({
  id,
  amount,
  taxRate: '6',
  taxMode: 'exclusive',
  ...more,
})

test('a credited line carries its tax and its share of the discount', () => {
  expect(creditLines([line('fee', 59_900)], [], [{ lineId: 'fee', amount: 10_000 }])).toEqual({
    lines: [{ lineId: 'fee', gross: 10_000, net: 10_000 }],
    taxes: [{ rate: '6', mode: 'exclusive', base: 10_000, amount: 600 }],
    total: 10_600,
  })
  expect(
    creditLines([line('fee', 60_000, { discount: 12_000 })], [], [{ lineId: 'fee', amount: 30_000 }]),
  ).toEqual({
    lines: [{ lineId: 'fee', gross: 30_000, net: 24_000 }],
    taxes: [{ rate: '6', mode: 'exclusive', base: 24_000, amount: 1_440 }],
    total: 25_440,
  })
})

test('inclusive tax is part of the credited amount', () => {
  expect(creditAmount([line('fee', 10_600, { taxMode: 'inclusive' })], [], 1_060)).toEqual({
    lines: [{ lineId: 'fee', gross: 1_060, net: 1_060 }],
    taxes: [{ rate: '6', mode: 'inclusive', base: 1_000, amount: 60 }],
    total: 1_060,
  })
})

test('a gross amount is spread over rates and lines by what is left of each', () => {
  const lines = [line('a', 10_000), line('b', 20_000), line('c', 30_000, { taxRate: '13' })]
  // 31,800 and 33,900 are left, with tax: 6,570 is a tenth of both.
  expect(creditAmount(lines, [], 6_570)).toEqual({
    lines: [
      { lineId: 'a', gross: 1_000, net: 1_000 },
      { lineId: 'b', gross: 2_000, net: 2_000 },
      { lineId: 'c', gross: 3_000, net: 3_000 },
    ],
    taxes: [
      { rate: '6', mode: 'exclusive', base: 3_000, amount: 180 },
      { rate: '13', mode: 'exclusive', base: 3_000, amount: 390 },
    ],
    total: 6_570,
  })
})

test('a line that gives money back, or that a discount took whole, has nothing to credit', () => {
  const lines = [line('credit', -5_000), line('fee', 8_000), line('free', 300, { discount: 300 })]
  expect(lines.map((one) => leftOfLine(one, []))).toEqual([0, 8_000, 0])
  expect(creditAmount(lines, [], 3_180).lines).toEqual([{ lineId: 'fee', gross: 3_000, net: 3_000 }])
})

test('a hundred small notes credit no more tax than was charged', () => {
  const lines = [line('fee', 900)]
  let notes: Credit[] = []
  for (let done = 0; done < 100; done += 1)
    notes = [...notes, creditLines(lines, notes, [{ lineId: 'fee', amount: 9 }])]
  expect(sum(notes.map((note) => note.total))).toBe(954)
  // Each alone would carry 1, a hundred in total.
  expect(new Set(notes.map((note) => note.taxes[0]!.amount))).toEqual(new Set([0, 1]))
})

test('a note names only what it credits: no line and no rate of 0', () => {
  const lines = [line('a', 100), line('b', 10_000), line('c', 10_000, { taxRate: '13' })]
  expect(creditLines(lines, [], [{ lineId: 'c', amount: 100 }])).toEqual({
    lines: [{ lineId: 'c', gross: 100, net: 100 }],
    taxes: [{ rate: '13', mode: 'exclusive', base: 100, amount: 13 }],
    total: 113,
  })
  // 10,706 and 11,300 are left: of 1 the second has the larger share, of 20 the first line's share is 0.09.
  expect(creditAmount(lines, [], 1)).toEqual({
    lines: [{ lineId: 'c', gross: 1, net: 1 }],
    taxes: [{ rate: '13', mode: 'exclusive', base: 1, amount: 0 }],
    total: 1,
  })
  expect(creditAmount(lines, [], 20).lines).toEqual([
    { lineId: 'b', gross: 9, net: 9 },
    { lineId: 'c', gross: 9, net: 9 },
  ])
})

test('where only tax is credited, the note names the first line that cost something', () => {
  const lines = [line('free', 50, { discount: 50 }), line('a', 60), line('b', 40)]
  const first = creditAmount(lines, [], 8)
  expect(first).toEqual({
    lines: [
      { lineId: 'a', gross: 5, net: 5 },
      { lineId: 'b', gross: 3, net: 3 },
    ],
    taxes: [{ rate: '6', mode: 'exclusive', base: 8, amount: 0 }],
    total: 8,
  })
  // Of 9 of the 106 the tax is 0.51: the ninth is all tax.
  expect(creditAmount(lines, [first], 1)).toEqual({
    lines: [{ lineId: 'a', gross: 0, net: 0 }],
    taxes: [{ rate: '6', mode: 'exclusive', base: 0, amount: 1 }],
    total: 1,
  })
})

test('a line without a credit keeps what is left of it, however its discount was rounded', () => {
  const lines = [line('a', 100, { discount: 90, taxRate: '0' }), line('b', 1_000, { taxRate: '0' })]
  // 46 of 100 are 4.6 of 10. For 5 net, 50 would be the nearest.
  const first = creditLines(lines, [], [{ lineId: 'a', amount: 46 }])
  expect(first.lines).toEqual([{ lineId: 'a', gross: 46, net: 5 }])
  const second = creditAmount(lines, [first], 10)
  expect(second.lines).toEqual([{ lineId: 'b', gross: 10, net: 10 }])
  expect(leftOfLine(lines[0]!, [first, second])).toBe(54)
  expect(creditLines(lines, [first, second], [{ lineId: 'a', amount: 54 }]).lines).toEqual([
    { lineId: 'a', gross: 54, net: 5 },
  ])
})

const taxes = {
  taxRate: fc.constantFrom('6', '13', '0', '9.5'),
  taxMode: fc.constantFrom('exclusive' as const, 'inclusive' as const),
}
const somePositive = fc
  .array(fc.record({ amount: fc.integer({ min: 1, max: 200_000 }), off: fc.nat(100), ...taxes }), {
    minLength: 1,
    maxLength: 5,
  })
  .map((some) =>
    some.map(({ amount, off, ...tax }, index): CreditableLine => ({
      id: String(index),
      amount,
      discount: Math.floor((amount * off) / 100),
      ...tax,
    })),
  )
const steps = fc.array(
  fc.record({ line: fc.nat(4), share: fc.integer({ min: 1, max: 100 }), whole: fc.boolean() }),
  { maxLength: 8 },
)

function notesBy(
  lines: readonly CreditableLine[],
  some: readonly { line: number; share: number; whole: boolean }[],
): Credit[] {
  const total = totals(lines, 0).total
  return some.reduce<Credit[]>((notes, { line: at, share, whole }) => {
    const left = total - sum(notes.map((note) => note.total))
    const one = lines[at % lines.length]!
    const amount = Math.ceil(((whole ? left : leftOfLine(one, notes)) * share) / 100)
    if (amount === 0) return notes
    return [
      ...notes,
      whole ? creditAmount(lines, notes, amount) : creditLines(lines, notes, [{ lineId: one.id, amount }]),
    ]
  }, [])
}

test('after any notes, crediting the rest adds up to the invoice, by rate and by line', () => {
  fc.assert(
    fc.property(somePositive, steps, fc.boolean(), (lines, some, byAmount) => {
      const invoice = totals(lines, 0)
      const before = notesBy(lines, some)
      const left = invoice.total - sum(before.map((note) => note.total))
      const rest = byAmount
        ? creditAmount(lines, before, left)
        : creditLines(
            lines,
            before,
            lines
              .map((one) => ({ lineId: one.id, amount: leftOfLine(one, before) }))
              .filter((one) => one.amount > 0),
          )
      const all = [...before, rest]
      expect(sum(all.map((note) => note.total))).toBe(invoice.total)
      for (const tax of invoice.taxes)
        expect(
          sum(
            all
              .flatMap((note) => note.taxes)
              .filter((total) => total.rate === tax.rate && total.mode === tax.mode)
              .map((total) => total.amount),
          ),
        ).toBe(tax.amount)
      for (const one of lines)
        expect(
          sum(
            all
              .flatMap((note) => note.lines)
              .filter((part) => part.lineId === one.id)
              .map((part) => part.net),
          ),
        ).toBe(netOf(one))
    }),
  )
})

test('no note credits more of a line, its discount or its tax than is left', () => {
  fc.assert(
    fc.property(somePositive, steps, (lines, some) => {
      const notes = notesBy(lines, some)
      for (const note of notes) {
        for (const part of note.lines) expect(part.net >= 0 && part.net <= part.gross).toBe(true)
        for (const tax of note.taxes)
          expect([tax.amount >= 0, tax.base + (tax.mode === 'inclusive' ? tax.amount : 0)]).toEqual([
            true,
            sum(
              note.lines
                .filter((part) =>
                  lines.some(
                    (one) => one.id === part.lineId && one.taxRate === tax.rate && one.taxMode === tax.mode,
                  ),
                )
                .map((part) => part.net),
            ),
          ])
        expect(note.total).toBe(
          sum(note.lines.map((part) => part.net))
            + sum(note.taxes.filter((tax) => tax.mode === 'exclusive').map((tax) => tax.amount)),
        )
      }
      for (const one of lines) {
        const parts = notes.flatMap((note) => note.lines).filter((part) => part.lineId === one.id)
        expect(leftOfLine(one, notes)).toBeGreaterThanOrEqual(0)
        expect(sum(parts.map((part) => part.net))).toBeLessThanOrEqual(netOf(one))
        expect(sum(parts.map((part) => part.gross - part.net))).toBeLessThanOrEqual(one.discount!)
      }
    }),
  )
})

test('an amount is credited to the cent while that much is left', () => {
  fc.assert(
    fc.property(somePositive, fc.integer({ min: 1, max: 100 }), (lines, share) => {
      const amount = Math.ceil((totals(lines, 0).total * share) / 100)
      fc.pre(amount > 0)
      expect(creditAmount(lines, [], amount).total).toBe(amount)
    }),
  )
})

test('by lines or amounts in any order, a line of a few cents never credits more than it has', () => {
  for (const [amount, discount, taxRate] of [
    [7, 3, '6'],
    [9, 1, '100'],
    [6, 5, '13'],
    [8, 0, '250'],
    [5, 2, '0'],
  ] as const) {
    const lines = [line('a', amount, { discount, taxRate })]
    const { total, taxTotal } = totals(lines, 0)
    const check = (notes: readonly Credit[]) => {
      const [gross, net] = [
        sum(notes.map((note) => note.lines[0]!.gross)),
        sum(notes.map((note) => note.lines[0]!.net)),
      ]
      const given = sum(notes.map((note) => note.total))
      expect([net <= amount - discount, gross - net <= discount, given - net <= taxTotal]).toEqual([
        true,
        true,
        true,
      ])
      for (const note of notes)
        expect([
          note.lines[0]!.net >= 0,
          note.lines[0]!.gross >= note.lines[0]!.net,
          note.taxes[0]!.amount >= 0,
        ]).toEqual([true, true, true])
      if (given === total) expect([net, given - net]).toEqual([amount - discount, taxTotal])
      return { gross, net, given }
    }
    const seen = new Set<string>()
    const every = (notes: readonly Credit[]): void => {
      const { gross, net, given } = check(notes)
      const state = `${gross} ${net} ${given}`
      if (seen.has(state)) return
      seen.add(state)
      for (let part = 1; part <= leftOfLine(lines[0]!, notes); part += 1)
        every([...notes, creditLines(lines, notes, [{ lineId: 'a', amount: part }])])
      for (let part = 1; part <= total - given; part += 1) every([...notes, creditAmount(lines, notes, part)])
    }
    every([])
    expect(seen.size).toBeGreaterThan(amount)
  }
})
