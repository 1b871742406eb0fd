import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { testBrowser, type Browser } from '../testing.ts'

let browser: Browser
let session: typeof import('../session.ts')
let host: typeof import('./host-token.ts')
let connection: typeof import('../connection.ts').connection
let queries: typeof import('../queries.ts')
let api: typeof import('../api.ts').api

beforeAll(async () => {
  browser = await testBrowser()
  vi.stubGlobal('fetch', browser.fetch)
})
afterAll(async () => {
  vi.unstubAllGlobals()
  await browser.server.close()
})
beforeEach(async () => {
  browser.requests.length = 0
  browser.unreachable.clear()
  vi.resetModules()
  ;[session, host, { connection }, queries, { api }] = await Promise.all([
    import('../session.ts'),
    import('./host-token.ts'),
    import('../connection.ts'),
    import('../queries.ts'),
    import('../api.ts'),
  ])
})

const readAccount = () =>
  queries.queryClient.fetchQuery({ queryKey: ['account'], queryFn: () => api.account() })
const isEnded = async () => {
  expect([
    session.sessionState.value,
    await session.currentToken(),
    queries.queryClient.getQueryData(['account']),
  ]).toEqual(['ended', undefined, undefined])
}

test.each(['acme', null])(
  'a token of the customer the host names (%s) opens the portal, and newer ones of that customer keep it open',
  async (accountId) => {
    await host.takeHostToken(await browser.tokenFor('acme'), accountId)
    expect((await readAccount()).customerId).toBe('acme')
    const newer = await browser.tokenFor('acme')
    await host.takeHostToken(newer)
    expect([session.sessionState.value, await session.currentToken()]).toEqual(['open', newer])
    expect(queries.queryClient.getQueryData(['account'])).toMatchObject({ customerId: 'acme' })
  },
)

test('a token of another customer than the host names opens nothing', async () => {
  const token = await browser.tokenFor('globex')
  await host.takeHostToken(token, 'acme')
  await isEnded()
  expect(
    browser.requests
      .filter(({ headers }) => headers.Authorization === `Bearer ${token}`)
      .map(({ path }) => path),
  ).toEqual(['/api/portal/session'])
})

test('another customer’s token, sent to an open portal, ends it', async () => {
  await host.takeHostToken(await browser.tokenFor('acme'), null)
  await readAccount()
  await host.takeHostToken(await browser.tokenFor('globex'))
  await isEnded()
})

test('another customer, named by the host in a second init, ends the portal', async () => {
  await host.takeHostToken(await browser.tokenFor('acme'), 'acme')
  await readAccount()
  await host.takeHostToken(await browser.tokenFor('acme'), 'globex')
  await isEnded()
})

test('another customer’s token, returned as a replacement, ends the portal before anything is sent with it', async () => {
  const theirs = await browser.tokenFor('globex')
  host.renewByHost(async () => theirs)
  const token = await browser.tokenFor('acme')
  await host.takeHostToken(token, 'acme')
  const { version } = await readAccount()
  await browser.fetch('/api/portal/session/logout', {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}` },
  })
  await expect(api.saveAccount({ companyName: 'acme and sons', version }, 'save-1')).rejects.toMatchObject({
    status: 401,
  })
  await isEnded()
  expect(
    browser.requests
      .filter(({ headers }) => headers.Authorization === `Bearer ${theirs}`)
      .map(({ path }) => path),
  ).toEqual(['/api/portal/session'])
})

test('a token that expired in transit is replaced by asking the host, and without a new one the session ends', async () => {
  const answers = [await browser.tokenFor('acme'), null]
  host.renewByHost(async () => answers.shift() ?? null)
  await host.takeHostToken('pt_run_out', 'acme')
  expect((await readAccount()).customerId).toBe('acme')
  expect(await session.renewAfter(await session.currentToken())).toBeUndefined()
  await isEnded()
})

test('a host that cannot be reached has no token', async () => {
  host.renewByHost(async () => {
    throw new Error('the frame is gone')
  })
  await host.takeHostToken('pt_run_out', null)
  await isEnded()
})

test('a server that is unavailable at the start is retried when it is back', async () => {
  browser.unreachable.add('/api/portal/session')
  await host.takeHostToken(await browser.tokenFor('acme'), 'acme')
  expect(session.sessionState.value).toBe('starting')
  browser.unreachable.clear()
  connection.reached()
  expect((await readAccount()).customerId).toBe('acme')
})

test('an ended session continues with a token of its own customer, and reloads everything', async () => {
  host.renewByHost(async () => null)
  await host.takeHostToken(await browser.tokenFor('acme'), 'acme')
  await readAccount()
  await session.renewAfter(await session.currentToken())
  await isEnded()
  await host.takeHostToken(await browser.tokenFor('acme'))
  expect([session.sessionState.value, (await readAccount()).customerId]).toEqual(['open', 'acme'])
})
