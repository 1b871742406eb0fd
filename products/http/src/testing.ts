import {
  createEngine,
  createCustomer,
  createSubscription,
  putMeter,
  putPlan,
  putSeller,
  recordUsage,
  type Engine,
} from '@customer-portal/billing'
import { migrationsFolder } from '@customer-portal/billing/testing'
import type { Database } from '@customer-portal/database'
import { testDatabases, type TestDatabase } from '@customer-portal/database/testing'
import { createApp, type App } from './index.ts'

export { testDatabases }

/** A server on a database of its own, with a clock that the test controls. */
export interface TestServer {
  app: App
  engine: Engine
  database: Database
  clock: { at: string }
  close(): Promise<void>
}

/**
 * Starts an API on a fresh database, at noon of 10 March 2026 in Shanghai. Its answers are checked against
 * their schemas.
 */
export async function testServer(
  create: TestDatabase['create'],
  register: (app: App, server: Omit<TestServer, 'app' | 'close'>) => Promise<void>,
): Promise<TestServer> {
  const database = await create({ billing: migrationsFolder })
  const clock = { at: '2026-03-10T04:00:00.000000Z' }
  let ids = 0
  const engine = createEngine({
    db: database,
    now: () => clock.at,
    newId: (prefix) => `${prefix}_${String((ids += 1)).padStart(8, '0')}`,
  })
  const app = await createApp({ checkAnswers: true })
  await register(app, { engine, database, clock })
  await app.ready()
  return {
    app,
    engine,
    database,
    clock,
    close: async () => {
      await app.close()
      await database.close()
    },
  }
}

/**
 * Two plans, and two customers on the smaller one since 1 February 2026: `acme` with 130 answers used in
 * February (100 are included), `globex` with none.
 */
export async function seedTwoCustomers({
  engine,
  clock,
}: Pick<TestServer, 'engine' | 'clock'>): Promise<void> {
  const until = clock.at
  clock.at = '2026-02-01T02:00:00.000000Z'
  await putMeter(engine, {
    key: 'ai_chat',
    name: { 'zh-CN': 'AI 回答', en: 'AI answers' },
    unit: { 'zh-CN': '次', en: 'answers' },
  })
  await putSeller(engine, {
    name: '示例科技有限公司',
    taxId: '91330100799655058B',
    address: '上海市徐汇区',
    phone: '021-55550000',
    bankName: '招商银行',
    bankAccount: '1219 0001',
    timezone: 'Asia/Shanghai',
  })
  const charge = (included: number) => [
    {
      meter: 'ai_chat',
      included,
      overage: 'bill' as const,
      price: { model: 'per_unit' as const, rate: { amount: 50, per: 1 } },
    },
  ]
  await putPlan(engine, {
    id: 'starter',
    name: 'Starter',
    rank: 1,
    fee: { amount: 9900, per: 'seat' },
    seats: { min: 1, max: 10 },
    charges: charge(100),
  })
  await putPlan(engine, {
    id: 'pro',
    name: 'Pro',
    rank: 2,
    fee: { amount: 29900, per: 'seat' },
    charges: charge(1000),
  })
  for (const id of ['acme', 'globex']) {
    await createCustomer(engine, {
      id,
      companyName: id,
      email: `${id}@example.com`,
      timezone: 'Asia/Shanghai',
    })
    await createSubscription(engine, { customerId: id, planId: 'starter', seats: 2 })
  }
  clock.at = '2026-02-10T02:00:00.000000Z'
  await recordUsage(
    engine,
    Array.from({ length: 130 }, (_, index) => ({
      id: `feb-${index}`,
      customerId: 'acme',
      meter: 'ai_chat',
      properties: { agent: index % 3 },
    })),
  )
  clock.at = until
}
