import { createEngine, createCustomer, createSecretKey, type Engine } from '@customer-portal/billing'
import { migrationsFolder as billingMigrations } from '@customer-portal/billing/testing'
import type { Database, QueryOptions } from '@customer-portal/database'
import { testDatabases } from '@customer-portal/database/testing'
import { createApp, type App } from '@customer-portal/http'
import {
  addMessage,
  createAgent,
  createAssistant,
  createLoginAttempts,
  createWorkbench,
  migrationsFolder,
  startConversation,
} from '@customer-portal/workbench'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { registerWorkbenchApi } from './index.ts'

const password = 'a long password'

describe.each(testDatabases)("statements of the workbench's lists on $name", ({ create }) => {
  let db: Database
  let app: App
  let statements = 0
  const credentials: Record<string, Record<string, string>> = {}
  let threads: Record<string, string>

  beforeAll(async () => {
    db = await create({ engine: billingMigrations, workbench: migrationsFolder })
    const counting: Database = Object.create(db, {
      transaction: {
        value: ((access, work, options) =>
          db.transaction(
            access,
            (tx) =>
              work({
                query<R>(sql: string, parameters?: readonly unknown[], how?: QueryOptions) {
                  statements += 1
                  return tx.query<R>(sql, parameters, how)
                },
                savepoint: (inner) => tx.savepoint(inner),
                asOwner: (inner) => tx.asOwner(inner),
              }),
            options,
          )) satisfies Database['transaction'],
      },
    })
    let ids = 0
    const newId = (prefix: string) => `${prefix}_${String((ids += 1)).padStart(6, '0')}`
    const engine = createEngine({
      db: counting,
      now: (() => '2026-03-10T04:00:00.000000Z') as Engine['now'],
      newId,
    })
    const workbench = createWorkbench({
      db: counting,
      now: engine.now,
      newId,
      passwordCost: { N: 2 ** 10, r: 8, p: 1 },
    })
    threads = {}
    for (const [customerId, rows] of [
      ['few', 2],
      ['many', 101],
    ] as const) {
      await createCustomer(engine, { id: customerId, companyName: customerId })
      for (let row = 0; row < rows; row += 1) {
        await createAgent(workbench, {
          customerId,
          email: `${row}@${customerId}.example`,
          name: `Agent ${row}`,
          role: 'owner',
          password,
        })
        const begun = await startConversation(workbench, {
          customerId,
          visitorName: `Visitor ${row}`,
          channel: 'web',
          question: 'Where is my invoice?',
        })
        threads[customerId] = (begun as { id: string }).id
      }
      for (let row = 1; row < 2 * rows; row += 1)
        await addMessage(workbench, { customerId, conversationId: threads[customerId]!, text: `And ${row}?` })
    }
    app = await createApp({ checkAnswers: true })
    await registerWorkbenchApi(app, {
      engine,
      workbench,
      assistant: createAssistant([]),
      secure: false,
      attempts: createLoginAttempts(),
    })
    await app.ready()
    for (const customerId of ['few', 'many']) {
      const { cookies } = await app.inject({
        method: 'POST',
        url: '/api/workbench/login',
        payload: { email: `0@${customerId}.example`, password },
      })
      credentials[customerId] = { cookie: `workbench_session=${cookies[0]!.value}` }
    }
    credentials['vendor'] = {
      authorization: `Bearer ${(await createSecretKey(engine, { name: 'test' })).key}`,
    }
  }, 60_000)
  afterAll(async () => {
    await app?.close()
    await db?.close()
  })

  const read = async (url: string, who: string) => {
    statements = 0
    const answer = await app.inject({ url: `/api/workbench${url}`, headers: credentials[who] })
    expect(answer.statusCode, answer.body).toBe(200)
    const { data, messages = data } = answer.json<{ data?: unknown[]; messages?: unknown[] }>()
    return { rows: messages!.length, statements }
  }

  test('100 rows take as many statements as a few, at most five, including authentication', async () => {
    const lists: Record<string, (customerId: string) => ReturnType<typeof read>> = {
      conversations: (customerId) => read('/conversations?limit=100', customerId),
      'messages of a conversation': (customerId) => read(`/conversations/${threads[customerId]}`, customerId),
      'agents of a customer': (customerId) => read(`/agents?customerId=${customerId}&limit=100`, 'vendor'),
      'agents of all customers': (customerId) =>
        read(`/agents?limit=${customerId === 'few' ? 2 : 100}`, 'vendor'),
    }
    for (const [name, list] of Object.entries(lists)) {
      // Warms the cache of customer ids.
      for (const customerId of ['few', 'many']) await list(customerId)
      const [few, many] = [await list('few'), await list('many')]
      expect(few.rows, name).toBeLessThan(10)
      expect(many.rows, name).toBeGreaterThanOrEqual(100)
      expect(many.statements, name).toBe(few.statements)
      expect(many.statements, name).toBeLessThanOrEqual(5)
    }
  })
})
