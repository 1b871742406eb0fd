import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Browser, BrowserContext, Locator, Page, Route } from 'playwright-core'
import { startExample } from '../packages/embed/example/server.mjs'
import { launchBrowser, launchWithCookies, newContext, watch } from './support/browser.ts'
import { startPages, type Pages } from './support/pages.ts'
import { freePort, secretKey, startServer, type RunningServer } from './support/server.ts'
import { placesWithToken, tokensUsed } from './support/tokens.ts'

// The example of packages/embed: a plain page of another site (localhost; the portal is at 127.0.0.1), with a
// content security policy of its own.

type Example = Awaited<ReturnType<typeof startExample>>

let browser: Browser
let server: RunningServer
let host: Example
/** Pages of a host, allowed like the example. */
let pages: Pages
beforeAll(async () => {
  const [port, examplePort] = [await freePort(), await freePort()]
  pages = await startPages(() => ({ api: server.url, key: secretKey }))
  server = await startServer({
    PORT: String(port),
    HOST: '127.0.0.1',
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    PORTAL_EMBED_ORIGINS: `http://localhost:${examplePort} ${pages.url}`,
  })
  host = await startExample({
    portal: `${server.url}/portal`,
    key: secretKey,
    customerId: 'test_customer',
    port: examplePort,
  })
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser.close()
  host.stop()
  pages.stop()
  await server.stop()
})

const frameOf = (page: Page) => page.locator('#portal iframe')
const portalIn = (page: Page) => page.frameLocator('#portal iframe')
const heading = (page: Page, name: string) => portalIn(page).getByRole('heading', { level: 1, name })
const problem = (page: Page) => page.locator('#problem')
const tab = (page: Page, name: string) => portalIn(page).getByRole('link', { name, exact: true })

/** Opens the example at a page of the portal. `prepare` can intercept requests before. */
async function visit(
  path: string,
  arrange?: (context: BrowserContext) => Promise<unknown>,
): Promise<{ page: Page; context: BrowserContext }> {
  const context = await newContext(browser, { height: headerless + 700 })
  await arrange?.(context)
  const page = await context.newPage()
  await page.goto(`${host.url}/#${path}`)
  return { page, context }
}
/** The height of the example's sticky header. */
const headerless = 56

const appHeight = (page: Page) =>
  portalIn(page)
    .locator('#app')
    .evaluate((app) => Math.ceil(app.getBoundingClientRect().height))
const frameHeight = async (page: Page) => (await frameOf(page).boundingBox())?.height
const colours = (page: Page) =>
  portalIn(page)
    .locator('html')
    .evaluate((html) => getComputedStyle(html).colorScheme + getComputedStyle(document.body).backgroundColor)

/** Whether a part of the portal is fully visible in the host's window, below its header. */
async function isInView(part: Locator): Promise<boolean> {
  const box = await part.boundingBox()
  return box !== null && box.height > 100 && box.y >= headerless && box.y + box.height <= headerless + 700
}

describe('the example host', () => {
  test.each(['fill', 'auto'])(
    'shows the portal with height %s, follows language and theme at once, and exposes no token',
    async (height) => {
      const { page, context } = await visit('/')
      const tokens = tokensUsed(context)
      const witness = watch(context, [new URL(host.url).host, new URL(server.url).host])
      await heading(page, '概览').waitFor()
      // The page reloads the frame with this height. Only now: removing the first frame while it is loading
      // is another test.
      await page.locator('#height').selectOption(height)
      await heading(page, '概览').waitFor()
      expect(
        await frameOf(page).evaluate((frame: HTMLIFrameElement) => [
          frame.title,
          frame.allow,
          frame.getAttribute('sandbox'),
        ]),
      ).toEqual([
        '账户与订阅',
        'clipboard-write',
        'allow-scripts allow-same-origin allow-forms allow-downloads allow-popups '
          + 'allow-popups-to-escape-sandbox',
      ])
      expect(await portalIn(page).locator('html').getAttribute('data-height')).toBe(height)

      await page.locator('#locale').selectOption('en')
      await heading(page, 'Overview').waitFor()
      expect(await frameOf(page).getAttribute('title')).toBe('Account & subscription')
      const before = await colours(page)
      await page.locator('#theme').selectOption('dark')
      await expect.poll(() => colours(page)).not.toBe(before)

      // One for each of the two frames.
      expect([1, 2]).toContain(tokens.size)
      expect(await placesWithToken(page, witness.urls, server.output())).toEqual([])
      expect(witness).toMatchObject({ errors: [], outside: [] })
      await context.close()
    },
  )

  test('mirrors the portal’s page in its own URL and opens the portal from it', async () => {
    const { page, context } = await visit('/usage')
    const at = () => new URL(page.url()).hash
    await heading(page, '用量').waitFor()
    await tab(page, '订阅').click()
    await expect.poll(at).toBe('#/subscription')
    await page.getByRole('link', { name: '账单', exact: true }).click()
    await heading(page, '账单').waitFor()
    expect(at()).toBe('#/invoices')
    await page.goBack()
    await heading(page, '订阅').waitFor()
    expect(at()).toBe('#/subscription')
    await page.goBack()
    await heading(page, '用量').waitFor()
    await expect.poll(at).toBe('#/usage')
    await tab(page, '账户').click()
    await expect.poll(at).toBe('#/account')
    await page.reload()
    await heading(page, '账户').waitFor()
    await context.close()
  })

  test('opens an external link of the portal in a new tab without access to the opener', async () => {
    const { page, context } = await visit('/')
    await heading(page, '概览').waitFor()
    await portalIn(page)
      .locator('main')
      .evaluate(
        (main, address) => {
          main.insertAdjacentElement(
            'afterbegin',
            Object.assign(document.createElement('a'), { href: address, textContent: 'elsewhere' }),
          )
        },
        `http://localhost:${new URL(server.url).port}/healthz`,
      )
    const [opened] = await Promise.all([
      context.waitForEvent('page'),
      portalIn(page).getByText('elsewhere').click(),
    ])
    await opened.waitForLoadState()
    expect([opened.url(), await opened.evaluate(() => [window.opener, document.referrer])]).toEqual([
      `http://localhost:${new URL(server.url).port}/healthz`,
      [null, ''],
    ])
    await heading(page, '概览').waitFor()
    await context.close()
  })

  test('unmounts the portal without leaving anything behind', async () => {
    const { page, context } = await visit('/')
    const listeners = async (of: string) => {
      const devtools = await context.newCDPSession(page)
      const { result } = await devtools.send('Runtime.evaluate', {
        expression: `Object.keys(getEventListeners(${of})).join()`,
        includeCommandLineAPI: true,
        returnByValue: true,
      })
      return result.value as string
    }
    await page.locator('#height').selectOption('auto')
    await heading(page, '概览').waitFor()
    expect([await listeners('window'), await listeners('document')]).toEqual([
      expect.stringMatching(/message.*scroll|scroll.*message/),
      'securitypolicyviolation',
    ])
    await page.getByRole('button', { name: '关闭' }).click()
    expect([await listeners('window'), await listeners('document')]).toEqual(['hashchange', ''])
    expect(await page.locator('#portal').evaluate((place) => place.childNodes.length)).toBe(0)
    // As a framework's strict mode does: mounted, unmounted and mounted again.
    await page.locator('#height').selectOption('fill')
    await page.locator('#height').selectOption('auto')
    await heading(page, '概览').waitFor()
    expect([await frameOf(page).count(), await problem(page).isVisible()]).toEqual([1, false])
    await context.close()
  })
})

describe('with height auto', () => {
  test('the frame is as tall as the portal on each page, and does not keep growing', async () => {
    const { page, context } = await visit('/subscription')
    await page.locator('#height').selectOption('auto')
    const settled = async () => {
      await expect.poll(async () => [await frameHeight(page)]).toEqual([await appHeight(page)])
      const height = await frameHeight(page)
      await page.waitForTimeout(500)
      expect([await frameHeight(page), await appHeight(page)]).toEqual([height, height])
      return height!
    }
    await portalIn(page).getByRole('button', { name: '升级到商业版' }).waitFor()
    const plans = await settled()
    await page.evaluate(() => scrollTo(0, 600))
    await page.getByRole('link', { name: '账单', exact: true }).click()
    await heading(page, '账单').waitFor()
    await portalIn(page).getByRole('table').waitFor()
    // The reader was far down; the new page starts in view.
    await expect.poll(async () => (await frameOf(page).boundingBox())?.y).toBeGreaterThanOrEqual(headerless)
    const invoices = await settled()
    expect(invoices).not.toBe(plans)
    expect(
      await portalIn(page)
        .locator('html')
        .evaluate((html) => html.scrollHeight - html.clientHeight),
    ).toBe(0)
    await context.close()
  })

  test('a dialog and a sheet are placed in the visible part of the frame, also after the host has scrolled', async () => {
    const { page, context } = await visit('/subscription')
    await page.locator('#height').selectOption('auto')
    const upgrade = portalIn(page).getByRole('button', { name: '升级到商业版' })
    await upgrade.waitFor()
    await expect.poll(() => frameHeight(page)).toBeGreaterThan(1000)
    await page.mouse.move(640, 400)
    await upgrade.scrollIntoViewIfNeeded()
    await upgrade.click()
    const dialog = portalIn(page).getByRole('dialog')
    await dialog.getByRole('button', { name: /^确认/ }).waitFor()
    await expect.poll(() => isInView(dialog)).toBe(true)
    for (const top of [700, 0, 350]) {
      await page.evaluate((to) => scrollTo(0, to), top)
      await expect.poll(() => isInView(dialog)).toBe(true)
    }
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })

    await page.getByRole('link', { name: '账单', exact: true }).click()
    await heading(page, '账单').waitFor()
    // By keyboard: while the frame changes its height, the target of a click may move away.
    await portalIn(page).locator('tbody').getByRole('link').first().press('Enter')
    await dialog.waitFor()
    await page.evaluate(() => scrollTo(0, 250))
    await expect.poll(() => isInView(dialog)).toBe(true)
    await context.close()
  })

  test('a message of the portal is shown by the host, or by the portal itself without a host handler', async () => {
    const failing = (context: BrowserContext) =>
      context.route('**/api/portal/invoices/*/pdf', (route) => route.abort())
    const { page, context } = await visit('/invoices', failing)
    await page.locator('#height').selectOption('auto')
    await portalIn(page)
      .getByRole('button', { name: /^下载账单/ })
      .first()
      .click()
    await page.locator('#message').getByText(/下载/).waitFor()
    expect(await portalIn(page).locator('.toasts').innerText()).toBe('')

    await page.evaluate((url) => {
      const { CustomerPortal } = window as unknown as {
        CustomerPortal: typeof import('@customer-portal/embed')
      }
      document.querySelector('#portal')!.replaceChildren()
      CustomerPortal.mountPortal(document.querySelector<HTMLElement>('#portal')!, {
        url,
        height: 'auto',
        path: '/invoices',
        getToken: async () =>
          ((await (await fetch('/portal-token', { method: 'POST' })).json()) as { token: string }).token,
      })
    }, `${server.url}/portal`)
    await portalIn(page)
      .getByRole('button', { name: /^下载账单/ })
      .first()
      .click()
    const own = portalIn(page).locator('.toasts > div')
    await own.waitFor()
    const box = await own.boundingBox()
    expect(box!.y + box!.height).toBeLessThanOrEqual(headerless + 700)
    await context.close()
  })
})

describe('a token', () => {
  const revoke = (token: string) =>
    fetch(`${server.url}/api/portal/session/logout`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
    })
  const expired = (page: Page) => portalIn(page).getByText('会话已过期，请回到您进入的页面重新打开。')
  const answer = (page: Page, given: (route: Route) => Promise<void>) => page.route('**/portal-token', given)

  /**
   * The example with the portal open, its current token, and the number of tokens requested from the host's
   * server.
   */
  async function opened() {
    let asked = 0
    let tokens = new Set<string>()
    const { page, context } = await visit('/', async (fresh) => {
      tokens = tokensUsed(fresh)
      fresh.on('request', (request) => {
        if (request.url().endsWith('/portal-token')) asked += 1
      })
    })
    await portalIn(page).getByText('团队版').first().waitFor()
    return { page, context, token: [...tokens][0]!, tokens, asked: () => asked }
  }

  test('that has expired is replaced by a new one, requested once, and the work continues', async () => {
    const { page, context, token, tokens, asked } = await opened()
    expect([asked(), tokens.size]).toEqual([1, 1])
    await revoke(token)
    await tab(page, '用量').click()
    await portalIn(page).getByRole('table').first().waitFor()
    expect([asked(), tokens.size]).toEqual([2, 2])
    expect(await problem(page).isVisible()).toBe(false)
    await context.close()
  })

  test.each([
    [
      'where the host’s own login is over',
      'session_expired',
      (route: Route) => route.fulfill({ status: 401 }),
    ],
    ['where the host’s server fails', 'token_failed', (route: Route) => route.fulfill({ status: 500 })],
    [
      'where the fresh one is refused too',
      'session_expired',
      (route: Route, dead: string) => route.fulfill({ json: { token: dead } }),
    ],
  ])('%s is requested once, then portal and host show it', async (_where, code, given) => {
    const { page, context, token, asked } = await opened()
    await answer(page, (route) => given(route, token))
    await revoke(token)
    // The usage stream may have reported it before the click.
    await Promise.any([tab(page, '用量').click(), expired(page).waitFor()])
    await expired(page).waitFor()
    await problem(page).getByText(`${code}:`).waitFor()
    await page.waitForTimeout(500)
    expect([asked(), await problem(page).innerText()]).toEqual([
      2,
      expect.stringMatching(new RegExp(`^${code}: `)),
    ])
    await context.close()
  })
})

describe('errors are reported with their code', () => {
  const says = async (page: Page, code: string) => {
    await problem(page).getByText(`${code}:`).waitFor()
    await page.waitForTimeout(300)
    expect(await problem(page).innerText()).toMatch(new RegExp(`^${code}: .+\\. .+\\.$`))
  }
  const portalAway = (context: BrowserContext) =>
    context.route(/\/portal\/(?!embed\.js)/, (route) => route.abort())

  test.each([
    ['portal_unreachable', portalAway],
    [
      'handshake_timeout',
      (context: BrowserContext) => context.route('**/portal/assets/*.js', (route) => route.abort()),
    ],
  ])('%s', async (code, arrange) => {
    const { page, context } = await visit('/', arrange)
    await says(page, code)
    await context.close()
  })

  test('frame_blocked, on the console when the page has no handler', async () => {
    const context = await newContext(browser)
    const page = await context.newPage()
    const said: string[] = []
    page.on('console', (message) => {
      if (message.text().startsWith('Customer Portal')) said.push(message.text())
    })
    pages.show(documentedIn('README.md')[0]!.replaceAll('https://billing.example.com', server.url), {
      'content-security-policy': "frame-src 'none'",
    })
    await page.goto(pages.url)
    await expect
      .poll(() => said)
      .toEqual([
        expect.stringMatching(
          /^Customer Portal \(frame_blocked\): Your page's own Content-Security-Policy .+ Name the portal's origin in frame-src/,
        ),
      ])
    await page.waitForTimeout(4_000)
    expect(said.length).toBe(1)
    await page.getByRole('alert').getByText('这里暂时无法显示，请联系网站管理员。').waitFor()
    await context.close()
  })

  test('origin_not_allowed, and the page gets nothing', async () => {
    const other = await startExample({
      portal: `${server.url}/portal`,
      key: secretKey,
      customerId: 'test_customer',
    })
    const context = await newContext(browser)
    const asked: string[] = []
    context.on('request', (request) => {
      if (request.url().endsWith('/portal-token')) asked.push(request.url())
    })
    const page = await context.newPage()
    await page.goto(other.url)
    await says(page, 'origin_not_allowed')
    // Not even its own token was requested.
    expect(asked).toEqual([])
    await context.close()
    other.stop()
  })

  test('bad_options, with a sentence', async () => {
    const { page, context } = await visit('/')
    await heading(page, '概览').waitFor()
    const sentences = await page.evaluate(() => {
      const { mountPortal } = (
        window as unknown as { CustomerPortal: { mountPortal(...parameters: unknown[]): void } }
      ).CustomerPortal
      const place = document.querySelector('#portal')
      const good = { url: '/portal', getToken: () => null }
      return [
        [null, good],
        [place],
        [place, { url: '/portal' }],
        [place, { ...good, onNavigated: () => undefined }],
        [place, { ...good, theme: 'blue' }],
      ].map((parameters) => {
        try {
          return mountPortal(...parameters)
        } catch (error) {
          return `${(error as { code: string }).code}: ${(error as Error).message}`
        }
      })
    })
    expect(sentences).toEqual([
      'bad_options: The first argument must be the element that the portal goes into, not null.',
      'bad_options: The second argument must be an object with at least `url` and `getToken`.',
      'bad_options: `getToken` must be a function that answers a token or null, not undefined.',
      expect.stringMatching(
        /^bad_options: There is no option `onNavigated`\. There are url, getToken, .*onNavigate,/,
      ),
      "bad_options: `theme` must be 'light', 'dark' or 'system', not 'blue'.",
    ])
    expect(await frameOf(page).count()).toBe(1)
    await context.close()
  })

  test('no error after the portal was unmounted', async () => {
    const { page, context } = await visit('/', portalAway)
    await page.getByRole('button', { name: '关闭' }).click()
    await page.waitForTimeout(4_000)
    expect([await problem(page).isVisible(), await frameOf(page).count()]).toEqual([false, 0])
    await context.close()
  })
})

test('a browser that blocks all third-party cookies shows the portal and renews its token', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'foreign-cookies-'))
  const [lax, strict] = [
    await launchWithCookies(join(folder, 'lax'), 'kept'),
    await launchWithCookies(join(folder, 'strict'), 'refused'),
  ]
  // A cookie that a third-party frame can set in any other browser, otherwise the test would prove nothing.
  const kept = async (context: BrowserContext) => {
    const page = await context.newPage()
    await page.goto(host.url)
    await heading(page, '概览').waitFor()
    return portalIn(page)
      .locator('html')
      .evaluate(() => {
        document.cookie = 'third_party=1; SameSite=None; Secure'
        return document.cookie
      })
  }
  expect([await kept(lax), await kept(strict)]).toEqual(['third_party=1', ''])
  await lax.close()

  const tokens = tokensUsed(strict)
  const page = await strict.newPage()
  await page.goto(host.url)
  await portalIn(page).getByText('团队版').first().waitFor()
  await fetch(`${server.url}/api/portal/session/logout`, {
    method: 'POST',
    headers: { authorization: `Bearer ${[...tokens][0]}` },
  })
  await tab(page, '用量').click()
  await portalIn(page).getByRole('table').first().waitFor()
  expect(tokens.size).toBe(2)
  await strict.close()
  await rm(folder, { recursive: true, force: true })
})

/** The pages of a document that load a script. */
function documentedIn(file: string): string[] {
  const text = readFileSync(new URL(`../${file}`, import.meta.url), 'utf8')
  return [...text.matchAll(/```html\n([\s\S]*?)```/g)]
    .map(([, block]) => block!)
    .filter((block) => block.includes('<script'))
}

const documented = [
  'README.md',
  'README.zh-CN.md',
  'docs/guides/embedding.md',
  'docs/guides/embedding.zh-CN.md',
  'packages/embed/README.md',
  'packages/embed/README.zh-CN.md',
]
test.each(documented)('the example page in %s runs unchanged', async (file) => {
  const code = documentedIn(file)
  expect(code.length).toBeGreaterThan(0)
  for (const block of code) {
    const context = await newContext(browser)
    const witness = watch(context, [new URL(pages.url).host, new URL(server.url).host])
    pages.show(block.replaceAll('https://billing.example.com', server.url))
    const page = await context.newPage()
    await page.goto(pages.url)
    await heading(page, '概览').waitFor()
    await tab(page, '用量').click()
    await expect.poll(() => new URL(page.url()).hash).toBe('#/usage')
    expect(witness).toMatchObject({ errors: [], outside: [] })
    await context.close()
  }
})
