import { expect } from 'vitest'
import { getInvoices } from '../src/index.ts'
import { stories } from './story.ts'

const chats = (included: number, amount: number) => [
  {
    meter: 'ai_chat',
    included,
    overage: 'bill' as const,
    price: { model: 'per_unit' as const, rate: { amount, per: 1 } },
  },
]

stories(
  'the calendar',
  [
    {
      id: 'yearly',
      name: 'Yearly',
      rank: 12,
      interval: 'year',
      fee: { amount: 718_800, per: 'subscription' },
      charges: chats(1_000, 5),
    },
    {
      id: 'quarter',
      name: 'Quarter',
      rank: 11,
      intervalCount: 3,
      fee: { amount: 150_000, per: 'subscription' },
      charges: chats(100, 100),
    },
    {
      id: 'calendar',
      name: 'Calendar',
      alignment: 'calendar',
      fee: { amount: 30_000, per: 'subscription' },
      charges: chats(310, 10),
    },
    {
      id: 'calendar-year',
      name: 'Calendar year',
      alignment: 'calendar',
      interval: 'year',
      fee: { amount: 365_000, per: 'subscription' },
    },
    {
      id: 'patient',
      name: 'Patient',
      graceHours: 3,
      fee: { amount: 10_000, per: 'subscription' },
      charges: chats(10, 100),
    },
    {
      id: 'floor',
      name: 'Floor',
      alignment: 'calendar',
      fee: { amount: 0, per: 'subscription' },
      charges: [{ ...chats(0, 5)[0]!, minimum: 3_100 }],
    },
  ],
  (story) => {
    story(
      'a subscription started on the 31st renews on the last day of short months',
      'boundaries are counted from the anchor date, never from the previous boundary',
      {},
      async (life) => {
        await life.on('2026-10-31 09:00')
        await life.subscribes('team')
        // 599.00 × 6 % = 35.94, every time: a month is a month.
        await life.receives(`start on 2026-10-31 09:00
      Team plan fee 2026-10-31..2026-11-30 599.00
      tax 6% 35.94, total 634.94`)
        await life.on('2027-05-01 00:00')
        const dates = [
          '2026-11-30',
          '2026-12-31',
          '2027-01-31',
          '2027-02-28',
          '2027-03-31',
          '2027-04-30',
          '2027-05-31',
        ]
        await life.receives(
          ...dates.slice(0, -1).map(
            (date, index) => `renewal on ${date} 01:00
      Team plan fee ${date}..${dates[index + 1]} 599.00
      tax 6% 35.94, total 634.94`,
          ),
        )
      },
    )

    story(
      'a month that starts on 30 January ends on leap day',
      'a day that the month lacks becomes its last day, 29 February in a leap year',
      {},
      async (life) => {
        await life.on('2028-01-30 09:00')
        await life.subscribes('team')
        await life.on('2028-03-31 00:00')
        await life.receives(
          `start on 2028-01-30 09:00
      Team plan fee 2028-01-30..2028-02-29 599.00
      tax 6% 35.94, total 634.94`,
          `renewal on 2028-02-29 01:00
      Team plan fee 2028-02-29..2028-03-30 599.00
      tax 6% 35.94, total 634.94`,
          `renewal on 2028-03-30 01:00
      Team plan fee 2028-03-30..2028-04-30 599.00
      tax 6% 35.94, total 634.94`,
        )
      },
    )

    story(
      'a yearly plan bought on leap day renews on the 28th for three years, then on leap day',
      'year boundaries are counted from the anchor date too',
      {},
      async (life) => {
        await life.on('2028-02-29 09:00')
        await life.subscribes('yearly')
        await life.on('2032-03-01 00:00')
        // 7188.00 × 6 % = 431.28
        await life.receives(
          `start on 2028-02-29 09:00
      Yearly plan fee 2028-02-29..2029-02-28 7188.00
      tax 6% 431.28, total 7619.28`,
          ...[
            ['2029-02-28', '2030-02-28'],
            ['2030-02-28', '2031-02-28'],
            ['2031-02-28', '2032-02-29'],
            ['2032-02-29', '2033-02-28'],
          ].map(
            ([from, to]) => `renewal on ${from} 01:00
      Yearly plan fee ${from}..${to} 7188.00
      tax 6% 431.28, total 7619.28`,
          ),
        )
      },
    )

    story(
      'an upgrade on leap day is for one day of twenty-nine',
      'a share of a fee is counted in days of the period',
      {},
      async (life) => {
        await life.on('2028-02-01 09:00')
        await life.subscribes('team')
        await life.on('2028-02-29 10:00')
        await life.upgrades('business')
        // 59900 × 28 ÷ 29 = 57834.48 → 57834, so one day is 59900 − 57834 = 2066. 199900 × 28 ÷ 29 =
        // 193006.90 → 193007, so 6893. 48.27 × 6 % = 2.8962 → 2.90. Of 1,000 chats 28 days in 29, of 5,000
        // one: 33,000 ÷ 29 = 1137.9 → 1137.
        await life.receives(
          `start on 2028-02-01 09:00
      Team plan fee 2028-02-01..2028-03-01 599.00
      tax 6% 35.94, total 634.94`,
          `change on 2028-02-29 10:00
      Unused time on Team 2028-02-29..2028-03-01 -20.66
      Business plan fee 2028-02-29..2028-03-01 68.93
      tax 6% 2.90, total 51.17`,
        )
        await life.sees({ allowances: [{ meter: 'ai_chat', allowance: 1_137, remaining: 1_137 }] })
        await life.on('2028-03-02 00:00')
        // 1999.00 × 6 % = 119.94
        await life.receives(`renewal on 2028-03-01 01:00
      Business plan fee 2028-03-01..2028-04-01 1999.00
      tax 6% 119.94, total 2118.94`)
      },
    )

    story(
      'a period continues over New Year, and an upgrade at midnight is for the days of January',
      'periods do not depend on the year; the date of a change belongs to the new plan',
      {},
      async (life) => {
        await life.on('2026-12-15 09:00')
        await life.subscribes('team')
        await life.on('2027-01-01 00:00')
        await life.upgrades('business')
        // 17 of 31 days are over. 59900 × 17 ÷ 31 = 32848.39 → 32848: 27052 are credited. 199900 × 17 ÷ 31 =
        // 109622.58 → 109623: 90277 are due. 632.25 × 6 % = 37.935 → 37.94: halves round up.
        await life.receives(
          `start on 2026-12-15 09:00
      Team plan fee 2026-12-15..2027-01-15 599.00
      tax 6% 35.94, total 634.94`,
          `change on 2027-01-01 00:00
      Unused time on Team 2027-01-01..2027-01-15 -270.52
      Business plan fee 2027-01-01..2027-01-15 902.77
      tax 6% 37.94, total 670.19`,
        )
      },
    )

    story(
      'an invoice of New Year’s Eve in New York has a January number of the seller in Shanghai',
      'numbers use the month of issue in the seller’s zone, the printed year is the customer’s',
      { zone: 'America/New_York' },
      async (life) => {
        await life.on('2026-12-31 19:30') // 08:30 on 1 January in Shanghai
        await life.subscribes('team')
        await life.receives(`start on 2026-12-31 19:30
      Team plan fee 2026-12-31..2027-01-31 599.00
      tax 6% 35.94, total 634.94`)
        const inYear = async (year: number) =>
          (await getInvoices(life.engine, { customerId: life.customerId, year })).data.map((invoice) =>
            invoice.number!.slice(0, 10),
          )
        expect([await inYear(2026), await inYear(2027)]).toEqual([['INV-202701'], []])
      },
    )

    story(
      'Berlin in spring: a day of 23 hours is a day',
      'days are counted by the calendar, so daylight saving cannot change an amount',
      { zone: 'Europe/Berlin' },
      async (life) => {
        await life.on('2026-03-01 00:00')
        await life.subscribes('team')
        await life.on('2026-03-29 12:00') // at 02:00 it became 03:00
        await life.uses('ai_chat', 1_100, '2026-03-28 23:59:59')
        await life.uses('ai_chat', 500, '2026-03-29 01:59:59')
        await life.uses('ai_chat', 83, '2026-03-29 03:00')
        await life.upgrades('business')
        // 28 of 31 days are over. 59900 × 28 ÷ 31 = 54103.23 → 54103: 5797 are credited. 199900 × 28 ÷ 31 =
        // 180554.84 → 180555: 19345 are due. 135.48 × 6 % = 8.1288 → 8.13
        await life.receives(
          `start on 2026-03-01 00:00
      Team plan fee 2026-03-01..2026-04-01 599.00
      tax 6% 35.94, total 634.94`,
          `change on 2026-03-29 12:00 +02:00
      Unused time on Team 2026-03-29..2026-04-01 -57.97
      Business plan fee 2026-03-29..2026-04-01 193.45
      tax 6% 8.13, total 143.61`,
        )
        await life.on('2026-04-02 00:00')
        // Of the month (1000 × 28 + 5000 × 3) ÷ 31 = 1387.1 → 1387 are included. Team: all of 1,100 are
        // within. Business: all of the 29th, 583, of which 287 are left: 296 at 0.04 and 10.00 for the tier.
        // 2020.84 × 6 % = 121.2504 → 121.25
        await life.receives(`renewal on 2026-04-01 01:00
      Business plan fee 2026-04-01..2026-05-01 1999.00
      AI chats usage (Team) 2026-03-01..2026-03-29 1100 of 1387 0.00
      AI chats usage (Business) 2026-03-29..2026-04-01 583 of 287 21.84
      tax 6% 121.25, total 2142.09`)
      },
    )

    story(
      'Berlin in autumn: three hours of grace end at the second two o’clock',
      'grace is real hours; usage in either of the repeated hours is of that date',
      { zone: 'Europe/Berlin' },
      async (life) => {
        await life.on('2026-09-25 09:00')
        await life.subscribes('patient')
        await life.receives(`start on 2026-09-25 09:00
      Patient plan fee 2026-09-25..2026-10-25 100.00
      tax 6% 6.00, total 106.00`)
        await life.on('2026-10-25 02:30 +02:00')
        await life.uses('ai_chat', 11, '2026-10-24 23:59:59.999999')
        await life.uses('ai_chat', 5)
        await life.receives()
        await life.on('2026-10-25 02:30 +01:00')
        await life.uses('ai_chat', 7)
        // One above ten at 1.00. 101.00 × 6 % = 6.06
        await life.receives(`renewal on 2026-10-25 02:00 +01:00
      Patient plan fee 2026-10-25..2026-11-25 100.00
      AI chats usage (Patient) 2026-09-25..2026-10-25 11 of 10 1.00
      tax 6% 6.06, total 107.06`)
        await life.on('2026-11-26 00:00')
        // 5 + 7 = 12, two above ten. 102.00 × 6 % = 6.12
        await life.receives(`renewal on 2026-11-25 03:00
      Patient plan fee 2026-11-25..2026-12-25 100.00
      AI chats usage (Patient) 2026-10-25..2026-11-25 12 of 10 2.00
      tax 6% 6.12, total 108.12`)
      },
    )

    story(
      'New York in spring: a quote of the evening expires at midnight, before its fifteen minutes',
      'a quote expires at the customer’s midnight, when the number of days changes',
      { zone: 'America/New_York' },
      async (life) => {
        await life.on('2026-03-01 00:00')
        await life.subscribes('team')
        await life.receives(`start on 2026-03-01 00:00
      Team plan fee 2026-03-01..2026-04-01 599.00
      tax 6% 35.94, total 634.94`)
        await life.on('2026-03-07 23:50')
        const evening = await life.asks('business')
        // 6 of 31 days are over. 59900 × 6 ÷ 31 = 11593.55 → 11594: 48306 back. 199900 × 6 ÷ 31 = 38690.32 →
        // 38690: 161210 due. 1129.04 × 6 % = 67.7424 → 67.74.
        expect(evening).toMatchObject({ total: 119_678, expiresAt: '2026-03-08T05:00:00.000000Z' })
        await life.on('2026-03-08 00:00')
        await life.isRefused('quote_expired', life.upgrades('business', { quote: evening }))
        await life.on('2026-03-08 03:05') // at 02:00 it became 03:00
        const morning = await life.asks('business')
        await life.upgrades('business', { quote: morning })
        // 7 of 31 days are over. 59900 × 7 ÷ 31 = 13525.81 → 13526: 46374 back. 199900 × 7 ÷ 31 = 45138.71 →
        // 45139: 154761 due. 1083.87 × 6 % = 65.0322 → 65.03.
        await life.receives(`change on 2026-03-08 03:05 -04:00
      Unused time on Team 2026-03-08..2026-04-01 -463.74
      Business plan fee 2026-03-08..2026-04-01 1547.61
      tax 6% 65.03, total 1148.90`)
        expect(morning.total).toBe(114_890)
      },
    )

    story(
      'New York in autumn: a day of 25 hours is a day, to its last moment',
      'an instant counts on its local date',
      { zone: 'America/New_York' },
      async (life) => {
        await life.on('2026-10-01 09:00')
        await life.subscribes('team')
        await life.on('2026-11-01 12:00') // at 02:00 it was 01:00 again
        await life.uses('ai_chat', 500, '2026-11-01 01:30 -04:00')
        await life.uses('ai_chat', 500, '2026-11-01 01:30 -05:00')
        await life.receives(
          `start on 2026-10-01 09:00
      Team plan fee 2026-10-01..2026-11-01 599.00
      tax 6% 35.94, total 634.94`,
          `renewal on 2026-11-01 01:00 -04:00
      Team plan fee 2026-11-01..2026-12-01 599.00
      tax 6% 35.94, total 634.94`,
        )
        await life.on('2026-11-02 00:00')
        await life.uses('ai_chat', 1, '2026-11-01 23:59:59.999999')
        await life.upgrades('business')
        // One of 30 days is over. 59900 ÷ 30 = 1996.67 → 1997: 57903 back. 199900 ÷ 30 = 6663.33 → 6663:
        // 193237 due. 1353.34 × 6 % = 81.2004 → 81.20.
        await life.receives(`change on 2026-11-02 00:00
      Unused time on Team 2026-11-02..2026-12-01 -579.03
      Business plan fee 2026-11-02..2026-12-01 1932.37
      tax 6% 81.20, total 1434.54`)
        await life.on('2026-12-02 00:00')
        // The one day on Team counts with all of the month: (1000 × 1 + 5000 × 29) ÷ 30 = 4866.7 → 4866, and
        // nothing is above it.
        await life.receives(`renewal on 2026-12-01 01:00
      Business plan fee 2026-12-01..2027-01-01 1999.00
      AI chats usage (Team) 2026-11-01..2026-11-02 1001 of 4866 0.00
      tax 6% 119.94, total 2118.94`)
      },
    )

    story(
      'usage in the last moment before midnight in Shanghai is of the month that ends',
      'periods are half-open; usage reported in the grace still counts',
      {},
      async (life) => {
        await life.on('2026-11-01 00:00')
        await life.subscribes('team')
        await life.on('2026-12-01 00:20')
        await life.uses('ai_chat', 1_001, '2026-11-30 23:59:59.999999')
        await life.uses('ai_chat', 1, '2026-12-01 00:00')
        await life.on('2027-01-02 00:00')
        // One above 1,000 at 0.05. 599.05 × 6 % = 35.943 → 35.94.
        await life.receives(
          `start on 2026-11-01 00:00
      Team plan fee 2026-11-01..2026-12-01 599.00
      tax 6% 35.94, total 634.94`,
          `renewal on 2026-12-01 01:00
      Team plan fee 2026-12-01..2027-01-01 599.00
      AI chats usage (Team) 2026-11-01..2026-12-01 1001 of 1000 0.05
      tax 6% 35.94, total 634.99`,
          `renewal on 2027-01-01 01:00
      Team plan fee 2027-01-01..2027-02-01 599.00
      AI chats usage (Team) 2026-12-01..2027-01-01 1 of 1000 0.00
      tax 6% 35.94, total 634.94`,
        )
      },
    )

    story(
      'Kolkata, half an hour off: a start one second before midnight includes that day',
      'the first period starts on the local date, in zones of any offset',
      { zone: 'Asia/Kolkata' },
      async (life) => {
        await life.on('2026-06-14 23:59:59')
        await life.subscribes('team')
        await life.sees({ currentPeriod: { start: '2026-06-14', end: '2026-07-14' } })
        await life.on('2026-07-14 00:30')
        await life.uses('ai_chat', 1_002, '2026-07-13 23:59:59') // 18:29:59 UTC
        await life.on('2026-07-15 00:00')
        // Two above 1,000 at 0.05. 599.10 × 6 % = 35.946 → 35.95.
        await life.receives(
          `start on 2026-06-14 23:59:59
      Team plan fee 2026-06-14..2026-07-14 599.00
      tax 6% 35.94, total 634.94`,
          `renewal on 2026-07-14 01:00
      Team plan fee 2026-07-14..2026-08-14 599.00
      AI chats usage (Team) 2026-06-14..2026-07-14 1002 of 1000 0.10
      tax 6% 35.95, total 635.05`,
        )
      },
    )

    story(
      'Apia skipped 30 December 2011, and that month still has 31 days',
      'a date that a zone skips is a date of the calendar all the same',
      { zone: 'Pacific/Apia' },
      async (life) => {
        await life.on('2011-12-15 09:00')
        await life.subscribes('team')
        await life.on('2011-12-31 09:00')
        await life.uses('ai_chat', 1_002, '2011-12-29 23:59:59')
        await life.uses('ai_chat', 2_420, '2011-12-31 00:00') // one second later
        await life.upgrades('business')
        // 16 of 31 dates are over. 59900 × 16 ÷ 31 = 30916.13 → 30916: 28984 back. 199900 × 16 ÷ 31 =
        // 103174.19 → 103174: 96726 due. 677.42 × 6 % = 40.6452 → 40.65.
        await life.receives(
          `start on 2011-12-15 09:00
      Team plan fee 2011-12-15..2012-01-15 599.00
      tax 6% 35.94, total 634.94`,
          `change on 2011-12-31 09:00 +14:00
      Unused time on Team 2011-12-31..2012-01-15 -289.84
      Business plan fee 2011-12-31..2012-01-15 967.26
      tax 6% 40.65, total 718.07`,
        )
        await life.on('2012-01-16 00:00')
        // (1000 × 16 + 5000 × 15) ÷ 31 = 2935.5 → 2935 are included, of which Team used 1,002. Business:
        // 1,933 are left, so 487 at 0.04 and 10.00 for the tier: 29.48. 2028.48 × 6 % = 121.7088 → 121.71.
        await life.receives(`renewal on 2012-01-15 01:00
      Business plan fee 2012-01-15..2012-02-15 1999.00
      AI chats usage (Team) 2011-12-15..2011-12-31 1002 of 2935 0.00
      AI chats usage (Business) 2011-12-31..2012-01-15 2420 of 1933 29.48
      tax 6% 121.71, total 2150.19`)
      },
    )

    story(
      'in Apia a period that should start on the skipped day starts with the next',
      'a date starts at its first instant, or at the next one that exists',
      { zone: 'Pacific/Apia' },
      async (life) => {
        await life.on('2011-11-30 09:00')
        await life.subscribes('team')
        await life.on('2011-12-31 00:30')
        await life.uses('ai_chat', 5, '2011-12-29 23:59:59.999999')
        await life.uses('ai_chat', 7, '2011-12-31 00:00')
        await life.on('2012-01-31 00:00')
        await life.receives(
          `start on 2011-11-30 09:00
      Team plan fee 2011-11-30..2011-12-30 599.00
      tax 6% 35.94, total 634.94`,
          `renewal on 2011-12-31 01:00 +14:00
      Team plan fee 2011-12-30..2012-01-30 599.00
      AI chats usage (Team) 2011-11-30..2011-12-30 5 of 1000 0.00
      tax 6% 35.94, total 634.94`,
          `renewal on 2012-01-30 01:00
      Team plan fee 2012-01-30..2012-02-29 599.00
      AI chats usage (Team) 2011-12-30..2012-01-30 7 of 1000 0.00
      tax 6% 35.94, total 634.94`,
        )
      },
    )

    story(
      'from Shanghai to New York: the last day of the month lasts until midnight there',
      'a new zone applies from the next period, and dates have no gap or overlap',
      {},
      async (life) => {
        await life.on('2026-11-01 09:00')
        await life.subscribes('team')
        await life.receives(`start on 2026-11-01 09:00
      Team plan fee 2026-11-01..2026-12-01 599.00
      tax 6% 35.94, total 634.94`)
        await life.on('2026-11-10 09:00')
        await life.movesTo('America/New_York')
        await life.on('2026-11-30 15:00') // 04:00 on 1 December in Shanghai
        await life.uses('ai_chat', 1_003)
        await life.sees({ usagePeriod: { label: '2026-11' } })
        await life.on('2026-12-02 00:00')
        // Three above 1,000 at 0.05. 599.15 × 6 % = 35.949 → 35.95.
        await life.receives(`renewal on 2026-12-01 01:00
      Team plan fee 2026-12-01..2027-01-01 599.00
      AI chats usage (Team) 2026-11-01..2026-12-01 1003 of 1000 0.15
      tax 6% 35.95, total 635.10`)
      },
    )

    story(
      'from Shanghai to Auckland: the last day of the month is five hours shorter',
      'a new zone applies from the next period, and dates have no gap or overlap',
      {},
      async (life) => {
        await life.on('2026-11-01 09:00')
        await life.subscribes('team')
        await life.receives(`start on 2026-11-01 09:00
      Team plan fee 2026-11-01..2026-12-01 599.00
      tax 6% 35.94, total 634.94`)
        await life.on('2026-11-10 09:00')
        await life.movesTo('Pacific/Auckland')
        await life.on('2026-12-01 00:30') // 19:30 on 30 November in Shanghai
        await life.uses('ai_chat', 1_001, '2026-11-30 23:59:59')
        await life.uses('ai_chat', 2, '2026-12-01 00:00')
        await life.on('2027-01-02 00:00')
        // One above 1,000 at 0.05. 599.05 × 6 % = 35.943 → 35.94.
        await life.receives(
          `renewal on 2026-12-01 01:00
      Team plan fee 2026-12-01..2027-01-01 599.00
      AI chats usage (Team) 2026-11-01..2026-12-01 1001 of 1000 0.05
      tax 6% 35.94, total 634.99`,
          `renewal on 2027-01-01 01:00
      Team plan fee 2027-01-01..2027-02-01 599.00
      AI chats usage (Team) 2026-12-01..2027-01-01 2 of 1000 0.00
      tax 6% 35.94, total 634.94`,
        )
      },
    )

    story(
      'to New York and back within the month: it ends at midnight in Shanghai',
      'requesting the current zone undoes the request for another one',
      {},
      async (life) => {
        await life.on('2026-11-01 09:00')
        await life.subscribes('team')
        await life.receives(`start on 2026-11-01 09:00
      Team plan fee 2026-11-01..2026-12-01 599.00
      tax 6% 35.94, total 634.94`)
        await life.on('2026-11-10 09:00')
        await life.movesTo('America/New_York')
        await life.on('2026-11-20 09:00')
        await life.movesTo('Asia/Shanghai')
        await life.on('2026-12-02 00:00')
        await life.receives(`renewal on 2026-12-01 01:00
      Team plan fee 2026-12-01..2027-01-01 599.00
      tax 6% 35.94, total 634.94`)
      },
    )

    story(
      'a quarterly plan bills its fee every quarter and its usage every month',
      'the billing period is the plan’s, the usage period always a month, from one anchor',
      {},
      async (life) => {
        await life.on('2026-11-30 09:00')
        await life.subscribes('quarter')
        await life.uses('ai_chat', 101)
        await life.on('2027-06-01 00:00')
        // 1500.00 × 6 % = 90.00; one above 100 at 1.00. Three months from 30 November is 28 February, six is
        // 30 May.
        await life.receives(
          `start on 2026-11-30 09:00
      Quarter plan fee 2026-11-30..2027-02-28 1500.00
      tax 6% 90.00, total 1590.00`,
          `renewal on 2026-12-30 01:00
      AI chats usage (Quarter) 2026-11-30..2026-12-30 101 of 100 1.00
      tax 6% 0.06, total 1.06`,
          `renewal on 2027-02-28 01:00
      Quarter plan fee 2027-02-28..2027-05-30 1500.00
      tax 6% 90.00, total 1590.00`,
          `renewal on 2027-05-30 01:00
      Quarter plan fee 2027-05-30..2027-08-30 1500.00
      tax 6% 90.00, total 1590.00`,
        )
      },
    )

    story(
      'on the calendar from the 22nd: ten days of December, then whole months',
      'calendar alignment: the first period is short and prorates fee and allowance',
      {},
      async (life) => {
        await life.on('2026-12-22 09:00')
        await life.subscribes('calendar')
        await life.uses('ai_chat', 101)
        // 30000 × 21 ÷ 31 = 20322.58 → 20323: 9677 for ten days. 96.77 × 6 % = 5.8062 → 5.81. Of 310 chats,
        // ten days in 31 are 100.
        await life.receives(`start on 2026-12-22 09:00
      Calendar plan fee 2026-12-22..2027-01-01 96.77
      tax 6% 5.81, total 102.58`)
        await life.sees({ allowances: [{ allowance: 100, used: 101, remaining: 0 }] })
        await life.on('2027-02-02 00:00')
        // One above 100 at 0.10. 300.10 × 6 % = 18.006 → 18.01.
        await life.receives(
          `renewal on 2027-01-01 01:00
      Calendar plan fee 2027-01-01..2027-02-01 300.00
      AI chats usage (Calendar) 2026-12-22..2027-01-01 101 of 100 0.10
      tax 6% 18.01, total 318.11`,
          `renewal on 2027-02-01 01:00
      Calendar plan fee 2027-02-01..2027-03-01 300.00
      tax 6% 18.00, total 318.00`,
        )
      },
    )

    story(
      'a year on the calendar from the 22nd is short by 21 days',
      'calendar alignment applies to years too: they start on the 1st of the month',
      {},
      async (life) => {
        await life.on('2026-12-22 09:00')
        await life.subscribes('calendar-year')
        await life.on('2027-12-02 00:00')
        // 3650.00 for 365 days is 10.00 a day: 344 days. 3440.00 × 6 % = 206.40; 3650.00 × 6 % = 219.00.
        await life.receives(
          `start on 2026-12-22 09:00
      Calendar year plan fee 2026-12-22..2027-12-01 3440.00
      tax 6% 206.40, total 3646.40`,
          `renewal on 2027-12-01 01:00
      Calendar year plan fee 2027-12-01..2028-12-01 3650.00
      tax 6% 219.00, total 3869.00`,
        )
      },
    )

    story(
      'a minimum is due for days without usage as well, by the day',
      'a minimum applies at zero usage and is prorated with the phase',
      {},
      async (life) => {
        await life.on('2026-12-22 09:00')
        await life.subscribes('floor')
        await life.on('2027-02-02 00:00')
        // 31.00 for 31 days is 1.00 a day: ten days, then the whole month. 10.00 × 6 % = 0.60; 31.00 × 6 % =
        // 1.86.
        await life.receives(
          `renewal on 2027-01-01 01:00
      AI chats usage (Floor) 2026-12-22..2027-01-01 0 of 0 10.00
      tax 6% 0.60, total 10.60`,
          `renewal on 2027-02-01 01:00
      AI chats usage (Floor) 2027-01-01..2027-02-01 0 of 0 31.00
      tax 6% 1.86, total 32.86`,
        )
      },
    )

    story(
      'a start 35 days back bills what is overdue at once, with the usage known before it',
      'startsAt is at most 35 days back; what is overdue is billed at once',
      {},
      async (life) => {
        await life.on('2026-12-10 09:00')
        await life.uses('ai_chat', 1_001, '2026-11-20 10:00')
        await life.isRefused(
          'starts_too_early',
          life.subscribes('team', { since: '2026-11-05 08:59:59.999999' }),
        )
        await life.subscribes('team', { since: '2026-11-05 09:00' })
        // One above 1,000 at 0.05. 599.05 × 6 % = 35.943 → 35.94.
        await life.receives(
          `start on 2026-12-10 09:00
      Team plan fee 2026-11-05..2026-12-05 599.00
      tax 6% 35.94, total 634.94`,
          `renewal on 2026-12-10 09:00
      Team plan fee 2026-12-05..2027-01-05 599.00
      AI chats usage (Team) 2026-11-05..2026-12-05 1001 of 1000 0.05
      tax 6% 35.94, total 634.99`,
        )
      },
    )

    story(
      'after four months without a run everything is billed in order, a downgrade included',
      'the billing run catches up in order after a pause; issuedAt is the real instant',
      {},
      async (life) => {
        await life.on('2026-09-15 09:00')
        await life.subscribes('business')
        await life.uses('ai_chat', 5_001)
        await life.downgrades('team')
        await life.receives(`start on 2026-09-15 09:00
      Business plan fee 2026-09-15..2026-10-15 1999.00
      tax 6% 119.94, total 2118.94`)
        life.sleepsUntil('2027-01-20 10:00')
        await life.receives()
        await life.wakes()
        // One above 5,000 at 0.04, and 10.00 for the tier. 609.04 × 6 % = 36.5424 → 36.54.
        await life.receives(
          `renewal on 2027-01-20 10:00
      Team plan fee 2026-10-15..2026-11-15 599.00
      AI chats usage (Business) 2026-09-15..2026-10-15 5001 of 5000 10.04
      tax 6% 36.54, total 645.58`,
          ...[
            ['2026-11-15', '2026-12-15'],
            ['2026-12-15', '2027-01-15'],
            ['2027-01-15', '2027-02-15'],
          ].map(
            ([from, to]) => `renewal on 2027-01-20 10:00
      Team plan fee ${from}..${to} 599.00
      tax 6% 35.94, total 634.94`,
          ),
        )
        await life.wakes()
        await life.receives()
      },
    )
  },
)
