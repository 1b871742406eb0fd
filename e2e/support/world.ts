import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '@customer-portal/database'
import { startServer, secretKey, type RunningServer } from './server.ts'
import { vendorOf, type Vendor } from './vendor.ts'

/** Names of maximum length: one of words, and one without a place to break. */
export const wordy = 'Enterprise support for very large organisations with many teams '
  .repeat(4)
  .slice(0, 200)
  .trim()
export const unbreakable = 'W'.repeat(200)

/** A unit as long as the API allows, without a place to break. */
export const longUnit = 'U'.repeat(60)

const price = (amount: number) => ({ model: 'per_unit', rate: { amount, per: 1 } })
const meterKeys = Array.from({ length: 12 }, (_, index) => `meter_${index + 1}`)
const chargesOf = (count: number, included: number | null, overage = 'bill') =>
  meterKeys.slice(0, count).map((meter) => ({
    meter,
    included,
    overage,
    ...(overage === 'bill' && included !== null ? { price: price(12) } : {}),
  }))

/** The number of invoices of one customer, all of the same day. */
export const manyInvoices = 1_000

/**
 * A vendor with plans of every size in three currencies (yen: one plan, dollars: five, yuan: nine; euro: one
 * of long units among others) and a customer in every state.
 */
export interface World {
  server: RunningServer
  vendor: Vendor
  /** The portal API's answer for a customer. */
  portal<T>(customerId: CustomerName, path: string): Promise<T>
  stop(): Promise<void>
}

export const customers = [
  'none',
  'ended',
  'ending',
  'changing',
  'units',
  'overdue',
  'part-paid',
  'negative',
  'blocked',
  'payg',
  'one-plan',
  'five-plans',
  'large',
  'archived',
  'year',
  'many',
] as const
export type CustomerName = (typeof customers)[number]

export async function startWorld(): Promise<World> {
  const dataDir = await mkdtemp(join(tmpdir(), 'customer-portal-world-'))
  const environment = { DEMO: 'false', TEST_CLOCK: '2025-11-01T02:00:00Z', DATA_DIR: dataDir }
  let server = await startServer(environment)
  const vendor = vendorOf(server.url, secretKey)
  const { call } = vendor
  await call('PUT', '/seller', {
    name: '杭州星桥云计算科技有限公司',
    nameEn: 'Starbridge',
    taxId: '91330100799655058B',
    address: '浙江省杭州市西湖区文三路 478 号',
    phone: '0571-8888 6600',
    bankName: '招商银行杭州高新支行',
    bankAccount: '5719 0668 8810 901',
    timezone: 'Asia/Shanghai',
  })
  for (const [index, key] of meterKeys.entries()) {
    const name =
      index === 1
        ? { 'zh-CN': unbreakable.slice(0, 120), en: unbreakable.slice(0, 120) }
        : { 'zh-CN': `计量项 ${index + 1}`, en: `Meter ${index + 1}` }
    await call('PUT', `/meters/${key}`, { name, unit: { 'zh-CN': '次', en: 'calls' } })
  }
  await call('PUT', '/meters/long', {
    name: { 'zh-CN': '长单位', en: 'Long unit' },
    unit: { 'zh-CN': longUnit, en: longUnit },
    groupBy: ['channel'],
  })
  await call('PUT', '/meters/people', {
    name: { 'zh-CN': '活跃人数', en: 'Active people' },
    unit: { 'zh-CN': '人', en: 'users', one: 'user' },
    aggregation: 'unique',
    uniqueBy: 'person',
  })
  const plan = (id: string, of: object) =>
    call('PUT', `/plans/${id}`, {
      name: { 'zh-CN': `套餐 ${id}`, en: `Plan ${id}` },
      fee: { amount: 9_900, per: 'subscription' },
      ...of,
    })
  await plan('yen', { currency: 'JPY', rank: 1, charges: chargesOf(1, 100) })
  for (let n = 1; n <= 5; n += 1)
    await plan(`usd-${n}`, {
      currency: 'USD',
      rank: n,
      fee: { amount: n * 4_900, per: 'seat' },
      charges: chargesOf(2, n * 1_000),
    })
  for (let n = 1; n <= 6; n += 1)
    await plan(`cny-${n}`, {
      rank: n,
      fee: { amount: n * 9_900, per: 'subscription' },
      charges: chargesOf(n, n * 100, n === 1 ? 'block' : 'bill'),
      features: ['知识库问答'],
    })
  await plan('payg', {
    rank: 7,
    name: { 'zh-CN': '按量计费', en: 'Pay as you go' },
    fee: { amount: 0, per: 'subscription' },
    charges: chargesOf(2, 0),
  })
  await plan('wordy', {
    rank: 8,
    name: wordy,
    description: wordy,
    fee: { amount: 9_999_999_999, per: 'subscription' },
    charges: chargesOf(12, 1_000),
    features: [wordy],
  })
  await plan('wide', {
    rank: 9,
    name: unbreakable,
    description: unbreakable,
    fee: { amount: 9_999_999_999, per: 'subscription' },
    charges: chargesOf(12, null),
    features: [unbreakable],
  })
  const billed = (meter: string, included: number) => ({ meter, included, overage: 'bill', price: price(12) })
  await plan('units', { currency: 'EUR', rank: 1, charges: [billed('long', 3_000), billed('people', 1)] })
  await plan('old', { rank: 3, name: { 'zh-CN': '旧套餐', en: 'Old plan' }, charges: chargesOf(1, 50) })

  await plan('seats', {
    rank: 10,
    currency: 'EUR',
    fee: { amount: 1_900, per: 'seat' },
    seats: { min: 1, max: null },
    charges: chargesOf(1, 100),
  })
  await plan('yearly', {
    rank: 11,
    currency: 'EUR',
    fee: { amount: 19_900, per: 'seat' },
    seats: { min: 1, max: null },
    charges: chargesOf(12, 1_000),
  })

  const customer = async (id: CustomerName, planId?: string, more: object = {}) => {
    await call('POST', '/customers', { id, companyName: `${id} 有限公司`, ...more })
    if (planId) await call('POST', `/customers/${id}/subscription`, { planId })
  }
  // A year of all twelve meters, with a plan change in the middle.
  await customer('year', 'seats', { currency: 'EUR' })
  for (let month = 0; month < 11; month += 1) {
    const { now } = await call<{ now: string }>('GET', '/test-clock')
    await vendor.record(
      meterKeys.slice(0, month < 5 ? 1 : 12).map((meter, index) => ({
        id: `year-${meter}-${month}`,
        customerId: 'year',
        meter,
        quantity: 90 + 70 * ((month * 5 + index * 3) % 17),
        time: now,
      })),
    )
    if (month === 5) await call('POST', '/customers/year/subscription/change', { planId: 'yearly' })
    await call('POST', '/test-clock', { now: new Date(Date.UTC(2025, 11 + month, 1, 2)).toISOString() })
  }
  await customer('many', 'seats', { currency: 'EUR' })
  await customer('none')
  await customer('ended', 'cny-2')
  await customer('ending', 'cny-2')
  await customer('changing', 'cny-5')
  await customer('units', 'units', { currency: 'EUR' })
  await customer('overdue', 'cny-3')
  await customer('part-paid', 'cny-2')
  await customer('negative', 'cny-4')
  await customer('blocked', 'cny-1')
  await customer('payg', 'payg')
  await customer('one-plan', 'yen', { currency: 'JPY' })
  await customer('five-plans', 'usd-2', { currency: 'USD' })
  await customer('large', 'wordy', { companyName: unbreakable })
  await customer('archived', 'old')
  await plan('old', {
    rank: 3,
    name: { 'zh-CN': '旧套餐', en: 'Old plan' },
    charges: chargesOf(1, 50),
    archived: true,
  })
  const { now } = await call<{ now: string }>('POST', '/test-clock', { now: '2026-11-21T02:30:00Z' })
  // Usage before and after a subscription that is ended at once.
  await vendor.record([{ id: 'ended-before', customerId: 'ended', meter: 'meter_1', quantity: 120 }])
  for (const id of ['ended'] as const)
    await call('POST', `/customers/${id}/subscription/cancel`, { when: 'now' })
  const paying = [
    'ending',
    'changing',
    'units',
    'blocked',
    'payg',
    'five-plans',
    'archived',
    'one-plan',
  ] as const
  for (const id of paying)
    for (const invoice of (await vendor.invoices(id)).data.filter(({ amountDue }) => amountDue > 0))
      await vendor.pay(invoice.id, invoice.amountDue)
  await call('POST', '/customers/ending/subscription/cancel', { when: 'period_end' })
  await call('POST', '/customers/changing/subscription/change', { planId: 'cny-4' })
  await call('POST', '/customers/negative/subscription/cancel', { when: 'now', credit: true })
  const [open] = (await vendor.invoices('part-paid')).data.filter(({ status }) => status === 'open')
  await vendor.pay(open!.id, 1_000)
  const use = (customerId: CustomerName, meter: string, quantity: number, day = '20') => ({
    id: `${customerId}-${meter}-${day}`,
    customerId,
    meter,
    quantity,
    time: `2026-11-${day}T02:00:00Z`,
  })
  await vendor.record([
    use('blocked', 'meter_1', 100),
    use('payg', 'meter_1', 2_500),
    use('overdue', 'meter_1', 925, '05'),
    use('overdue', 'meter_2', 290),
    use('archived', 'meter_1', 20),
    use('five-plans', 'meter_1', 1),
    { id: 'ended-after', customerId: 'ended', meter: 'meter_1', quantity: 7, time: '2026-11-21T02:32:00Z' },
    {
      ...use('units', 'long', 1_234_567),
      properties: { channel: unbreakable, [unbreakable.slice(0, 64)]: wordy },
    },
    { ...use('units', 'people', 1), properties: { person: 'a' } },
    { ...use('units', 'people', 1, '19'), properties: { person: 'b' } },
    { ...use('units', 'people', 1, '18') },
    ...meterKeys.map((meter, index) => use('large', meter, index < 6 ? 1_000_000_000 : 900)),
  ])
  // An event rejected for its format.
  await vendor.record([{ ...use('units', 'long', 1, '17'), quantity: 'abc' }])
  await call('POST', '/test-clock', { now: new Date(Date.parse(now) + 3_600_000).toISOString() })
  await server.stop()
  await addInvoices(dataDir)
  server = await startServer({ ...environment, PORT: String(server.port) })
  const stop = async () => {
    await server.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
  const portal = async <T>(customerId: CustomerName, path: string): Promise<T> => {
    const { token } = await vendor.session(customerId)
    return (
      await fetch(`${server.url}/api/portal${path}`, { headers: { authorization: `Bearer ${token}` } })
    ).json() as Promise<T>
  }
  return { server, vendor, portal, stop }
}

/**
 * Copies an invoice of the customer `many` repeatedly, each with its own id and number: issuing that many
 * takes a server minutes.
 */
async function addInvoices(dataDir: string): Promise<void> {
  const db = await openDatabase({ dataDir })
  await db.transaction({ role: 'billing' }, (tx) =>
    tx.asOwner(async () => {
      const columns = (
        await tx.query<{ name: string }>(
          `select column_name as name
            from information_schema.columns
            where table_name = 'invoices'
              and column_name not in (
                'id', 'number', 'cause_kind', 'cause_id', 'issued_at', 'document', 'sequence'
              )`,
        )
      )
        .map(({ name }) => name)
        .join(', ')
      for (const table of ['invoices', 'subscriptions'])
        await tx.query(`alter table ${table} no force row level security`)
      await tx.query(
        `insert into invoices (id, number, cause_kind, cause_id, issued_at, document, ${columns})
          select 'inv_many_' || n, 'INV-202611-9' || lpad(n::text, 5, '0'), 'reopening',
            s.id || ' ' || n, issued_at - n * interval '1 minute',
            document || jsonb_build_object(
              'id', 'inv_many_' || n, 'number', 'INV-202611-9' || lpad(n::text, 5, '0')
            ),
            ${columns}
          from (select * from invoices where customer_id = 'many' order by sequence limit 1) i,
            (select id from subscriptions where customer_id = 'many' limit 1) s(id),
            generate_series(1, $1::int) n`,
        [manyInvoices - 2],
      )
      for (const table of ['invoices', 'subscriptions'])
        await tx.query(`alter table ${table} force row level security`)
    }),
  )
  await db.close()
}
