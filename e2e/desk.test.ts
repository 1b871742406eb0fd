import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { logIn, newContext } from './support/browser.ts'
import { browser, url, vendor } from './support/shared.ts'

const demo = { email: 'demo@example.com', password: 'demo-password-2026' }

test('a question asked at the workbench is one more answer in the portal at once', async () => {
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
  await page
    .frameLocator('iframe')
    .getByText((before + 1).toLocaleString('zh-CN'))
    .first()
    .waitFor()
  await context.close()
})

test('when the quota is used up the workbench says so and links to the page for an upgrade', async () => {
  const customerId = await vendor.newCustomer('starter')
  const password = randomUUID()
  await vendor.addAgent({
    customerId,
    email: `${customerId}@example.com`,
    name: '小满',
    role: 'owner',
    password,
  })
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
  // Recorded beyond the limit: the plan blocks there, so none of it is billed.
  await vendor.record([{ id: 'past', customerId, meter: 'ai_chat', quantity: 100 }])
  await page.reload()
  await page.getByText('已用 600 / 500').waitFor()
  expect(await page.getByText('按超出用量计费').count()).toBe(0)
  await page
    .getByRole('link', { name: /升级套餐/ })
    .first()
    .click()
  await page.waitForURL('**/workbench/account/subscription')
  await page.frameLocator('iframe').getByRole('heading', { level: 1, name: '订阅' }).waitFor()
  expect((await vendor.usage(customerId)).usage.ai_chat).toBe(600)
  await context.close()
})

test('a new conversation and a message whose responses were lost are looked up, reported, and stored once', async () => {
  const customerId = await vendor.newCustomer('starter')
  const password = randomUUID()
  await vendor.addAgent({
    customerId,
    email: `${customerId}@example.com`,
    name: '小满',
    role: 'owner',
    password,
  })
  const context = await newContext(browser)
  const page = await context.newPage()
  await logIn(page, url, `${customerId}@example.com`, password)
  /** Lets the next request to a URL arrive, and drops its response. */
  const loseNext = (address: string) =>
    page.route(
      address,
      async (route) => {
        await route.fetch()
        await route.abort()
      },
      { times: 1 },
    )
  await page.getByRole('button', { name: /新建/ }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('客户称呼').fill('王女士')
  await dialog.getByLabel('客户的问题').fill('怎么开发票？')
  await loseNext('**/api/workbench/conversations')
  await dialog.getByRole('button', { name: '创建会话' }).click()
  await dialog.getByText('没有收到服务器的答复，正在核对是否已经完成。').waitFor()
  await page.getByRole('heading', { level: 2, name: '王女士' }).waitFor()
  expect(await page.getByRole('dialog').count()).toBe(0)
  await loseNext('**/api/workbench/conversations/*/messages')
  await page.getByPlaceholder('回复 王女士…').fill('在订单里申请。')
  await page.getByRole('button', { name: '发送', exact: true }).click()
  await page.getByText('没有收到服务器的答复，正在核对是否已经完成。').waitFor()
  await expect.poll(() => page.getByPlaceholder('回复 王女士…').inputValue()).toBe('')
  const kept = await page.evaluate(async () => {
    const { data } = await (await fetch('/api/workbench/conversations')).json()
    return Promise.all(
      data.map(async ({ id }: { id: string }) =>
        (await (await fetch(`/api/workbench/conversations/${id}`)).json()).messages.map(
          ({ text }: { text: string }) => text,
        ),
      ),
    )
  })
  expect(kept).toEqual([['怎么开发票？', '在订单里申请。']])
  await context.close()
})
