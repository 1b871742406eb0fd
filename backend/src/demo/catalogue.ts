import type { LocalizedText, PlanInput, putMeter, putSeller } from '@customer-portal/billing'

/** A fictitious vendor; its tax ID is the published example of the standard's check digit. */
export const seller: Parameters<typeof putSeller>[1] = {
  name: '杭州星桥云计算科技有限公司',
  nameEn: 'Hangzhou Starbridge Cloud Technology Co., Ltd.',
  taxId: '91330100799655058B',
  address: '浙江省杭州市西湖区文三路 478 号华星时代广场 A 座 1803 室',
  phone: '0571-8888 6600',
  bankName: '招商银行股份有限公司杭州高新支行',
  bankAccount: '5719 0668 8810 901',
  timezone: 'Asia/Shanghai',
  logo:
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48"><rect width="48" height="48" rx="10" '
    + 'fill="#4f46e5"/><path d="M10 32a14 14 0 0 1 28 0" fill="none" stroke="#fff" stroke-width="4" '
    + 'stroke-linecap="round"/><path d="M24 9l2.4 5 5.6.8-4 3.9.9 5.5-4.9-2.6-4.9 2.6.9-5.5-4-3.9 5.6-.8z" '
    + 'fill="#fbbf24"/></svg>',
}

export const meters: Parameters<typeof putMeter>[1][] = [
  {
    key: 'ai_chat',
    name: { 'zh-CN': 'AI 回答', en: 'AI answers' },
    unit: { 'zh-CN': '次', en: 'answers', one: 'answer' },
    decimals: 0,
    aggregation: 'sum',
    groupBy: ['channel', 'assistant'],
  },
  {
    key: 'tokens',
    name: { 'zh-CN': 'Token', en: 'Tokens' },
    unit: { 'zh-CN': '个', en: 'tokens', one: 'token' },
    decimals: 0,
    aggregation: 'sum',
    groupBy: ['model', 'assistant'],
  },
]

const text = (zh: string, en: string): LocalizedText => ({ 'zh-CN': zh, en })

/**
 * Features of the plans besides seats and usage. Every plan includes those of the plans below it, so that the
 * comparison reads as a staircase.
 */
const forAll = [text('知识库问答', 'Knowledge base answers'), text('网页与 App 渠道', 'Web and app channels')]
const forTeams = [...forAll, text('微信与电话渠道', 'WeChat and phone channels')]
const forBusiness = [
  ...forTeams,
  text('SSO 单点登录', 'Single sign-on'),
  text('优先支持（1 小时）', 'Priority support (1 hour)'),
]
const forEnterprise = [...forBusiness, text('审计日志与数据驻留', 'Audit log and data residency')]

/**
 * Typical market prices: a small plan to try, seats for teams, volume for companies. In 分, with 6 % tax on
 * top.
 */
const monthly: PlanInput[] = [
  {
    id: 'starter',
    rank: 10,
    name: text('入门版', 'Starter'),
    description: text('个人与小店铺', 'For one person or a small shop'),
    fee: { amount: 9_900, per: 'subscription' },
    seats: { min: 1, max: 2 },
    features: forAll,
    charges: [
      { meter: 'ai_chat', included: 500, overage: 'block' },
      { meter: 'tokens', included: 1_000_000, overage: 'block' },
    ],
  },
  {
    id: 'team',
    rank: 20,
    name: text('团队版', 'Team'),
    description: text('成长中的客服团队', 'For a growing service team'),
    paymentTermsDays: 45,
    fee: { amount: 12_900, per: 'seat' },
    seats: { min: 3, max: 20 },
    features: forTeams,
    charges: [
      {
        meter: 'ai_chat',
        included: 3_000,
        overage: 'bill',
        price: { model: 'per_unit', rate: { amount: 12, per: 1 } },
      },
      {
        meter: 'tokens',
        included: 5_000_000,
        overage: 'bill',
        price: { model: 'per_unit', rate: { amount: 2, per: 1_000 } },
      },
    ],
  },
  {
    id: 'business',
    rank: 30,
    name: text('商业版', 'Business'),
    description: text('多渠道规模化运营', 'For many channels at scale'),
    recommended: true,
    paymentTermsDays: 45,
    fee: { amount: 199_900, per: 'subscription' },
    seats: { min: 1, max: 100 },
    features: forBusiness,
    charges: [
      {
        meter: 'ai_chat',
        included: 20_000,
        overage: 'bill',
        price: {
          model: 'graduated',
          tiers: [
            { upTo: 20_000, rate: { amount: 8, per: 1 } },
            { upTo: null, rate: { amount: 5, per: 1 } },
          ],
        },
      },
      {
        meter: 'tokens',
        included: 40_000_000,
        overage: 'bill',
        price: { model: 'per_unit', rate: { amount: 15, per: 10_000 } },
      },
    ],
  },
  {
    id: 'enterprise',
    rank: 40,
    name: text('企业版', 'Enterprise'),
    description: text('大型组织与合规', 'For large organisations and compliance'),
    paymentTermsDays: 45,
    fee: { base: 699_900, perSeat: 4_900 },
    setupFee: 500_000,
    seats: { min: 1, max: null },
    features: forEnterprise,
    charges: [
      {
        meter: 'ai_chat',
        included: 100_000,
        overage: 'bill',
        price: {
          model: 'graduated',
          tiers: [
            { upTo: 100_000, rate: { amount: 4, per: 1 } },
            { upTo: null, rate: { amount: 25, per: 10 } },
          ],
        },
      },
      { meter: 'tokens', included: null, overage: 'bill' },
    ],
  },
]

/**
 * The fee of a year paid in advance, in 分: about a fifth less than twelve months, a seventh less for the
 * largest.
 */
const yearlyFees: Record<string, PlanInput['fee']> = {
  starter: { amount: 94_800, per: 'subscription' },
  team: { amount: 123_800, per: 'seat' },
  business: { amount: 1_919_000, per: 'subscription' },
  enterprise: { base: 7_139_000, perSeat: 49_900 },
}

/**
 * Four plans, each monthly and yearly. The yearly version ranks above the monthly one, so a move to it takes
 * effect and is paid at once.
 */
export const plans: PlanInput[] = monthly.flatMap((plan): PlanInput[] => [
  plan,
  {
    ...plan,
    id: `${plan.id}_year`,
    rank: plan.rank! + 1,
    interval: 'year',
    fee: yearlyFees[plan.id]!,
  },
])
