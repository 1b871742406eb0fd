import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import {
  addSeconds,
  createCustomer,
  createSubscription,
  maintainUsage,
  migrateBilling,
  putMeter,
  putPlan,
  putSeller,
  type Engine,
} from '@customer-portal/billing'
import { instantFromMilliseconds } from '@customer-portal/billing/testing'
import { alone } from './alone.ts'
import type { Bench } from './benchmark.ts'
import { onEngine } from './engine.ts'
import { newFolder } from './folders.ts'
import type { Location } from './program.ts'
import { query } from './server.ts'

/** The properties by which a benchmark's meters may be grouped, and their values. */
export const dimensions = {
  model: ['small', 'medium', 'large', 'vision', 'voice'],
  channel: ['web', 'app', 'wechat', 'phone', 'email', 'sms', 'api', 'kiosk'],
} as const
const kinds = ['ai_chat', 'tokens', 'messages'] as const

/** Three meters grouped by the first `count` properties. */
export const metersBy = (count: number) => kinds.map((kind) => (count === 0 ? kind : `${kind}_by_${count}`))
export const customerId = (number: number) => `customer_${String(number).padStart(4, '0')}`

/** How long the customers have been subscribed: within their first month, whatever its length. */
const subscribedDays = 27
/** More than any benchmark uses. */
const plenty = 1_000_000_000

/** A database with subscribed customers, of which each run gets a copy of its own. */
export interface Prepared {
  /** The original: a run on it leaves its rows behind. */
  location: Location
  /** A fresh copy for one run, and the function that removes it. */
  copy(): Promise<{ location: Location; remove(): Promise<void> }>
}

/** Creates the customers in a PostgreSQL database with the engine's own commands. */
export async function prepareOnPostgres(
  { server, progress }: Bench,
  customers: number,
  name = 'customers',
): Promise<Prepared> {
  const databaseUrl = await server.create(name)
  progress('preparing customers', 0, customers)
  await alone(import.meta.url, subscribeCustomers.name, { location: { databaseUrl }, customers })
  await query(databaseUrl, 'vacuum analyze')
  return {
    location: { databaseUrl },
    copy: async () => ({
      location: { databaseUrl: await server.create('run', name) },
      remove: () => server.drop('run'),
    }),
  }
}

/** Creates the same customers in a folder of the embedded database. */
export async function prepareOnPglite({ progress }: Bench, customers: number): Promise<Prepared> {
  const home = newFolder()
  const original = join(home, 'original')
  progress('preparing customers in the embedded database', 0, customers)
  await alone(import.meta.url, subscribeCustomers.name, { location: { dataDir: original }, customers })
  return {
    location: { dataDir: original },
    async copy() {
      const dataDir = join(home, 'run')
      cpSync(original, dataDir, { recursive: true })
      return { location: { dataDir }, remove: async () => rmSync(dataDir, { recursive: true, force: true }) }
    },
  }
}

/**
 * Meters with and without grouping, a plan that blocks at an allowance nobody reaches, and customers
 * subscribed a few weeks ago.
 */
export async function subscribeCustomers({
  location,
  customers,
}: {
  location: Location
  customers: number
}): Promise<void> {
  const now = instantFromMilliseconds(Date.now())
  await onEngine(location, addSeconds(now, -subscribedDays * 86_400), async (engine, clock) => {
    await migrateBilling(engine.db)
    await seedCatalogue(engine)
    for (let number = 1; number <= customers; number += 1) {
      await createCustomer(engine, { id: customerId(number), companyName: `${customerId(number)} 有限公司` })
      await createSubscription(engine, { customerId: customerId(number), planId: 'metered' })
    }
    clock.at = now
    await maintainUsage(engine)
  })
}

async function seedCatalogue(engine: Engine): Promise<void> {
  await putSeller(engine, {
    name: '杭州星桥云计算科技有限公司',
    nameEn: 'Hangzhou Starbridge Cloud Technology Co., Ltd.',
    taxId: '91330100799655058B',
    address: '浙江省杭州市西湖区文三路 478 号',
    phone: '0571-8888 6600',
    bankName: '招商银行杭州高新支行',
    bankAccount: '5719 0668 8810 901',
    timezone: 'Asia/Shanghai',
  })
  const properties = Object.keys(dimensions)
  for (let count = 0; count <= properties.length; count += 1) {
    for (const key of metersBy(count))
      await putMeter(engine, {
        key,
        name: key,
        unit: '次',
        ...(count === 0 ? {} : { groupBy: properties.slice(0, count) }),
      })
  }
  await putPlan(engine, {
    id: 'metered',
    name: '按量版',
    fee: { amount: 0, per: 'subscription' },
    charges: [0, 1, 2]
      .flatMap(metersBy)
      .map((meter) => ({ meter, included: plenty, overage: 'block' as const })),
  })
}
