import {
  createEngine,
  createCustomer,
  createSecretKey,
  putAlias,
  createSubscription,
  findPortalSession,
  getUsageDetail,
  getUsageSummary,
  type Engine,
} from '@customer-portal/billing'
import { seedCatalogue, migrationsFolder as billingMigrations } from '@customer-portal/billing/testing'
import { testDatabases } from '@customer-portal/database/testing'
import type { Database } from '@customer-portal/database'
import { createApp, type App } from '@customer-portal/http'
import {
  createAssistant,
  createLoginAttempts,
  createWorkbench,
  listAgents,
  migrationsFolder,
  readFaq,
  setAgentPassword,
} from '@customer-portal/workbench'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { demoAgents, demoFaqPath, endDemoLogins, registerWorkbenchApi, seedWorkbenchDemo } from './index.ts'

const [owner, viewer, other] = demoAgents
/** A cheap hash: the cost of the real one is tested with the passwords. */
const cheap = { N: 2 ** 10, r: 8, p: 1 }

describe.each(testDatabases)("the workbench's API on $name", ({ create }) => {
  let db: Database
  let engine: Engine
  let app: App
  let ids = 0
  let clock = Date.UTC(2026, 10, 22, 4)
  const now = () => new Date(clock).toISOString().replace('Z', '000Z')

  beforeAll(async () => {
    db = await create({ engine: billingMigrations, workbench: migrationsFolder })
    engine = createEngine({
      db,
      now: now as Engine['now'],
      newId: (prefix) => `${prefix}_${String((ids += 1)).padStart(6, '0')}`,
    })
    await seedCatalogue(engine)
    for (const [id, planId] of [
      ['test_customer', 'team'],
      ['near_quota', 'free'],
    ] as const) {
      await createCustomer(engine, { id, companyName: `${id} 有限公司`, timezone: 'Asia/Shanghai' })
      await createSubscription(engine, { customerId: id, planId })
    }
    await createCustomer(engine, { id: 'newcomer', companyName: '新客户' })
    await seedWorkbenchDemo({ database: db, engine, passwordCost: cheap })
    app = await serve()
  }, 120_000)
  afterAll(async () => {
    await app?.close()
    await db?.close()
  })

  async function serve({
    secure = false,
    attempts = createLoginAttempts(),
    cost = cheap,
  } = {}): Promise<App> {
    const server = await createApp({ checkAnswers: true })
    const workbench = createWorkbench({ db, now, newId: engine.newId, passwordCost: cost })
    await registerWorkbenchApi(server, {
      engine,
      workbench,
      assistant: createAssistant(await readFaq(demoFaqPath)),
      secure,
      attempts,
    })
    await server.ready()
    return server
  }

  async function login(agent: { email: string; password: string }, server = app) {
    const answer = await server.inject({
      method: 'POST',
      url: '/api/workbench/login',
      payload: { email: agent.email, password: agent.password },
    })
    return { answer, cookie: answer.cookies.find(({ name }) => name === 'workbench_session') }
  }

  const cookies = new Map<string, string>()
  async function as(agent: { email: string; password: string }) {
    if (!cookies.has(agent.email)) cookies.set(agent.email, (await login(agent)).cookie!.value)
    const workbench_session = cookies.get(agent.email)!
    return async (
      method: 'GET' | 'POST' | 'PUT',
      url: string,
      payload?: object,
      headers: Record<string, string> = {},
    ) => {
      const answer = await app.inject({
        method,
        url: `/api/workbench${url}`,
        payload: method === 'GET' ? undefined : (payload ?? {}),
        cookies: { workbench_session },
        headers,
      })
      return {
        status: answer.statusCode,
        body: answer.body === '' ? undefined : answer.json(),
        headers: answer.headers,
      }
    }
  }

  describe('logging in', () => {
    test('the cookie is for the workbench alone: HttpOnly, SameSite=Strict, its path, twelve hours; Secure on https', async () => {
      const { answer, cookie } = await login(owner)
      expect(answer.statusCode).toBe(200)
      expect(cookie).toMatchObject({
        httpOnly: true,
        sameSite: 'Strict',
        path: '/api/workbench',
        maxAge: 43_200,
      })
      expect(cookie?.secure).toBeUndefined()
      expect(answer.body).not.toContain(cookie!.value)
      const https = await serve({ secure: true })
      const { answer: secured } = await login(owner, https)
      expect(secured.cookies).toMatchObject([
        { name: '__Host-workbench_session', path: '/', secure: true, httpOnly: true, sameSite: 'Strict' },
      ])
      const cookies = { '__Host-workbench_session': secured.cookies[0]!.value }
      expect((await https.inject({ url: '/api/workbench/me', cookies })).statusCode).toBe(200)
      expect(
        (
          await https.inject({
            url: '/api/workbench/me',
            cookies: { workbench_session: secured.cookies[0]!.value },
          })
        ).statusCode,
      ).toBe(401)
      await https.close()
    })

    test("it returns the agent and the portal's address, and no hash", async () => {
      const call = await as(owner)
      expect(await call('GET', '/me')).toMatchObject({
        status: 200,
        body: {
          agent: { email: 'demo@example.com', name: '林晓', role: 'owner', locale: 'zh-CN' },
          customer: { id: 'test_customer', companyName: 'test_customer 有限公司', timezone: 'Asia/Shanghai' },
          portalUrl: '/portal',
        },
      })
    })

    test('the session of a client that is not logged in is null, not an error', async () => {
      for (const session of [{}, { workbench_session: 'made-up' }] as Record<string, string>[]) {
        const answer = await app.inject({ url: '/api/workbench/session', cookies: session })
        expect([answer.statusCode, answer.json()]).toEqual([200, { me: null }])
      }
      const call = await as(owner)
      expect((await call('GET', '/session')).body).toEqual({ me: (await call('GET', '/me')).body })
    })

    test('a wrong password and an unknown e-mail get the same answer', async () => {
      const wrong = (await login({ email: viewer.email, password: 'wrong' })).answer
      const unknown = (await login({ email: 'nobody@example.com', password: 'wrong' })).answer
      expect([wrong.statusCode, unknown.statusCode]).toEqual([401, 401])
      const told = ({ code, title, detail }: Record<string, string>) => ({ code, title, detail })
      expect(told(wrong.json())).toEqual(told(unknown.json()))
      expect(wrong.json().code).toBe('login_failed')
      expect(wrong.cookies).toEqual([])
    })

    /** A server on which this e-mail has already failed so often from the address of `inject`. */
    async function serverAfter(failures: number, email: string) {
      const attempts = createLoginAttempts()
      for (let i = 0; i < failures; i += 1) attempts.begin({ email, address: '127.0.0.1', now: now() })
      return serve({ attempts })
    }

    test('after five wrong passwords even the right one has to wait, and the answer says how long', async () => {
      const server = await serverAfter(4, owner.email)
      expect((await login({ email: owner.email, password: 'wrong' }, server)).answer.statusCode).toBe(401)
      const { answer } = await login(owner, server)
      expect(answer.statusCode).toBe(429)
      expect(answer.json().code).toBe('rate_limited')
      expect(answer.headers['retry-after']).toBe('900')
      await server.close()
    })

    test('a burst of concurrent guesses has no more tries than guesses in a row', async () => {
      const server = await serverAfter(3, 'burst@example.com')
      const answers = await Promise.all(
        Array.from({ length: 12 }, (_, i) => login({ email: 'burst@example.com', password: `${i}` }, server)),
      )
      expect(answers.map(({ answer }) => answer.statusCode).sort()).toEqual([
        ...Array<number>(2).fill(401),
        ...Array<number>(10).fill(429),
      ])
      await server.close()
    })

    test('logging out ends the session on the server and removes the cookie', async () => {
      const { cookie } = await login(viewer)
      const session = { workbench_session: cookie!.value }
      const out = await app.inject({
        method: 'POST',
        url: '/api/workbench/logout',
        payload: {},
        cookies: session,
      })
      expect(out.statusCode).toBe(204)
      expect(out.cookies).toMatchObject([{ name: 'workbench_session', value: '', path: '/api/workbench' }])
      expect((await app.inject({ url: '/api/workbench/me', cookies: session })).statusCode).toBe(401)
    })

    test('the session ends after twelve hours', async () => {
      const { cookie } = await login(viewer)
      clock += 12 * 3_600_000
      expect(
        (await app.inject({ url: '/api/workbench/me', cookies: { workbench_session: cookie!.value } }))
          .statusCode,
      ).toBe(401)
      cookies.clear()
    })

    test('without a cookie, or with another one, every route of the workbench answers 401', async () => {
      for (const session of [{}, { workbench_session: 'made-up' }] as Record<string, string>[]) {
        for (const [method, url] of [
          ['GET', '/me'],
          ['PUT', '/me'],
          ['POST', '/logout'],
          ['POST', '/portal-session'],
          ['GET', '/quota'],
          ['GET', '/conversations'],
          ['POST', '/conversations'],
          ['GET', '/conversations/x'],
          ['POST', '/conversations/x/messages'],
          ['POST', '/conversations/x/close'],
          ['POST', '/conversations/x/suggestion'],
          ['POST', '/agents'],
        ] as const) {
          const answer = await app.inject({
            method,
            url: `/api/workbench${url}`,
            cookies: session,
            payload: method === 'GET' ? undefined : {},
          })
          expect([method, url, answer.statusCode, answer.json().code]).toEqual([
            method,
            url,
            401,
            'unauthorized',
          ])
        }
      }
    })
  })

  describe('pages of other sites', () => {
    test.each([
      ['another site says it comes from there', { 'sec-fetch-site': 'cross-site' }, 403],
      ['another host of the same site', { 'sec-fetch-site': 'same-site' }, 403],
      ['a foreign origin', { origin: 'https://evil.example' }, 403],
      ['no origin that can be read', { origin: 'null' }, 403],
      ['a page of our own', { 'sec-fetch-site': 'same-origin', origin: 'http://localhost:80' }, 200],
      ['our own origin', { origin: 'http://localhost:80' }, 200],
      ['no browser', {}, 200],
    ])('%s', async (_, headers, status) => {
      const call = await as(owner)
      expect((await call('PUT', '/me', { locale: 'zh-CN' }, headers)).status).toBe(status)
    })

    test('a form cannot be posted: only JSON is accepted', async () => {
      await as(owner)
      for (const type of [
        'text/plain',
        'application/x-www-form-urlencoded',
        'multipart/form-data; boundary=x',
      ]) {
        const answer = await app.inject({
          method: 'POST',
          url: '/api/workbench/logout',
          payload: '{}',
          headers: { 'content-type': type },
          cookies: { workbench_session: cookies.get(owner.email)! },
        })
        expect(answer.statusCode).toBe(415)
      }
    })
  })

  describe('the desk', () => {
    test('conversations are listed, read, answered and closed', async () => {
      const call = await as(owner)
      const {
        body: { data },
      } = await call('GET', '/conversations')
      expect(data).toHaveLength(9)
      expect(data[0]).toMatchObject({
        visitorName: '张丽',
        status: 'waiting',
        lastMessage: '请问怎么开发票？',
      })
      const url = `/conversations/${data[0].id}`
      expect((await call('GET', url)).body).toMatchObject({
        subject: '请问怎么开发票？',
        messages: [{ author: 'visitor', text: '请问怎么开发票？' }],
      })
      expect(
        await call('POST', `${url}/messages`, { author: 'agent', text: ' 在订单里申请。 ' }),
      ).toMatchObject({ status: 201, body: { author: 'agent', agentName: '林晓', text: '在订单里申请。' } })
      expect((await call('POST', `${url}/close`)).body).toMatchObject({ status: 'closed' })
      expect(
        (await call('POST', `${url}/messages`, { author: 'visitor', text: '还有一个问题' })).status,
      ).toBe(201)
      expect((await call('GET', url)).body.status).toBe('waiting')
    })

    test('pages of conversations follow each other by cursor', async () => {
      const call = await as(owner)
      const all = (await call('GET', '/conversations?limit=100')).body.data as { id: string }[]
      const first = (await call('GET', '/conversations?limit=4')).body
      const second = (await call('GET', `/conversations?limit=100&cursor=${first.nextCursor}`)).body
      expect([...first.data, ...second.data]).toEqual(all)
      expect(second.nextCursor).toBeNull()
    })

    test('a message sent twice with one id is stored once; another text under that id is rejected', async () => {
      const call = await as(owner)
      const {
        body: { id },
      } = await call('POST', '/conversations', {
        visitorName: '郑凯',
        channel: 'phone',
        question: '保修多久',
      })
      const send = (text: string) =>
        call('POST', `/conversations/${id}/messages`, { id: 'retry-1', author: 'agent', text })
      const first = await send('一年。')
      expect(await send('一年。')).toMatchObject({ status: 201, body: first.body })
      expect(await send('两年。')).toMatchObject({
        status: 400,
        body: { code: 'validation_failed', errors: [{ pointer: '/id' }] },
      })
      expect((await call('GET', `/conversations/${id}`)).body.messages).toHaveLength(2)
    })

    test('a conversation sent twice with one id is stored once; another one under that id is rejected, and so is an id in another format', async () => {
      const call = await as(owner)
      const id = '3f1c2f0e-1a68-4a53-9e0e-5a8a0cf6a7d1'
      const send = (question: string, own = id) =>
        call('POST', '/conversations', { id: own, visitorName: '郑凯', channel: 'phone', question })
      const first = await send('保修几年')
      expect(first).toMatchObject({ status: 201, body: { id, subject: '保修几年' } })
      expect(await send('保修几年', id.toUpperCase())).toMatchObject({ status: 201, body: first.body })
      expect(await send('怎么退货')).toMatchObject({
        status: 400,
        body: { code: 'validation_failed', errors: [{ pointer: '/id' }] },
      })
      // With such an id, two pairs of conversation and message could give the same event id.
      expect(await send('保修几年', 'a_b')).toMatchObject({
        status: 400,
        body: { errors: [{ pointer: '/id' }] },
      })
      expect((await call('GET', `/conversations/${id}`)).body.messages).toHaveLength(1)
    })

    test("another customer's conversation is not found", async () => {
      const mine = await as(owner)
      const theirs = await as(other)
      const {
        body: {
          data: [conversation],
        },
      } = await mine('GET', '/conversations')
      const url = `/conversations/${conversation.id}`
      for (const answer of [
        await theirs('GET', url),
        await theirs('POST', `${url}/messages`, { author: 'agent', text: 'x' }),
        await theirs('POST', `${url}/close`),
        await theirs('POST', `${url}/suggestion`),
      ]) {
        expect([answer.status, answer.body.code]).toEqual([404, 'not_found'])
      }
      const {
        body: { data },
      } = await theirs('GET', '/conversations')
      expect(data.map(({ visitorName }: { visitorName: string }) => visitorName)).toEqual([
        '徐涛',
        '黄琳',
        '马超',
      ])
    })

    test.each([
      ['POST', '/login', { email: 'a@example.com' }, '/password'],
      ['POST', '/login', { email: 'a@example.com', password: 'x', remember: true }, '/remember'],
      ['PUT', '/me', { locale: 'fr' }, '/locale'],
      ['POST', '/portal-session', { role: 'owner' }, '/role'],
      ['POST', '/conversations', { visitorName: ' ', channel: 'web', question: 'x' }, '/visitorName'],
      ['POST', '/conversations', { visitorName: 'x', channel: 'fax', question: 'x' }, '/channel'],
      [
        'POST',
        '/conversations',
        { visitorName: 'x', channel: 'web', question: '长'.repeat(4_001) },
        '/question',
      ],
      ['POST', '/conversations/x/messages', { author: 'ai', text: 'x' }, '/author'],
      ['POST', '/conversations/x/messages', { author: 'agent', text: ' \n ' }, '/text'],
      ['POST', '/conversations/x/messages', { author: 'agent', text: 'a\u0000b' }, '/text'],
      ['POST', '/conversations/x/suggestion', { force: true }, '/force'],
      ['GET', '/conversations?limit=0', undefined, '?limit'],
      ['GET', '/conversations?cursor=abc', undefined, '?cursor'],
      ['GET', '/conversations?page=2', undefined, '?page'],
    ] as const)('%s %s with invalid input names the field (%#)', async (method, url, payload, pointer) => {
      const call = await as(owner)
      const answer = await call(method, url, payload)
      expect([answer.status, answer.headers['content-type']]).toEqual([
        400,
        'application/problem+json; charset=utf-8',
      ])
      expect(answer.body.errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer)
    })

    test('the language an agent chooses is stored', async () => {
      const call = await as(viewer)
      expect((await call('PUT', '/me', { locale: 'en' })).body.agent.locale).toBe('en')
      expect((await call('GET', '/me')).body.agent.locale).toBe('en')
    })
  })

  describe('suggestions', () => {
    const usedBy = async (customerId: string) =>
      (await getUsageSummary(engine, { customerId })).usage.ai_chat ?? 0
    async function ask(agent: { email: string; password: string }, question: string) {
      const call = await as(agent)
      const {
        body: { id },
      } = await call('POST', '/conversations', { visitorName: '王女士', channel: 'wechat', question })
      return {
        id: id as string,
        suggest: () => call('POST', `/conversations/${id}/suggestion`),
        say: (text: string) => call('POST', `/conversations/${id}/messages`, { author: 'visitor', text }),
      }
    }

    test.each([
      ['怎么开发票', 'invoice-issue'],
      ['什么时候发货', 'shipping-time'],
      ['How long does a refund take?', 'en-refund'],
      ['refund', 'en-refund'],
    ])('"%s" is answered from the FAQ and counted as one', async (question, source) => {
      const before = await usedBy('test_customer')
      const { suggest } = await ask(owner, question)
      const { status, body } = await suggest()
      expect(status).toBe(200)
      expect(body).toMatchObject({
        outcome: 'suggested',
        message: { author: 'ai', sourceId: source },
        quota: {
          meter: 'ai_chat',
          name: { en: 'AI chats' },
          included: 1000,
          allowed: true,
          overagePolicy: 'bill',
        },
      })
      expect(body.message.matchPercent).toBeGreaterThan(50)
      expect(await usedBy('test_customer')).toBe(before + 1)
    })

    test('the usage event has channel, agent and assistant', async () => {
      const { suggest } = await ask(owner, '积分会过期吗')
      await suggest()
      const {
        data: [event],
      } = await getUsageDetail(engine, { customerId: 'test_customer', meter: 'ai_chat', limit: 1 })
      expect(event).toMatchObject({
        quantity: 1,
        properties: { channel: 'wechat', agent: '林晓', assistant: '知识库' },
      })
    })

    test('the same question again costs nothing more, whoever asks and even at once', async () => {
      const before = await usedBy('test_customer')
      const { id, suggest } = await ask(owner, '运费多少钱')
      const colleague = await as(viewer)
      const answers = await Promise.all([
        suggest(),
        suggest(),
        colleague('POST', `/conversations/${id}/suggestion`),
      ])
      expect(answers.map(({ status, body }) => [status, body.message.id])).toEqual(
        Array(3).fill([200, answers[0]!.body.message.id]),
      )
      expect(await usedBy('test_customer')).toBe(before + 1)
    })

    test("the visitor's next question is charged again", async () => {
      const before = await usedBy('test_customer')
      const { suggest, say } = await ask(owner, '运费多少钱')
      await suggest()
      await say('那退货运费谁出')
      expect((await suggest()).body.message.sourceId).toBe('return-freight')
      expect(await usedBy('test_customer')).toBe(before + 2)
    })

    test('when the FAQ has no answer, the response says so and nothing is counted', async () => {
      const before = await usedBy('test_customer')
      const { suggest } = await ask(owner, '今天天气怎么样')
      expect((await suggest()).body).toMatchObject({
        outcome: 'no_answer',
        message: null,
        quota: { used: before },
      })
      expect(await usedBy('test_customer')).toBe(before)
    })

    test('when the quota is used up the response says so, and no more than the allowance was ever granted', async () => {
      const asked = await Promise.all(Array.from({ length: 23 }, () => ask(other, '怎么开发票')))
      const outcomes = (await Promise.all(asked.map(({ suggest }) => suggest()))).map(
        ({ body }) => body.outcome as string,
      )
      expect(outcomes.filter((outcome) => outcome === 'suggested')).toHaveLength(20)
      expect(outcomes.filter((outcome) => outcome === 'quota_exhausted')).toHaveLength(3)
      expect((await (await as(other))('GET', '/quota')).body).toMatchObject({
        allowed: false,
        included: 20,
        used: 20,
        remaining: 0,
        overagePolicy: 'block',
      })
      expect(await usedBy('near_quota')).toBe(20)
    })
  })

  describe("the portal's token", () => {
    test.each([
      ['owner', owner],
      ['viewer', viewer],
    ] as const)('it carries the role %s and the name of the agent', async (role, agent) => {
      const call = await as(agent)
      const { status, body } = await call('POST', '/portal-session', { locale: 'en' })
      expect(status).toBe(200)
      expect(await findPortalSession(engine, { token: body.token })).toMatchObject({
        customerId: 'test_customer',
        role,
        actor: { name: agent.name },
        locale: 'en',
      })
      expect(Object.keys(body).sort()).toEqual(['expiresAt', 'token'])
    })

    test('requests faster than a person clicks are rejected for that agent only', async () => {
      const server = await serve()
      const ask = async ({ cookie }: Awaited<ReturnType<typeof login>>) =>
        server.inject({
          method: 'POST',
          url: '/api/workbench/conversations/none/suggestion',
          payload: {},
          cookies: { workbench_session: cookie!.value },
        })
      const [program, colleague] = [await login(other, server), await login(viewer, server)]
      for (let asked = 0; asked < 60; asked += 1) expect((await ask(program)).statusCode).toBe(404)
      const refused = await ask(program)
      expect([refused.statusCode, refused.json().code, refused.headers['retry-after']]).toEqual([
        429,
        'rate_limited',
        '1',
      ])
      expect((await ask(colleague)).statusCode).toBe(404)
      await server.close()
    })
  })

  describe('creating agents', () => {
    const body = {
      customerId: 'newcomer',
      email: 'New@Example.com',
      name: '新坐席',
      role: 'billing',
      password: 'a long password',
    }
    let key: string
    beforeAll(async () => {
      key = (await createSecretKey(engine, { name: 'test' })).key
    })
    const make = (payload: object, credential = key, server = app) =>
      server.inject({
        method: 'POST',
        url: '/api/workbench/agents',
        payload,
        headers: { authorization: `Bearer ${credential}` },
      })

    test('more agents at once than password hashes fit into memory get 429', async () => {
      // Costly enough to queue up: 34 fit, while a hash takes longer than a request.
      const server = await serve({ cost: { N: 2 ** 15, r: 8, p: 1 } })
      const answers = await Promise.all(
        Array.from({ length: 45 }, (_, index) =>
          make({ ...body, email: `many${index}@example.com` }, key, server),
        ),
      )
      await server.close()
      expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([201, 429]))
      const refused = answers.find(({ statusCode }) => statusCode === 429)!
      expect([refused.json().code, refused.headers['retry-after']]).toEqual(['rate_limited', '2'])
    })

    test('the vendor creates an agent with the secret key, who can then log in', async () => {
      const answer = await make(body)
      expect([answer.statusCode, answer.json()]).toMatchObject([
        201,
        { customerId: 'newcomer', email: 'new@example.com', role: 'billing', locale: 'zh-CN' },
      ])
      expect(answer.body).not.toContain('password')
      expect((await login({ email: 'new@example.com', password: body.password })).answer.statusCode).toBe(200)
    })

    test('an agent without a language gets the customer’s', async () => {
      await createCustomer(engine, { id: 'gotham', companyName: 'Gotham', locale: 'en' })
      const made = async (more: object) =>
        (await make({ ...body, customerId: 'gotham', ...more })).json().locale
      expect([
        await made({ email: 'ann@example.com' }),
        await made({ email: 'li@example.com', locale: 'zh-CN' }),
      ]).toEqual(['en', 'zh-CN'])
    })

    test('an alias of a customer resolves to their agents', async () => {
      await createCustomer(engine, { id: 'metropolis', companyName: 'Metropolis' })
      await putAlias(engine, { customerId: 'metropolis', alias: 'crm-17' })
      expect(
        (await make({ ...body, customerId: 'crm-17', email: 'lois@example.com' })).json().customerId,
      ).toBe('metropolis')
      const listed = await app.inject({
        url: '/api/workbench/agents?customerId=crm-17',
        headers: { authorization: `Bearer ${key}` },
      })
      expect(listed.json().data.map(({ email }: { email: string }) => email)).toEqual(['lois@example.com'])
    })

    test('a taken e-mail, an unknown customer, a short password and a wrong key are rejected', async () => {
      expect((await make(body)).json()).toMatchObject({
        status: 409,
        code: 'agent_exists',
        errors: [{ pointer: '/email' }],
      })
      expect((await make({ ...body, email: 'b@example.com', customerId: 'nobody' })).json()).toMatchObject({
        status: 404,
        code: 'customer_not_found',
      })
      expect((await make({ ...body, email: 'b@example.com', password: 'short' })).json()).toMatchObject({
        status: 400,
        errors: [{ pointer: '/password' }],
      })
      expect((await make({ ...body, email: 'no mail' })).json()).toMatchObject({
        status: 400,
        errors: [{ pointer: '/email' }],
      })
      expect((await make(body, 'sk_wrong')).statusCode).toBe(401)
    })

    test('without a subscription the quota says so', async () => {
      const call = await as({ email: 'new@example.com', password: body.password })
      expect(await call('GET', '/quota')).toMatchObject({
        status: 422,
        body: { code: 'no_active_subscription' },
      })
    })
  })

  describe('people', () => {
    let key: string
    beforeAll(async () => {
      key = (await createSecretKey(engine, { name: 'people', scopes: ['agents:*'] })).key
    })
    const vendor = async (method: 'GET' | 'POST', url: string, payload?: object) => {
      const answer = await app.inject({
        method,
        url: `/api/workbench${url}`,
        ...(method === 'GET' ? {} : { payload: payload ?? {} }),
        headers: { authorization: `Bearer ${key}` },
      })
      return { status: answer.statusCode, body: answer.json() }
    }
    let people = 0
    /** Creates an agent who is logged in and has opened the portal. */
    async function somebody() {
      const email = `somebody${(people += 1)}@example.com`
      const made = await vendor('POST', '/agents', {
        customerId: 'newcomer',
        email,
        name: '某人',
        role: 'owner',
        password: 'a long password',
      })
      const cookie = (await login({ email, password: 'a long password' })).cookie!.value
      const call = async (method: 'GET' | 'POST' | 'PUT', url: string, payload: object = {}) =>
        app.inject({
          method,
          url: `/api/workbench${url}`,
          ...(method === 'GET' ? {} : { payload }),
          cookies: { workbench_session: cookie },
        })
      const { token } = (await call('POST', '/portal-session')).json<{ token: string }>()
      const isIn = async () => [
        (await call('GET', '/me')).statusCode === 200,
        (await findPortalSession(engine, { token })) !== undefined,
      ]
      expect(await isIn()).toEqual([true, true])
      return { id: made.body.id as string, email, call, isIn }
    }
    const canLogIn = async (email: string, password: string) =>
      (await login({ email, password })).answer.statusCode === 200

    test('are listed, by customer and by e-mail, page by page', async () => {
      const { email } = await somebody()
      const all = await vendor('GET', '/agents?limit=100')
      expect(all.body.data.map((agent: { email: string }) => agent.email)).toContain(owner.email)
      expect(JSON.stringify(all.body)).not.toMatch(/password|hash/i)
      const pages: string[] = []
      for (let url = '/agents?limit=2'; ;) {
        const { body } = await vendor('GET', url)
        pages.push(...body.data.map((agent: { id: string }) => agent.id))
        if (body.nextCursor === null) break
        url = `/agents?limit=2&cursor=${body.nextCursor}`
      }
      expect(pages).toEqual(all.body.data.map((agent: { id: string }) => agent.id))
      expect((await vendor('GET', `/agents?email=${email.toUpperCase()}`)).body.data).toMatchObject([
        { email, customerId: 'newcomer', disabledAt: null },
      ])
      expect((await vendor('GET', '/agents?customerId=near_quota')).body.data).toMatchObject([
        { email: other.email },
      ])
    })

    test('disabling an agent ends their logins and portal tokens at once, and no password works until they are enabled', async () => {
      const { id, email, isIn } = await somebody()
      expect(await vendor('POST', `/agents/${id}/disable`)).toMatchObject({
        status: 200,
        body: { id, disabledAt: now() },
      })
      expect([await isIn(), await canLogIn(email, 'a long password')]).toEqual([[false, false], false])
      expect(await vendor('POST', `/agents/${id}/enable`)).toMatchObject({
        status: 200,
        body: { disabledAt: null },
      })
      expect([await isIn(), await canLogIn(email, 'a long password')]).toEqual([[false, false], true])
      expect(await vendor('POST', '/agents/agt_nobody/disable')).toMatchObject({
        status: 404,
        body: { code: 'agent_not_found' },
      })
    })

    test('a password reset ends what was opened with the old one; without a password one is generated', async () => {
      const { id, email, isIn } = await somebody()
      const reset = await vendor('POST', `/agents/${id}/password`)
      expect([reset.status, await isIn()]).toEqual([200, [false, false]])
      expect([await canLogIn(email, 'a long password'), await canLogIn(email, reset.body.password)]).toEqual([
        false,
        true,
      ])
      expect(
        (await vendor('POST', `/agents/${id}/password`, { password: 'chosen by the vendor' })).body.password,
      ).toBeNull()
    })

    test('an agent who knows the old password changes it, and stays logged in there', async () => {
      const { email, call, isIn } = await somebody()
      expect(
        (
          await call('PUT', '/me/password', { current: 'a wrong password', password: 'another password' })
        ).json(),
      ).toMatchObject({ status: 422, code: 'wrong_password' })
      expect(await isIn()).toEqual([true, true])
      const changed = await call('PUT', '/me/password', {
        current: 'a long password',
        password: 'another password',
      })
      expect([changed.statusCode, await isIn()]).toEqual([200, [false, false]])
      expect(
        (
          await app.inject({
            url: '/api/workbench/me',
            cookies: { workbench_session: changed.cookies[0]!.value },
          })
        ).statusCode,
      ).toBe(200)
      expect([await canLogIn(email, 'a long password'), await canLogIn(email, 'another password')]).toEqual([
        false,
        true,
      ])
    })

    test('a key without the scope cannot do any of it', async () => {
      const { key: reader } = await createSecretKey(engine, { name: 'reader', preset: 'read' })
      const headers = { authorization: `Bearer ${reader}` }
      expect((await app.inject({ url: '/api/workbench/agents', headers })).statusCode).toBe(200)
      expect(
        (
          await app.inject({ method: 'POST', url: '/api/workbench/agents/x/disable', payload: {}, headers })
        ).json(),
      ).toMatchObject({ status: 403, code: 'scope_missing' })
    })
  })

  test('without the demo its published logins are disabled, and with it enabled again; a changed password stays', async () => {
    const attempts = async () =>
      Promise.all([owner, viewer, other].map(async (agent) => (await login(agent)).answer.statusCode))
    const workbench = createWorkbench({ db, now, newId: engine.newId, passwordCost: cheap })
    const {
      data: [third],
    } = await listAgents(workbench, { email: other.email })
    await setAgentPassword(workbench, { agentId: third!.id, password: 'a password of their own' })
    expect(await endDemoLogins({ database: db, engine, passwordCost: cheap })).toEqual([
      owner.email,
      viewer.email,
    ])
    expect(await attempts()).toEqual([401, 401, 401])
    expect((await login({ ...other, password: 'a password of their own' })).answer.statusCode).toBe(200)
    expect(await endDemoLogins({ database: db, engine, passwordCost: cheap })).toEqual([])
    await seedWorkbenchDemo({ database: db, engine, passwordCost: cheap })
    expect(await attempts()).toEqual([200, 200, 401])
    await setAgentPassword(workbench, { agentId: third!.id, password: other.password })
  })

  test('seeding the demo twice changes nothing', async () => {
    const counted = () =>
      db.asOwner((tx) =>
        tx.query(
          `select (select count(*) from agents) as agents,
              (select count(*) from conversations) as conversations`,
        ),
      )
    const before = await counted()
    await seedWorkbenchDemo({ database: db, engine, passwordCost: cheap })
    expect(await counted()).toEqual(before)
  })

  test('the API describes itself', async () => {
    const { paths } = (await app.inject({ url: '/api/workbench/openapi.json' })).json()
    expect(Object.keys(paths).sort()).toEqual([
      '/api/workbench/agents',
      '/api/workbench/agents/{agentId}/disable',
      '/api/workbench/agents/{agentId}/enable',
      '/api/workbench/agents/{agentId}/password',
      '/api/workbench/conversations',
      '/api/workbench/conversations/{conversationId}',
      '/api/workbench/conversations/{conversationId}/close',
      '/api/workbench/conversations/{conversationId}/messages',
      '/api/workbench/conversations/{conversationId}/suggestion',
      '/api/workbench/login',
      '/api/workbench/logout',
      '/api/workbench/me',
      '/api/workbench/me/password',
      '/api/workbench/portal-session',
      '/api/workbench/quota',
      '/api/workbench/session',
    ])
  })
})
