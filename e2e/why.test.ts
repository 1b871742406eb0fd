import type { Locator, Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { sidewaysScroll, violations } from './support/axe.ts'
import type { Look } from './support/browser.ts'
import { openPortal } from './support/portal.ts'
import { browser, url, vendor } from './support/standing.ts'

// Explaining a number: from an amount to its tiers, its days and its events, each adding up to the one above.

const open = (path: string, look?: Look) => openPortal({ browser, url, vendor }, path, look)

/** ¥1,234.50 → 123450, "1,234 次" → 1234: the digits alone, so that sums can be checked. */
const minor = (text: string) =>
  Math.round(
    Number(
      /-?[\d,]+(\.\d+)?/
        .exec(text.replace('−', '-').replace(/^-?¥/, (sign) => sign.replace('¥', '')))![0]
        .replaceAll(',', ''),
    ) * 100,
  )
const columns = async (rows: Locator, index: number) =>
  (
    await rows.evaluateAll(
      (all, at) => all.map((row) => (row as HTMLTableRowElement).cells[at]!.innerText),
      index,
    )
  ).map(minor)
const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)
const costOf = (page: Page) =>
  page
    .getByRole('region')
    .or(page.locator('section'))
    .filter({ has: page.getByRole('heading', { name: '用量费用' }) })
    .first()
const lineOf = (page: Page, name: string) => costOf(page).locator('li').filter({ hasText: name }).first()

test('a meter’s cost on the usage page opens into tiers, days and events, which add up; a reload and a colleague see the same', async () => {
  const { page, context, witness } = await open('/usage')
  const line = lineOf(page, 'AI 回答用量')
  const cost = minor(await line.locator('p').nth(1).innerText())
  expect(cost).toBeGreaterThan(0)
  await line.getByRole('button', { name: '这个金额怎么来的' }).click()
  const tiers = line.getByRole('table', { name: '计算过程' })
  expect([
    sum(await columns(tiers.locator('tbody tr'), 3)),
    minor(await tiers.locator('tfoot td').last().innerText()),
  ]).toEqual([cost, cost])

  await line.getByRole('button', { name: '按天查看' }).click()
  const days = line.getByRole('table', { name: '每天的用量与费用' })
  const total = days.locator('tfoot')
  expect([
    sum(await columns(days.locator('tbody tr'), 2)),
    minor(await total.locator('td').last().innerText()),
  ]).toEqual([cost, cost])
  const used = (await vendor.usage('test_customer')).usage['ai_chat']!
  expect([
    sum(await columns(days.locator('tbody tr'), 1)),
    minor(await total.locator('td').first().innerText()),
  ]).toEqual([used * 100, used * 100])

  const day = days
    .locator('tbody')
    .filter({ has: page.getByRole('button') })
    .first()
  const [quantity = 0] = await columns(day.locator('tr'), 1)
  await day.getByRole('button').first().click()
  await day.getByRole('list', { name: '用量事件' }).waitFor()
  while (await day.getByRole('button', { name: '加载更多' }).isVisible()) {
    const before = await day.getByRole('listitem').count()
    await day.getByRole('button', { name: '加载更多' }).click()
    await expect.poll(() => day.getByRole('listitem').count()).toBeGreaterThan(before)
  }
  await expect
    .poll(() => day.getByText(/^已显示/).innerText())
    .toMatch(new RegExp(`合计 ${(quantity / 100).toLocaleString('en')} `))

  expect(new URL(page.url()).search).toMatch(
    /why=ai_chat\.[\d-]+&days=ai_chat\.[\d-]+&events=ai_chat\.[\d-]+\.[\d-]+$/,
  )
  await page.reload()
  await lineOf(page, 'AI 回答用量').getByRole('list', { name: '用量事件' }).waitFor()

  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await line.getByRole('button', { name: '复制这一行的链接' }).click()
  await page.getByText('链接已复制').waitFor()
  const link = new URL(await page.evaluate(() => navigator.clipboard.readText()))
  // The period is in the URL, so the link still works once the period is over.
  expect(link.searchParams.get('period')).toMatch(/^\d{4}-\d\d$/)
  const colleague = await open(link.pathname.replace('/portal', '') + link.search)
  await lineOf(colleague.page, 'AI 回答用量').getByRole('list', { name: '用量事件' }).waitFor()
  await colleague.context.close()
  expect(witness).toMatchObject({ errors: [], outside: [] })
  await context.close()
})

test('for a past billing period the cost has a breakdown, and equals its invoice', async () => {
  const { page, context } = await open('/usage')
  await page.getByRole('button', { name: '日期范围' }).click()
  await page.getByRole('button', { name: '上个周期' }).click()
  await costOf(page).getByText('已出账的账单不变').waitFor()
  const said = minor(await lineOf(page, 'AI 回答用量').locator('p').nth(1).innerText())
  const { data } = await vendor.invoices('test_customer')
  const billed = data
    .filter(({ kind, status }) => kind === 'renewal' && status !== 'draft')
    .flatMap(({ lines }) => lines)
    .find((line) => line.kind === 'usage' && line.meter === 'ai_chat')
  expect(said).toBe(billed!.amount)
  await context.close()
})

test('each line of an upgrade’s quote has a breakdown: the fee, its days and the rounding', async () => {
  const { page, context, witness } = await open('/subscription?upgrade=business')
  const dialog = page.getByRole('dialog')
  const buttons = dialog.getByRole('button', { name: '这个金额怎么来的' })
  await buttons.first().waitFor()
  await expect.poll(() => buttons.count()).toBeGreaterThanOrEqual(2)
  for (const button of await buttons.all()) {
    await button.press('Enter')
    const row = dialog
      .locator('dl > div')
      .filter({ has: page.getByRole('button', { expanded: true }) })
      .last()
    await expect.poll(() => row.innerText()).toMatch(/× .+ = ¥|一次性收费/)
    expect(await row.innerText()).not.toMatch(/^1 × .*席位/m)
    const amount = minor(await row.locator('dd').first().innerText())
    const [share] = (await row.getByRole('listitem').allInnerTexts()).filter((step) => step.includes('÷'))
    if (share) expect(minor(share.split('=').at(-1)!)).toBe(Math.abs(amount))
  }
  expect(await violations(page)).toEqual([])
  expect(witness).toMatchObject({ errors: [], outside: [] })
  await context.close()
})

test.each([
  { locale: 'zh-CN', theme: 'light', width: 1280 },
  { locale: 'en', theme: 'dark', width: 1280 },
  { locale: 'zh-CN', theme: 'dark', width: 390 },
  { locale: 'en', theme: 'light', width: 360 },
] as const)('an opened breakdown is readable, in $locale, $theme, $width px', async (look) => {
  const { lines } = (await (
    await fetch(`${url}/api/portal/usage/lines`, {
      headers: { authorization: `Bearer ${(await vendor.session('test_customer')).token}` },
    })
  ).json()) as { lines: { id: string; daily: { date: string; events: number }[] }[] }
  const { id, daily } = lines[0]!
  const day = daily.find(({ events }) => events > 0)!.date
  const { page, context } = await open(`/usage?why=${id}&days=${id}&events=${id}.${day}`, look)
  await page.getByRole('list', { name: look.locale === 'en' ? 'Usage events' : '用量事件' }).waitFor()
  expect(await violations(page)).toEqual([])
  expect(await sidewaysScroll(page)).toBe(0)
  if (process.env.SCREENSHOTS)
    await page.screenshot({
      path: `${process.env.SCREENSHOTS}/why-${look.locale}-${look.theme}-${look.width}.png`,
      fullPage: true,
    })
  await page.goto(`${url}/portal/subscription?upgrade=business`)
  const buttons = page
    .getByRole('dialog')
    .getByRole('button', { name: look.locale === 'en' ? 'Why this amount' : '这个金额怎么来的' })
  await buttons.first().waitFor()
  for (const button of await buttons.all()) await button.click()
  expect(await violations(page)).toEqual([])
  expect(await sidewaysScroll(page)).toBe(0)
  if (process.env.SCREENSHOTS)
    await page.screenshot({
      path: `${process.env.SCREENSHOTS}/quote-${look.locale}-${look.theme}-${look.width}.png`,
    })
  await context.close()
})
