import type { Subscription, UsageSummary } from '@customer-portal/portal-api/contract'
import { expect, test } from 'vitest'
import { alertsOf, thingsIn } from './alerts.ts'

const meter = (used: number, included: number | null, overagePolicy: 'bill' | 'block' = 'bill') => ({
  meter: `m${used}`,
  used,
  included,
  granted: 0,
  remaining: included === null ? null : Math.max(0, included - used),
  overage: included === null ? 0 : Math.max(0, used - included),
  overagePolicy,
  runsOutAt: null,
})
const usage = (...meters: ReturnType<typeof meter>[]) => ({ meters }) as unknown as UsageSummary
const subscription = (change: Partial<Subscription>) =>
  ({
    status: 'active',
    plan: { id: 'team' },
    currentPeriod: { start: '2026-11-01', end: '2026-12-01' },
    cancelAtPeriodEnd: false,
    trialEndsAt: null,
    trialDaysLeft: null,
    ...change,
  }) as Subscription

test('a customer with room in every quota and nothing overdue has no alert', () => {
  expect(alertsOf(subscription({}), usage(meter(10, 100), meter(9e9, null)), undefined)).toEqual([])
})

test('overdue invoices come first, then the fullest quotas', () => {
  const alerts = alertsOf(subscription({}), usage(meter(85, 100), meter(100, 100)), {
    count: 1000,
    amount: 318_000,
    currency: 'CNY',
  })
  expect(alerts.map((alert) => alert.kind)).toEqual(['overdue', 'used-up', 'near'])
  expect(alerts[0]).toMatchObject({ count: 1000, amount: 318_000 })
})

test('blocked meters come before billed overage, however high that is', () => {
  const alerts = alertsOf(
    undefined,
    usage(meter(900, 100), meter(85, 100, 'block'), meter(100, 100, 'block')),
    undefined,
  )
  expect(
    alerts.map((alert) =>
      alert.kind === 'used-up' || alert.kind === 'near' ? alert.meter.meter : alert.kind,
    ),
  ).toEqual(['m100', 'm85', 'm900'])
})

test('beyond three meters the others are one alert, and each of them counts', () => {
  const alerts = alertsOf(
    subscription({}),
    usage(...[101, 102, 103, 104, 105].map((used) => meter(used, 100))),
    undefined,
  )
  expect([alerts.map((alert) => alert.kind), thingsIn(alerts)]).toEqual([
    ['used-up', 'used-up', 'used-up', 'more'],
    5,
  ])
})

test('a used-up quota is severe if it blocks, and a warning if overage is billed', () => {
  const tone = (policy: 'bill' | 'block') =>
    alertsOf(undefined, usage(meter(100, 100, policy)), undefined)[0]?.tone
  expect([tone('block'), tone('bill')]).toEqual(['bad', 'warn'])
})

test('after the end, and without a plan, no meter is near a limit', () => {
  for (const status of ['canceled', 'none'] as const)
    expect(
      alertsOf(
        subscription({ status, plan: null }),
        usage(meter(85, 100), meter(100, 100, 'block')),
        undefined,
      ),
    ).toEqual([])
})

test('an ending trial or subscription is an alert, for the trial from three days before its end', () => {
  const trial = (change: Partial<Subscription>) =>
    alertsOf(
      subscription({ status: 'trialing', trialEndsAt: '2026-11-30T00:00:00.000000Z', ...change }),
      undefined,
      undefined,
    ).map((alert) => alert.kind)
  expect(trial({ trialDaysLeft: 4 })).toEqual([])
  expect(trial({ trialDaysLeft: 3 })).toEqual(['trial'])
  expect(trial({ trialDaysLeft: 3, cancelAtPeriodEnd: true })).toEqual(['ending'])
})
