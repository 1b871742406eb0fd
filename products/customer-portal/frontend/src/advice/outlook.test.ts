import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isForeseeable, outlookOf } from './outlook.ts'

const meter = {
  used: 50,
  included: 100,
  forecast: 80,
  overagePolicy: 'bill' as const,
  runsOutAt: null,
  usedUpOn: null,
  errorBasisPoints: 120,
}

test('a used-up allowance is never said to last, whatever pace and history are', () => {
  const quantities = fc.integer({ min: 1, max: 1_000_000 })
  fc.assert(
    fc.property(
      quantities,
      quantities,
      fc.option(quantities),
      fc.constantFrom('bill' as const, 'block' as const),
      fc.option(fc.constant('2026-11-23')),
      (included, above, forecast, overagePolicy, usedUpOn) => {
        expect(
          outlookOf(
            { ...meter, included, used: included + above - 1, forecast, overagePolicy, usedUpOn },
            20,
          ),
        ).toMatch(/^(forecastUsedUp|stopped)/)
      },
    ),
  )
})

test('a used-up meter shows the date, and that it is blocked where it is', () => {
  const usedUp = { ...meter, used: 100, forecast: 130, usedUpOn: '2026-11-23' }
  expect([
    outlookOf(usedUp, 24),
    outlookOf({ ...usedUp, overagePolicy: 'block' }, 24),
    outlookOf({ ...usedUp, usedUpOn: null }, 24),
  ]).toEqual(['forecastUsedUpOn', 'stoppedOn', 'forecastUsedUp'])
})

test('no forecast is made when past ones were off by more than the whole usage', () => {
  expect([
    isForeseeable({ errorBasisPoints: 10_000 }),
    isForeseeable({ errorBasisPoints: 10_001 }),
    outlookOf({ ...meter, errorBasisPoints: 14_000 }, 9),
  ]).toEqual([true, false, 'unforeseeable'])
})

test('a meter without a limit, or without an allowance, neither lasts nor runs out', () => {
  expect([outlookOf({ ...meter, included: null }, 9), outlookOf({ ...meter, included: 0 }, 9)]).toEqual([
    'forecastUnlimited',
    'forecastPay',
  ])
})

test('a level is not called too early to forecast once days have passed', () => {
  expect([outlookOf({ ...meter, forecast: null }, 1), outlookOf({ ...meter, forecast: null }, 9)]).toEqual([
    'noForecast',
    'noForecastLevel',
  ])
})
