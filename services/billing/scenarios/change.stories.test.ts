import { expect } from 'vitest'
import { putPlan } from '../src/index.ts'
import { stories, type Life } from './story.ts'

const perUnit = (amount: number) => ({
  overage: 'bill' as const,
  price: { model: 'per_unit' as const, rate: { amount, per: 1 } },
})

/** Nearly all of these lives start on Team on 1 November, a month of 30 days. */
async function beginsOnTeam(life: Life): Promise<void> {
  await life.on('2026-11-01 09:00')
  await life.subscribes('team')
  await life.receives(`start on 2026-11-01 09:00
    Team plan fee 2026-11-01..2026-12-01 599.00
    tax 6% 35.94, total 634.94`)
}

stories(
  'changes',
  [
    {
      id: 'enterprise',
      name: 'Enterprise',
      rank: 40,
      fee: { amount: 499_900, per: 'subscription' },
      charges: [{ meter: 'ai_chat', included: null, overage: 'bill' }],
    },
    {
      id: 'team-plus',
      name: 'Team plus',
      rank: 10,
      fee: { amount: 59_900, per: 'subscription' },
      charges: [{ meter: 'ai_chat', included: 2_000, ...perUnit(5) }],
    },
    {
      id: 'yearly',
      name: 'Yearly',
      rank: 12,
      interval: 'year',
      fee: { amount: 718_800, per: 'subscription' },
      charges: [{ meter: 'ai_chat', included: 1_000, ...perUnit(5) }],
    },
    { id: 'old-price', name: 'Old price', rank: 5, fee: { amount: 10_000, per: 'subscription' } },
  ],
  (story) => {
    story(
      'two upgrades in one day: each credits what the one before charged',
      'one negative line per phase left; the day of a change belongs to its last plan',
      {},
      async (life) => {
        await beginsOnTeam(life)
        await life.on('2026-11-16 09:00')
        await life.upgrades('business')
        // 15 of 30 days are left: half of each. 700.00 × 6 % = 42.00.
        await life.receives(`change on 2026-11-16 09:00
      Unused time on Team 2026-11-16..2026-12-01 -299.50
      Business plan fee 2026-11-16..2026-12-01 999.50
      tax 6% 42.00, total 742.00`)
        await life.uses('ai_chat', 10)
        await life.on('2026-11-16 15:00')
        await life.upgrades('enterprise')
        // 1500.00 × 6 % = 90.00.
        await life.receives(`change on 2026-11-16 15:00
      Unused time on Business 2026-11-16..2026-12-01 -999.50
      Enterprise plan fee 2026-11-16..2026-12-01 2499.50
      tax 6% 90.00, total 1590.00`)
        await life.on('2026-12-02 00:00')
        // The ten of that morning are on Enterprise, which has the day. 4999.00 × 6 % = 299.94.
        await life.receives(`renewal on 2026-12-01 01:00
      Enterprise plan fee 2026-12-01..2027-01-01 4999.00
      AI chats usage (Enterprise) 2026-11-16..2026-12-01 10 of unlimited 0.00
      tax 6% 299.94, total 5298.94`)
      },
    )

    story(
      'an upgrade in the grace issues the ended month first, then changes the whole new one',
      'a change in the grace issues the draft first',
      {},
      async (life) => {
        await beginsOnTeam(life)
        await life.uses('ai_chat', 1_100)
        await life.on('2026-12-01 00:30')
        await life.receives()
        await life.upgrades('business')
        // 100 above 1,000 at 0.05. 604.00 × 6 % = 36.24. Then all of December: 1400.00 × 6 % = 84.00.
        await life.receives(
          `renewal on 2026-12-01 00:30
      Team plan fee 2026-12-01..2027-01-01 599.00
      AI chats usage (Team) 2026-11-01..2026-12-01 1100 of 1000 5.00
      tax 6% 36.24, total 640.24`,
          `change on 2026-12-01 00:30
      Unused time on Team 2026-12-01..2027-01-01 -599.00
      Business plan fee 2026-12-01..2027-01-01 1999.00
      tax 6% 84.00, total 1484.00`,
        )
        await life.on('2026-12-02 00:00')
        await life.receives()
      },
    )

    story(
      'an upgrade while the first invoice is unpaid credits what was billed all the same',
      'the credit is the share of what was billed, paid or not',
      {},
      async (life) => {
        await beginsOnTeam(life)
        await life.on('2026-11-16 09:00')
        await life.sees({ status: 'active' })
        await life.on('2026-11-21 09:00')
        await life.sees({ status: 'past_due' })
        await life.upgrades('business')
        // 20 of 30 days are over. 59900 × 20 ÷ 30 = 39933.33 → 39933: 19967 back. 199900 × 20 ÷ 30 =
        // 133266.67 → 133267: 66633 due. 466.66 × 6 % = 27.9996 → 28.00.
        await life.receives(`change on 2026-11-21 09:00
      Unused time on Team 2026-11-21..2026-12-01 -199.67
      Business plan fee 2026-11-21..2026-12-01 666.33
      tax 6% 28.00, total 494.66`)
      },
    )

    story(
      'an invoice voided before the upgrade is not credited; its replacement bills the days until it',
      'only what is issued and not void was billed; each day is billed once',
      {},
      async (life) => {
        await beginsOnTeam(life)
        await life.on('2026-11-21 08:00')
        await life.voids()
        await life.on('2026-11-21 09:00')
        await life.upgrades('business')
        // 666.33 × 6 % = 39.9798 → 39.98.
        await life.receives(`change on 2026-11-21 09:00
      Business plan fee 2026-11-21..2026-12-01 666.33
      tax 6% 39.98, total 706.31`)
        await life.reissues('2026-11')
        // 59900 × 20 ÷ 30 = 39933.33 → 39933. 399.33 × 6 % = 23.9598 → 23.96.
        await life.receives(`start on 2026-11-21 09:00
      Team plan fee 2026-11-01..2026-11-21 399.33
      tax 6% 23.96, total 423.29`)
      },
    )

    story(
      'an upgrade before a scheduled downgrade cancels it',
      'an upgrade undoes what is scheduled',
      {},
      async (life) => {
        await life.on('2026-11-01 09:00')
        await life.subscribes('business')
        await life.on('2026-11-10 09:00')
        await life.downgrades('team')
        await life.sees({ plan: { id: 'business' }, scheduledChange: { planId: 'team', at: '2026-12-01' } })
        await life.on('2026-11-16 09:00')
        await life.upgrades('enterprise')
        await life.sees({ plan: { id: 'enterprise' }, scheduledChange: null })
        await life.on('2026-12-02 00:00')
        // 1999.00 × 6 % = 119.94. Half of each: 1500.00 × 6 % = 90.00. 4999.00 × 6 % = 299.94.
        await life.receives(
          `start on 2026-11-01 09:00
      Business plan fee 2026-11-01..2026-12-01 1999.00
      tax 6% 119.94, total 2118.94`,
          `change on 2026-11-16 09:00
      Unused time on Business 2026-11-16..2026-12-01 -999.50
      Enterprise plan fee 2026-11-16..2026-12-01 2499.50
      tax 6% 90.00, total 1590.00`,
          `renewal on 2026-12-01 01:00
      Enterprise plan fee 2026-12-01..2027-01-01 4999.00
      tax 6% 299.94, total 5298.94`,
        )
      },
    )

    story(
      'after a free move to a plan of equal rank and price an upgrade credits the first plan’s fee',
      'equal: now when the vendor does, without money; the credit is of what was billed',
      {},
      async (life) => {
        await beginsOnTeam(life)
        await life.uses('ai_chat', 400)
        await life.on('2026-11-11 09:00')
        await life.isMovedTo('team-plus')
        // 1,000 chats for ten days, 2,000 for twenty: 50,000 ÷ 30 = 1666.7 → 1666, of which 400 are used.
        await life.sees({ plan: { id: 'team-plus' }, allowances: [{ allowance: 1_666, used: 400 }] })
        await life.uses('ai_chat', 1_335)
        await life.receives()
        await life.on('2026-11-21 09:00')
        await life.upgrades('business')
        // As in the story of the unpaid invoice: 199.67 of Team's fee is for the days left.
        await life.receives(`change on 2026-11-21 09:00
      Unused time on Team 2026-11-21..2026-12-01 -199.67
      Business plan fee 2026-11-21..2026-12-01 666.33
      tax 6% 28.00, total 494.66`)
        await life.on('2026-12-02 00:00')
        // Ten days of each: (1,000 + 2,000 + 5,000) × 10 ÷ 30 = 2666.7 → 2666. 1999.00 × 6 % = 119.94.
        await life.receives(`renewal on 2026-12-01 01:00
      Business plan fee 2026-12-01..2027-01-01 1999.00
      AI chats usage (Team) 2026-11-01..2026-11-11 400 of 2666 0.00
      AI chats usage (Team plus) 2026-11-11..2026-11-21 1335 of 2266 0.00
      tax 6% 119.94, total 2118.94`)
      },
    )

    story(
      'more seats now, fewer at the end of the month, and the counter of chats continues',
      'a change of seats alone starts a phase for the fee only',
      {},
      async (life) => {
        await life.on('2026-11-01 09:00')
        await life.subscribes('seats', { seats: 3 })
        await life.consumes('ai_chat', 200)
        await life.on('2026-11-11 09:00')
        await life.upgrades('seats', { seats: 5 })
        await life.sees({ seats: 5, allowances: [{ allowance: 300, used: 200, remaining: 100 }] })
        expect(await life.consumes('ai_chat', 150)).toMatchObject({ granted: 100, remaining: 0 })
        await life.on('2026-11-20 09:00')
        await life.downgrades('seats', { seats: 2 })
        await life.sees({ seats: 5, scheduledChange: { seats: 2, at: '2026-12-01' } })
        await life.on('2026-12-02 00:00')
        // 3 × 99.00 = 297.00, 6 % of it 17.82. 20 of 30 days are left: 198.00 of 297.00 back, 330.00 of
        // 495.00 due; 132.00 × 6 % = 7.92. 2 × 99.00 = 198.00, 6 % of it 11.88.
        await life.receives(
          `start on 2026-11-01 09:00
      Seats seats × 3 2026-11-01..2026-12-01 297.00
      tax 6% 17.82, total 314.82`,
          `change on 2026-11-11 09:00
      Unused time on Seats × 3 2026-11-11..2026-12-01 -198.00
      Seats seats × 5 2026-11-11..2026-12-01 330.00
      tax 6% 7.92, total 139.92`,
          `renewal on 2026-12-01 01:00
      Seats seats × 2 2026-12-01..2027-01-01 198.00
      AI chats usage (Seats) 2026-11-01..2026-12-01 300 of 300 0.00
      tax 6% 11.88, total 209.88`,
        )
        await life.sees({ seats: 2, allowances: [{ allowance: 300, used: 0 }] })
      },
    )

    story(
      'from yearly down to monthly: the year runs to its end, its usage billed monthly',
      'lower: at the end of the billing period; usage is per month also on a yearly plan',
      {},
      async (life) => {
        await life.on('2026-11-01 09:00')
        await life.subscribes('yearly')
        await life.uses('ai_chat', 1_010)
        await life.on('2027-03-01 09:00')
        await life.downgrades('team')
        await life.sees({ scheduledChange: { planId: 'team', at: '2027-11-01' } })
        await life.on('2027-12-02 00:00')
        // 7188.00 × 6 % = 431.28. Ten above 1,000 at 0.05: 0.50 × 6 % = 0.03.
        await life.receives(
          `start on 2026-11-01 09:00
      Yearly plan fee 2026-11-01..2027-11-01 7188.00
      tax 6% 431.28, total 7619.28`,
          `renewal on 2026-12-01 01:00
      AI chats usage (Yearly) 2026-11-01..2026-12-01 1010 of 1000 0.50
      tax 6% 0.03, total 0.53`,
          `renewal on 2027-11-01 01:00
      Team plan fee 2027-11-01..2027-12-01 599.00
      tax 6% 35.94, total 634.94`,
          `renewal on 2027-12-01 01:00
      Team plan fee 2027-12-01..2028-01-01 599.00
      tax 6% 35.94, total 634.94`,
        )
      },
    )

    story(
      'from yearly up to monthly: the year’s credit is used month by month and never paid out',
      'no cash out: a negative total becomes balance and comes off the next invoices',
      {},
      async (life) => {
        await life.on('2026-11-01 09:00')
        await life.subscribes('yearly')
        await life.receives(`start on 2026-11-01 09:00
      Yearly plan fee 2026-11-01..2027-11-01 7188.00
      tax 6% 431.28, total 7619.28`)
        await life.pays()
        await life.on('2027-02-01 09:00')
        await life.upgrades('business')
        // 30 + 31 + 31 = 92 of 365 days are over. 718800 × 92 ÷ 365 = 181176.99 → 181177: 537623 are
        // credited. Another interval: the new month in full. −3377.23 × 6 % = −202.6338 → −202.63.
        await life.receives(`change on 2027-02-01 09:00
      Unused time on Yearly 2027-02-01..2027-11-01 -5376.23
      Business plan fee 2027-02-01..2027-03-01 1999.00
      tax 6% -202.63, total -3579.86`)
        await life.hasCredit('3579.86')
        await life.on('2027-04-02 00:00')
        // 3579.86 − 2118.94 = 1460.92; 2118.94 − 1460.92 = 658.02.
        await life.receives(
          `renewal on 2027-03-01 01:00
      Business plan fee 2027-03-01..2027-04-01 1999.00
      tax 6% 119.94, total 2118.94, credit -2118.94, due 0.00`,
          `renewal on 2027-04-01 01:00
      Business plan fee 2027-04-01..2027-05-01 1999.00
      tax 6% 119.94, total 2118.94, credit -1460.92, due 658.02`,
        )
        await life.hasCredit('0.00')
      },
    )

    story(
      'voided, followed by another upgrade, and issued again: each day is billed once',
      'a replacement covers what no later change has billed or credited',
      {},
      async (life) => {
        await beginsOnTeam(life)
        await life.on('2026-11-16 09:00')
        await life.upgrades('business')
        await life.receives(`change on 2026-11-16 09:00
      Unused time on Team 2026-11-16..2026-12-01 -299.50
      Business plan fee 2026-11-16..2026-12-01 999.50
      tax 6% 42.00, total 742.00`)
        await life.on('2026-11-21 08:00')
        await life.voids()
        await life.on('2026-11-21 09:00')
        await life.upgrades('enterprise')
        // Of what is billed and not void only Team's month reaches beyond the 21st: 199.67 of it. 499900 × 20
        // ÷ 30 = 333266.67 → 333267: 166633 due. 1466.66 × 6 % = 87.9996 → 88.00.
        await life.receives(`change on 2026-11-21 09:00
      Unused time on Team 2026-11-21..2026-12-01 -199.67
      Enterprise plan fee 2026-11-21..2026-12-01 1666.33
      tax 6% 88.00, total 1554.66`)
        await life.reissues('2026-11')
        // Five days are left for it, the 16th to the 20th. Team: 39933 − 29950 = 9983, so that 599.00 −
        // 199.67 − 99.83 = 299.50 are left for its 15 days. Business: 199900 × 20 ÷ 30 = 133266.67 → 133267,
        // less 99950: 33317. 233.34 × 6 % = 14.0004 → 14.00.
        await life.receives(`change on 2026-11-21 09:00
      Unused time on Team 2026-11-16..2026-11-21 -99.83
      Business plan fee 2026-11-16..2026-11-21 333.17
      tax 6% 14.00, total 247.34`)
      },
    )

    story(
      'an upgrade to a cheaper plan leaves credit',
      'rank decides the direction of a change; seats are raised to the plan’s minimum',
      {},
      async (life) => {
        await beginsOnTeam(life)
        await life.pays()
        await life.on('2026-11-16 09:00')
        await life.upgrades('seats')
        await life.sees({ plan: { id: 'seats' }, seats: 2 })
        // Half of 2 × 99.00 for half of 599.00: −200.50 × 6 % = −12.03.
        await life.receives(`change on 2026-11-16 09:00
      Unused time on Team 2026-11-16..2026-12-01 -299.50
      Seats seats × 2 2026-11-16..2026-12-01 99.00
      tax 6% -12.03, total -212.53`)
        await life.hasCredit('212.53')
        await life.on('2027-01-02 00:00')
        // 198.00 × 6 % = 11.88. 212.53 − 209.88 = 2.65; 209.88 − 2.65 = 207.23.
        await life.receives(
          `renewal on 2026-12-01 01:00
      Seats seats × 2 2026-12-01..2027-01-01 198.00
      tax 6% 11.88, total 209.88, credit -209.88, due 0.00`,
          `renewal on 2027-01-01 01:00
      Seats seats × 2 2027-01-01..2027-02-01 198.00
      tax 6% 11.88, total 209.88, credit -2.65, due 207.23`,
        )
      },
    )

    story(
      'canceled half an hour into the new month, that month is paid and runs to its end',
      'the grace is for the invoice, not for the period: a period starts at midnight',
      {},
      async (life) => {
        await beginsOnTeam(life)
        await life.on('2026-12-01 00:30')
        await life.cancels()
        await life.sees({
          cancelAtPeriodEnd: true,
          currentPeriod: { start: '2026-12-01', end: '2027-01-01' },
        })
        await life.on('2027-01-02 00:00')
        await life.receives(`renewal on 2026-12-01 01:00
      Team plan fee 2026-12-01..2027-01-01 599.00
      tax 6% 35.94, total 634.94`)
        await life.sees({ status: 'canceled' })
      },
    )

    story(
      'a quote is valid to the last moment of its fifteen minutes, and not beyond',
      'confirming charges exactly what was quoted or returns quote_expired',
      {},
      async (life) => {
        await beginsOnTeam(life)
        await life.on('2026-11-16 10:00')
        const quote = await life.asks('business')
        await life.on('2026-11-16 10:15')
        await life.isRefused('quote_expired', life.upgrades('business', { quote }))
        const again = await life.asks('business')
        await life.on('2026-11-16 10:29:59.999999')
        await life.upgrades('business', { quote: again })
        await life.receives(`change on 2026-11-16 10:29:59.999999
      Unused time on Team 2026-11-16..2026-12-01 -299.50
      Business plan fee 2026-11-16..2026-12-01 999.50
      tax 6% 42.00, total 742.00`)
        expect([quote.total, again.total]).toEqual([74_200, 74_200])
      },
    )

    story(
      'a quote is outdated once the invoice it credits is void',
      'quote_outdated: never a third number',
      {},
      async (life) => {
        await beginsOnTeam(life)
        await life.on('2026-11-21 10:00')
        const quote = await life.asks('business')
        expect(quote.total).toBe(49_466) // as in the story of the unpaid invoice
        await life.on('2026-11-21 10:05')
        await life.voids()
        await life.isRefused('quote_outdated', life.upgrades('business', { quote }))
        const now = await life.asks('business')
        await life.upgrades('business', { quote: now })
        // 666.33 × 6 % = 39.9798 → 39.98.
        await life.receives(`change on 2026-11-21 10:05
      Business plan fee 2026-11-21..2026-12-01 666.33
      tax 6% 39.98, total 706.31`)
        expect(now.total).toBe(70_631)
      },
    )

    story(
      'canceled, resumed, canceled again, ended, and back two weeks later',
      'a cancellation waits for the end of the billing period and can be undone; a return starts anew',
      {},
      async (life) => {
        await beginsOnTeam(life)
        await life.on('2026-11-10 09:00')
        await life.cancels()
        await life.on('2026-11-20 09:00')
        await life.sees({ cancelAtPeriodEnd: true, nextInvoice: null })
        await life.resumes()
        await life.sees({
          cancelAtPeriodEnd: false,
          nextInvoice: { at: '2026-12-01', estimatedTotal: 63_494 },
        })
        await life.on('2026-11-30 23:59:59')
        await life.cancels()
        await life.on('2026-12-01 00:00')
        await life.sees({ status: 'canceled', plan: null })
        await life.isRefused('no_active_subscription', life.resumes())
        await life.on('2026-12-15 09:00')
        await life.receives()
        await life.subscribes('team')
        await life.on('2027-01-16 00:00')
        await life.receives(
          `start on 2026-12-15 09:00
      Team plan fee 2026-12-15..2027-01-15 599.00
      tax 6% 35.94, total 634.94`,
          `renewal on 2027-01-15 01:00
      Team plan fee 2027-01-15..2027-02-15 599.00
      tax 6% 35.94, total 634.94`,
        )
      },
    )

    story(
      'ended at once with credit, the credit pays for a new subscription',
      'at once by the vendor: credit of the unused days; nothing is paid out',
      {},
      async (life) => {
        await beginsOnTeam(life)
        await life.pays()
        await life.on('2026-11-16 09:00')
        await life.cancels({ when: 'now', credit: true })
        // 14 of 30 days, today is kept: 59900 − 59900 × 16 ÷ 30 = 59900 − 31947 = 27953, and 6 % tax of
        // 16.77.
        await life.receives(`change on 2026-11-16 09:00
      Unused time on Team 2026-11-17..2026-12-01 -279.53
      tax 6% -16.77, total -296.30`)
        await life.hasCredit('296.30')
        await life.on('2026-12-10 09:00')
        await life.subscribes('team')
        // 634.94 − 296.30 = 338.64.
        await life.receives(`start on 2026-12-10 09:00
      Team plan fee 2026-12-10..2027-01-10 599.00
      tax 6% 35.94, total 634.94, credit -296.30, due 338.64`)
        await life.hasCredit('0.00')
      },
    )

    story(
      'a used up free plan blocks, and an upgrade opens it at once',
      'block grants at most the allowance; no lines: no invoice',
      {},
      async (life) => {
        await life.on('2026-11-01 09:00')
        await life.subscribes('free')
        await life.receives()
        expect(await life.consumes('ai_chat', 25)).toMatchObject({ granted: 20, remaining: 0 })
        await life.on('2026-11-16 10:00')
        expect(await life.consumes('ai_chat', 1)).toMatchObject({ granted: 0 })
        await life.upgrades('team')
        // 20 chats for 15 days of 30, 1,000 for 15: 510, of which 20 are used; of 501 eleven exceed the rest.
        expect(await life.consumes('ai_chat', 501)).toMatchObject({ granted: 501, remaining: 0, overage: 11 })
        await life.on('2026-12-02 00:00')
        // 299.50 × 6 % = 17.97. Eleven above at 0.05; 599.55 × 6 % = 35.973 → 35.97.
        await life.receives(
          `change on 2026-11-16 10:00
      Team plan fee 2026-11-16..2026-12-01 299.50
      tax 6% 17.97, total 317.47`,
          `renewal on 2026-12-01 01:00
      Team plan fee 2026-12-01..2027-01-01 599.00
      AI chats usage (Free) 2026-11-01..2026-11-16 20 of 510 0.00
      AI chats usage (Team) 2026-11-16..2026-12-01 501 of 490 0.55
      tax 6% 35.97, total 635.52`,
        )
      },
    )

    story(
      'a price increase does not affect existing subscribers',
      'plan versions are immutable; a subscriber stays on theirs until moved',
      {},
      async (life) => {
        await life.on('2026-11-01 09:00')
        await life.subscribes('old-price')
        await putPlan(life.engine, {
          id: 'old-price',
          name: 'New price',
          rank: 5,
          fee: { amount: 12_000, per: 'subscription' },
        })
        await life.on('2026-12-02 00:00')
        // 100.00 × 6 % = 6.00.
        await life.receives(
          `start on 2026-11-01 09:00
      Old price plan fee 2026-11-01..2026-12-01 100.00
      tax 6% 6.00, total 106.00`,
          `renewal on 2026-12-01 01:00
      Old price plan fee 2026-12-01..2027-01-01 100.00
      tax 6% 6.00, total 106.00`,
        )
      },
    )
  },
)
