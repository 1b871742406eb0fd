import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { testBrowser, type Browser } from './testing.ts'

let browser: Browser
beforeAll(async () => {
  browser = await testBrowser()
  vi.stubGlobal('fetch', browser.fetch)
})
afterAll(async () => {
  vi.unstubAllGlobals()
  await browser.server.close()
})
beforeEach(() => {
  browser.requests.length = 0
  browser.unreachable.clear()
})

/** Simulates a page load: each tab has modules of its own, and all tabs share the browser's one cookie. */
async function openTab() {
  vi.resetModules()
  const [{ api }, { queryClient }, session, { startAlone }] = await Promise.all([
    import('./api.ts'),
    import('./queries.ts'),
    import('./session.ts'),
    import('./standalone.ts'),
  ])
  const account = () => queryClient.fetchQuery({ queryKey: ['account'], queryFn: () => api.account() })
  return { api, queryClient, session, startAlone, account }
}

test('a tab continues with the cookie of its own link, also after a reload', async () => {
  const tab = await openTab()
  await tab.startAlone(await browser.codeFor('acme'))
  const before = await tab.session.currentToken()
  expect(await tab.session.renewAfter(before)).not.toBe(before)
  expect((await tab.account()).customerId).toBe('acme')

  const again = await openTab()
  await again.startAlone(null)
  expect((await again.account()).customerId).toBe('acme')
})

test('a used link opens nothing, least of all the session of an earlier link', async () => {
  const code = await browser.codeFor('acme')
  await (await openTab()).startAlone(code)
  await (await openTab()).startAlone(await browser.codeFor('globex'))
  browser.requests.length = 0
  const tab = await openTab()
  await tab.startAlone(code)
  expect([tab.session.sessionState.value, await tab.session.currentToken()]).toEqual(['ended', undefined])
  expect(browser.requests.map(({ path }) => path)).toEqual(['/api/billing/portal-sessions/exchange'])
})

test('a tab whose cookie was replaced by another customer’s link ends, and stores and sends nothing', async () => {
  const first = await openTab()
  await first.startAlone(await browser.codeFor('acme'))
  const { version } = await first.account()
  const second = await openTab()
  await second.startAlone(await browser.codeFor('globex'))
  expect((await second.account()).customerId).toBe('globex')

  const used = await first.session.currentToken()
  // The first tab's token expires.
  browser.server.clock.at = '2026-03-10T04:20:00.000000Z'
  browser.requests.length = 0
  await expect(
    first.api.saveAccount({ companyName: 'acme and sons', version }, 'save-1'),
  ).rejects.toMatchObject({ status: 401 })
  expect(browser.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'PUT /api/portal/account',
    'POST /api/portal/session/renew',
  ])
  expect([
    used?.startsWith('pt_'),
    await first.session.currentToken(),
    first.session.sessionState.value,
  ]).toEqual([true, undefined, 'ended'])
  expect(first.queryClient.getQueryData(['account'])).toBeUndefined()
  expect((await second.account()).companyName).toBe('globex')
})

test('a link opened while the server is unavailable opens its own customer when the server is back', async () => {
  const tab = await openTab()
  const { connection } = await import('./connection.ts')
  browser.unreachable.add('/api/billing/portal-sessions/exchange')
  await tab.startAlone(await browser.codeFor('acme'))
  expect(tab.session.sessionState.value).toBe('starting')
  browser.unreachable.clear()
  // Meanwhile another tab opens another customer's link.
  await (await openTab()).startAlone(await browser.codeFor('globex'))
  connection.reached()
  expect((await tab.account()).customerId).toBe('acme')
})

test('a token requested beforehand is not requested again', async () => {
  const code = await browser.codeFor('acme')
  const { firstToken } = await import('./first-token.ts')
  const tab = await openTab()
  await tab.startAlone(code, firstToken(code))
  expect((await tab.account()).customerId).toBe('acme')
  expect(browser.requests.map(({ path }) => path)).toEqual([
    '/api/billing/portal-sessions/exchange',
    '/api/portal/account',
  ])
})

test('a reader who signed out stays signed out, although a renewal was in progress', async () => {
  const tab = await openTab()
  await tab.startAlone(await browser.codeFor('acme'))
  const renewal = tab.session.renewAfter(await tab.session.currentToken())
  tab.session.endSession('left')
  expect([await renewal, tab.session.sessionState.value]).toEqual([undefined, 'left'])
})
