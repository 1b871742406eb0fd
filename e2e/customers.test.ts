import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { violations } from './support/axe.ts'
import { launchBrowser } from './support/browser.ts'
import { inWorld, mainOf as main, type OpenPage } from './support/customers.ts'
import { startWorld, type World } from './support/world.ts'

// Every kind of customer, and every length that names and amounts can have.

const browser = await launchBrowser()
let world: World
let open: OpenPage
beforeAll(async () => {
  world = await startWorld()
  open = inWorld(browser, world)
}, 300_000)
afterAll(async () => {
  await browser.close()
  await world.stop()
})

const paths = ['/', '/usage', '/subscription', '/invoices']

test('without a plan or after its end the portal shows no period of another subscription, and no button without effect', async () => {
  for (const [customerId, said, range] of [
    ['none', '还没有订阅套餐', /没有订阅，按自然月显示/],
    ['ended', '订阅已结束', /订阅已结束，最后一个计费周期：11月1日 – 21日/],
  ] as const) {
    const { page, close } = await open(customerId, '/')
    await main(page).getByText(said).first().waitFor()
    expect(
      await main(page)
        .getByText(/天后重置/)
        .count(),
    ).toBe(0)
    await page.locator('nav a[href$="/portal/usage"]').click()
    expect(await main(page).innerText()).not.toMatch(/一切正常|剩余 \d+%|已用完/)
    await page.getByText(range).waitFor()
    await page.getByRole('button', { name: '日期范围' }).filter({ hasNotText: '本计费周期' }).waitFor()
    expect(await main(page).innerText()).not.toMatch(/剩余 \d+%|本期至今/)
    expect(await main(page).getByRole('button', { name: '重置日期' }).count()).toBe(0)
    await page.locator('nav a[href$="/portal/subscription"]').click()
    await page.getByRole('heading', { name: '套餐对比' }).waitFor()
    expect(await main(page).locator('article').count()).toBe(9)
    expect(await main(page).locator('article button:disabled').count()).toBe(0)
    await close()
  }
})

test('usage after the end is marked as not billed, with the reason', async () => {
  const { page, close } = await open('ended', '/usage')
  const row = page.locator('tbody tr', { hasText: '不计费' })
  await row.getByText('在订阅结束后产生', { exact: true }).first().waitFor()
  expect([await row.count(), await row.locator('td').last().innerText()]).toEqual([
    1,
    expect.stringMatching(/7 次$/),
  ])
  await page.getByText(/合计 120 次，11月1日 – 21日/).waitFor()
  await close()
})

test('a chosen range without usage has one reset button, which disappears after its use', async () => {
  const { page, close } = await open('none', '/usage?from=2026-11-21&to=2026-11-21')
  await page.getByRole('button', { name: '重置日期' }).first().click()
  await page.getByRole('button', { name: '日期范围' }).filter({ hasText: '本月' }).waitFor()
  await expect.poll(() => page.getByRole('button', { name: '重置日期' }).count()).toBe(0)
  await close()
})

test('with a scheduled plan change or end, no page says that the subscription renews', async () => {
  for (const [customerId, said] of [
    ['changing', /changes to Plan cny-4 on Dec 1/],
    ['ending', /ends Dec 1/],
  ] as const) {
    const { page, close } = await open(customerId, '/subscription', { locale: 'en' })
    await page.locator('h1 + p').getByText(said).waitFor()
    expect(await main(page).innerText()).not.toMatch(/renews (Dec|on)/)
    await page.locator('nav a[href$="/portal/"]').click()
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
    expect(await main(page).innerText()).not.toMatch(/Renews/)
    await close()
  }
})

test('a unit of maximum length displaces no name, and one unit is singular', async () => {
  for (const [path, width] of [
    ['/', 390],
    ['/usage', 390],
    ['/usage', 1280],
  ] as const) {
    const { page, close } = await open('units', path, { locale: 'en', width })
    const meters = main(page).locator('bdi[title="Long unit"], bdi[title="Active people"]')
    const names = await meters.evaluateAll((all) =>
      all.map((one) => [one.textContent, one.getBoundingClientRect().width > 60]),
    )
    expect(names.sort()).toEqual([
      ['Active people', true],
      ['Long unit', true],
    ])
    expect(await main(page).innerText()).toMatch(/2 \/ 1 user\b[^]*1 user over/)
    expect(await main(page).innerText()).not.toMatch(/\b1 users/)
    await close()
  }
})

test('usage rejected for its format shows what was wrong, in the language of the page', async () => {
  for (const [locale, said] of [
    [
      'en',
      [
        /Long unit not counted\. The quantity “abc” is not a valid number\./,
        /Active people \(1 user\) not counted\. The property “person” is missing\./,
      ],
    ],
    ['zh-CN', [/长单位没有计入：数量“abc”不是有效的数字。/, /活跃人数（1 人）没有计入：缺少属性“person”。/]],
  ] as const) {
    const { page, close } = await open('units', '/usage', { locale })
    for (const sentence of said) await main(page).getByText(sentence).waitFor()
    await close()
  }
})

test('a pay-as-you-go plan is named so wherever its price is shown, with the amount so far', async () => {
  const { page, close } = await open('payg', '/')
  await main(page).getByText('按量计费，目前 ¥300.00').first().waitFor()
  expect(await main(page).innerText()).not.toMatch(/免费/)
  await page.locator('nav a[href$="/portal/subscription"]').click()
  await page
    .locator('h1 + p')
    .getByText(/按量计费，目前 ¥300\.00/)
    .waitFor()
  const card = main(page).locator('article', { hasText: '当前套餐' })
  await card.getByText(/^另加税 6%/).waitFor()
  expect(await card.innerText()).not.toMatch(/免费/)
  await page.getByRole('heading', { name: '套餐对比' }).waitFor()
  expect(await main(page).getByRole('table').innerText()).not.toMatch(/免费|¥0\//)
  await close()
})

test('a subscription that ends shows the date on every page, and can be resumed there', async () => {
  const { page, close } = await open('ending', '/')
  await main(page).getByText('订阅将于 12月1日 结束，此后不再续费').waitFor()
  await main(page).getByRole('link', { name: '恢复订阅' }).click()
  await page.getByRole('heading', { level: 1, name: '订阅' }).waitFor()
  await main(page)
    .getByText(/将于 ?12月1日 ?结束$/)
    .first()
    .waitFor()
  expect(await main(page).getByText('使用中').count()).toBe(0)
  await main(page).getByRole('button', { name: '恢复订阅' }).click()
  await page
    .getByRole('dialog')
    .getByText(/照常续费/)
    .waitFor()
  await close()
})

test('a used-up quota is consistent in alert, quota, forecast and advice', async () => {
  const { page, close } = await open('overdue', '/')
  const alert = main(page).getByText(/计量项 1 的包含量已用完，超出 625 次，目前 ¥75\.00/)
  await alert.waitFor()
  expect(await main(page).getByText('一切正常').count()).toBe(0)
  await page.locator('nav a[href$="/portal/subscription"]').click()
  const forecast = main(page)
    .locator('dl > div', { hasText: '计量项 1' })
    .getByText(/期末约|已用完/)
    .first()
  await expect.poll(() => forecast.innerText()).toMatch(/^包含量已于 11月5日 用完/)
  expect(await main(page).locator('dl > div', { hasText: '计量项 1' }).last().innerText()).not.toMatch(/够用/)
  await close()
})

test('with an amount due the overview does not say that all is well, and pay-as-you-go is never 0 of 0', async () => {
  const { page, close } = await open('payg', '/')
  await main(page).getByText('按量计费，目前 ¥300.00').first().waitFor()
  expect(await main(page).innerText()).not.toMatch(/ \/ 0|不含用量/)
  await close()
  const partPaid = await open('part-paid', '/')
  expect(await main(partPaid.page).getByText('一切正常').count()).toBe(0)
  await partPaid.close()
})

test('a part-paid invoice shows the paid amount, date, reference and rest; a reversed payment its date and reason, and an overpayment where it went', async () => {
  const { page, close } = await open('part-paid', '/invoices')
  const open_ = (await world.vendor.invoices('part-paid')).data.find(({ amountPaid }) => amountPaid > 0)!
  await page.getByRole('link', { name: open_.number! }).filter({ visible: true }).first().click()
  const sheet = page.getByRole('dialog')
  await sheet.getByRole('heading', { name: '付款记录' }).waitFor()
  await sheet.getByText(open_.payments[0]!.reference).waitFor()
  await expect.poll(() => sheet.innerText()).toMatch(/¥10\.00/)
  await world.vendor.call('POST', `/payments/${open_.payments[0]!.id}/reverse`, { reason: '付错账户' })
  await page.reload()
  await sheet.getByText(/撤销：付错账户/).waitFor()
  const { amountDue } = (await world.vendor.invoices('part-paid')).data.find(({ id }) => id === open_.id)!
  await world.vendor.pay(open_.id, amountDue + 5_000)
  await page.reload()
  await sheet.getByText('其中 ¥50.00 超出待付金额，已转入余额').waitFor()
  // 209.88 − 259.88 + 50.00 = 0.00
  await expect
    .poll(() => sheet.innerText())
    .toMatch(/合计\s+¥209\.88\s+已付\s+-?[−-]?¥259\.88\s+转入余额\s+¥50\.00\s+待付金额\s+¥0\.00/)
  await close()
})

test("on a phone a dialog fits its content: no amount is beyond its edge, however long the meters' names", async () => {
  for (const [customerId, button] of [
    ['overdue', 'Upgrade to Plan cny-4'],
    ['overdue', 'Downgrade to Plan cny-1'],
    ['none', 'Subscribe to Plan cny-2'],
  ] as const) {
    const { page, close } = await open(customerId, '/subscription', { locale: 'en', width: 390 })
    await main(page).getByRole('button', { name: button, exact: true }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText(/Next invoice \(/).waitFor()
    await expect.poll(() => dialog.locator('[aria-busy=true], .skeleton').count()).toBe(0)
    const wider = await dialog.evaluate(
      (element) =>
        [...element.querySelectorAll('*')].filter(
          (one) => one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).overflowX === 'auto',
        ).length,
    )
    expect([button, wider]).toEqual([button, 0])
    await close()
  }
})

test('on a touch screen every control is at least 44 px wide and high', async () => {
  const small = (page: Page) =>
    page.evaluate(() =>
      [
        ...document.querySelectorAll<HTMLElement>(
          'a, button, input, select, summary, [role=radio], [role=switch]',
        ),
      ].flatMap((element) => {
        const box = (element.closest('label') ?? element).getBoundingClientRect()
        // The bars of a chart have its full height; a narrow day can be reached by its neighbours.
        if (element.closest('.sr-only, svg') || box.width === 0) return []
        return box.width < 43.5 || box.height < 43.5
          ? [
              `${element.tagName} "${element.textContent!.trim()}" ${Math.round(box.width)} × `
                + `${Math.round(box.height)}`,
            ]
          : []
      }),
    )
  const context = await browser.newContext({
    locale: 'en',
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
    reducedMotion: 'reduce',
  })
  const page = await context.newPage()
  for (const customerId of ['overdue', 'year', 'none'] as const) {
    for (const path of [...paths, '/account']) {
      await page.goto((await world.vendor.session(customerId, 'owner', path, 'en')).url)
      await page.getByRole('heading', { level: 1 }).waitFor()
      await page.locator('[aria-busy=true]').first().waitFor({ state: 'detached' })
      expect([customerId, path, await small(page)]).toEqual([customerId, path, []])
    }
  }
  await context.close()
})

const months = (page: Page) => page.locator('#months')

test('twelve months show cost and usage by meter, with the changes of the last full one, or of another by clicking its bar; a table has the same data', async () => {
  const { page, close } = await open('year', '/usage')
  const { months: told } = await world.portal<{
    months: { amount: number; fee: number; change: { amount: number } | null }[]
  }>('year', '/usage/months')
  expect(told.length).toBe(12)
  const [last, running] = told.slice(-2)
  const first = told[0]!
  const euros = (amount: number) =>
    `€${(Math.abs(amount) / 100).toLocaleString('en', { minimumFractionDigits: 2 })}`
  await months(page)
    .getByRole('heading', {
      level: 3,
      name: `2026年10月比 2026年9月${last!.change!.amount > 0 ? '多' : '少'} ${euros(last!.change!.amount)}`,
    })
    .waitFor()
  await months(page)
    .getByRole('button', { name: /^2026年11月至今：/ })
    .press('Enter')
  // No usage in November so far, nor in October: the same fee.
  expect(running!.change!.amount).toBe(0)
  await months(page).getByRole('heading', { level: 3, name: '2026年11月至今与 2026年10月费用相同' }).waitFor()
  const table = months(page).getByRole('table', { name: '每个计费周期的费用与用量' })
  expect(await table.getByRole('row').count()).toBe(13)
  expect(await table.getByRole('row').nth(2).innerText()).toContain(euros(last!.amount))
  await months(page).getByRole('radio', { name: '表格' }).click()
  await months(page).getByRole('button', { name: '2025年12月' }).click()
  // The month before the first of the twelve is not listed, so it has no name here.
  expect(first.change!.amount).not.toBe(0)
  await months(page)
    .getByRole('heading', {
      level: 3,
      name: `2025年12月比此前一个周期${first.change!.amount > 0 ? '多' : '少'} ${euros(first.change!.amount)}`,
    })
    .waitFor()
  await close()
})

test('a single month says what follows later, and without a subscription there is no chart', async () => {
  const first = await open('one-plan', '/usage')
  expect(await months(first.page).getByRole('table').getByRole('row').count()).toBe(3)
  await first.close()
  const none = await open('none', '/usage', { locale: 'en', theme: 'dark', width: 390 })
  await months(none.page).getByText('Once you have a plan, this shows cost and usage by cycle.').waitFor()
  await none.close()
})

test('with a thousand invoices the list shows their number and total amount due, and pages on', async () => {
  const { page, close } = await open('many', '/invoices')
  await page.getByText('共 1,000 张，1,000 张待支付，待付 €20,140.00。').waitFor()
  const rows = () => main(page).locator('tbody tr').count()
  expect(await rows()).toBe(20)
  await main(page).getByRole('button', { name: '加载更多' }).click()
  await expect.poll(rows).toBe(40)
  await close()
})

test.each(['none', 'large', 'year'] as const)(
  'customer "%s" has no axe violation on any page',
  async (customerId) => {
    for (const path of paths) {
      const { page, close } = await open(customerId, path, { width: 390 })
      expect([path, await violations(page)]).toEqual([path, []])
      await close()
    }
  },
)
