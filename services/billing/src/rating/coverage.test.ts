import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isValidOn, type GrantTerms } from '../customer/grant.ts'
import { planFrom } from '../catalogue/plan.ts'
import type { Meter } from '../catalogue/meter.ts'
import type { Phase } from '../subscription/phase.ts'
import type { SubscriptionState } from '../subscription/state.ts'
import { addDays } from '../values/date.ts'
import { beginningOfTime } from '../values/zone.ts'
import { coverUsage, coversFrom, type Coverage, type WrittenDraw } from './coverage.ts'
import { carriedFrom } from './deficit.ts'
import { metersInPeriod, usagePhases, type DailyUsage } from './rated-usage.ts'
import { usagePeriods } from '../subscription/timeline.ts'

const meter = { key: 'm', decimals: 0, aggregation: 'sum' } as unknown as Meter
const first = '2026-11-01'
const days = 75
const date = (day: number) => addDays(first, day)

const phase = (from: number, to: number | null, included: number, overage: 'bill' | 'block'): Phase => ({
  id: `p${from}`,
  subscriptionId: 's',
  plan: planFrom({
    id: 'p',
    version: 1,
    spec: {
      fee: { amount: 100, per: 'subscription' },
      charges: [
        {
          meter: 'm',
          included,
          overage,
          ...(overage === 'bill' ? { price: { model: 'per_unit', rate: { amount: 1, per: 1 } } } : {}),
        },
      ],
    } as never,
  }),
  seats: 1,
  from: date(from),
  to: to === null ? null : date(to),
  anchor: first,
  alignment: 'anniversary',
  scheduled: false,
  trialEnds: null,
})

const grants = fc
  .array(
    fc.record({
      quantity: fc.integer({ min: 1, max: 60 }),
      priority: fc.integer({ min: 0, max: 2 }),
      category: fc.constantFrom('paid' as const, 'promotional' as const),
      from: fc.integer({ min: 0, max: days }),
      lasts: fc.option(fc.integer({ min: 0, max: 40 })),
    }),
    { minLength: 1, maxLength: 5 },
  )
  .map((all) =>
    all.map(({ from, lasts, ...one }, index): GrantTerms => ({
      ...one,
      id: `g${index}`,
      meter: 'm',
      effectiveOn: date(from),
      expiresOn: lasts === null ? null : date(from + lasts),
      sequence: index,
      changes: [],
    })),
  )
const phases = fc.oneof(
  fc.constant<Phase[]>([]),
  fc
    .record({
      change: fc.integer({ min: 1, max: days }),
      one: fc.integer({ min: 0, max: 80 }),
      other: fc.integer({ min: 0, max: 80 }),
      overage: fc.constantFrom('bill' as const, 'block' as const),
    })
    .map(({ change, one, other, overage }) => [
      phase(0, change, one, overage),
      phase(change, null, other, overage),
    ]),
)
const used = fc
  .array(fc.tuple(fc.integer({ min: 0, max: days }), fc.integer({ min: 1, max: 40 })), { maxLength: 25 })
  .map((all) => {
    const sums = new Map<number, number>()
    for (const [day, quantity] of all) sums.set(day, (sums.get(day) ?? 0) + quantity)
    return [...sums]
      .sort(([a], [b]) => a - b)
      .map(([day, quantity]): DailyUsage => ({ meter: 'm', date: date(day), quantity, events: 1 }))
  })

const stateOf = (given: GrantTerms[], own: Phase[]) =>
  ({
    zones: [{ from: beginningOfTime, timezone: 'UTC' }],
    phases: own,
    meters: new Map([['m', meter]]),
    deficits: [],
    grants: given,
    drawsSettledOn: null,
    today: date(days),
    endedAt: null,
  }) as unknown as SubscriptionState

const cover = (state: SubscriptionState, usage: DailyUsage[], written: WrittenDraw[] = []): Coverage =>
  coverUsage(state, usage, written, '9999-12-31', (period, known) =>
    carriedFrom(state, usagePhases(state.phases), period, known),
  )

const drawnOf = ({ draws }: Coverage, id: string) =>
  draws.filter(({ grantId }) => grantId === id).reduce((sum, { quantity }) => sum + quantity, 0)

describe('what grants cover', () => {
  test('is never below zero, on no date on which a grant is not valid, and never more than was used', () => {
    fc.assert(
      fc.property(grants, phases, used, (given, own, usage) => {
        const state = stateOf(given, own)
        const covered = cover(state, usage)
        for (const grant of given) {
          expect(covered.left.get(grant.id)).toBeGreaterThanOrEqual(0)
          expect(drawnOf(covered, grant.id) + covered.left.get(grant.id)!).toBe(grant.quantity)
        }
        for (const { grantId, date: on, quantity } of covered.draws) {
          expect(quantity).toBeGreaterThan(0)
          expect(
            isValidOn(
              given.find(({ id }) => id === grantId)!,
              on,
            ),
          ).toBe(true)
        }
        for (const day of covered.usage) {
          const drawn = covered.draws.filter((draw) => draw.date === day.date)
          expect(day.covered ?? 0).toBe(drawn.reduce((sum, draw) => sum + draw.quantity, 0))
          expect(day.covered ?? 0).toBeLessThanOrEqual(day.quantity)
        }
      }),
    )
  })

  test('counts in rating as it was computed: nothing above is left where a valid grant has units', () => {
    fc.assert(
      fc.property(grants, phases, used, (given, own, usage) => {
        const state = stateOf(given, own)
        const covered = cover(state, usage)
        const known = usagePhases(own)
        for (const period of usagePeriods(own, state.today)) {
          const before = carriedFrom(state, known, period, covered.usage)
          const [counted] = metersInPeriod(known, period, covered.usage, state.meters, before)
          const above = counted!.lines.reduce((sum, line) => sum + line.overage, 0)
          const units = given
            .filter((grant) => grant.effectiveOn <= period.from && grant.expiresOn === null)
            .reduce((sum, { id }) => sum + covered.left.get(id)!, 0)
          if (units > 0) expect(above).toBe(0)
        }
      }),
    )
  })

  test('does not change where all of it is written down, nor with a date that is added to it', () => {
    fc.assert(
      fc.property(grants, phases, used, used, (given, own, usage, late) => {
        const state = stateOf(given, own)
        const covered = cover(state, usage)
        const again = cover(state, usage, covered.draws)
        expect(again.draws).toEqual(covered.draws)
        expect(again.left).toEqual(covered.left)
        const sums = new Map(usage.map((day) => [day.date, day.quantity]))
        for (const day of late) sums.set(day.date, (sums.get(day.date) ?? 0) + day.quantity)
        const more = [...sums]
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([on, quantity]): DailyUsage => ({ meter: 'm', date: on, quantity, events: 1 }))
        const after = cover(state, more, covered.draws)
        for (const grant of given) {
          expect(drawnOf(after, grant.id)).toBeGreaterThanOrEqual(drawnOf(covered, grant.id))
          expect(after.left.get(grant.id)).toBeGreaterThanOrEqual(0)
        }
        // And all of that taken back again: no more is drawn than before it came.
        const written = after.draws.map((draw) => ({ ...draw }))
        const back = cover(state, usage, written)
        const total = (one: Coverage) => given.reduce((sum, { id }) => sum + drawnOf(one, id), 0)
        // A deficit that the late usage left was worked off by a grant in a later period. What is written of
        // that stays, as with any later rise of an allowance.
        const phasesOfUsage = usagePhases(own)
        const hadDeficit = usagePeriods(own, state.today).some(
          (period) => (carriedFrom(state, phasesOfUsage, period, after.usage).get('m') ?? 0) > 0,
        )
        if (hadDeficit) expect(total(back)).toBeGreaterThanOrEqual(total(covered))
        else expect(total(back)).toBe(total(covered))
        expect(total(back)).toBeLessThanOrEqual(total(after))
      }),
    )
  })

  test('begins with the usage period of the first grant', () => {
    const state = stateOf(
      [{ ...fc.sample(grants, 1)[0]![0]!, effectiveOn: date(10) }],
      [phase(0, null, 5, 'bill')],
    )
    expect(coversFrom(state)).toBe(first)
  })
})
