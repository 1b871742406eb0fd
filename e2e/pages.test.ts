import type { Page, Response } from 'playwright-core'
import { describe, expect, inject, test } from 'vitest'
import { sidewaysScroll, violations } from './support/axe.ts'
import { logIn, newContext, watch } from './support/browser.ts'
import { watchRequests } from './support/requests.ts'
import { browser, url } from './support/shared.ts'

const pages = [
  { path: '', heading: { 'zh-CN': '概览', en: 'Overview' } },
  { path: '/usage', heading: { 'zh-CN': '用量', en: 'Usage' } },
  { path: '/subscription', heading: { 'zh-CN': '订阅', en: 'Subscription' } },
  { path: '/invoices', heading: { 'zh-CN': '账单', en: 'Invoices' } },
  { path: '/account', heading: { 'zh-CN': '账户', en: 'Account' } },
] as const

const looks = (['zh-CN', 'en'] as const).flatMap((locale) =>
  (['light', 'dark'] as const).flatMap((theme) => [1280, 390].map((width) => ({ locale, theme, width }))),
)
/** The narrowest supported window. */
const narrowest = 360

/** The horizontal overflow of the page; for a phone also in the narrowest window. */
async function sideways(page: Page, { width }: { width: number }): Promise<number[]> {
  const here = await sidewaysScroll(page)
  if (width > 640) return [here]
  const height = page.viewportSize()!.height
  await page.setViewportSize({ width: narrowest, height })
  const narrow = await sidewaysScroll(page)
  await page.setViewportSize({ width, height })
  return [here, narrow]
}

describe.each(looks)('the portal in $locale, $theme, $width px', (look) => {
  test('no page has an axe violation, console error, external request or horizontal scrolling', async () => {
    const context = await newContext(browser, look)
    const witness = watch(context, [new URL(url).host])
    const page = await context.newPage()
    const requests = watchRequests(page)
    const session = await fetch(`${url}/api/billing/portal-sessions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${inject('secretKey')}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        customerId: 'test_customer',
        locale: look.locale,
        actor: { id: 'e2e', name: 'E2E' },
      }),
    })
    await page.goto(((await session.json()) as { url: string }).url)
    for (const { path, heading } of pages) {
      await page
        .getByRole('heading', { level: 1, name: heading[look.locale] })
        .or(page.getByRole('navigation'))
        .first()
        .waitFor()
      if (path) await page.locator(`nav a[href$="/portal${path}"]`).first().click()
      await page.getByRole('heading', { level: 1, name: heading[look.locale], exact: true }).waitFor()
      await requests.settled()
      await page.locator('[aria-busy=true]').first().waitFor({ state: 'detached' })
      expect([path, await violations(page)]).toEqual([path, []])
      expect([path, Math.max(...(await sideways(page, look)))]).toEqual([path, 0])
    }
    expect(witness).toMatchObject({ errors: [], outside: [] })
    await context.close()
  })
})

describe.each(looks)('the workbench in $locale, $theme, $width px', (look) => {
  test('the workbench has none either', async () => {
    const context = await newContext(browser, look)
    const witness = watch(context, [new URL(url).host])
    const page = await context.newPage()
    await logIn(page, url, 'demo@example.com', 'demo-password-2026')
    await page.waitForLoadState('networkidle')
    expect(await violations(page)).toEqual([])
    expect(Math.max(...(await sideways(page, look)))).toBe(0)
    expect(witness).toMatchObject({ outside: [] })
    expect(witness.errors.filter((error) => !error.includes('401'))).toEqual([])
    await context.close()
  })
})

test("the portal's files are sent compressed", async () => {
  const context = await newContext(browser)
  const page = await context.newPage()
  const answers: Response[] = []
  page.on('response', (answer) => {
    if (/\/portal\/assets\/.*\.(js|css)$/.test(answer.url())) answers.push(answer)
  })
  await page.goto(`${url}/portal`)
  await expect.poll(() => answers.length).toBeGreaterThan(3)
  const sizes = await Promise.all(
    answers.map(async (answer) => ({
      encoding: await answer.headerValue('content-encoding'),
      bytes: (await answer.body()).length,
    })),
  )
  expect(sizes.filter(({ encoding, bytes }) => encoding !== 'br' && bytes >= 1000)).toEqual([])
  await context.close()
})

test('the docs page shows the APIs without external requests', async () => {
  const context = await newContext(browser)
  const witness = watch(context, [new URL(url).host])
  const page = await context.newPage()
  await page.goto(`${url}/docs`)
  await page.getByText('/api/portal/subscription/upgrade').first().waitFor()
  expect(witness).toMatchObject({ errors: [], outside: [] })
  await context.close()
})
