import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabases } from '@customer-portal/database/testing'
import type { Database } from '@customer-portal/database'
import {
  addMessage,
  addSuggestion,
  closeConversation,
  createAgent,
  createWorkbench,
  findAgent,
  findConversation,
  listConversations,
  logIn,
  logOut,
  migrationsFolder,
  setAgentLocale,
  startConversation,
  type Agent,
  type Conversation,
  type Workbench,
} from './index.ts'

describe.each(testDatabases)('on $name', ({ create }) => {
  let db: Database
  let workbench: Workbench
  let clock = Date.UTC(2026, 10, 22, 1)
  let ids = 0
  let owner: Agent

  beforeAll(async () => {
    db = await create({ workbench: migrationsFolder })
    workbench = createWorkbench({
      db,
      now: () => new Date(clock).toISOString().replace('Z', '000Z'),
      newId: (prefix) => `${prefix}_${String((ids += 1)).padStart(6, '0')}`,
      passwordCost: { N: 2 ** 10, r: 8, p: 1 },
    })
    owner = (await createAgent(workbench, {
      customerId: 'acme',
      email: ' Owner@Example.com',
      name: '林晓',
      role: 'owner',
      password: 'a good password',
    }))!
  }, 60_000)
  afterAll(() => db?.close())

  const later = (minutes: number) => {
    clock += minutes * 60_000
  }
  const ask = async (customerId: string, question = '什么时候发货') =>
    (await startConversation(workbench, {
      customerId,
      visitorName: '王女士',
      channel: 'web',
      question,
    })) as Conversation

  describe('agents and sessions', () => {
    test('an e-mail belongs to one agent, whatever its case and the customer', async () => {
      expect(owner).toMatchObject({
        customerId: 'acme',
        email: 'owner@example.com',
        role: 'owner',
        locale: 'zh-CN',
      })
      expect(
        await createAgent(workbench, {
          customerId: 'other',
          email: 'OWNER@example.com',
          name: 'x',
          role: 'viewer',
          password: 'p',
        }),
      ).toBeUndefined()
    })

    test('a password is hashed at the default cost unless another is given', async () => {
      const usual = createWorkbench({ db, now: workbench.now, newId: workbench.newId })
      await createAgent(usual, {
        customerId: 'acme',
        email: 'usual@example.com',
        name: 'x',
        role: 'viewer',
        password: 'a good password',
      })
      expect(
        await db.asOwner((tx) =>
          tx.query(`select email, split_part(password_hash, '$', 2) as cost from agents order by email`),
        ),
      ).toEqual([
        { email: 'owner@example.com', cost: '1024' },
        { email: 'usual@example.com', cost: '131072' },
      ])
    })

    test('the right password opens a session, a wrong one and an unknown e-mail do not', async () => {
      const login = await logIn(workbench, { email: 'OWNER@example.com ', password: 'a good password' })
      expect(login?.agent).toEqual(owner)
      expect(await findAgent(workbench, { secret: login!.secret })).toEqual(owner)
      expect(
        await logIn(workbench, { email: 'owner@example.com', password: 'a bad password' }),
      ).toBeUndefined()
      expect(
        await logIn(workbench, { email: 'nobody@example.com', password: 'a good password' }),
      ).toBeUndefined()
    })

    test('only the hash of the secret is stored, and logging out ends that session alone', async () => {
      const first = await logIn(workbench, { email: owner.email, password: 'a good password' })
      const second = await logIn(workbench, { email: owner.email, password: 'a good password' })
      const rows = await db.asOwner((tx) => tx.query('select secret_hash from agent_sessions'))
      expect(JSON.stringify(rows)).not.toContain(first!.secret)
      await logOut(workbench, { secret: first!.secret })
      expect(await findAgent(workbench, { secret: first!.secret })).toBeUndefined()
      expect(await findAgent(workbench, { secret: second!.secret })).toEqual(owner)
    })

    test('a session ends after twelve hours', async () => {
      const login = await logIn(workbench, { email: owner.email, password: 'a good password' })
      later(12 * 60 - 1)
      expect(await findAgent(workbench, { secret: login!.secret })).toEqual(owner)
      later(1)
      expect(await findAgent(workbench, { secret: login!.secret })).toBeUndefined()
    })

    test('the language is stored, for the own customer only', async () => {
      expect(
        await setAgentLocale(workbench, { customerId: 'acme', agentId: owner.id, locale: 'en' }),
      ).toMatchObject({ locale: 'en' })
      expect(
        await setAgentLocale(workbench, { customerId: 'other', agentId: owner.id, locale: 'zh-CN' }),
      ).toBeUndefined()
      expect(
        await setAgentLocale(workbench, { customerId: 'acme', agentId: owner.id, locale: 'zh-CN' }),
      ).toEqual(owner)
    })
  })

  describe('conversations', () => {
    test('a question waits until an agent answers, and the next question reopens a closed conversation', async () => {
      const { id: conversationId } = await ask('acme', '退款多久到账？\n订单 20261120')
      const status = async () =>
        (await findConversation(workbench, { customerId: 'acme', conversationId }))?.status
      expect(await findConversation(workbench, { customerId: 'acme', conversationId })).toMatchObject({
        subject: '退款多久到账？',
        status: 'waiting',
        visitorName: '王女士',
        messages: [{ author: 'visitor', agentName: null }],
      })
      later(1)
      await addMessage(workbench, {
        customerId: 'acme',
        conversationId,
        agentId: owner.id,
        text: '1–3 个工作日。',
      })
      expect(await status()).toBe('answered')
      await closeConversation(workbench, { customerId: 'acme', conversationId })
      expect(await status()).toBe('closed')
      await addMessage(workbench, { customerId: 'acme', conversationId, text: '还没到' })
      expect(await status()).toBe('waiting')
      const { messages } = (await findConversation(workbench, { customerId: 'acme', conversationId }))!
      expect(messages.map(({ author, agentName }) => [author, agentName])).toEqual([
        ['visitor', null],
        ['agent', '林晓'],
        ['visitor', null],
      ])
    })

    test('the same message id sent twice is one message; with another text it is rejected', async () => {
      const { id: conversationId } = await ask('acme')
      const message = { customerId: 'acme', conversationId, id: 'm-1', agentId: owner.id, text: '今天发货' }
      const said = await addMessage(workbench, message)
      expect(await addMessage(workbench, message)).toEqual(said)
      expect(await addMessage(workbench, { ...message, text: '明天发货' })).toBe('other_message')
      expect(
        (await findConversation(workbench, { customerId: 'acme', conversationId }))!.messages,
      ).toHaveLength(2)
    })

    test('the same conversation id sent twice, also concurrently, is one conversation; with other content it is rejected', async () => {
      const asked = {
        customerId: 'acme',
        id: '0b0a6f7e-5d0c-4f5e-9d0f-1c2d3e4f5a6b',
        visitorName: '王女士',
        channel: 'phone' as const,
        question: '怎么退货',
      }
      const [first, second] = await Promise.all([
        startConversation(workbench, asked),
        startConversation(workbench, asked),
      ])
      expect(second).toEqual(first)
      const { id: conversationId } = asked
      await addMessage(workbench, {
        customerId: 'acme',
        conversationId,
        agentId: owner.id,
        text: '在订单里申请。',
      })
      expect(await startConversation(workbench, asked)).toMatchObject({
        id: conversationId,
        status: 'answered',
      })
      for (const other of [
        { question: '怎么换货' },
        { visitorName: '李先生' },
        { channel: 'web' as const },
      ]) {
        expect(await startConversation(workbench, { ...asked, ...other })).toBe('other_conversation')
      }
      expect(
        (await findConversation(workbench, { customerId: 'acme', conversationId }))!.messages,
      ).toHaveLength(2)
      // Ids are per customer: the same one of another customer is another conversation.
      expect(
        await startConversation(workbench, { ...asked, customerId: 'other-2', question: '别的' }),
      ).toMatchObject({ subject: '别的' })
      expect(await findConversation(workbench, { customerId: 'acme', conversationId })).toMatchObject({
        subject: '怎么退货',
      })
    })

    test("a visitor's message has one suggestion, however often it is requested", async () => {
      const { id: conversationId } = await ask('acme')
      const question = (await findConversation(workbench, { customerId: 'acme', conversationId }))!
        .messages[0]!
      const suggestion = {
        customerId: 'acme',
        conversationId,
        answersId: question.id,
        agentId: owner.id,
        text: '48 小时内。',
        sourceId: 'shipping',
        sourceTitle: '多久发货',
        matchPercent: 86,
      }
      const [first, second] = await Promise.all([
        addSuggestion(workbench, suggestion),
        addSuggestion(workbench, suggestion),
      ])
      expect(first).toMatchObject({
        author: 'ai',
        answersId: question.id,
        sourceTitle: '多久发货',
        matchPercent: 86,
      })
      expect(second).toEqual(first)
      expect(await addSuggestion(workbench, { ...suggestion, answersId: first!.id })).toBeUndefined()
      expect(await findConversation(workbench, { customerId: 'acme', conversationId })).toMatchObject({
        status: 'waiting',
        lastMessage: '什么时候发货',
      })
    })

    test('the list is paged, last changed first, without gaps or repeats', async () => {
      const asked: Conversation[] = []
      for (let i = 0; i < 7; i += 1) {
        if (i % 2) later(1) // some share an instant
        asked.push(await ask('pages', `问题 ${i}`))
      }
      const pages: Conversation[] = []
      let after: { updatedAt: string; id: string } | undefined
      for (let more = true; more;) {
        const page = await listConversations(workbench, { customerId: 'pages', after, limit: 3 })
        pages.push(...page.data)
        after = page.data.at(-1)
        more = page.more
      }
      expect(pages.map(({ id }) => id)).toEqual(asked.map(({ id }) => id).reverse())
    })

    test('a conversation of another customer is not found', async () => {
      const { id: conversationId } = await ask('acme')
      expect(await findConversation(workbench, { customerId: 'other', conversationId })).toBeUndefined()
      expect(await addMessage(workbench, { customerId: 'other', conversationId, text: 'x' })).toBe(
        'no_conversation',
      )
      expect(await closeConversation(workbench, { customerId: 'other', conversationId })).toBeUndefined()
      expect((await listConversations(workbench, { customerId: 'other' })).data).toEqual([])
    })

    test('fifty concurrent messages keep their order without a conflict', async () => {
      const { id: conversationId } = await ask('acme')
      await Promise.all(
        Array.from({ length: 50 }, (_, i) =>
          addMessage(workbench, { customerId: 'acme', conversationId, text: `第 ${i} 条` }),
        ),
      )
      expect(
        (await findConversation(workbench, { customerId: 'acme', conversationId }))!.messages,
      ).toHaveLength(51)
    })
  })

  describe('isolation', () => {
    const tables = ['agents', 'agent_sessions', 'conversations', 'messages']

    test('every table has forced row level security and a key that begins with the customer', async () => {
      const found = await db.asOwner((tx) =>
        tx.query<{ name: string; forced: boolean; key: string }>(
          `select c.relname as name, c.relrowsecurity and c.relforcerowsecurity as forced, a.attname as key
            from pg_class c
            join pg_index i on i.indrelid = c.oid and i.indisprimary
            join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
            where c.relname = any($1)
            order by 1`,
          [tables],
        ),
      )
      expect(found).toEqual([...tables].sort().map((name) => ({ name, forced: true, key: 'customer_id' })))
    })

    test('as the portal role the database hides rows of other customers and rejects writes to them', async () => {
      await ask('acme')
      const counted = await db.transaction({ role: 'portal', customerId: 'other' }, (tx) =>
        tx.query('select 1 from conversations'),
      )
      expect(counted).toEqual([])
      await expect(
        db.transaction({ role: 'portal', customerId: 'other' }, (tx) =>
          tx.query(
            `insert into conversations (
                customer_id, id, visitor_name, channel, subject, created_at, updated_at
              )
              values ('acme', 'x', 'x', 'web', 'x', now(), now())`,
          ),
        ),
      ).rejects.toThrow(/row-level security/)
    })

    test('as the portal role nobody can read the hash of a password or a session', async () => {
      const as = { role: 'portal', customerId: 'acme' } as const
      await expect(db.transaction(as, (tx) => tx.query('select password_hash from agents'))).rejects.toThrow(
        /permission denied/,
      )
      await expect(
        db.transaction(as, (tx) => tx.query('select secret_hash from agent_sessions')),
      ).rejects.toThrow(/permission denied/)
    })
  })
})
