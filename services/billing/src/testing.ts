import type { Database, QueryOptions } from '@customer-portal/database'
import type { TestDatabase } from '@customer-portal/database/testing'
export { migrationsFolder } from './engine.ts'
export { codes } from './errors.ts'
export { instantFromMilliseconds } from './values/instant.ts'
import { actingFor, createEngine, migrationsFolder, type Engine } from './engine.ts'
import { createCustomer } from './commands/account/account.ts'
import { runBilling, nextRunAt } from './billing-run/run.ts'
import { putMeter } from './catalogue/meter.ts'
import { putPlan } from './catalogue/plan.ts'
import { parseInstant, type Instant } from './values/instant.ts'
import { putSeller } from './catalogue/seller.ts'

/**
 * An engine with a clock that stands still until it is moved, and counted ids: one history gives the same
 * bytes everywhere.
 */
export interface World {
  db: Database
  engine: Engine
  /** Sets the clock and does nothing else. */
  set(instant: string): void
  /** Moves the clock forward, stopping at every instant at which work is due, and does it. */
  passTo(instant: string): Promise<void>
  close(): Promise<void>
}

export async function createWorld(create: TestDatabase['create'], start: string): Promise<World> {
  const db = await create({ billing: migrationsFolder })
  let now = instant(start)
  let ids = 0
  const engine = createEngine({
    db,
    now: () => now,
    newId: (prefix) => `${prefix}_${String((ids += 1)).padStart(6, '0')}`,
  })
  return {
    db,
    engine,
    set: (to) => {
      now = instant(to)
    },
    async passTo(to) {
      const target = instant(to)
      for (let due = await nextRunAt(engine); due !== null && due <= target; due = await nextRunAt(engine)) {
        if (due > now) now = due
        await runBilling(engine)
      }
      now = target
    },
    close: () => db.close(),
  }
}

function instant(text: string): Instant {
  const parsed = parseInstant(text)
  if (!parsed) throw new Error(`invalid instant: ${text}`)
  return parsed
}

/**
 * A small catalogue in the shape of the Chinese market: meters ai_chat and tokens; plans free, team (¥599),
 * business (¥1,999) and seats (¥99 a seat).
 */
export async function seedCatalogue(engine: Engine): Promise<void> {
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
  await putMeter(engine, {
    key: 'ai_chat',
    name: { 'zh-CN': 'AI 会话', en: 'AI chats' },
    unit: { 'zh-CN': '次', en: 'chats' },
  })
  await putMeter(engine, { key: 'tokens', name: 'Token', unit: { 'zh-CN': '个', en: 'tokens' } })
  await putMeter(engine, {
    key: 'storage',
    name: { 'zh-CN': '存储', en: 'Storage' },
    unit: 'GB',
    decimals: 3,
  })
  const month = { interval: 'month' as const, currency: 'CNY' }
  await putPlan(engine, {
    id: 'free',
    name: { 'zh-CN': '免费版', en: 'Free' },
    rank: 0,
    fee: { amount: 0, per: 'subscription' },
    ...month,
    charges: [{ meter: 'ai_chat', included: 20, overage: 'block' }],
  })
  await putPlan(engine, {
    id: 'team',
    name: { 'zh-CN': '团队版', en: 'Team' },
    rank: 10,
    fee: { amount: 59_900, per: 'subscription' },
    ...month,
    charges: [
      {
        meter: 'ai_chat',
        included: 1000,
        overage: 'bill',
        price: { model: 'per_unit', rate: { amount: 5, per: 1 } },
      },
      {
        meter: 'tokens',
        included: 100_000,
        overage: 'bill',
        price: { model: 'per_unit', rate: { amount: 40, per: 1000 } },
      },
      {
        meter: 'storage',
        included: 10,
        overage: 'bill',
        price: { model: 'per_unit', rate: { amount: 12, per: 1 } },
      },
    ],
  })
  await putPlan(engine, {
    id: 'business',
    name: { 'zh-CN': '商业版', en: 'Business' },
    rank: 20,
    fee: { amount: 199_900, per: 'subscription' },
    ...month,
    charges: [
      {
        meter: 'ai_chat',
        included: 5000,
        overage: 'bill',
        price: {
          model: 'graduated',
          tiers: [
            { upTo: 1000, rate: { amount: 4, per: 1 }, flat: 1000 },
            { upTo: null, rate: { amount: 3, per: 1 } },
          ],
        },
      },
    ],
  })
  await putPlan(engine, {
    id: 'seats',
    name: { 'zh-CN': '席位版', en: 'Seats' },
    rank: 15,
    fee: { amount: 9_900, per: 'seat' },
    seats: { min: 2, max: 50 },
    ...month,
    charges: [{ meter: 'ai_chat', included: 300, overage: 'block' }],
  })
}

/** Creates a customer, in Asia/Shanghai by default. */
export async function seedCustomer(engine: Engine, id: string, timezone = 'Asia/Shanghai'): Promise<void> {
  await createCustomer(engine, { id, companyName: `${id} 有限公司`, timezone })
}

/** Returns the engine (for one customer if given) with a counter of its statements. */
export function countingStatements(
  engine: Engine,
  customerId?: string,
): { engine: Engine; statements(): number } {
  let statements = 0
  return {
    engine: watchingStatements(engine, customerId, async () => {
      statements += 1
    }),
    statements: () => {
      const sent = statements
      statements = 0
      return sent
    },
  }
}

/** Returns the engine (for one customer if given) with a callback that is awaited after each statement. */
export function watchingStatements(
  engine: Engine,
  customerId: string | undefined,
  afterEach: () => Promise<void>,
): Engine {
  const transaction: Database['transaction'] = (access, work, options) =>
    engine.db.transaction(
      access,
      (tx) =>
        work({
          async query<R>(sql: string, parameters?: readonly unknown[], how?: QueryOptions) {
            const rows = await tx.query<R>(sql, parameters, how)
            await afterEach()
            return rows
          },
          savepoint: (inner) => tx.savepoint(inner),
          asOwner: (inner) => tx.asOwner(inner),
        }),
      options,
    )
  const db: Database = Object.create(engine.db, { transaction: { value: transaction } })
  const watching = createEngine({ db, now: engine.now, newId: engine.newId })
  return customerId === undefined ? watching : actingFor(watching, customerId)
}
