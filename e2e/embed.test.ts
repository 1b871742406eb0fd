import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { launchBrowser, logIn, newContext, watch } from './support/browser.ts'
import { freePort, startServer, type RunningServer } from './support/server.ts'
import { startStranger, type Stranger } from './support/stranger.ts'
import { placesWithToken, tokensUsed } from './support/tokens.ts'
import { vendorOf } from './support/vendor.ts'

let browser: Browser
beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(() => browser.close())

const demo = { email: 'demo@example.com', password: 'demo-password-2026' }
const inFrame = (page: Page) => page.frameLocator('iframe')
/** Waits for the account page: the company's name is on other pages as well. */
async function accountOf(page: Page): Promise<void> {
  await inFrame(page).getByRole('heading', { level: 1, name: '账户' }).waitFor()
  await inFrame(page).getByText('杭州青禾生活电子商务有限公司').filter({ visible: true }).first().waitFor()
}

describe('on one origin', () => {
  const url = inject('serverUrl')

  test("an agent logs in, clicks 账户与订阅, and sees their customer's portal, with no token in any URL, storage, page or log", async () => {
    const context = await newContext(browser)
    const tokens = tokensUsed(context)
    const witness = watch(context, [new URL(url).host])
    const page = await context.newPage()
    await logIn(page, url, demo.email, demo.password)
    await page.getByRole('link', { name: '账户与订阅' }).click()
    await inFrame(page).getByText('团队版').first().waitFor()
    expect(page.url()).toBe(`${url}/workbench/account`)
    expect(await page.locator('iframe').getAttribute('sandbox')).toBeNull()

    await inFrame(page).getByRole('link', { name: '账户', exact: true }).click()
    await accountOf(page)
    expect(page.url()).toBe(`${url}/workbench/account/account`)
    await page.reload()
    await accountOf(page)

    expect(tokens.size).toBeGreaterThan(0)
    expect(await placesWithToken(page, witness.urls, readFileSync(inject('serverOutput'), 'utf8'))).toEqual(
      [],
    )
    const cookies = await context.cookies(`${url}/api/workbench/me`)
    expect(cookies.map(({ name, httpOnly, path }) => ({ name, httpOnly, path }))).toEqual([
      { name: 'workbench_session', httpOnly: true, path: '/api/workbench' },
    ])
    expect(witness).toMatchObject({ errors: [], outside: [] })
    await context.close()
  })

  test("the portal's theme and language follow the workbench while it is open", async () => {
    const context = await newContext(browser)
    const page = await context.newPage()
    // An agent of their own, because the server stores the language chosen here.
    await logIn(page, url, 'near@example.com', demo.password)
    await page.getByRole('link', { name: '账户与订阅' }).click()
    await inFrame(page).getByRole('heading', { level: 1, name: '概览' }).waitFor()
    await page.getByRole('button', { name: /陈默/ }).click()
    await page.getByText('English', { exact: true }).click()
    await inFrame(page).getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
    const html = inFrame(page).locator('html')
    const before = await html.evaluate(
      (element) => getComputedStyle(element).colorScheme + getComputedStyle(document.body).backgroundColor,
    )
    await page.getByText('Dark', { exact: true }).click()
    await expect
      .poll(() =>
        html.evaluate(
          (element) =>
            getComputedStyle(element).colorScheme + getComputedStyle(document.body).backgroundColor,
        ),
      )
      .not.toBe(before)
    await context.close()
  })
})

describe('on two origins', () => {
  let server: RunningServer
  let desk: string
  beforeAll(async () => {
    const port = await freePort()
    desk = `http://localhost:${port}`
    server = await startServer({
      PORT: String(port),
      HOST: '127.0.0.1',
      PUBLIC_URL: `http://127.0.0.1:${port}`,
      PORTAL_EMBED_ORIGINS: desk,
    })
  })
  afterAll(() => server.stop())

  test('the frame works across origins, in a sandbox, with no token in any URL, storage, page or log', async () => {
    const context = await newContext(browser)
    const tokens = tokensUsed(context)
    const witness = watch(context, [new URL(desk).host, new URL(server.url).host])
    const page = await context.newPage()
    await logIn(page, desk, demo.email, demo.password)
    await page.getByRole('link', { name: '账户与订阅' }).click()
    await inFrame(page).getByText('团队版').first().waitFor()
    expect(await page.locator('iframe').getAttribute('src')).toMatch(
      new RegExp(`^${server.url}/portal/\\?embed=1$`),
    )
    expect(await page.locator('iframe').getAttribute('sandbox')).toContain('allow-scripts')

    await inFrame(page).getByRole('link', { name: '账户', exact: true }).click()
    await accountOf(page)
    await page.reload()
    await accountOf(page)
    expect(tokens.size).toBeGreaterThan(0)
    expect(await placesWithToken(page, witness.urls, server.output())).toEqual([])
    expect(witness).toMatchObject({ errors: [], outside: [] })
    await context.close()
  })
})

describe('a page of another origin', () => {
  const url = inject('serverUrl')
  /** Matches a portal that has received a session from a host. */
  const begun = 'html[data-height]'
  let stranger: Stranger
  beforeAll(async () => {
    stranger = await startStranger(`${url}/portal/?embed=1`)
  })
  afterAll(() => stranger.stop())

  test('cannot frame the portal', async () => {
    const context = await newContext(browser)
    const blocked: string[] = []
    context.on('console', (message) => {
      if (/frame-ancestors/.test(message.text())) blocked.push(message.text())
    })
    const page = await context.newPage()
    await page.goto(stranger.url)
    await expect.poll(() => blocked.length).toBeGreaterThan(0)
    expect(await stranger.heardBy(page)).toEqual([])
    await context.close()
  })

  test('that opens the workbench or the portal gets no response, and changes nothing there', async () => {
    const context = await newContext(browser)
    const desk = await context.newPage()
    await logIn(desk, url, demo.email, demo.password)
    const page = await context.newPage()
    await page.goto(stranger.url)
    const { url: link } = await vendorOf(url, inject('secretKey')).session('test_customer')
    const workbench = await stranger.open(page, `${url}/workbench/account`)
    const alone = await stranger.open(page, link)
    const waiting = await stranger.open(page, `${url}/portal/?embed=1`)
    await inFrame(workbench).getByText('团队版').first().waitFor()
    await alone.getByRole('heading', { level: 1, name: '概览' }).waitFor()
    await waiting.waitForLoadState()

    const said = await stranger.said(page)
    await expect.poll(async () => (await stranger.said(page)) - said).toBeGreaterThan(20 * 5)
    expect(await stranger.heardBy(page)).toEqual([])
    for (const place of [inFrame(workbench), alone])
      await place.getByRole('heading', { level: 1, name: '概览' }).waitFor()
    expect([workbench.url(), alone.url()]).toEqual([`${url}/workbench/account`, `${url}/portal/`])
    expect(await waiting.locator(begun).count()).toBe(0)
    await context.close()
  })

  // Simulates a browser without frame-ancestors: the policy is removed from the response, and origins may be
  // added to the vendor's.
  async function framedWithoutPolicy(
    embedOrigins: string[] = [],
  ): Promise<{ context: BrowserContext; page: Page }> {
    const context = await newContext(browser)
    await context.route(/\/portal\/\?embed=1$/, async (route) => {
      const response = await route.fetch()
      const { 'content-security-policy': _policy, ...headers } = response.headers()
      const html = await response.text()
      const named = html.replace(
        /(&quot;embedOrigins&quot;:\[)([^\]]*)/,
        (_, list: string, own: string) =>
          `${list}${[...embedOrigins.map((origin) => `&quot;${origin}&quot;`), ...(own ? [own] : [])].join(',')}`,
      )
      expect(named !== html).toBe(embedOrigins.length > 0)
      await route.fulfill({ response, headers, body: named })
    })
    const page = await context.newPage()
    await page.goto(stranger.url)
    return { context, page }
  }

  test('that frames the portal receives only its greeting: no response, no call, no page', async () => {
    const { context, page } = await framedWithoutPolicy()
    await expect.poll(() => stranger.heardBy(page)).toContain('SYN')
    const said = await stranger.said(page)
    await expect.poll(async () => (await stranger.said(page)) - said).toBeGreaterThan(20 * 5)
    expect([...new Set(await stranger.heardBy(page))]).toEqual(['SYN'])
    expect(await inFrame(page).locator(begun).count()).toBe(0)
    await context.close()
  })

  test('gets a response once the vendor allows its origin', async () => {
    const { context, page } = await framedWithoutPolicy([stranger.url])
    await expect.poll(() => stranger.heardBy(page)).toContain('ACK1')
    await context.close()
  })
})
