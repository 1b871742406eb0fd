import { expect } from 'vitest'
import { stories } from './story.ts'

const perUnit = (amount: number, per = 1) => ({
  overage: 'bill' as const,
  price: { model: 'per_unit' as const, rate: { amount, per } },
})

stories(
  'usage and money',
  [
    {
      id: 'premium',
      name: 'Premium',
      rank: 30,
      taxRate: '13',
      fee: { amount: 300_000, per: 'subscription' },
      charges: [{ meter: 'ai_chat', included: 3_000, ...perUnit(10) }],
    },
    {
      id: 'inclusive',
      name: 'Inclusive',
      rank: 5,
      taxMode: 'inclusive',
      fee: { amount: 10_600, per: 'subscription' },
    },
    {
      id: 'yen',
      name: 'Yen',
      rank: 1,
      currency: 'JPY',
      taxRate: '10',
      fee: { amount: 1_001, per: 'subscription' },
      charges: [{ meter: 'ai_chat', included: 0, ...perUnit(1, 3) }],
    },
    {
      id: 'more-yen',
      name: 'More yen',
      rank: 2,
      currency: 'JPY',
      taxRate: '10',
      fee: { amount: 3_333, per: 'subscription' },
    },
    {
      id: 'dinar',
      name: 'Dinar',
      rank: 1,
      currency: 'BHD',
      taxRate: '10',
      fee: { amount: 12_345, per: 'subscription' },
    },
    {
      id: 'more-dinar',
      name: 'More dinar',
      rank: 2,
      currency: 'BHD',
      taxRate: '10',
      fee: { amount: 99_999, per: 'subscription' },
    },
  ],
  (story) => {
    story(
      'usage that arrives in the next month is on the next invoice, once, up to 35 days',
      'late usage: one adjustment per meter, phase and period: all known now less all billed so far',
      {},
      async (life) => {
        await life.on('2026-11-01 00:00')
        await life.subscribes('team')
        await life.uses('ai_chat', 800)
        await life.on('2026-12-05 09:00')
        await life.receives(
          `start on 2026-11-01 00:00
      Team plan fee 2026-11-01..2026-12-01 599.00
      tax 6% 35.94, total 634.94`,
          `renewal on 2026-12-01 01:00
      Team plan fee 2026-12-01..2027-01-01 599.00
      AI chats usage (Team) 2026-11-01..2026-12-01 800 of 1000 0.00
      tax 6% 35.94, total 634.94`,
        )
        await life.uses('ai_chat', 1_500, '2026-11-20 12:00')
        await life.on('2026-12-25 12:00')
        await life.uses('ai_chat', 1, '2026-11-20 12:00') // 35 days to the microsecond
        expect(await life.reports('ai_chat', 1, '2026-11-20 11:59:59.999999')).toMatchObject({
          accepted: 0,
          rejected: [{ code: 'event_too_old' }],
        })
        await life.on('2027-02-02 00:00')
        // 800 + 1,501 = 2,301: 1,301 above 1,000 at 0.05 are 65.05, of which 0.00 was billed. 664.05 × 6 % =
        // 39.843 → 39.84.
        await life.receives(
          `renewal on 2027-01-01 01:00
      Team plan fee 2027-01-01..2027-02-01 599.00
      AI chats usage adjustment (2026-11) 2026-11-01..2026-12-01 +1501 65.05
      tax 6% 39.84, total 703.89`,
          `renewal on 2027-02-01 01:00
      Team plan fee 2027-02-01..2027-03-01 599.00
      tax 6% 35.94, total 634.94`,
        )
      },
    )

    story(
      'late usage across a plan change: each plan’s part at its price and with its tax',
      'tiers and the allowance continue through a change; each part has its own price and tax',
      {},
      async (life) => {
        await life.on('2026-11-01 09:00')
        await life.subscribes('team')
        await life.uses('ai_chat', 900)
        await life.on('2026-11-16 09:00')
        await life.upgrades('premium')
        await life.on('2026-12-05 09:00')
        // Half of each: −299.50 × 6 % = −17.97, 1500.00 × 13 % = 195.00. 3000.00 × 13 % = 390.00.
        await life.receives(
          `start on 2026-11-01 09:00
      Team plan fee 2026-11-01..2026-12-01 599.00
      tax 6% 35.94, total 634.94`,
          `change on 2026-11-16 09:00
      Unused time on Team 2026-11-16..2026-12-01 -299.50
      Premium plan fee 2026-11-16..2026-12-01 1500.00
      tax 6% -17.97, tax 13% 195.00, total 1377.53`,
          `renewal on 2026-12-01 01:00
      Premium plan fee 2026-12-01..2027-01-01 3000.00
      AI chats usage (Team) 2026-11-01..2026-11-16 900 of 2000 0.00
      tax 13% 390.00, tax 6% 0.00, total 3390.00`,
        )
        await life.uses('ai_chat', 200, '2026-11-15 23:59:59')
        await life.uses('ai_chat', 1_600, '2026-11-16 00:00')
        await life.on('2027-01-02 00:00')
        // (1,000 × 15 + 3,000 × 15) ÷ 30 = 2,000 included. Team: 1,100, all within. Premium: 1,600, of which
        // 700 are above; 3070.00 × 13 % = 399.10.
        await life.receives(`renewal on 2027-01-01 01:00
      Premium plan fee 2027-01-01..2027-02-01 3000.00
      AI chats usage adjustment (2026-11) 2026-11-01..2026-11-16 +200 0.00
      AI chats usage adjustment (2026-11) 2026-11-16..2026-12-01 +1600 70.00
      tax 13% 399.10, tax 6% 0.00, total 3469.10`)
      },
    )

    story(
      'usage that arrives after a customer has left is on one final invoice',
      'final: 35 days after the end, when no event from before it can arrive',
      {},
      async (life) => {
        await life.on('2026-11-01 09:00')
        await life.subscribes('team')
        await life.uses('ai_chat', 1_000)
        await life.cancels()
        await life.on('2027-01-04 23:00')
        await life.receives(`start on 2026-11-01 09:00
      Team plan fee 2026-11-01..2026-12-01 599.00
      tax 6% 35.94, total 634.94`)
        // The 1,000 in the allowance cost nothing, so there is no document.
        await life.uses('ai_chat', 20, '2026-11-30 23:30')
        await life.uses('ai_chat', 5, '2026-12-02 09:00') // outside any subscription: stored, and not charged
        await life.on('2027-01-05 00:00')
        // 20 above 1,000 at 0.05. 1.00 × 6 % = 0.06.
        await life.receives(`final on 2027-01-05 00:00
      AI chats usage adjustment (2026-11) 2026-11-01..2026-12-01 +20 1.00
      tax 6% 0.06, total 1.06`)
        expect(await life.reports('ai_chat', 1, '2026-11-30 23:59:59')).toMatchObject({
          accepted: 0,
          rejected: [{ code: 'event_too_old' }],
        })
        await life.on('2027-06-01 00:00')
      },
    )

    story(
      'a voided renewal is replaced once, with the usage known by then',
      'voiding makes its lines unbilled; generating again makes one replacement',
      {},
      async (life) => {
        await life.on('2026-11-01 09:00')
        await life.subscribes('team')
        await life.uses('ai_chat', 1_100)
        await life.on('2026-12-03 09:00')
        // 100 above 1,000 at 0.05. 604.00 × 6 % = 36.24.
        await life.receives(
          `start on 2026-11-01 09:00
      Team plan fee 2026-11-01..2026-12-01 599.00
      tax 6% 35.94, total 634.94`,
          `renewal on 2026-12-01 01:00
      Team plan fee 2026-12-01..2027-01-01 599.00
      AI chats usage (Team) 2026-11-01..2026-12-01 1100 of 1000 5.00
      tax 6% 36.24, total 640.24`,
        )
        await life.voids()
        await life.uses('ai_chat', 10, '2026-11-30 12:00')
        await life.reissues('2026-11')
        await life.reissues('2026-11')
        // 110 above 1,000 at 0.05. 604.50 × 6 % = 36.27.
        await life.receives(`renewal on 2026-12-03 09:00
      Team plan fee 2026-12-01..2027-01-01 599.00
      AI chats usage (Team) 2026-11-01..2026-12-01 1110 of 1000 5.50
      tax 6% 36.27, total 640.77`)
        await life.on('2027-01-02 00:00')
        await life.receives(`renewal on 2027-01-01 01:00
      Team plan fee 2027-01-01..2027-02-01 599.00
      tax 6% 35.94, total 634.94`)
      },
    )

    story(
      'an overpayment is credit for the next invoice, and returns when that one is voided',
      'overpayment becomes credit; void returns credit',
      {},
      async (life) => {
        await life.on('2026-11-01 09:00')
        await life.subscribes('team')
        await life.receives(`start on 2026-11-01 09:00
      Team plan fee 2026-11-01..2026-12-01 599.00
      tax 6% 35.94, total 634.94`)
        await life.pays(70_000)
        // 700.00 − 634.94 = 65.06; 634.94 − 65.06 = 569.88.
        await life.hasCredit('65.06')
        await life.on('2026-12-02 00:00')
        await life.receives(`renewal on 2026-12-01 01:00
      Team plan fee 2026-12-01..2027-01-01 599.00
      tax 6% 35.94, total 634.94, credit -65.06, due 569.88`)
        await life.hasCredit('0.00')
        await life.voids()
        await life.hasCredit('65.06')
        await life.reissues('2026-11')
        await life.receives(`renewal on 2026-12-02 00:00
      Team plan fee 2026-12-01..2027-01-01 599.00
      tax 6% 35.94, total 634.94, credit -65.06, due 569.88`)
        await life.pays()
        await life.on('2026-12-30 00:00')
        await life.sees({ status: 'active' })
      },
    )

    story(
      'yen have no smaller unit, and halves round up',
      'money is minor units of the currency: JPY has no decimals',
      { zone: 'Asia/Tokyo', currency: 'JPY' },
      async (life) => {
        await life.on('2026-11-01 09:00')
        await life.subscribes('yen')
        await life.uses('ai_chat', 100)
        await life.isRefused('currency_mismatch', life.upgrades('team'))
        await life.on('2026-11-11 09:00')
        await life.upgrades('more-yen')
        await life.on('2026-12-02 00:00')
        // 1001 × 10 % = 100.1 → 100. Ten of 30 days are over: 1001 ÷ 3 = 333.67 → 334: 667 back; 3333 ÷ 3 =
        // 1111: 2222 due; 1555 × 10 % = 155.5 → 156. 100 at 1 for 3 = 33.33 → 33. 3366 × 10 % = 336.6 → 337.
        await life.receives(
          `start on 2026-11-01 09:00
      Yen plan fee 2026-11-01..2026-12-01 1001
      tax 10% 100, total 1101`,
          `change on 2026-11-11 09:00
      Unused time on Yen 2026-11-11..2026-12-01 -667
      More yen plan fee 2026-11-11..2026-12-01 2222
      tax 10% 156, total 1711`,
          `renewal on 2026-12-01 01:00
      More yen plan fee 2026-12-01..2027-01-01 3333
      AI chats usage (Yen) 2026-11-01..2026-11-11 100 of 0 33
      tax 10% 337, total 3703`,
        )
      },
    )

    story(
      'dinars have thousandths',
      'money is minor units of the currency: BHD has three decimals',
      { zone: 'Asia/Bahrain', currency: 'BHD' },
      async (life) => {
        await life.on('2026-11-01 09:00')
        await life.subscribes('dinar')
        await life.on('2026-11-21 09:00')
        await life.upgrades('more-dinar')
        // 12.345 × 10 % = 1.2345 → 1.235. Ten of 30 days are left: 4.115 back, 33.333 due; 29.218 × 10 % =
        // 2.9218 → 2.922.
        await life.receives(
          `start on 2026-11-01 09:00
      Dinar plan fee 2026-11-01..2026-12-01 12.345
      tax 10% 1.235, total 13.580`,
          `change on 2026-11-21 09:00
      Unused time on Dinar 2026-11-21..2026-12-01 -4.115
      More dinar plan fee 2026-11-21..2026-12-01 33.333
      tax 10% 2.922, total 32.140`,
        )
      },
    )

    story(
      'from a tax-inclusive to a tax-exclusive price: each line keeps its tax mode',
      'tax per (rate, mode) on the summed base; the credit has the tax of the phase it credits',
      {},
      async (life) => {
        await life.on('2026-11-01 09:00')
        await life.subscribes('inclusive')
        await life.on('2026-11-16 09:00')
        await life.upgrades('team')
        // In 106.00 there are 6.00, in −53.00 there are −3.00. 299.50 × 6 % = 17.97 comes on top: −53.00 +
        // 299.50 + 17.97 = 264.47.
        await life.receives(
          `start on 2026-11-01 09:00
      Inclusive plan fee 2026-11-01..2026-12-01 106.00
      tax 6% inside 6.00, total 106.00`,
          `change on 2026-11-16 09:00
      Unused time on Inclusive 2026-11-16..2026-12-01 -53.00
      Team plan fee 2026-11-16..2026-12-01 299.50
      tax 6% inside -3.00, tax 6% 17.97, total 264.47`,
        )
      },
    )
  },
)
