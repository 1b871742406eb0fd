import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { violatedConstraint, type Database } from '@customer-portal/database'
import { testDatabases } from '@customer-portal/database/testing'
import { createAgent, createWorkbench, migrationsFolder, startConversation } from './index.ts'

const written = 'customer_id, conversation_id, id, position, author, agent_id, text, created_at'
const suggested = `${written}, answers_id, source_id, source_title, match_percent`

/** A statement that violates each constraint, in the workbench of one customer. */
const breaches: [constraint: string, sql: string][] = [
  [
    'messages_of_an_agent',
    `insert into messages (${written})
      select customer_id, id, 'm', 9, 'agent', 'nobody', 'Hello', now()
      from conversations`,
  ],
  [
    'messages_answer_a_message',
    `insert into messages (${suggested})
      select c.customer_id, c.id, 'm', 9, 'ai', a.id, 'Hello', now(), 'none', 'faq', 'Title', 90
      from conversations c
      join agents a using (customer_id)`,
  ],
  ['messages_have_a_position', 'update messages set position = 0'],
  [
    'conversations_close_after_they_begin',
    `update conversations set closed_at = created_at - interval '1 second'`,
  ],
  ['agents_end_after_they_begin', `update agents set disabled_at = created_at - interval '1 second'`],
]

describe.each(testDatabases)("the workbench's tables enforce its rules, on $name", ({ create }) => {
  let db: Database
  beforeAll(async () => {
    db = await create({ workbench: migrationsFolder })
    let ids = 0
    const workbench = createWorkbench({
      db,
      now: () => '2026-11-22T01:00:00.000000Z',
      newId: (prefix) => `${prefix}_${(ids += 1)}`,
      passwordCost: { N: 2 ** 10, r: 8, p: 1 },
    })
    await createAgent(workbench, {
      customerId: 'acme',
      email: 'owner@example.com',
      name: '林晓',
      role: 'owner',
      password: 'a good password',
    })
    await startConversation(workbench, {
      customerId: 'acme',
      visitorName: '王女士',
      channel: 'web',
      question: '什么时候发货',
    })
  })
  afterAll(() => db?.close())

  test.each(breaches)('%s: %s', async (constraint, sql) => {
    const refused = await db.asOwner((tx) => tx.query(sql)).catch((error: unknown) => error)
    expect(violatedConstraint(refused)).toBe(constraint)
  })
})
