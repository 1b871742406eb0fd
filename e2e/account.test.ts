import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { violations } from './support/axe.ts'
import { newContext } from './support/browser.ts'
import { freePort, prepareDataDir, secretKey, startServer, type RunningServer } from './support/server.ts'
import { browser, vendor } from './support/shared.ts'
import { vendorOf } from './support/vendor.ts'

async function openAccount(link: string): Promise<Page> {
  const page = await (await newContext(browser)).newPage()
  await page.goto(link)
  await page.getByRole('button', { name: '编辑 公司资料' }).waitFor()
  return page
}

async function edit(page: Page, contactName: string) {
  await page.getByRole('button', { name: '编辑 公司资料' }).click()
  await page.getByLabel('联系人').fill(contactName)
}
const save = (page: Page) => page.getByRole('button', { name: '保存' }).click()

test('unsaved changes are not lost by navigating away by mistake', async () => {
  const page = await openAccount(
    (await vendor.session(await vendor.newCustomer('team', 3), 'owner', '/account')).url,
  )
  await edit(page, '王小青')
  await page.getByRole('link', { name: '账单' }).click()
  const dialog = page.getByRole('dialog', { name: '有未保存的更改' })
  await dialog.getByRole('button', { name: '继续编辑' }).waitFor()
  expect(await violations(page)).toEqual([])
  await dialog.getByRole('button', { name: '继续编辑' }).click()
  expect([await page.getByLabel('联系人').inputValue(), new URL(page.url()).pathname]).toEqual([
    '王小青',
    '/portal/account',
  ])
  await page.getByRole('link', { name: '账单' }).click()
  await dialog.getByRole('button', { name: '放弃更改' }).click()
  await page.waitForURL('**/portal/invoices')
  await page.context().close()
})

test('saving over a concurrent change is rejected, and the change is shown', async () => {
  const customerId = await vendor.newCustomer('team', 3)
  const page = await openAccount((await vendor.session(customerId, 'owner', '/account')).url)
  await edit(page, '王小青')
  const colleague = await openAccount((await vendor.session(customerId, 'owner', '/account')).url)
  await edit(colleague, '李大白')
  await save(colleague)
  await colleague.getByText('已保存').first().waitFor()
  await save(page)
  const told = page.getByRole('alert').filter({ hasText: '这份资料刚刚被别人改过' })
  await told.getByRole('button', { name: '重新加载' }).click()
  await expect.poll(() => page.getByLabel('联系人').inputValue()).toBe('李大白')
  await page.context().close()
  await colleague.context().close()
})

test('a tax ID is validated while it is typed, and an invalid one is not saved', async () => {
  const page = await openAccount(
    (await vendor.session(await vendor.newCustomer('team', 3), 'owner', '/account')).url,
  )
  await page.getByRole('button', { name: '填写发票抬头' }).click()
  await page.getByLabel('抬头名称').fill('杭州星桥云计算科技有限公司')
  const code = page.getByLabel('统一社会信用代码')
  await code.pressSequentially('9133010079')
  await page.getByText('共 18 位，还差 8 位').waitFor()
  await code.pressSequentially('9655058C')
  await page.getByText('校验位不符，请核对每一位').waitFor()
  await save(page)
  expect(await code.getAttribute('aria-invalid')).toBe('true')
  await code.press('Backspace')
  await code.pressSequentially('b')
  await page.getByText('校验通过').waitFor()
  expect(await violations(page)).toEqual([])
  await save(page)
  await page.getByText('91330100799655058B', { exact: true }).waitFor()
  await page.context().close()
})

test('another time zone is announced for the next period, and can be undone from its message', async () => {
  const page = await openAccount(
    (await vendor.session(await vendor.newCustomer('team', 3), 'owner', '/account')).url,
  )
  await page.getByRole('button', { name: '编辑 偏好' }).click()
  await page.getByRole('combobox', { name: '时区' }).selectOption('Asia/Tokyo')
  await save(page)
  const next = page.getByText(/起改为 Asia\/Tokyo/)
  await next.waitFor()
  await page.getByRole('button', { name: '撤销' }).click()
  await next.waitFor({ state: 'detached' })
  await page.context().close()
})

let folder: string
let server: RunningServer | undefined
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'customer-portal-outage-'))
})
afterAll(async () => {
  await server?.stop()
  await rm(folder, { recursive: true, force: true })
})

test('while the server is unavailable the page says so and keeps the input; once it is back, saving works', async () => {
  const environment = { PORT: String(await freePort()), DATA_DIR: join(folder, 'data') }
  await prepareDataDir(environment.DATA_DIR)
  server = await startServer(environment)
  const page = await openAccount(
    (await vendorOf(server.url, secretKey).session('test_customer', 'owner', '/account')).url,
  )
  const isAway = page.getByText('无法连接服务器，正在重试')
  await edit(page, '王小青')
  await server.stop()
  await save(page)
  await isAway.waitFor()
  await expect.poll(() => page.getByLabel('联系人').inputValue()).toBe('王小青')

  server = await startServer(environment)
  await isAway.waitFor({ state: 'detached' })
  // No response arrived, so the outcome is looked up and shown.
  await page.getByText(/没有完成，可以重试|还不知道是否已经完成/).waitFor()
  await expect.poll(() => page.getByLabel('联系人').inputValue()).toBe('王小青')
  await save(page)
  await page.getByText('已保存').first().waitFor()
  await page.reload()
  await page.getByText('王小青').filter({ visible: true }).first().waitFor()
  await page.context().close()
})
