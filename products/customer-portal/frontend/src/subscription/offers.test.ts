import type { PortalPlan } from '@customer-portal/portal-api/contract'
import { expect, test } from 'vitest'
import {
  changeKindOf,
  counterpartOf,
  feeForSeats,
  offersIntervals,
  plansPaid,
  savingOf,
  savings,
} from './offers.ts'

const plan = (
  id: string,
  name: string,
  interval: 'month' | 'year',
  amount: number,
  per: 'subscription' | 'seat' = 'subscription',
) =>
  ({
    id,
    name: { 'zh-CN': name, en: name },
    interval,
    intervalCount: 1,
    fee: { amount, per, ...(per === 'seat' ? { base: 0, perSeat: amount } : { base: amount, perSeat: 0 }) },
    currency: 'CNY',
    seats: { min: 3, max: 20 },
  }) as PortalPlan
const free = plan('free', 'Free', 'month', 0)
const team = plan('team', 'Team', 'month', 12_900, 'seat')
const teamYear = plan('team_year', 'Team', 'year', 123_800, 'seat')
const business = plan('business', 'Business', 'month', 199_900)
const businessYear = plan('business_year', 'Business', 'year', 2_099_000)
const all = [free, team, teamYear, business, businessYear]
const ids = (plans: PortalPlan[]) => plans.map(({ id }) => id)

test('a yearly plan belongs to the monthly plan of the same name', () => {
  expect([counterpartOf(teamYear, all), counterpartOf(business, all), counterpartOf(free, all)]).toEqual([
    team,
    businessYear,
    undefined,
  ])
  expect(counterpartOf(plan('x', 'Team', 'year', 1), all)).toBeUndefined() // not per seat
})

test('either interval shows its own plans and those without a counterpart', () => {
  expect(ids(plansPaid(all, 'month'))).toEqual(['free', 'team', 'business'])
  expect(ids(plansPaid(all, 'year'))).toEqual(['free', 'team_year', 'business_year'])
  expect([offersIntervals(all), offersIntervals([free, team, business])]).toEqual([true, false])
})

test('the yearly saving is computed from the prices, and never overstated', () => {
  expect(savingOf(teamYear, all)).toBe(20) // 123,800 of 154,800: 20.02 %
  expect(savingOf(businessYear, all)).toBe(12) // 12.499 %
  expect([savingOf(team, all), savingOf(plan('dear', 'Free', 'year', 5), all)]).toEqual([0, 0])
  expect(savings(all)).toEqual({ most: 20, alike: false })
  expect(savings([team, teamYear])).toEqual({ most: 20, alike: true })
})

test("seats cost at least the plan's minimum, and have no price beyond its maximum", () => {
  expect([
    feeForSeats(team, 8),
    feeForSeats(team, 1),
    feeForSeats(team, 21),
    feeForSeats(business, 8),
  ]).toEqual([103_200, 38_700, undefined, 199_900])
})

test('another interval of the current plan is neither up nor down, and without a plan every change is a subscription', () => {
  const related = [
    { ...team, relation: 'current' as const },
    { ...teamYear, relation: 'upgrade' as const },
    { ...businessYear, relation: 'upgrade' as const },
    { ...free, relation: 'downgrade' as const },
  ]
  const kinds = (hasPlan: boolean) => related.slice(1).map((one) => changeKindOf(one, related, hasPlan))
  expect(kinds(true)).toEqual(['interval', 'upgrade', 'downgrade'])
  expect(kinds(false)).toEqual(['subscribe', 'subscribe', 'subscribe'])
})

test('a fee of a base and a part per seat costs both, and belongs only to a yearly plan of both', () => {
  const both = (id: string, interval: 'month' | 'year', base: number, perSeat: number) => ({
    ...plan(id, 'Both', interval, base + 3 * perSeat),
    fee: { amount: base + 3 * perSeat, per: 'subscription' as const, base, perSeat },
  })
  const [monthly, yearly] = [
    both('both', 'month', 100_000, 30_000),
    both('both_year', 'year', 1_000_000, 300_000),
  ]
  expect([feeForSeats(monthly, 1), feeForSeats(monthly, 5), feeForSeats(monthly, 21)]).toEqual([
    190_000, // the minimum is 3
    250_000,
    undefined,
  ])
  expect(counterpartOf(yearly, [monthly, yearly])).toBe(monthly)
  expect(counterpartOf(yearly, [plan('flat', 'Both', 'month', 100_000)])).toBeUndefined()
  expect(savingOf(yearly, [monthly, yearly])).toBe(16) // 1,900,000 of 2,280,000: 16.67 %
})
