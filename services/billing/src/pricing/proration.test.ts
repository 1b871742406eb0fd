import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addDays, type DateRange } from '../values/date.ts'
import { money, scale, sum } from '../values/money.ts'
import { daysIn, periodAt } from '../values/period.ts'
import { creditWithin, prorated, prorate } from './proration.ts'

const november: DateRange = { from: '2026-11-01', to: '2026-12-01' }

test.each([
  // 599.00 × 15 ÷ 30; 100 ÷ 30 = 3.33; 100 × 2 ÷ 30 = 6.67, so the second day costs 7 − 3.
  [59_900, '2026-11-16', '2026-12-01', 29_950],
  [100, '2026-11-01', '2026-11-02', 3],
  [100, '2026-11-02', '2026-11-03', 4],
  [100, '2026-11-01', '2026-12-01', 100],
  [100, '2026-11-10', '2026-11-10', 0],
  [0, '2026-11-03', '2026-11-09', 0],
  [1, '2026-11-01', '2026-11-16', 1],
  [1, '2026-11-16', '2026-12-01', 0],
])('of a fee of %s in November, %s to %s costs %s', (fee, from, to, amount) => {
  expect(prorate(fee, { from, to }, november)).toBe(amount)
})

const dates = fc.integer({ min: 0, max: 1500 }).map((days) => addDays('2026-01-01', days))
const wholes = fc
  .tuple(
    dates,
    fc.constantFrom(1, 2, 3, 6, 12, 24, 36),
    fc.constantFrom('anniversary' as const, 'calendar' as const),
  )
  .map(([anchor, months, alignment]) => periodAt({ anchor, months, alignment }, anchor).whole)

test('however a period is cut, the shares of its fee add up to the fee', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e12 }), wholes, fc.array(fc.nat(1200)), (fee, whole, cuts) => {
      const inside = cuts.map((days) => addDays(whole.from, days % (daysIn(whole) + 1))).sort()
      const edges = [whole.from, ...inside, whole.to]
      const parts = edges.slice(1).map((to, index) => prorate(fee, { from: edges[index]!, to }, whole))
      expect(sum(parts)).toBe(fee)
      expect(parts.every((part) => part >= 0)).toBe(true)
    }),
  )
})

test('a credit and a charge of one fee for the same days cancel out', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e9 }), wholes, fc.nat(1200), (fee, whole, days) => {
      const date = addDays(whole.from, days % daysIn(whole))
      expect(
        prorate(fee, { from: whole.from, to: date }, whole)
          + prorate(fee, { from: date, to: whole.to }, whole),
      ).toBe(fee)
    }),
  )
})

test('a share from the start is rounded; any other is at most one minor unit off', () => {
  fc.assert(
    fc.property(
      fc.nat(1_000_000_00),
      fc.integer({ min: 1, max: 366 }),
      fc.nat(366),
      fc.nat(366),
      (fee, length, a, b) => {
        const [from, to] = [Math.min(a, b, length), Math.min(Math.max(a, b), length)]
        const whole = { from: '2026-01-01', to: addDays('2026-01-01', length) }
        const alone = scale(fee, to - from, length)
        const onGrid = prorate(fee, { from: addDays(whole.from, from), to: addDays(whole.from, to) }, whole)
        expect(Math.abs(money(alone - onGrid))).toBeLessThanOrEqual(from === 0 ? 0 : 1)
      },
    ),
  )
})

test('a proportion is rounded once, also of a negative whole, and is 0 of a whole of 0', () => {
  expect([
    prorated(1000, 826, 1000),
    prorated(400, 200, 800),
    prorated(5, 1, 0),
    prorated(3, -1, -2),
  ]).toEqual([826, 100, 0, 2])
})

test('a credit is at most what was paid less what was credited before', () => {
  expect([
    creditWithin(300, 200, 50),
    creditWithin(100, 200, 50),
    creditWithin(-50, 200, 50),
    creditWithin(10, 20, 30),
  ]).toEqual([150, 100, 0, 0])
})
