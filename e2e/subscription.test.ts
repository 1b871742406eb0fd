import { describe, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import type { Advice } from '@customer-portal/portal-api/contract'
import { violations } from './support/axe.ts'
import { newContext } from './support/browser.ts'
import { focused, tabTo } from './support/keyboard.ts'
import { browser, url, vendor } from './support/shared.ts'

async function openPlans(customerId: string, look = {}): Promise<Page> {
  const page = await (await newContext(browser, look)).newPage()
  await page.goto((await vendor.session(customerId, 'owner', '/subscription')).url)
  await page.getByRole('heading', { name: '套餐对比' }).waitFor()
  return page
}
const yuan = (minor: number) => `¥${(minor / 100).toLocaleString('zh-CN', { minimumFractionDigits: 2 })}`
const toasts = (page: Page) =>
  page.getByRole('status').filter({ has: page.getByRole('button', { name: '关闭' }) })

test('the advice on the page matches the API, and links to the plan it advises', async () => {
  const { token } = await vendor.session('test_customer')
  const advice = (await (
    await fetch(`${url}/api/portal/subscription/advice`, { headers: { authorization: `Bearer ${token}` } })
  ).json()) as Advice
  const best = advice.plans.find(({ planId }) => planId === advice.recommendation!.planId)!
  const page = await openPlans('test_customer')
  const card = page
    .locator('section')
    .filter({ has: page.getByRole('heading', { name: '套餐建议' }) })
    .last()
  const row = card.getByRole('listitem').filter({ hasText: '最划算' })
  for (const amount of [best.fee, best.tax, best.total, Math.abs(best.difference)])
    await expect.poll(() => row.innerText()).toContain(yuan(amount))
  await expect.poll(() => card.innerText()).toContain(yuan(advice.recommendation!.saves))
  const starter = advice.plans.find(({ planId }) => planId === 'starter')!
  await expect
    .poll(() => card.getByRole('listitem').filter({ hasText: '入门版' }).innerText())
    .toContain(`会被拒绝 ${starter.meters[0]!.overage.toLocaleString('en')} 次`)
  await card.getByText('怎么算的').click()
  for (const { forecast, actual } of advice.forecast!.meters[0]!.tried) {
    await card
      .getByRole('row')
      .filter({ hasText: forecast.toLocaleString('en') })
      .filter({ hasText: actual.toLocaleString('en') })
      .waitFor()
  }
  await card.getByRole('button', { name: /^查看/ }).click()
  await page.getByRole('dialog').waitFor()
  expect(page.url()).toContain(`upgrade=${best.planId}`)
  await page.context().close()
})

test('a new customer sees when there will be something to compare', async () => {
  const page = await openPlans(await vendor.newCustomer('team', 3))
  await page.getByText('还没有完整的计费周期可以比较').waitFor()
  await page.context().close()
})

test('yearly billing shows its saving, and is billed as the dialog says', async () => {
  const customerId = await vendor.newCustomer('team', 4)
  const page = await openPlans(customerId)
  await page.getByRole('radio', { name: '按年' }).click()
  await page.getByText('平均 ¥103.17/月，省 20%').waitFor()
  await page.getByText('平均 ¥5,949.17 + ¥41.58/席位/月，省 15%').waitFor()
  expect(page.url()).toContain('paid=year')
  await page.getByRole('button', { name: '改为按年付费' }).click()
  // Another interval of the current plan is no upgrade.
  const dialog = page.getByRole('dialog', { name: '改为按年付费' })
  await dialog.getByText(/价格保留 14:\d\d/).waitFor()
  const shown = (await dialog.locator('[data-due-now]').innerText()).trim()
  await dialog.getByRole('button', { name: /^确认/ }).click()
  await toasts(page).getByText('已改为按年付费').waitFor()
  expect(await toasts(page).innerText()).not.toContain('升级')
  const change = (await vendor.invoices(customerId)).data.find(({ kind }) => kind === 'change')!
  expect(yuan(change.amountDue)).toBe(shown)
  expect(change.lines.find(({ kind }) => kind === 'fee')?.amount).toBe(4 * 123_800)
  expect((await vendor.subscription(customerId)).plan?.id).toBe('team_year')
  await page.context().close()
})

test('a price that changed since it was shown must be confirmed again, and is then billed', async () => {
  const customerId = await vendor.newCustomer('starter')
  const page = await openPlans(customerId)
  await page.getByRole('button', { name: '升级到商业版' }).click()
  const dialog = page.getByRole('dialog')
  const due = dialog.locator('[data-due-now]')
  await due.waitFor()
  const before = (await due.innerText()).trim()
  await vendor.discount(customerId, { kind: 'percent', value: '10', appliesTo: 'fee', from: '2020-01-01' })
  const confirm = dialog.getByRole('button', { name: /^确认/ })
  await confirm.click()
  await dialog.getByText('价格已更新，请重新确认。').waitFor()
  expect(await violations(page)).toEqual([])
  await expect.poll(async () => (await due.innerText()).trim()).not.toBe(before)
  const after = (await due.innerText()).trim()
  expect((await vendor.subscription(customerId)).plan?.id).toBe('starter')
  await expect.poll(() => confirm.innerText()).toContain(after)
  await confirm.click()
  await toasts(page).getByText('已升级到商业版').waitFor()
  expect(
    yuan((await vendor.invoices(customerId)).data.find(({ kind }) => kind === 'change')!.amountDue),
  ).toBe(after)
  await page.context().close()
})

test('blockers of a downgrade are shown with their numbers, and disappear with them', async () => {
  const page = await openPlans(await vendor.newCustomer('team', 8))
  await page.getByRole('button', { name: '降级到入门版' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('当前有 8 个席位，入门版最多 2 个，请先减少席位。').waitFor()
  await expect.poll(() => dialog.getByRole('button', { name: '确认降级' }).isDisabled()).toBe(true)
  expect(await violations(page)).toEqual([])
  await dialog.getByRole('textbox', { name: '席位' }).fill('2')
  await dialog.getByRole('textbox', { name: '席位' }).press('Tab')
  await expect.poll(() => dialog.getByRole('button', { name: '确认降级' }).isEnabled()).toBe(true)
  expect(await dialog.getByText('请先减少席位').count()).toBe(0)
  await page.context().close()
})

test('the message of a scheduled change or a cancellation can undo it', async () => {
  const customerId = await vendor.newCustomer('business')
  const page = await openPlans(customerId)
  await page.getByRole('button', { name: '降级到团队版' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '确认降级' }).click()
  await toasts(page)
    .getByText(/改为团队版/)
    .waitFor()
  // A cancellation replaces the scheduled change, and undoing it restores that change.
  await page.getByRole('button', { name: '取消订阅' }).click()
  const ending = page.getByRole('dialog').getByRole('button', { name: '取消订阅' })
  await ending.waitFor()
  expect(await violations(page)).toEqual([])
  await ending.click()
  await toasts(page)
    .getByText(/订阅将于/)
    .waitFor()
  expect(await vendor.subscription(customerId)).toMatchObject({
    cancelAtPeriodEnd: true,
    scheduledChange: null,
  })
  // Nothing was used, so no invoice of about ¥0.00 is announced.
  await page.getByText('不再出账', { exact: true }).waitFor()
  await toasts(page).getByRole('button', { name: '撤销' }).last().click()
  await toasts(page).getByText('订阅已恢复').waitFor()
  expect(await vendor.subscription(customerId)).toMatchObject({
    cancelAtPeriodEnd: false,
    scheduledChange: { planId: 'team' },
  })
  await toasts(page).getByRole('button', { name: '撤销' }).first().click()
  await toasts(page).getByText('已撤销，套餐保持不变').waitFor()
  expect(await vendor.subscription(customerId)).toMatchObject({
    scheduledChange: null,
    plan: { id: 'business' },
  })
  await page.context().close()
})

test.each([
  [1280, 500],
  [390, 700],
])(
  'at %i px the plans stay visible above the comparison, and its first column beside it',
  async (width, height) => {
    const page = await openPlans('test_customer', { width, height })
    const table = page.getByRole('region', { name: '套餐对比' })
    const feature = table.getByRole('columnheader', { name: '项目' })
    const row = table.getByRole('rowheader', { name: 'SSO 单点登录' })
    await row.scrollIntoViewIfNeeded()
    await page.mouse.move(width / 2, height / 2)
    await page.mouse.wheel(0, 120)
    await expect
      .poll(async () => {
        const [head, first] = [(await feature.boundingBox())!, (await row.boundingBox())!]
        return head.y >= 0 && head.y < first.y && head.y < height - 100
      })
      .toBe(true)
    await table.evaluate((element) => {
      element.scrollLeft = 200
    })
    const box = (await table.boundingBox())!
    expect(Math.abs((await row.boundingBox())!.x - box.x)).toBeLessThan(3)
    await page.context().close()
  },
)

test('by keyboard a plan is chosen, its seats are set, and the upgrade is confirmed', async () => {
  const customerId = await vendor.newCustomer('starter')
  const page = await openPlans(customerId)
  await page.locator('h1').focus()
  await tabTo(page, 'button', /^升级到商业版$/)
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog')
  await dialog.locator('[data-due-now]').waitFor()
  await expect.poll(() => focused(page)).toBe('升级到商业版') // its title
  await tabTo(page, 'dialog input')
  await page.keyboard.press('Control+A')
  await page.keyboard.type('3')
  const confirm = dialog.getByRole('button', { name: /^确认/ })
  await tabTo(page, 'dialog button', /^取消$/)
  await expect.poll(() => confirm.isEnabled()).toBe(true)
  const toPay = (await dialog.locator('[data-due-now]').innerText()).trim()
  await page.keyboard.press('Tab')
  expect(await focused(page)).toContain(toPay)
  await page.keyboard.press('Enter')
  await page.getByText('已升级到商业版').first().waitFor()
  const { plan, seats } = await vendor.subscription(customerId)
  expect([plan?.id, seats]).toEqual(['business', 3])
  // Escape closes a dialog without a change, and the focus returns to the button that opened it.
  await tabTo(page, 'button', /^升级到企业版$/)
  await page.keyboard.press('Enter')
  await dialog.waitFor()
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  await expect.poll(() => focused(page)).toBe('升级到企业版')
  // So does a click beside it; nothing behind it can be reached meanwhile.
  await page.keyboard.press('Enter')
  await dialog.waitFor()
  expect(await dialog.evaluate((element) => element.matches(':modal'))).toBe(true)
  await expect.poll(() => focused(page)).toBe('升级到企业版')
  for (let pressed = 0; pressed < 12; pressed += 1) {
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.closest('#app') ?? null)).toBe(null)
  }
  await page.mouse.click(5, 5)
  await dialog.waitFor({ state: 'detached' })
  await expect.poll(() => focused(page)).toBe('升级到企业版')
  await page.context().close()
})

test('an upgrade whose response is lost is looked up by its key, done once, and reported as done', async () => {
  const customerId = await vendor.newCustomer('starter')
  const page = await openPlans(customerId)
  let lost = 0
  await page.route('**/api/portal/subscription/upgrade', async (route) => {
    if (lost > 0) return route.continue()
    lost += 1
    await route.fetch()
    return route.abort()
  })
  await page.getByRole('button', { name: '升级到商业版' }).click()
  const confirm = page.getByRole('dialog').getByRole('button', { name: /^确认/ })
  await confirm.click()
  await page.getByRole('dialog').getByText('正在核对是否已经完成').waitFor()
  await toasts(page).getByText('已升级到商业版').waitFor()
  expect((await vendor.invoices(customerId)).data.filter(({ kind }) => kind === 'change').length).toBe(1)
  await page.context().close()
})

test('an upgrade that never arrived is not reported as done, and nothing is billed', async () => {
  const customerId = await vendor.newCustomer('starter')
  const page = await openPlans(customerId)
  await page.route('**/api/portal/subscription/upgrade', (route) => route.abort())
  await page.getByRole('button', { name: '升级到商业版' }).click()
  await page.getByRole('dialog').getByRole('button', { name: /^确认/ }).click()
  await page.getByRole('dialog').getByText('经核对，这次操作没有完成').waitFor()
  expect((await vendor.subscription(customerId)).plan?.id).toBe('starter')
  await page.context().close()
})

test('after a login for an ended session the reader is back at the same page with their input', async () => {
  const customerId = await vendor.newCustomer('starter')
  const context = await newContext(browser)
  const page = await context.newPage()
  const session = () =>
    vendor.call<{ url: string }>('POST', '/portal-sessions', {
      customerId,
      locale: 'zh-CN',
      path: '/account',
      returnUrl: 'https://desk.example.com/account?tab=billing',
      actor: { id: 'e2e', name: 'E2E' },
    })
  await page.goto((await session()).url)
  await page.getByRole('button', { name: '编辑' }).first().click()
  await page.getByLabel('联系人').fill('王小青')
  const over = (route: import('playwright-core').Route) => route.fulfill({ status: 401, json: {} })
  await page.route('**/api/portal/**', over)
  await page.getByRole('button', { name: '保存' }).click()
  await page.getByRole('heading', { name: '会话已过期' }).waitFor()
  expect(await page.locator('body').innerText()).not.toContain('工作台')
  expect(await page.getByRole('link', { name: '回到您进入的页面' }).getAttribute('href')).toBe(
    'https://desk.example.com/account?tab=billing',
  )
  await page.unroute('**/api/portal/**', over)
  await page.goto('about:blank')
  await page.goto((await session()).url)
  await expect.poll(() => page.getByLabel('联系人').inputValue()).toBe('王小青')
  await context.close()
})

describe.each([
  { before: 'without a plan', ended: false },
  { before: 'after their subscription has ended', ended: true },
])('a customer $before', ({ ended }) => {
  const customer = async () => {
    const customerId = await vendor.newCustomer(ended ? 'starter' : undefined)
    if (ended) await vendor.call('POST', `/customers/${customerId}/subscription/cancel`, { when: 'now' })
    return customerId
  }

  test('is led from the overview to the plans, subscribes, and is billed as the dialog says', async () => {
    const customerId = await customer()
    const page = await (await newContext(browser)).newPage()
    await page.goto((await vendor.session(customerId)).url)
    await page.getByRole('link', { name: '选择套餐' }).click()
    await page.getByText(ended ? '重新订阅后即可继续使用' : '选择一个套餐即可开始使用').waitFor()
    await page.getByRole('button', { name: '订阅团队版' }).click()
    const dialog = page.getByRole('dialog', { name: '订阅团队版' })
    await dialog.getByRole('button', { name: '增加席位' }).click()
    await dialog.getByRole('button', { name: /^确认并生成账单/ }).waitFor()
    await dialog.getByText('生效后的可用量').waitFor()
    expect(page.url()).toContain('subscribe=team')
    expect(await dialog.innerText()).not.toContain('升级')
    expect(await violations(page)).toEqual([])
    const shown = (await dialog.locator('[data-due-now]').innerText()).trim()
    const seats = Number(await dialog.getByRole('textbox', { name: '席位' }).inputValue())
    await dialog.getByRole('button', { name: /^确认/ }).click()
    await toasts(page).getByText('已订阅团队版').waitFor()
    const [first] = (await vendor.invoices(customerId)).data.filter(
      ({ kind, amountDue }) => kind === 'start' && amountDue > 0,
    )
    expect(yuan(first!.amountDue)).toBe(shown)
    expect(await vendor.subscription(customerId)).toMatchObject({
      status: 'active',
      plan: { id: 'team' },
      seats,
    })
    await page.getByRole('button', { name: '升级到商业版' }).waitFor()
    await page.context().close()
  })

  test('with the role of a viewer sees the plans, and no button without effect', async () => {
    const page = await (await newContext(browser)).newPage()
    await page.goto((await vendor.session(await customer(), 'viewer', '/subscription')).url)
    await page.getByRole('heading', { name: '套餐对比' }).waitFor()
    await page.getByText('您的角色不能更改订阅').waitFor()
    await expect.poll(() => page.locator('article').count()).toBeGreaterThan(1)
    expect(await page.locator('article button').count()).toBe(0)
    await page.context().close()
  })

  test('whose response to subscribing is lost has one subscription, and is shown it', async () => {
    const customerId = await customer()
    const page = await openPlans(customerId)
    let lost = 0
    await page.route('**/api/portal/subscription', async (route) => {
      if (lost > 0 || route.request().method() !== 'POST') return route.continue()
      lost += 1
      await route.fetch()
      return route.abort()
    })
    await page.getByRole('button', { name: '订阅入门版' }).click()
    await page.getByRole('dialog').getByRole('button', { name: /^确认/ }).click()
    await toasts(page).getByText('已订阅入门版').waitFor()
    expect(lost).toBe(1)
    expect(await vendor.subscription(customerId)).toMatchObject({ status: 'active', plan: { id: 'starter' } })
    await page.context().close()
  })
})

test('a trial is offered to a customer who has had none, and its plan starts with nothing to pay', async () => {
  const id = `trial-${Date.now()}`
  const { fee, charges, currency } = await vendor.plan('team')
  await vendor.call('PUT', `/plans/${id}`, {
    name: { 'zh-CN': '试用套餐', en: 'Try-out' },
    fee,
    charges,
    currency,
    rank: 90,
    trialDays: 14,
  })
  const customerId = await vendor.newCustomer()
  const page = await openPlans(customerId)
  const card = page.locator('article').filter({ hasText: '试用套餐' })
  await card.getByText('先试用 14 天').waitFor()
  await card.getByRole('button', { name: '订阅试用套餐' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText(/^先试用 14 天，.*起计费。$/).waitFor()
  expect((await dialog.locator('[data-due-now]').innerText()).trim()).toBe('¥0.00')
  await dialog.getByRole('button', { name: '开始试用' }).click()
  await toasts(page).getByText('已订阅试用套餐').waitFor()
  expect(await vendor.subscription(customerId)).toMatchObject({ status: 'trialing', trialDaysLeft: 14 })
  await vendor.call('POST', `/customers/${customerId}/subscription/cancel`, { when: 'now' })
  await page.reload()
  await card.getByRole('button', { name: '订阅试用套餐' }).click()
  await dialog.getByText('每位客户只能试用一次').waitFor()
  await dialog.getByRole('button', { name: /^确认并生成账单/ }).waitFor()
  await page.keyboard.press('Escape')
  expect(await card.getByText('先试用 14 天').count()).toBe(0)
  await vendor.call('PUT', `/plans/${id}`, {
    name: { 'zh-CN': '试用套餐', en: 'Try-out' },
    fee,
    charges,
    currency,
    rank: 90,
    trialDays: 14,
    archived: true,
  })
  await page.context().close()
})

test('the dialog shows what remains of each allowance, and warns where nothing does', async () => {
  const customerId = await vendor.newCustomer('starter')
  const { charges } = await vendor.plan('team')
  const { meter, included } = charges[0]!
  await vendor.record([
    {
      id: `used-${customerId}`,
      customerId,
      meter,
      quantity: included! + 100,
      time: new Date().toISOString(),
    },
  ])
  const page = await openPlans(customerId)
  await page.getByRole('button', { name: '升级到团队版' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText(/变更后可用量为 0/).waitFor()
  await dialog.getByText(/^剩余 0，共 /).waitFor()
  await dialog.getByText(/^剩余 [1-9].*，共 /).waitFor()
  await page.context().close()
})

test('a plan of equal rank and price is switched to at the end of the period, and is not called a downgrade', async () => {
  const { fee, charges, currency, rank, seats } = await vendor.plan('team')
  const id = `level-${Date.now()}`
  const plan = { name: { 'zh-CN': '同级套餐', en: 'Sibling' }, fee, charges, currency, rank, seats }
  await vendor.call('PUT', `/plans/${id}`, plan)
  const customerId = await vendor.newCustomer('team', 3)
  const page = await openPlans(customerId)
  await page.getByRole('button', { name: '换到同级套餐' }).click()
  const dialog = page.getByRole('dialog', { name: '换到同级套餐' })
  await dialog.getByText(/^将于 .*生效，在此之前一切不变。$/).waitFor()
  expect(await dialog.innerText()).not.toMatch(/降级|升级/)
  await dialog.getByRole('button', { name: '确认更换' }).click()
  await toasts(page)
    .getByText(/^将于 .*改为同级套餐$/)
    .waitFor()
  expect(await vendor.subscription(customerId)).toMatchObject({
    plan: { id: 'team' },
    scheduledChange: { planId: id },
  })
  await vendor.call('PUT', `/plans/${id}`, { ...plan, archived: true })
  await page.context().close()
})
