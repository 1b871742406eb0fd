import { expect, test } from 'vitest'
import { sidewaysScroll } from './support/axe.ts'
import { newContext } from './support/browser.ts'
import { browser, vendor } from './support/shared.ts'

// What a reader sees while code and data are loading.

test.each([
  ['zh-CN', 1280, '客户控制台', ['概览', '用量', '订阅', '账单', '账户']],
  ['en', 390, 'Customer Portal', ['Overview', 'Usage', 'Subscription', 'Invoices', 'Account']],
] as const)(
  'on a slow connection name and tabs are shown before any code and any API response (%s, %i px)',
  async (locale, width, name, tabs) => {
    const customerId = await vendor.newCustomer('team')
    const context = await newContext(browser, { locale, width })
    const page = await context.newPage()
    const release: { code: () => void; answers: () => void } = {
      code: () => undefined,
      answers: () => undefined,
    }
    const code = new Promise<void>((resolve) => {
      release.code = resolve
    })
    const answers = new Promise<void>((resolve) => {
      release.answers = resolve
    })
    await page.route('**/portal/assets/*.js', async (route) => {
      await code
      await route.continue()
    })
    await page.route('**/api/portal/**', async (route) => {
      await answers
      await route.continue()
    })
    await page.goto((await vendor.session(customerId, 'owner', '/usage', locale)).url, {
      waitUntil: 'commit',
    })

    const shell = page.locator('#shell')
    await shell.getByText(tabs[4]).waitFor()
    expect(await shell.locator('nav > span').allInnerTexts()).toEqual(tabs)
    expect(await shell.locator('[data-name]').textContent()).toBe(name)
    const before = await shell
      .locator('nav > span')
      .evaluateAll((elements) => elements.map((element) => Math.round(element.getBoundingClientRect().left)))
    release.code()

    const header = page.getByRole('banner')
    await header.getByRole('link', { name: tabs[1], exact: true }).waitFor()
    expect(await header.getByRole('navigation').getByRole('link').allInnerTexts()).toEqual(tabs)
    await page.getByRole('main').getByRole('status').waitFor()
    const after = await header
      .getByRole('navigation')
      .getByRole('link')
      .evaluateAll((elements) => elements.map((element) => Math.round(element.getBoundingClientRect().left)))
    if (width === 1280) expect(after).toEqual(before)
    release.answers()
    await page.getByRole('heading', { level: 1, name: tabs[1] }).waitFor()
    expect(await sidewaysScroll(page)).toBe(0)
    await context.close()
  },
)
