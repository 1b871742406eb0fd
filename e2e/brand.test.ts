import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sidewaysScroll, violations } from './support/axe.ts'
import { launchBrowser, newContext, type Look } from './support/browser.ts'
import { startPages, type Pages } from './support/pages.ts'
import { openPortal } from './support/portal.ts'
import { secretKey, startServer, type RunningServer } from './support/server.ts'
import { vendorOf, type Vendor } from './support/vendor.ts'

// A server with a vendor's name, logos, support page, and a colour that is too bright for light pages.

const wordmark = (
  fill: string,
) => `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 132 24" onload="alert(1)"><script>document.documentElement.setAttribute('data-ran', 'yes')</script>
  <circle cx="12" cy="12" r="10" fill="#f5a800"/><path d="M30 6h8v12M46 6v12h10M62 12h12M82 6v12h8V6zM98 6l6 12 6-12M118 18V6h10" fill="none" stroke="${fill}" stroke-width="3"/></svg>`

let browser: Browser
let server: RunningServer
let vendor: Vendor
let folder: string
let pages: Pages
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'brand-'))
  const [logo, dark] = [join(folder, 'logo.svg'), join(folder, 'dark.svg')]
  await Promise.all([writeFile(logo, wordmark('#222')), writeFile(dark, wordmark('#eee'))])
  pages = await startPages(() => ({ api: server.url, key: secretKey }))
  server = await startServer({
    PORTAL_NAME: '星云客服',
    PORTAL_NAME_EN: 'Nebula Desk',
    PORTAL_LOGO: logo,
    PORTAL_LOGO_DARK: dark,
    PORTAL_BRAND_COLOR: '#F5A800',
    PORTAL_SUPPORT_URL: 'https://help.example.com/portal',
    PORTAL_EMBED_ORIGINS: pages.url,
  })
  vendor = vendorOf(server.url, secretKey)
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser.close()
  pages.stop()
  await server.stop()
  await rm(folder, { recursive: true })
})

const open = (look: Look, path = '/') => openPortal({ browser, url: server.url, vendor }, path, look)
const colourOf = (page: Page, variable: string) =>
  page.evaluate((name) => getComputedStyle(document.documentElement).getPropertyValue(name), variable)

test('the start reports how an unreadable colour is adjusted', () => {
  expect(server.output()).toMatch(
    /Brand +#f5a800 is shown as #[\da-f]{6} in the light theme, since it has a contrast of 2\.0 : 1 there and 3 : 1 is needed\n/,
  )
})

const looks = [
  { locale: 'zh-CN', theme: 'light', width: 1280 },
  { locale: 'en', theme: 'dark', width: 1280 },
  { locale: 'zh-CN', theme: 'dark', width: 390 },
  { locale: 'en', theme: 'light', width: 390 },
] as const
describe.each(looks)('in $locale, $theme, $width px', (look) => {
  test('every page has the vendor’s name, logo and colour, is readable, and links to the vendor’s support', async () => {
    const { page, context, witness, requests } = await open(look)
    const english = look.locale === 'en'
    const name = english ? 'Nebula Desk' : '星云客服'
    for (const [path, title] of [
      ['/', '概览 Overview'],
      ['/usage', '用量 Usage'],
      ['/subscription', '订阅 Subscription'],
      ['/account', '账户 Account'],
    ] as const) {
      if (path !== '/') await page.locator(`nav a[href$="/portal${path}"]`).first().click()
      const heading = title.split(' ')[english ? 1 : 0]!
      await page.getByRole('heading', { level: 1, name: heading, exact: true }).waitFor()
      await requests.settled()
      expect([path, await page.title()]).toEqual([path, `${heading} · ${name}`])
      expect([path, await violations(page), await sidewaysScroll(page)]).toEqual([path, [], 0])
    }
    const logo = page.getByRole('banner').getByRole('img', { name })
    expect(
      await logo.evaluate((image: HTMLImageElement) => [
        image.complete && image.naturalWidth > 0,
        Math.round((image.width / image.height) * 10) / 10,
      ]),
    ).toEqual([true, look.width === 390 ? expect.any(Number) : 5.5])
    expect(await (await fetch(server.url + (await logo.getAttribute('src')))).text()).toContain(
      look.theme === 'dark' ? '#eee' : '#222',
    )
    expect(await colourOf(page, '--brand')).toBe(look.theme === 'dark' ? '#f5a800' : '#b67d00')
    const support = page
      .getByRole('contentinfo')
      .getByRole('link', { name: english ? 'Contact support' : '联系支持' })
    expect(await support.evaluate((link: HTMLAnchorElement) => [link.href, link.target, link.rel])).toEqual([
      'https://help.example.com/portal',
      '_blank',
      'noopener noreferrer',
    ])
    expect(witness).toMatchObject({ errors: [], outside: [] })
    if (process.env.SCREENSHOTS) {
      await page.goto(`${server.url}/portal/`)
      await requests.settled()
      await page.screenshot({
        path: join(process.env.SCREENSHOTS, `brand-${look.locale}-${look.theme}-${look.width}.png`),
      })
    }
    await context.close()
  })
})

test('the first paint shows the vendor’s brand without waiting for a request', async () => {
  const context = await newContext(browser)
  const page = await context.newPage()
  await page.route('**/portal/settings.json', () => undefined)
  await page.route('**/api/**', () => undefined)
  await page.goto(`${server.url}/portal`)
  await page.getByRole('banner').getByRole('img', { name: '星云客服' }).waitFor()
  expect([await page.title(), await colourOf(page, '--brand')]).toEqual([
    expect.stringMatching(/星云客服$/),
    '#b67d00',
  ])
  expect(await page.locator('link[rel=icon]').getAttribute('href')).toMatch(
    /^\/portal\/brand\/[\da-f]{16}\.svg$/,
  )
  await context.close()
})

test('the support link is in the user menu by keyboard, and on the page of an ended session', async () => {
  const { page, context } = await open({ locale: 'en' })
  await page.getByRole('button', { name: 'User menu' }).press('ArrowDown')
  const item = page.getByRole('menuitem', { name: 'Contact support' })
  await item.waitFor()
  expect(await item.evaluate((one) => one === document.activeElement)).toBe(true)
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Signed out' }).waitFor()
  expect(await page.getByRole('link', { name: 'Contact support' }).count()).toBe(0)
  await page.goto(`${server.url}/portal`)
  // In the language last used.
  await page.getByRole('heading', { name: 'Session expired' }).waitFor()
  await page.getByRole('main').getByRole('link', { name: 'Contact support' }).waitFor()
  expect(await violations(page)).toEqual([])
  await context.close()
})

test('a page that failed to load links to the support', async () => {
  const context = await newContext(browser)
  const page = await context.newPage()
  await page.route('**/api/portal/subscription/advice', (route) =>
    route.fulfill({
      status: 500,
      json: { code: 'internal_error', detail: '服务器出错了。', requestId: 'req-1' },
    }),
  )
  await page.route('**/api/portal/plans', (route) =>
    route.fulfill({ status: 404, json: { code: 'not_found', detail: '没有。', requestId: 'req-2' } }),
  )
  await page.goto((await vendor.session('test_customer', 'owner', '/subscription')).url)
  await page.getByRole('alert').filter({ hasText: 'req-2' }).getByRole('link', { name: '联系支持' }).waitFor()
  await context.close()
})

test('a logo with a script does not run it, in the page or opened directly', async () => {
  const { page, context } = await open({})
  const dialogs: string[] = []
  page.on('dialog', (dialog) => {
    dialogs.push(dialog.message())
    void dialog.dismiss()
  })
  await page.goto(server.url + (await page.getByRole('banner').getByRole('img').getAttribute('src')))
  expect(await page.locator('svg').first().getAttribute('data-ran')).toBeNull()
  expect(dialogs).toEqual([])
  await context.close()
})

test('in another page’s frame the brand colour is applied, and the support opens in a tab of the host', async () => {
  const context = await newContext(browser, { locale: 'en', theme: 'dark' })
  const page = await context.newPage()
  pages.show(`<title>host</title><div id="portal" style="height: 700px"></div><script src="${server.url}/portal/embed.js"></script><script>
    CustomerPortal.mountPortal(document.querySelector('#portal'), {
      url: '${server.url}/portal', theme: 'dark', locale: 'en',
      getToken: async () => (await (await fetch('/portal-token', { method: 'POST' })).json()).token,
    })
  </script>`)
  await page.goto(pages.url)
  const portal = page.frameLocator('#portal iframe')
  await portal.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
  expect(
    await portal.locator('html').evaluate((html) => getComputedStyle(html).getPropertyValue('--brand')),
  ).toBe('#f5a800')
  await context.route('https://help.example.com/**', (route) =>
    route.fulfill({ contentType: 'text/html', body: '<title>help</title>' }),
  )
  const [tab] = await Promise.all([
    context.waitForEvent('page'),
    portal.getByRole('contentinfo').getByRole('link', { name: 'Contact support' }).click(),
  ])
  expect(tab.url()).toBe('https://help.example.com/portal')
  await context.close()
})

test('the workbench has the vendor’s name, logo and colour, and before a login the browser’s language', async () => {
  for (const [locale, name, words] of [
    ['zh-CN', '星云客服', '使用您的坐席账号登录'],
    ['en', 'Nebula Desk', 'Use your agent account'],
  ] as const) {
    const context = await newContext(browser, { locale })
    const page = await context.newPage()
    await page.goto(`${server.url}/workbench`)
    await page.getByText(words).waitFor()
    await page.getByRole('heading', { level: 1, name }).waitFor()
    expect(await page.title()).toMatch(new RegExp(` · ${name}$`))
    const logo = page.locator('main img')
    expect([
      await logo.getAttribute('alt'),
      await logo.evaluate((image: HTMLImageElement) => image.naturalWidth > 0),
    ]).toEqual([name, true])
    expect(await colourOf(page, '--brand')).not.toBe('#4f46e5')
    await context.close()
  }
})
