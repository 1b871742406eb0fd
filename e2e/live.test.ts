import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { newContext } from './support/browser.ts'
import { watchRequests } from './support/requests.ts'
import { browser, vendor } from './support/shared.ts'

async function openPage(
  customerId: string,
  path: string,
  before: (page: Page) => Promise<unknown> = async () => undefined,
) {
  // Without any usage the overview shows a welcome instead of meters.
  await use(customerId, 1)
  const page = await (await newContext(browser)).newPage()
  const requests = watchRequests(page)
  await before(page)
  await page.goto((await vendor.session(customerId, 'owner', path)).url)
  const meter = page.getByRole('meter', { name: 'AI 回答' })
  await meter.waitFor()
  return { page, requests, used: () => meter.getAttribute('aria-valuetext') }
}
const use = (customerId: string, quantity: number) =>
  vendor.record([{ id: randomUUID(), customerId, meter: 'ai_chat', quantity }])
const show = (page: Page, state: 'hidden' | 'visible') =>
  page.evaluate((visibility) => {
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => visibility })
    document.dispatchEvent(new Event('visibilitychange'))
  }, state)

test.each([
  ['/', '概览'],
  ['/usage', '用量'],
])('reported usage appears at %s within seconds, without a reload and without polling', async (path) => {
  const customerId = await vendor.newCustomer('starter')
  const { page, requests, used } = await openPage(customerId, path)
  await expect.poll(() => requests.streams()).toBe(1)
  await requests.settled()
  expect(await used()).toContain('1 / 500')
  const asked = requests.count('/api/portal/usage')
  // Sooner than a page without a stream polls again, however busy the machine is.
  for (const sum of [124, 247]) {
    await use(customerId, 123)
    await expect.poll(used, { timeout: 25_000 }).toContain(`${sum} / 500`)
  }
  expect([requests.count('/api/portal/usage'), requests.streams()]).toEqual([asked, 1])
  await page.context().close()
})

test('a hidden page closes its stream; shown again, it has the changes of the meantime', async () => {
  const customerId = await vendor.newCustomer('starter')
  const { page, requests, used } = await openPage(customerId, '/')
  await expect.poll(() => requests.streams()).toBe(1)
  await page.getByText('实时', { exact: true }).waitFor()
  await show(page, 'hidden')
  await expect.poll(() => requests.streams()).toBe(0)
  await use(customerId, 50)
  await show(page, 'visible')
  await expect.poll(() => requests.streams()).toBe(1)
  await expect.poll(used, { timeout: 25_000 }).toContain('51 / 500')
  // The account page shows nothing live.
  await page.getByRole('link', { name: '账户', exact: true }).first().click()
  await expect.poll(() => requests.streams()).toBe(0)
  await page.context().close()
})

test('without a stream the page polls', async () => {
  const customerId = await vendor.newCustomer('starter')
  const { page, requests, used } = await openPage(customerId, '/', (one) =>
    one.route('**/usage/stream', (route) => route.fulfill({ status: 503, json: { code: 'streams_full' } })),
  )
  await expect.poll(() => requests.count('/api/portal/usage/stream')).toBeGreaterThan(0)
  expect(await page.getByText('实时', { exact: true }).count()).toBe(0)
  await use(customerId, 70)
  await expect.poll(used).toContain('71 / 500')
  await page.context().close()
})
