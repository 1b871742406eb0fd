import type { Plan } from '@customer-portal/portal-api/contract'
import { expect, test } from 'vitest'
import { lossesOf } from './losses.ts'

const plan = (included: Record<string, number | null>, features: string[] = []) =>
  ({
    charges: Object.entries(included).map(([meter, units]) => ({ meter, included: units, overage: 'block' })),
    features: features.map((en) => ({ 'zh-CN': en, en })),
  }) as Plan

test('what a lower plan includes less of, or not at all, is a loss', () => {
  const { allowances } = lossesOf(
    plan({ chats: 5000, tokens: null, storage: 10, calls: 7 }),
    plan({ chats: 1000, tokens: 9, calls: 7 }),
  )
  expect(allowances).toEqual([
    { meter: 'chats', now: 5000, then: 1000 },
    { meter: 'tokens', now: null, then: 9 },
    { meter: 'storage', now: 10, then: 0 },
  ])
})

test('an allowance that stays, grows or is unlimited is no loss', () => {
  expect(lossesOf(plan({ chats: 10, tokens: null }), plan({ chats: 20, tokens: null })).allowances).toEqual(
    [],
  )
  expect(lossesOf(plan({ chats: 10 }), plan({ chats: null })).allowances).toEqual([])
})

test('features the lower plan does not list are lost', () => {
  expect(lossesOf(plan({}, ['SSO', 'API']), plan({}, ['API'])).features).toEqual([
    { 'zh-CN': 'SSO', en: 'SSO' },
  ])
})
