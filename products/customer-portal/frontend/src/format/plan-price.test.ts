import type { Plan } from '@customer-portal/portal-api/contract'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { locale } from '../preferences.ts'
import { startTexts, switchLanguage } from '../texts/index.ts'
import { useFormat } from './use-format.ts'

const before = locale.value
beforeAll(startTexts)
afterEach(() => {
  locale.value = before
})
const plan = (amount: number, ...charges: object[]) =>
  ({
    fee: { amount, per: 'subscription', base: amount, perSeat: 0 },
    currency: 'CNY',
    interval: 'month',
    intervalCount: 1,
    charges,
  }) as unknown as Plan
const charge = (included: number | null, overage: 'bill' | 'block' = 'bill', more: object = {}) => ({
  meter: 'chat',
  included,
  overage,
  ...more,
})

test('a plan without a fee is free only if nothing costs from the first unit on; otherwise it is pay-as-you-go, with the amount so far', async () => {
  const plans = [
    plan(0),
    plan(0, charge(null)),
    plan(0, charge(100)),
    plan(0, charge(0, 'block')),
    plan(0, charge(100), charge(0)),
    plan(0, charge(100, 'bill', { minimum: 500 })),
    plan(9_900, charge(0)),
  ]
  const lines = async (language: 'en' | 'zh-CN') => {
    await switchLanguage(language)
    const { priceLine } = useFormat()
    return plans.flatMap((one) => [priceLine(one), priceLine(one, 1_250)])
  }
  const free = (word: string) => Array.from({ length: 8 }, () => word)
  expect(await lines('en')).toEqual([
    ...free('Free'),
    'Pay as you go',
    'Pay as you go, ¥12.50 so far',
    'Pay as you go',
    'Pay as you go, ¥12.50 so far',
    '¥99/month',
    '¥99/month',
  ])
  expect(await lines('zh-CN')).toEqual([
    ...free('免费'),
    '按量计费',
    '按量计费，目前 ¥12.50',
    '按量计费',
    '按量计费，目前 ¥12.50',
    '¥99/月',
    '¥99/月',
  ])
})

test('a fee of a base and a part per seat names both', async () => {
  const both = {
    ...plan(190_000),
    fee: { amount: 190_000, per: 'subscription', base: 100_000, perSeat: 30_000 },
  } as Plan
  await switchLanguage('en')
  expect(useFormat().priceLine(both)).toBe('¥1,000/month + ¥300/seat/month')
  await switchLanguage('zh-CN')
  expect(useFormat().priceLine(both)).toBe('¥1,000/月 + ¥300/席位/月')
})
