import type { Invoice, Subscription, UsageSummary } from '@customer-portal/portal-api/contract'
import { expect, test } from 'vitest'
import { alertsOf } from './alerts.ts'

const meter = (used: number, included: number | null, overagePolicy: 'bill' | 'block' = 'bill') =>
  ({ meter: `m${used}`, used, included, remaining: included === null ? null : Math.max(0, included - used), overage: included === null ? 0 : Math.max(0, used - included), overagePolicy, runsOutAt: null })
const usage = (...meters: ReturnType<typeof meter>[]) => ({ meters }) as unknown as UsageSummary
const subscription = (change: Partial<Subscription>) => ({ status: 'active', currentPeriod: { start: '2026-11-01', end: '2026-12-01' }, cancelAtPeriodEnd: false, trialEndsAt: null, trialDaysLeft: null, ...change }) as Subscription

test('a customer with room in every quota and nothing overdue has no alert', () => {
  expect(alertsOf(subscription({}), usage(meter(10, 100), meter(9e9, null)), [])).toEqual([])
})

test('overdue invoices come first, then the fullest quotas', () => {
  const alerts = alertsOf(subscription({}), usage(meter(85, 100), meter(100, 100)), [{ overdue: true }, { overdue: false }] as Invoice[])
  expect(alerts.map((alert) => alert.kind)).toEqual(['overdue', 'used-up', 'near'])
  expect(alerts[0]).toMatchObject({ invoices: [{ overdue: true }] })
})

test('a used-up quota is grave where it blocks, a warning where the rest is billed', () => {
  const tone = (policy: 'bill' | 'block') => alertsOf(undefined, usage(meter(100, 100, policy)), [])[0]?.tone
  expect([tone('block'), tone('bill')]).toEqual(['bad', 'warn'])
})

test('an ending trial or an ending subscription is said, the trial from three days before its end', () => {
  const trial = (change: Partial<Subscription>) => alertsOf(subscription({ status: 'trialing', trialEndsAt: '2026-11-30T00:00:00.000000Z', ...change }), undefined, []).map((alert) => alert.kind)
  expect(trial({ trialDaysLeft: 4 })).toEqual([])
  expect(trial({ trialDaysLeft: 3 })).toEqual(['trial'])
  expect(trial({ trialDaysLeft: 3, cancelAtPeriodEnd: true })).toEqual(['ending'])
})
