import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canRunAhead, countPeriod, type AllowanceGrid, type AllowancePhase } from './allowance.ts'
import { addDays, daysBetween } from '../values/date.ts'

const june: AllowanceGrid = { from: '2026-06-01', to: '2026-07-01', days: 30 }
const day = (n: number) => addDays(june.from, n - 1)
const used = (n: number, quantity: number) => ({ date: day(n), quantity })

/**
 * Consecutive phases, each from its date on; the last one counts to the end of June unless `countsTo`
 * differs.
 */
function phases(
  ...some: {
    on: number
    included: number | null | undefined
    blocks?: boolean
    whole?: boolean
    until?: number
    countsTo?: number
  }[]
): AllowancePhase[] {
  return some.map(({ on, included, blocks = true, whole = false, until, countsTo }, index) => {
    const to = day(some[index + 1]?.on ?? until ?? 31)
    return {
      from: day(on),
      to,
      included,
      blocks,
      whole,
      countsTo: index < some.length - 1 ? to : day(countsTo ?? 31),
    }
  })
}
const count = (of: AllowancePhase[], days: { date: string; quantity: number }[], carried = 0) =>
  countPeriod({ phases: of, grid: june, days, carried, decimals: 0 })

test('half a month with 1,000 and half with 5,000 allow 3,000: 1,000 used leave 2,000', () => {
  const {
    allowance,
    deficit,
    phases: [first],
  } = count(phases({ on: 1, included: 1000 }, { on: 16, included: 5000 }), [used(3, 1000)])
  expect([allowance! - 1000, deficit, first]).toMatchObject([2000, 0, { within: 1000, uncharged: 0 }])
})

test('the sum is exact and is rounded down once', () => {
  // (7 × 1 + 7 × 29) ÷ 30 = 7; rounding each would give 0 + 6.
  expect(count(phases({ on: 1, included: 7 }, { on: 2, included: 7 }), []).allowance).toBe(7)
  expect(
    count(
      phases({ on: 1, included: Number.MAX_SAFE_INTEGER }, { on: 2, included: Number.MAX_SAFE_INTEGER }),
      [],
    ).allowance,
  ).toBe(Number.MAX_SAFE_INTEGER)
})

test('units above the allowance on their date are included where the period ends with a larger one', () => {
  const billed = phases({ on: 1, included: 100, blocks: false }, { on: 16, included: 300, blocks: false })
  // 150 on the 10th: 50 above 100, but none above (100 × 15 + 300 × 15) ÷ 30 = 200.
  expect(count(billed, [used(10, 150)]).phases[0]).toMatchObject({ within: 150, overage: 0 })
  expect(count(billed, [used(10, 250)]).phases[0]).toMatchObject({ within: 200, overage: 50 })
})

test('granted units above the final allowance of the period are a deficit, not overage', () => {
  const lower = phases({ on: 1, included: 300 }, { on: 11, included: 0 })
  // All 300 on the 5th; the allowance ends at 300 × 10 ÷ 30 = 100.
  expect(count(lower, [used(5, 300)])).toMatchObject({
    allowance: 100,
    deficit: 200,
    phases: [{ within: 300, uncharged: 0 }, { within: 0 }],
  })
  expect(canRunAhead(lower, june)).toBe(true)
  expect(canRunAhead(phases({ on: 1, included: 100 }, { on: 16, included: 300 }), june)).toBe(false)
})

test('a deficit counts as used until it is worked off', () => {
  const month = phases({ on: 1, included: 100 })
  expect(count(month, [used(2, 50)], 200)).toMatchObject({
    deficit: 100,
    phases: [{ within: 0, uncharged: 50 }],
  })
  expect(count(month, [used(2, 50)], 30)).toMatchObject({ deficit: 0, phases: [{ within: 50 }] })
  expect(count(month, [used(2, 50)], 80)).toMatchObject({
    deficit: 0,
    phases: [{ within: 20, uncharged: 30 }],
  })
  // The deficit stays while no plan limits or charges the meter.
  expect([
    count(phases({ on: 1, included: null }), [used(2, 50)], 30).deficit,
    count(phases({ on: 1, included: undefined }), [used(2, 50)], 30).deficit,
  ]).toEqual([30, 30])
})

test('a period that was cut has the allowance of its days, or all if nothing was credited', () => {
  const cut = (countsTo: number) =>
    count(phases({ on: 1, included: 300, until: 11, countsTo }), [used(5, 250)])
  expect([cut(11), cut(31)]).toMatchObject([
    { allowance: 100, deficit: 150 },
    { allowance: 300, deficit: 0 },
  ])
})

test('usage on a plan without a limit, or without a charge for the meter, uses none of the allowance', () => {
  const through = phases({ on: 1, included: 300 }, { on: 11, included: null }, { on: 21, included: 300 })
  expect(count(through, [used(15, 10_000), used(25, 200)])).toMatchObject({
    allowance: 200,
    deficit: 0,
    phases: [{}, { within: 0, overage: 0, uncharged: 0 }, { within: 200 }],
  })
  const aside = phases({ on: 1, included: 300 }, { on: 11, included: undefined }, { on: 21, included: 300 })
  expect(count(aside, [used(15, 10_000), used(25, 201)])).toMatchObject({
    phases: [{}, { uncharged: 10_000 }, { within: 200, uncharged: 1 }],
  })
})

test('on the date a plan is left the larger sum counts where overage is not billed', () => {
  // 300 were granted in the morning of the 11th, before the change.
  const toLess = phases({ on: 1, included: 300 }, { on: 11, included: 30 })
  expect(count(toLess, [used(11, 300)])).toMatchObject({
    allowance: 120,
    deficit: 180,
    phases: [{}, { within: 300 }],
  })
  const toNothing = phases({ on: 1, included: 300 }, { on: 11, included: undefined })
  expect(count(toNothing, [used(11, 300)]).deficit).toBe(200)
  // With billed overage the new plan's sum counts: (300 × 10 + 30 × 20) ÷ 30 = 120.
  expect(
    count(
      toLess.map((phase) => ({ ...phase, blocks: false })),
      [used(11, 300)],
    ),
  ).toMatchObject({ deficit: 0, phases: [{}, { within: 120, overage: 180 }] })
  // To the larger plan and back within one day.
  const andBack = phases({ on: 1, included: 30 }, { on: 11, included: 300 }, { on: 11, included: 30 })
  expect(count(andBack, [used(11, 200)])).toMatchObject({ allowance: 30, deficit: 170 })
})

test('a full allowance counts all use of the period and is never less than the prorated one', () => {
  const whole = phases(
    { on: 1, included: 100, blocks: false },
    { on: 16, included: 300, blocks: false, whole: true },
  )
  // The 150 before are 50 above 100; they stay overage where they are above the prorated 200 too. Left: 300
  // less all use.
  expect(count(whole, [used(10, 150), used(20, 151)])).toMatchObject({
    allowance: 300,
    phases: [
      { within: 150, overage: 0 },
      { within: 150, overage: 1 },
    ],
  })
  expect(count(whole, [used(10, 250), used(20, 60)])).toMatchObject({
    phases: [
      { within: 200, overage: 50 },
      { within: 50, overage: 10 },
    ],
  })
  const blocked = phases({ on: 1, included: 100 }, { on: 16, included: 300, whole: true })
  expect(count(blocked, [used(10, 250), used(20, 60)])).toMatchObject({
    phases: [
      { within: 200, uncharged: 50 },
      { within: 50, uncharged: 10 },
    ],
  })
  const fromMore = phases({ on: 1, included: 500 }, { on: 16, included: 300, whole: true })
  expect(count(fromMore, []).allowance).toBe(400)
})

const lives = fc.array(
  fc.record({
    changes: fc.array(
      fc.record({
        on: fc.integer({ min: 1, max: 30 }),
        included: fc.oneof(
          { weight: 5, arbitrary: fc.nat(300) },
          { weight: 1, arbitrary: fc.constantFrom(null, undefined) },
        ),
        blocks: fc.boolean(),
      }),
      { minLength: 1, maxLength: 5 },
    ),
    days: fc.array(fc.record({ on: fc.integer({ min: 1, max: 30 }), quantity: fc.nat(400) }), {
      maxLength: 8,
    }),
    cut: fc.option(fc.integer({ min: 1, max: 30 }), { nil: undefined }),
  }),
  { minLength: 1, maxLength: 6 },
)

function monthOf({
  changes,
  days,
  cut,
}: {
  changes: { on: number; included: number | null | undefined; blocks: boolean }[]
  days: { on: number; quantity: number }[]
  cut?: number | undefined
}) {
  const sorted = changes.map((change) => change.on).sort((a, b) => a - b)
  const until = Math.max(cut ?? 31, sorted.at(-1)!)
  const steps = changes.map((change, index) => ({ ...change, on: index === 0 ? 1 : sorted[index]! }))
  const quantities = new Map<number, number>()
  for (const { on, quantity } of days) quantities.set(on, (quantities.get(on) ?? 0) + quantity)
  return {
    of: phases(
      ...steps.map((one, index) => (index === steps.length - 1 ? { ...one, until, countsTo: until } : one)),
    ),
    days: [...quantities].sort(([a], [b]) => a - b).map(([on, quantity]) => used(on, quantity)),
  }
}

/** The rule unit by unit, in fractions of a thirtieth, independent of the code under test. */
function unitByUnit(
  of: readonly AllowancePhase[],
  days: readonly { date: string; quantity: number }[],
  carried: number,
) {
  const sum = (last: number, end: string) =>
    Math.floor(
      of
        .slice(0, last + 1)
        .reduce(
          (total, { included, from, to }, index) =>
            total + (included ?? 0) * daysBetween(from, index === last ? end : to),
          0,
        ) / 30,
    )
  const end = sum(of.length - 1, of.at(-1)!.countsTo)
  let [place, within] = [carried, carried]
  const seen = of.map(() => ({ within: 0, overage: 0, uncharged: 0 }))
  for (const { date, quantity } of days) {
    const index = of.findIndex(({ from, to }) => from <= date && date < to)
    if (index < 0 || of[index]!.included === null) continue
    const there = of
      .map((phase, other) => ({ ...phase, other }))
      .filter(
        ({ from, to, other, included }) =>
          typeof included === 'number' && (other === index || (other < index && to === date && from <= date)),
      )
    const stood = Math.max(0, ...there.map(({ other }) => sum(other, june.to)))
    for (let unit = 0; unit < quantity; unit += 1) {
      const isCharged = of[index]!.included !== undefined
      const most = isCharged && !of[index]!.blocks ? sum(index, june.to) : stood
      const fits = place + 1 <= most || (isCharged && place + 1 <= end)
      if (fits) [place, within] = [place + 1, within + 1]
      if (!isCharged) seen[index]!.uncharged += 1
      else if (fits) seen[index]!.within += 1
      else if (of[index]!.blocks) seen[index]!.uncharged += 1
      else [place, seen[index]!.overage] = [place + 1, seen[index]!.overage + 1]
    }
  }
  return {
    seen,
    deficit: of.some(({ included }) => typeof included === 'number') ? Math.max(0, within - end) : carried,
  }
}

test('counting by days equals counting unit by unit', () => {
  fc.assert(
    fc.property(lives, fc.nat(200), (months, carried) => {
      for (const month of months) {
        const { of, days } = monthOf(month)
        const { phases: counted, deficit } = count(of, days, carried)
        const { seen, deficit: expected } = unitByUnit(of, days, carried)
        expect(counted.map(({ within, overage, uncharged }) => ({ within, overage, uncharged }))).toEqual(
          seen,
        )
        expect(deficit).toBe(expected)
      }
    }),
  )
})

test('over a life units within allowances are at most the day shares plus one allowance', () => {
  fc.assert(
    fc.property(lives, (months) => {
      let [carried, granted, shares, largest] = [0, 0, 0, 0]
      for (const month of months) {
        const { of, days } = monthOf(month)
        const { phases: counted, deficit } = count(of, days, carried)
        granted += counted.reduce((sum, phase) => sum + phase.within, 0)
        shares += of.reduce(
          (sum, { included, from, countsTo }) => sum + ((included ?? 0) * daysBetween(from, countsTo)) / 30,
          0,
        )
        largest = Math.max(largest, ...of.map(({ included }) => included ?? 0))
        expect(granted).toBeLessThanOrEqual(shares + largest)
        carried = deficit
      }
    }),
  )
})

const november = { from: '2026-11-01', to: '2026-12-01', days: 30 }
/** The November allowance of a plan that starts on a date and continues. */
const allowanceFrom = (included: number, from: string) => {
  const phase: AllowancePhase = {
    from,
    to: november.to,
    included,
    countsTo: november.to,
    blocks: true,
    whole: false,
  }
  return countPeriod({ phases: [phase], grid: november, days: [], carried: 0, decimals: 0 }).allowance
}

test.each([
  [1000, '2026-11-01', 1000],
  [5000, '2026-11-16', 2500],
  [1000, '2026-11-02', 966],
  [1, '2026-11-02', 0],
  [20, '2026-11-30', 0],
  [30, '2026-11-30', 1],
  [0, '2026-11-05', 0],
])(
  'of an allowance of %s, a phase from %s has %s: its share of days, rounded down',
  (included, start, allowance) => {
    expect(allowanceFrom(included, start)).toBe(allowance)
  },
)

test('an allowance beyond the precision of a double is prorated exactly', () => {
  expect(allowanceFrom(9_007_199_254_740_991, '2026-11-02')).toBe(
    Number((9_007_199_254_740_991n * 29n) / 30n),
  )
})
