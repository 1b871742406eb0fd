import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { logIn, newContext } from './support/browser.ts'
import { browser, url, vendor } from './support/shared.ts'

const demo = { email: 'demo@example.com', password: 'demo-password-2026' }

test('a question asked at the desk is one more answer in the portal at once', async () => {
  const context = await newContext(browser)
  const page = await context.newPage()
  await logIn(page, url, demo.email, demo.password)
  const before = (await vendor.usage('test_customer')).usage.ai_chat!
  await page.getByText('请问怎么开发票？').first().click()
  await page.getByRole('button', { name: /AI 建议|获取建议|生成建议/ }).click()
  await page.getByText(/发票/).nth(1).waitFor()
  await page.getByRole('button', { name: '采用建议' }).waitFor()
  expect((await vendor.usage('test_customer')).usage.ai_chat).toBe(before + 1)
  await page.getByRole('link', { name: '账户与订阅' }).click()
  await page.frameLocator('iframe').getByRole('link', { name: '用量', exact: true }).click()
  await page.frameLocator('iframe').getByText((before + 1).toLocaleString('zh-CN')).first().waitFor()
  await context.close()
})

test('when the quota is used up the desk says so and leads to the page that lifts it', async () => {
  const customerId = await vendor.newCustomer('starter')
  const password = randomUUID()
  await vendor.addAgent({ customerId, email: `${customerId}@example.com`, name: '小满', role: 'owner', password })
  await vendor.record([{ id: 'all', customerId, meter: 'ai_chat', quantity: 500 }])
  const context = await newContext(browser)
  const page = await context.newPage()
  await logIn(page, url, `${customerId}@example.com`, password)
  await page.getByRole('button', { name: /新建/ }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.locator('textarea').fill('怎么开发票？')
  const name = dialog.locator('input[type=text], input:not([type])').first()
  if (await name.count()) await name.fill('王女士')
  await dialog.locator('button[type=submit]').click()
  const suggestion = page.getByRole('button', { name: /AI 建议|获取建议|生成建议/ })
  await expect.poll(() => suggestion.isDisabled()).toBe(true)
  await page.getByRole('link', { name: /升级套餐/ }).first().click()
  await page.waitForURL('**/workbench/account/subscription')
  await page.frameLocator('iframe').getByRole('heading', { level: 1, name: '订阅' }).waitFor()
  expect((await vendor.usage(customerId)).usage.ai_chat).toBe(500)
  await context.close()
})
