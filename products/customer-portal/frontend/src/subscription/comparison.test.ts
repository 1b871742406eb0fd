import type { Plan } from '@customer-portal/portal-api/contract'
import { expect, test } from 'vitest'
import { featuresOf, firstRate, metersOf } from './comparison.ts'
import { clampSeats } from './seats.ts'

const feature = (en: string) => ({ 'zh-CN': en, en })
const plan = (features: string[], meters: string[]) =>
  ({ features: features.map(feature), charges: meters.map((meter) => ({ meter })) }) as unknown as Plan

test('the rows of the comparison are every meter and feature once, in the catalogue’s order', () => {
  const plans = [plan(['Email'], ['ai_chat']), plan(['Email', 'SSO'], ['ai_chat', 'tokens'])]
  expect(metersOf(plans)).toEqual(['ai_chat', 'tokens'])
  expect(featuresOf(plans).map((each) => each.en)).toEqual(['Email', 'SSO'])
})

test('the price beyond the allowance is the first rate, and says whether there are more', () => {
  const charge = { meter: 'm', included: 0, overage: 'bill' as const }
  expect(firstRate({ ...charge, price: { model: 'per_unit', rate: { amount: 5, per: 1 } } })).toEqual({
    amount: 5,
    per: 1,
    more: false,
  })
  expect(
    firstRate({
      ...charge,
      price: {
        model: 'graduated',
        tiers: [
          { upTo: 10, rate: { amount: 8, per: 1 } },
          { upTo: null, rate: { amount: 4, per: 1 } },
        ],
      },
    }),
  ).toEqual({ amount: 8, per: 1, more: true })
  expect(firstRate({ ...charge, price: { model: 'package', size: 100, amount: 900 } })).toEqual({
    amount: 900,
    per: 100,
    more: false,
  })
  expect(firstRate({ ...charge, price: { model: 'percentage', basisPoints: 60, perEvent: 10 } })).toEqual({
    amount: 60,
    per: 10_000,
    more: true,
  })
  expect(firstRate({ meter: 'm', included: 0, overage: 'block' })).toBeUndefined()
})

test('seats are clamped to what the plan allows', () => {
  expect([
    clampSeats(0, { min: 3, max: 20 }),
    clampSeats(99, { min: 3, max: 20 }),
    clampSeats(7.9, { min: 1, max: null }),
  ]).toEqual([3, 20, 7])
})
