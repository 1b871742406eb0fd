import type { Advice, PortalPlan } from '@customer-portal/portal-api/contract'
import { expect, test } from 'vitest'
import { firstToRunOut, headlineOf, shownAdvice, verdictOf, type PlanAdvice } from './advice.ts'

const plan = (planId: string, fits = true, meters: object[] = []) => ({ planId, fits, meters }) as PlanAdvice
const advice = (recommendation: Advice['recommendation'], plans: PlanAdvice[]) =>
  ({ recommendation, plans }) as Advice

test('the verdict is to stay, to save, or to get more room', () => {
  const plans = [plan('a'), plan('b')]
  expect(verdictOf(advice({ planId: 'a', saves: 0 }, plans), 'a')).toBe('stay')
  expect(verdictOf(advice({ planId: 'b', saves: 500 }, plans), 'a')).toBe('switch')
  // The current plan would have blocked some usage, so the reason is room, whether the other plan is dearer
  // or cheaper.
  expect(verdictOf(advice({ planId: 'b', saves: -500 }, [plan('a', false), plan('b')]), 'a')).toBe('outgrown')
  expect(verdictOf(advice({ planId: 'b', saves: 500 }, [plan('a', false), plan('b')]), 'a')).toBe('outgrown')
  expect(verdictOf(advice(null, plans), 'a')).toBe('none')
})

test('no plan is called the cheapest when a cheaper one with room is skipped for a missing feature', () => {
  const priced = (planId: string, total: number, { fits = true, loses = [] as string[] } = {}) =>
    ({ planId, fits, total, loses, meters: [] }) as unknown as PlanAdvice
  const said = (plans: PlanAdvice[], recommendation: Advice['recommendation'], paysOverage = false) =>
    headlineOf(advice(recommendation, plans), 'now', paysOverage)
  const stay = { planId: 'now', saves: 0 }
  const [cheapLacking, cheapSmall, dear] = [
    priced('a', 10, { loses: ['sso'] }),
    priced('b', 10, { fits: false, loses: ['sso'] }),
    priced('c', 900),
  ]
  expect([said([priced('now', 100), dear], stay), said([priced('now', 100), dear], stay, true)]).toEqual([
    'stay',
    'stayOver',
  ])
  expect([
    said([priced('now', 100), cheapLacking], stay, true),
    said([priced('now', 100), cheapSmall], stay),
  ]).toEqual(['stayKeeps', 'stay'])
  const full = priced('now', 100, { fits: false })
  expect([
    said([full, dear], { planId: 'c', saves: -800 }),
    said([full, dear, cheapLacking], { planId: 'c', saves: -800 }),
  ]).toEqual(['outgrownMore', 'outgrownKeeps'])
  expect([said([full, cheapSmall], null), said([full, cheapLacking], null)]).toEqual(['none', 'noneKeeps'])
  expect([
    said([priced('now', 1_000), dear, cheapLacking], { planId: 'c', saves: 100 }),
    said([priced('now', 1_000, { fits: false }), dear], { planId: 'c', saves: 100 }),
  ]).toEqual(['switch', 'outgrownLess'])
})

test('plans of another billing interval are shown only when they are recommended', () => {
  const plans = [
    ['a', 'month', 'current'],
    ['b', 'month', 'upgrade'],
    ['a_year', 'year', 'upgrade'],
    ['b_year', 'year', 'upgrade'],
  ].map(([id, interval, relation]) => ({ id, interval, intervalCount: 1, relation }) as PortalPlan)
  const all = advice(
    { planId: 'a_year', saves: 1 },
    plans.map(({ id }) => plan(id)),
  )
  expect(shownAdvice(all, plans).map((one) => one.plan.id)).toEqual(['a', 'b', 'a_year'])
})

test('of several allowances the first to run out is shown', () => {
  const meters = [
    { meter: 'chats', runsOutAt: '2026-11-27' },
    { meter: 'tokens', runsOutAt: '2026-11-20' },
    { meter: 'calls', runsOutAt: null },
  ]
  expect(firstToRunOut(plan('a', true, meters))).toEqual({ meter: 'tokens', at: '2026-11-20', stops: false })
  expect(
    firstToRunOut(
      plan('a', true, [...meters, { meter: 'seats', runsOutAt: '2026-11-29', overagePolicy: 'block' }]),
    ),
  ).toEqual({ meter: 'seats', at: '2026-11-29', stops: true })
  expect(firstToRunOut(plan('a'))).toBeUndefined()
})
