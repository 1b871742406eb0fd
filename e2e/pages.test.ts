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

const looks = [
  { locale: 'zh-CN', theme: 'light', width: 1280 }, { locale: 'en', theme: 'dark', width: 1280 },
  { locale: 'zh-CN', theme: 'dark', width: 390 }, { locale: 'en', theme: 'light', width: 360 },
] as const

describe.each(looks)('the portal in $locale, $theme, $width px', (look) => {
  test('every page is whole: no axe violation, console error, outside request or sideways scroll', async () => {
    const context = await newContext(browser, look)
    const witness = watch(context, [new URL(url).host])
    const page = await context.newPage()
    const requests = watchRequests(page)
    const session = await fetch(`${url}/api/billing/portal-sessions`, {
      method: 'POST', headers: { authorization: `Bearer ${inject('secretKey')}`, 'content-type': 'application/json' },
      body: JSON.stringify({ customerId: 'test_customer', locale: look.locale, actor: { id: 'e2e', name: 'E2E' } }),
    })
    await page.goto(((await session.json()) as { url: string }).url)
    for (const { path, heading } of pages) {
      await page.getByRole('heading', { level: 1, name: heading[look.locale] }).or(page.getByRole('navigation')).first().waitFor()
      if (path) await page.locator(`nav a[href$="/portal${path}"]`).first().click()
      await page.getByRole('heading', { level: 1, name: heading[look.locale], exact: true }).waitFor()
      await requests.settled()
      await page.locator('[aria-busy=true]').first().waitFor({ state: 'detached' })
      expect([path, await violations(page)]).toEqual([path, []])
      expect([path, await sidewaysScroll(page)]).toEqual([path, 0])
    }
    expect(witness).toMatchObject({ errors: [], outside: [] })
    await context.close()
  })
})

describe.each(looks)('the workbench in $locale, $theme, $width px', (look) => {
  test('the desk is whole', async () => {
    const context = await newContext(browser, look)
    const witness = watch(context, [new URL(url).host])
    const page = await context.newPage()
    await logIn(page, url, 'demo@example.com', 'demo-password-2026')
    await page.waitForLoadState('networkidle')
    expect(await violations(page)).toEqual([])
    expect(await sidewaysScroll(page)).toBe(0)
    expect(witness).toMatchObject({ outside: [] })
    expect(witness.errors.filter((error) => !error.includes('401'))).toEqual([])
    await context.close()
  })
})

test('the docs page shows the APIs without asking anybody else', async () => {
  const context = await newContext(browser)
  const witness = watch(context, [new URL(url).host])
  const page = await context.newPage()
  await page.goto(`${url}/docs`)
  await page.getByText('/api/portal/subscription/upgrade').first().waitFor()
  expect(witness).toMatchObject({ errors: [], outside: [] })
  await context.close()
})
