import { createServer, type Server } from 'node:http'
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import type { Browser, Page } from 'playwright-core'
import { launchBrowser, logIn, newContext, watch } from './support/browser.ts'
import { startServer, type RunningServer } from './support/server.ts'

let browser: Browser
beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(() => browser.close())

const demo = { email: 'demo@example.com', password: 'demo-password-2026' }
const inFrame = (page: Page) => page.frameLocator('iframe')

/** Every token a portal page of ours ever gets begins like this. */
const token = /pt_[\w-]{20,}/

describe('on one origin', () => {
  const url = inject('serverUrl')

  test('an agent logs in, clicks 账户与订阅, and sees the portal of their customer, with no token in any address, storage or page', async () => {
    const context = await newContext(browser)
    const witness = watch(context, [new URL(url).host])
    const page = await context.newPage()
    await logIn(page, url, demo.email, demo.password)
    await page.getByRole('link', { name: '账户与订阅' }).click()
    await inFrame(page).getByText('团队版').first().waitFor()
    expect(page.url()).toBe(`${url}/workbench/account`)
    expect(await page.locator('iframe').getAttribute('sandbox')).toBeNull()

    await inFrame(page).getByRole('link', { name: '账户' }).click()
    await inFrame(page).getByText('杭州青禾生活电子商务有限公司').first().waitFor()
    expect(page.url()).toBe(`${url}/workbench/account/account`)
    await page.reload()
    await inFrame(page).getByText('杭州青禾生活电子商务有限公司').first().waitFor()

    for (const frame of page.frames()) {
      const kept = await frame.evaluate(() => JSON.stringify([location.href, { ...localStorage }, { ...sessionStorage }, document.cookie, document.documentElement.outerHTML]))
      expect(kept).not.toMatch(token)
    }
    expect(witness.urls.filter((address) => token.test(address))).toEqual([])
    const cookies = await context.cookies(`${url}/api/workbench/me`)
    expect(cookies.map(({ name, httpOnly, path }) => ({ name, httpOnly, path }))).toEqual([{ name: 'workbench_session', httpOnly: true, path: '/api/workbench' }])
    expect(witness).toMatchObject({ errors: [], outside: [] })
    await context.close()
  })

  test('theme and language of the portal follow the workbench while it is open', async () => {
    const context = await newContext(browser)
    const page = await context.newPage()
    // An agent of their own: the language chosen here is remembered by the server.
    await logIn(page, url, 'near@example.com', demo.password)
    await page.getByRole('link', { name: '账户与订阅' }).click()
    await inFrame(page).getByRole('heading', { level: 1, name: '概览' }).waitFor()
    await page.getByRole('button', { name: /陈默/ }).click()
    await page.getByText('English', { exact: true }).click()
    await inFrame(page).getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
    const html = inFrame(page).locator('html')
    const before = await html.evaluate((element) => getComputedStyle(element).colorScheme + getComputedStyle(document.body).backgroundColor)
    await page.getByText('Dark', { exact: true }).click()
    await expect.poll(() => html.evaluate((element) => getComputedStyle(element).colorScheme + getComputedStyle(document.body).backgroundColor)).not.toBe(before)
    await context.close()
  })
})

describe('on two origins', () => {
  let server: RunningServer
  let desk: string
  beforeAll(async () => {
    const { freePort } = await import('./support/server.ts')
    const port = await freePort()
    desk = `http://localhost:${port}`
    server = await startServer({ PORT: String(port), HOST: '127.0.0.1', PUBLIC_URL: `http://127.0.0.1:${port}`, PORTAL_EMBED_ORIGINS: desk })
  })
  afterAll(() => server.stop())

  test('the frame works across them, in a sandbox', async () => {
    const context = await newContext(browser)
    const page = await context.newPage()
    await logIn(page, desk, demo.email, demo.password)
    await page.getByRole('link', { name: '账户与订阅' }).click()
    await inFrame(page).getByText('团队版').first().waitFor()
    expect(await page.locator('iframe').getAttribute('src')).toMatch(new RegExp(`^${server.url}/portal/\\?embed=1$`))
    expect(await page.locator('iframe').getAttribute('sandbox')).toContain('allow-scripts')
    expect(server.output()).not.toMatch(token)
    await context.close()
  })
})

describe('a page of another origin', () => {
  const url = inject('serverUrl')
  let stranger: Server
  let origin: string
  beforeAll(async () => {
    stranger = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html')
      response.end(`<!doctype html><iframe src="${url}/portal/?embed=1"></iframe><script>
        window.heard = []
        addEventListener('message', (event) => window.heard.push(JSON.stringify(event.data)))
        const say = (to) => { for (const data of [{ namespace: 'penpal', channel: undefined, type: 'SYN', participantId: 'x' }, { method: 'requestToken' }, 'token']) to.postMessage(data, '*') }
        setInterval(() => { say(frames[0]); if (window.other) say(window.other) }, 100)
      </script>`)
    })
    stranger.listen(0, '127.0.0.1')
    await once(stranger, 'listening')
    origin = `http://127.0.0.1:${(stranger.address() as { port: number }).port}`
  })
  afterAll(() => void stranger.close())

  test('gets nothing: the frame is blocked, and its messages are not answered', async () => {
    const context = await newContext(browser)
    const blocked: string[] = []
    context.on('console', (message) => { if (/frame-ancestors/.test(message.text())) blocked.push(message.text()) })
    const page = await context.newPage()
    await page.goto(origin)
    await expect.poll(() => blocked.length, { timeout: 10_000 }).toBeGreaterThan(0)

    // The workbench and an embedded portal in a window that the stranger holds a handle of.
    const desk = await context.newPage()
    await logIn(desk, url, demo.email, demo.password)
    const [opened] = await Promise.all([page.waitForEvent('popup'), page.evaluate((address) => { (window as { other?: unknown }).other = open(address) }, `${url}/workbench/account`)])
    await opened.frameLocator('iframe').getByText('团队版').first().waitFor()
    await page.waitForTimeout(1500)
    expect(await page.evaluate(() => (window as { heard?: string[] }).heard)).toEqual([])
    await context.close()
  })
})
