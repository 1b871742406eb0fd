import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sum } from '../values/money.ts'
import { taxOn, totals } from './totals.ts'

const exclusive = (amount: number, taxRate = '6') => ({ amount, taxRate, taxMode: 'exclusive' as const })
const inclusive = (amount: number, taxRate = '6') => ({ amount, taxRate, taxMode: 'inclusive' as const })

test.each([
  [59_900, '6', 'exclusive', 3594],
  [-29_950, '6', 'exclusive', -1797],
  [25, '6', 'exclusive', 2],
  [-25, '6', 'exclusive', -2],
  [24, '6', 'exclusive', 1],
  [100, '0', 'exclusive', 0],
  [100, '13.5', 'exclusive', 14],
  [10_600, '6', 'inclusive', 600],
  [-10_600, '6', 'inclusive', -600],
  [100, '6', 'inclusive', 6],
  [0, '6', 'inclusive', 0],
  [106, '100', 'inclusive', 53],
] as const)('the tax on %s at %s %% %s is %s', (base, rate, mode, amount) => {
  expect(taxOn(base, rate, mode)).toBe(amount)
})

describe('totals of a document', () => {
  test('tax is rounded once per rate on the summed base', () => {
    // Three lines of 8 分: 6 % of 24 is 1.44; rounding per line would give 0.
    expect(totals([exclusive(8), exclusive(8), exclusive(8)], 0)).toMatchObject({
      subtotal: 24,
      taxTotal: 1,
      total: 25,
      taxes: [{ rate: '6', mode: 'exclusive', base: 24, amount: 1 }],
    })
  })

  test('rates and modes are kept apart, and inclusive tax is part of the total already', () => {
    const sums = totals([exclusive(1000), inclusive(1060), exclusive(-500, '9'), exclusive(100)], 0)
    expect(sums.taxes).toEqual([
      { rate: '6', mode: 'exclusive', base: 1100, amount: 66 },
      { rate: '6', mode: 'inclusive', base: 1000, amount: 60 },
      { rate: '9', mode: 'exclusive', base: -500, amount: -45 },
    ])
    expect(sums).toMatchObject({ subtotal: 1660, taxTotal: 81, total: 1681 })
  })

  test('credit comes off after tax and never makes the total negative; a negative total takes none', () => {
    expect(totals([exclusive(1000)], 500)).toMatchObject({ total: 1060, creditApplied: 500 })
    expect(totals([exclusive(1000)], 5000)).toMatchObject({ total: 1060, creditApplied: 1060 })
    expect(totals([exclusive(-1000)], 5000)).toMatchObject({ total: -1060, creditApplied: 0 })
    expect(totals([], 5000)).toEqual({
      subtotal: 0,
      discounts: [],
      discountTotal: 0,
      taxes: [],
      taxTotal: 0,
      total: 0,
      creditApplied: 0,
    })
  })

  test('discounts come off before tax and are listed', () => {
    const discounts = [
      { id: 'welcome', name: { 'zh-CN': '新客户', en: 'Welcome' }, amount: 300 },
      { id: 'team', name: { 'zh-CN': '团队', en: 'Team' }, amount: 50 },
    ]
    expect(
      totals(
        [{ ...exclusive(1000), discount: 350 }, exclusive(200), { ...inclusive(53), discount: 0 }],
        100,
        discounts,
      ),
    ).toEqual({
      subtotal: 1253,
      discounts,
      discountTotal: 350,
      taxes: [
        { rate: '6', mode: 'exclusive', base: 850, amount: 51 },
        { rate: '6', mode: 'inclusive', base: 50, amount: 3 },
      ],
      taxTotal: 54,
      total: 954,
      creditApplied: 100,
    })
  })

  test('an invoice adds up for any lines, and the opposite lines give exactly the opposite amounts', () => {
    const lines = fc.array(
      fc.record({
        amount: fc.integer({ min: -1e9, max: 1e9 }),
        taxRate: fc.constantFrom('0', '6', '13', '9.5'),
        taxMode: fc.constantFrom('exclusive' as const, 'inclusive' as const),
      }),
      { maxLength: 8 },
    )
    fc.assert(
      fc.property(lines, fc.nat(1e9), (some, credit) => {
        const sums = totals(some, credit)
        expect(sums.subtotal).toBe(sum(some.map((line) => line.amount)))
        expect(sums.taxTotal).toBe(sum(sums.taxes.map((tax) => tax.amount)))
        expect(sums.total).toBe(
          sums.subtotal + sum(sums.taxes.filter((tax) => tax.mode === 'exclusive').map((tax) => tax.amount)),
        )
        expect(
          sum(sums.taxes.flatMap((tax) => (tax.mode === 'inclusive' ? [tax.base, tax.amount] : [tax.base]))),
        ).toBe(sums.subtotal)
        expect(
          totals(
            some.map((line) => ({ ...line, amount: line.amount === 0 ? 0 : -line.amount })),
            0,
          ).total + sums.total,
        ).toBe(0)
      }),
    )
  })
})

test('the base of a tax excludes it, for exclusive and inclusive tax', () => {
  const amounts = (taxMode: 'exclusive' | 'inclusive', amount: number) =>
    totals([{ amount, taxRate: '6', taxMode }], 0)
  // 239.20 ÷ 1.06 is 225.66, and the tax is 13.54.
  expect(amounts('inclusive', 23_920)).toMatchObject({
    taxes: [{ base: 22_566, amount: 1_354 }],
    total: 23_920,
  })
  expect(amounts('exclusive', 22_566)).toMatchObject({
    taxes: [{ base: 22_566, amount: 1_354 }],
    total: 23_920,
  })
})
