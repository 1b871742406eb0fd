import { execFileSync } from 'node:child_process'
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { sidewaysScroll, violations } from './support/axe.ts'
import { newContext, watch, type Look } from './support/browser.ts'
import { browser, url } from './support/shared.ts'

const host = new URL(url).host

/** The reference of an API, in a browser of its own. */
async function reference(path: string, look: Look = {}): Promise<Page> {
  const page = await (await newContext(browser, look)).newPage()
  await page.goto(`${url}/docs${path}`)
  return page
}
const calls = (page: Page) => page.getByRole('navigation', { name: /^(Calls|接口列表)$/ })
const shown = async (page: Page) =>
  (await calls(page).locator('li:visible').allInnerTexts()).map((text) => text.replaceAll(/\s+/g, ' '))

const looks = (['zh-CN', 'en'] as const).flatMap((locale) =>
  (['light', 'dark'] as const).flatMap((theme) => [1280, 390].map((width) => ({ locale, theme, width }))),
)

describe.each(looks)('the reference in $locale, $theme, $width px', (look) => {
  test('has no axe violation, console error, external request or horizontal scrolling', async () => {
    const context = await newContext(browser, look)
    const witness = watch(context, [host])
    const page = await context.newPage()
    await page.goto(`${url}/docs/workbench`)
    await page
      .getByRole('heading', { level: 1, name: look.locale === 'en' ? "Workbench's API" : '工作台 API' })
      .waitFor()
    expect(await violations(page)).toEqual([])
    expect(await sidewaysScroll(page)).toBe(0)
    if (look.width < 640) await page.setViewportSize({ width: 360, height: 800 })
    expect(await sidewaysScroll(page)).toBe(0)
    expect(witness).toMatchObject({ errors: [], outside: [] })
    await context.close()
  })
})

test.each([{ width: 1280 }, { width: 390, theme: 'dark' as const }])(
  'the largest reference has none either, at $width px',
  async (look) => {
    const page = await reference('/billing', { locale: 'en', ...look })
    // Laid out as if scrolled to: content out of view is not laid out before.
    await page.locator('.call, .object').evaluateAll((articles) => {
      for (const article of articles as HTMLElement[]) article.style.contentVisibility = 'visible'
    })
    expect(await violations(page)).toEqual([])
    expect(await sidewaysScroll(page)).toBe(0)
    await page.context().close()
  },
)

test('a search finds operations by words, path, error code and SDK method', async () => {
  const page = await reference('/billing', { locale: 'en' })
  await page.keyboard.press('/')
  const search = page.getByRole('searchbox')
  await expect.poll(() => search.evaluate((input) => document.activeElement === input)).toBe(true)
  await search.fill('credit note')
  expect(await shown(page)).toContain('POST Give an invoice back, in part or whole')
  await search.fill('quota consume')
  expect(await shown(page)).toEqual(['POST Use some of an allowance, if it is left'])
  await search.fill('alias_taken')
  expect(await shown(page)).toEqual(['PUT Give a customer a further id'])
  await search.fill('events.rejected.retry')
  expect(await shown(page)).toEqual(['POST Try rejected events again'])
  expect(await calls(page).getByRole('status').innerText()).toBe('1 found')
  await search.fill('no such thing')
  expect([await shown(page), await calls(page).getByRole('status').innerText()]).toEqual([
    [],
    'No call matches',
  ])
  await search.fill('alias_taken')
  await page.keyboard.press('Enter')
  await expect.poll(() => new URL(page.url()).hash).toBe('#aliasesPut')
  expect(
    await page.locator('#aliasesPut h3').evaluate((title) => title.getBoundingClientRect().top),
  ).toBeLessThan(300)
  await page.context().close()
})

test('the keyboard alone reaches an operation from the search, and goes back', async () => {
  const page = await reference('/workbench', { locale: 'en' })
  await page.keyboard.press('/')
  await page.keyboard.type('log')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('Enter')
  await expect.poll(() => new URL(page.url()).hash).toBe('#sessionLogin')
  await page.keyboard.press('/')
  await page.keyboard.press('Escape')
  expect(await page.getByRole('searchbox').inputValue()).toBe('')
  await page.context().close()
})

test('a link to an operation opens it, and switching language or theme keeps the position', async () => {
  const page = await reference('/billing#quotaConsume', { locale: 'en' })
  const title = page.locator('#quotaConsume h3')
  await expect
    .poll(() => title.evaluate((one) => Math.round(one.getBoundingClientRect().top)))
    .toBeLessThan(200)
  await page.getByRole('link', { name: '中文' }).click()
  await page.getByRole('heading', { level: 1, name: '销售方 API' }).waitFor()
  expect(new URL(page.url()).hash).toBe('#quotaConsume')
  expect(await title.innerText()).toBe('在可用量之内使用')
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
  const before = await background()
  await page.getByRole('button', { name: '切换深浅色' }).click()
  const dark = await background()
  expect([before, dark]).toEqual(['rgb(255, 255, 255)', 'rgb(10, 10, 12)'])
  await page.reload()
  expect(await background()).toBe(dark)
  await page.context().close()
})

test('a copied command runs against this server', async () => {
  const context = await newContext(browser, { locale: 'en' })
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const page = await context.newPage()
  await page.goto(`${url}/docs/workbench`)
  await page.locator('#sessionGet').getByRole('button', { name: 'Copy curl' }).click()
  await page.getByText('Copied').waitFor()
  const command = await page.evaluate(() => navigator.clipboard.readText())
  expect(command).toBe(`curl "${url}/api/workbench/session"`)
  expect(JSON.parse(execFileSync('sh', ['-c', `${command} --silent`], { encoding: 'utf8' }))).toEqual({
    me: null,
  })
  await context.close()
})

test('in print the text is complete and light', async () => {
  const page = await reference('/workbench', { locale: 'en', theme: 'dark' })
  await page.emulateMedia({ media: 'print' })
  expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe(
    'rgb(255, 255, 255)',
  )
  for (const clicked of ['nav', 'button', 'input'])
    expect([clicked, await page.locator(clicked).filter({ visible: true }).count()]).toEqual([clicked, 0])
  const text = execFileSync('pdftotext', ['-layout', '-', '-'], {
    input: await page.pdf({ preferCSSPageSize: true }),
    encoding: 'utf8',
  })
  for (const part of [
    "Workbench's API",
    'Suggest an answer to the visitor',
    '/api/workbench/agents/{agentId}/password',
    'quota_exhausted',
    'agent_exists',
  ])
    expect(text).toContain(part)
  await page.context().close()
})

test('on a phone the list of operations is a menu that closes after navigation', async () => {
  const page = await reference('/workbench', { locale: 'zh-CN', width: 390, height: 800 })
  expect(await shown(page)).toEqual([])
  const menu = page.getByRole('button', { name: '接口列表' })
  await menu.click()
  expect(await menu.getAttribute('aria-expanded')).toBe('true')
  await calls(page).getByRole('link', { name: '创建坐席' }).click()
  expect([await shown(page), new URL(page.url()).hash]).toEqual([[], '#agentsCreate'])
  await page.context().close()
})

test('without a script all content is readable', async () => {
  const context = await browser.newContext({ javaScriptEnabled: false, locale: 'en' })
  const page = await context.newPage()
  await page.goto(`${url}/docs/billing`)
  await page.getByRole('link', { name: 'Use some of an allowance, if it is left' }).first().click()
  expect(
    await page
      .locator('#quotaConsume')
      .getByText('curl "$URL/api/billing/customers/acme/quota/ai_chat/consume"')
      .count(),
  ).toBe(1)
  await context.close()
})

test('the reference is compressed: less than 60 kB with all its assets', async () => {
  const sizes = await Promise.all(
    ['/docs/billing?lang=zh-CN', '/docs/reference.css', '/docs/reference.js', '/docs/icon.svg'].map(
      async (path) => {
        const response = await fetch(`${url}${path}`, { headers: { 'accept-encoding': 'br' } })
        expect([path, response.status, response.headers.get('content-encoding')]).toEqual([path, 200, 'br'])
        return Number(response.headers.get('content-length'))
      },
    ),
  )
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(60_000)
  expect(sizes.every((size) => size > 0)).toBe(true)
})
