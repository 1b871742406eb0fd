import {
  cancelSubscription,
  createEngine,
  createCustomer,
  createSubscription,
  downgradeSubscription,
  findMistakes,
  putMeter,
  putPlan,
  putSeller,
  recordUsage,
  updateCustomer,
  upgradeSubscription,
  type Engine,
} from '@customer-portal/billing'
import { migrationsFolder } from '@customer-portal/billing/testing'
import { testDatabases, type TestDatabase } from '@customer-portal/database/testing'
import { expect, test } from 'vitest'
import { standingClock } from './clock.ts'
import { dueWorkOf } from './due-work.ts'

const long = process.env['LONG'] === '1'
const start = '2026-01-31T02:00:00Z'
const hour = 3_600_000
const later = (from: number, milliseconds: number) => new Date(from + milliseconds).toISOString()

/** Ways to move the clock from one instant to another: the stops on the way. */
const ways: Record<string, (from: number, to: number) => string[]> = {
  'in one jump': (_from, to) => [later(to, 0)],
  'month by month': (from, to) =>
    stopsEvery(from, to, (at) =>
      Date.UTC(new Date(at).getUTCFullYear(), new Date(at).getUTCMonth() + 1, 1, 5, 17),
    ),
  // The short form moves hourly for two months, across a DST change and the ends of three periods, then
  // daily.
  'hour by hour': (from, to) =>
    stopsEvery(from, to, (at) => at + (long || at < Date.parse(start) + 61 * 24 * hour ? hour : 24 * hour)),
}

function stopsEvery(from: number, to: number, next: (at: number) => number): string[] {
  const stops: string[] = []
  for (let at = next(from); at < to; at = next(at)) stops.push(later(at, 0))
  return [...stops, later(to, 0)]
}

async function seed(engine: Engine): Promise<void> {
  await putSeller(engine, {
    name: '杭州星桥云计算科技有限公司',
    taxId: '91330100799655058B',
    address: '杭州',
    phone: '0571',
    bankName: '招商银行',
    bankAccount: '1',
    timezone: 'Asia/Shanghai',
  })
  await putMeter(engine, { key: 'calls', name: 'Calls', unit: 'calls' })
  const charges = [
    {
      meter: 'calls',
      included: 100,
      overage: 'bill' as const,
      price: {
        model: 'graduated' as const,
        tiers: [
          { upTo: 50, rate: { amount: 7, per: 3 }, flat: 100 },
          { upTo: null, rate: { amount: 1, per: 1 } },
        ],
      },
    },
  ]
  const plan = (id: string, rank: number, amount: number, more: object = {}) =>
    putPlan(engine, { id, name: id, rank, fee: { amount, per: 'subscription' }, charges, ...more })
  await plan('small', 1, 9_999)
  await plan('large', 2, 39_901, { graceHours: 5, taxRate: '13' })
  await plan('calendar', 3, 77_777, { alignment: 'calendar', graceHours: 0 })
  await plan('quarter', 4, 100_001, { intervalCount: 3 })
  await plan('yearly', 5, 1_000_003, { interval: 'year', taxMode: 'inclusive' })
}

/** The customers' actions in the first months, each at its instant. After that nothing is done for a year. */
const deeds: [at: string, who: string, deed: (engine: Engine, customerId: string) => Promise<unknown>][] = [
  ...Object.entries({
    anna: ['Europe/Berlin', 'small'],
    bao: ['Asia/Shanghai', 'small'],
    cem: ['Asia/Shanghai', 'small'],
    dev: ['Asia/Kolkata', 'large'],
    eve: ['America/New_York', 'calendar'],
    fia: ['Pacific/Apia', 'quarter'],
    gus: ['Pacific/Chatham', 'yearly'],
    hal: ['America/St_Johns', 'large'],
    ivo: ['Asia/Tokyo', 'small'],
    joy: ['America/Los_Angeles', 'yearly'],
  }).map(([who, [timezone, planId]]): (typeof deeds)[number] => [
    start,
    who,
    async (engine, customerId) => {
      await createCustomer(engine, { id: customerId, companyName: customerId, timezone: timezone! })
      await createSubscription(engine, {
        customerId,
        planId: planId!,
        startsAt: who === 'hal' ? '2025-12-30T12:00:00Z' : start,
      })
      await use(`${who}-first`, 251)(engine, customerId)
    },
  ]),
  [
    '2026-02-10T08:00:00Z',
    'dev',
    (engine, customerId) => downgradeSubscription(engine, { customerId, planId: 'small' }),
  ],
  ['2026-02-14T23:30:00Z', 'eve', use('eve-february', 333)],
  [
    '2026-02-20T00:00:00Z',
    'anna',
    (engine, customerId) => upgradeSubscription(engine, { customerId, planId: 'large' }),
  ],
  [
    '2026-02-27T16:30:00Z',
    'bao',
    (engine, customerId) => upgradeSubscription(engine, { customerId, planId: 'yearly' }),
  ], // in the grace hour of bao's February
  ['2026-03-05T01:02:03Z', 'cem', use('cem-late', 77, '2026-02-05T00:00:00Z')],
  ['2026-03-05T01:02:03Z', 'fia', (engine, customerId) => cancelSubscription(engine, { customerId })],
  [
    '2026-03-08T09:59:59Z',
    'ivo',
    (engine, customerId) => updateCustomer(engine, { customerId, timezone: 'America/Los_Angeles' }),
  ],
  [
    '2026-03-20T12:00:00Z',
    'hal',
    (engine, customerId) => cancelSubscription(engine, { customerId, when: 'now', credit: true }),
  ],
  [
    '2026-03-29T01:00:00Z',
    'hal',
    (engine, customerId) => createSubscription(engine, { customerId, planId: 'small' }),
  ],
  [
    '2026-04-10T10:00:00Z',
    'gus',
    (engine, customerId) => downgradeSubscription(engine, { customerId, planId: 'quarter' }),
  ],
  ['2026-04-12T10:00:00Z', 'joy', (engine, customerId) => cancelSubscription(engine, { customerId })],
  ['2026-04-15T10:00:00Z', 'ivo', use('ivo-late', 900, '2026-03-20T00:00:00Z')],
  ['2026-05-02T10:00:00Z', 'fia', use('fia-after-the-end', 900, '2026-04-29T00:00:00Z')],
]
const end = '2027-05-02T10:00:00Z'

function use(id: string, quantity: number, time?: string) {
  return (engine: Engine, customerId: string) =>
    recordUsage(engine, [
      { id, customerId, meter: 'calls', quantity, ...(time === undefined ? {} : { time }) },
    ])
}

/** Runs those fifteen months in one way and returns every row in the database at the end. */
async function live({ create }: TestDatabase, stops: (from: number, to: number) => string[]) {
  const db = await create({ billing: migrationsFolder })
  const clock = standingClock(start)
  let ids = 0
  const engine = createEngine({
    db,
    now: clock.now,
    newId: (prefix) => `${prefix}_${String((ids += 1)).padStart(6, '0')}`,
  })
  const due = dueWorkOf(engine)
  const moveTo = async (to: string) => {
    for (const stop of stops(Date.parse(clock.now()), Date.parse(to))) await clock.moveTo(stop, due)
  }
  try {
    await seed(engine)
    for (const [at, who, deed] of deeds) {
      await moveTo(at)
      await deed(engine, who)
    }
    const began = performance.now()
    await moveTo(end)
    const seconds = (performance.now() - began) / 1000
    for await (const mistake of findMistakes(engine)) expect.fail(JSON.stringify(mistake))
    const tables = await db.asOwner((tx) =>
      tx.query<{ name: string }>(
        `select table_name as name
          from information_schema.tables
          where table_schema = 'public' and table_type = 'BASE TABLE' and table_name not like '%migrations%'
          order by 1`,
      ),
    )
    const rows = await db.asOwner(async (tx) => {
      const all: Record<string, string[]> = {}
      for (const { name } of tables)
        all[name] = (await tx.query<{ row: string }>(`select to_jsonb(t)::text as row from "${name}" t`))
          .map(({ row }) => row)
          .sort()
      return all
    })
    const issued = await db.asOwner((tx) =>
      tx.query<{ customer: string; kind: string; at: string }>(
        'select customer_id as customer, kind, issued_at as at from invoices order by number',
      ),
    )
    return { rows, issued, seconds }
  } finally {
    await db.close()
  }
}

test(
  'fifteen months of ten customers give identical rows, whether the clock jumps once, by the month or by the hour',
  { timeout: 1_200_000 },
  async () => {
    const lives = []
    for (const database of testDatabases) {
      for (const [way, stops] of Object.entries(ways)) {
        // In the short form the hourly way runs once: it is many moves with few results.
        if (long || way !== 'hour by hour' || database === testDatabases[0])
          lives.push({ name: `on ${database.name} ${way}`, ...(await live(database, stops)) })
      }
    }
    console.info(
      lives
        .map(({ name, seconds }) => `the last year of ten customers ${name}: ${seconds.toFixed(1)} s`)
        .join('\n'),
    )
    const [first, ...others] = lives
    for (const other of others) {
      expect(other.issued, other.name).toEqual(first!.issued)
      expect(other.rows, other.name).toEqual(first!.rows)
    }
    // The comparison only means something if things happen, each at its own instant.
    expect([...new Set(first!.issued.map((invoice) => invoice.kind))].sort()).toEqual([
      'change',
      'final',
      'renewal',
      'start',
    ])
    expect(first!.issued.filter((invoice) => invoice.kind === 'renewal').length).toBeGreaterThan(60)
    const at = (customer: string, kind: string) =>
      first!.issued
        .filter((invoice) => invoice.customer === customer && invoice.kind === kind)
        .map((invoice) => invoice.at.slice(0, 16))
    // Dev in Kolkata: large until 28 February, with a grace of five hours (18:30 + 5 h UTC), then small, with
    // a grace of one.
    expect(at('dev', 'renewal').slice(0, 2)).toEqual(['2026-02-27T23:30', '2026-03-30T19:30'])
    // Eve in New York, on the calendar and without grace: midnight there, before and after the DST change on
    // 8 March.
    expect(at('eve', 'renewal').slice(0, 3)).toEqual([
      '2026-02-01T05:00',
      '2026-03-01T05:00',
      '2026-04-01T04:00',
    ])
  },
)
