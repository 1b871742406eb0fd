import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { sidewaysScroll, violations } from './support/axe.ts'
import { newContext, watch, type Look } from './support/browser.ts'
import { focused, tabTo } from './support/keyboard.ts'
import { watchRequests } from './support/requests.ts'
import { browser, url, vendor } from './support/shared.ts'

let customerId: string

/** The customer's date that many days ago. */
const dateAgo = (days: number) =>
  new Date(Date.now() + 8 * 3_600_000 - days * 86_400_000).toISOString().slice(0, 10)
const at = (date: string, time: string) => new Date(`${date}T${time}+08:00`).toISOString()
const channels = ['网页', '网页', '网页', '网页', '微信', '微信', '微信', '电话', '电话', 'App']

beforeAll(async () => {
  customerId = await vendor.newCustomer('team', 3)
  // 2,400 events on each of the last three days: enough for a file that takes a while on a slow connection.
  for (const day of [1, 2, 3]) {
    for (let part = 0; part < 3; part += 1) {
      await vendor.record(
        Array.from({ length: 800 }, (_, index) => ({
          id: `u-${day}-${part}-${index}`,
          customerId,
          meter: 'ai_chat',
          time: at(
            dateAgo(day),
            `${String(8 + part)}:00:${String(index % 60).padStart(2, '0')}`.padStart(8, '0'),
          ),
          properties: { channel: channels[index % 10], assistant: '售前咨询' },
        })),
      )
    }
  }
  await vendor.record([
    { id: 'mistyped', customerId, meter: 'ai_chta', quantity: 7 },
    { id: 'half', customerId, meter: 'ai_chat', quantity: 2.5 },
  ])
})

async function openUsage(query = '', look: Look = {}): Promise<Page> {
  const context = await newContext(browser, look)
  const page = await context.newPage()
  const requests = watchRequests(page)
  const { url: link } = await vendor.session(customerId, 'viewer', `/usage${query}`, look.locale)
  await page.goto(link)
  await page.getByRole('heading', { level: 1 }).waitFor()
  await requests.settled()
  return page
}
const asked = (page: Page) => Object.fromEntries(new URL(page.url()).searchParams)

test('by keyboard a range is chosen, a day is inspected, and its file is downloaded', async () => {
  const page = await openUsage()
  await page.locator('h1').focus()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await expect.poll(() => focused(page)).toBe('本计费周期')
  await page.keyboard.press('ArrowDown')
  expect(await focused(page)).toBe('近 7 天')
  await page.keyboard.press('Enter')
  // the first day with usage
  await expect.poll(() => asked(page)).toEqual({ from: dateAgo(3), to: dateAgo(0) })
  expect(await focused(page)).toBe('日期范围近 7 天')

  await page.keyboard.press('Enter')
  await expect.poll(() => focused(page)).toBe('近 7 天')
  await tabTo(page, '[role=gridcell]')
  expect(await focused(page)).toContain('今天')
  await page.keyboard.press('ArrowRight') // not beyond today
  await page.keyboard.press('ArrowLeft')
  await page.keyboard.press('Enter')
  await page.getByText('选择结束日期，最多 92 天').waitFor()
  await page.keyboard.press('Escape') // another first day
  await page.getByText('选择开始日期').waitFor()
  await page.keyboard.press('ArrowLeft')
  await page.keyboard.press('Enter')
  await page.keyboard.press('ArrowLeft')
  await page.keyboard.press('Space')
  await expect.poll(() => asked(page)).toEqual({ from: dateAgo(3), to: dateAgo(2) })
  await expect.poll(() => page.getByRole('dialog').count()).toBe(0)
  await page.getByText('共 4,800 条').waitFor()

  await page.keyboard.press('Tab')
  expect(await focused(page)).toBe('导出')
  await page.keyboard.press('Enter')
  const [download] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')])
  // The file name has the company's name and the dates.
  expect(download.suggestedFilename()).toMatch(new RegExp(`^用量-.+-${dateAgo(3)}_${dateAgo(2)}\\.csv$`))
  const lines = readFileSync(await download.path(), 'utf8')
    .trimEnd()
    .split('\r\n')
  expect([
    lines.length,
    lines[0]!.includes('时间（Asia/Shanghai）'),
    lines.slice(1).every((line) => line.startsWith(dateAgo(2)) || line.startsWith(dateAgo(3))),
  ]).toEqual([4801, true, true])
  await page.getByText('共 4,800 行').waitFor()

  await tabTo(page, 'svg [role=button]')
  await page.keyboard.press('Home')
  expect(await focused(page)).toMatch(/：2,400 次$/)
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Enter')
  await expect.poll(() => asked(page)).toEqual({ from: dateAgo(3), to: dateAgo(2), day: dateAgo(2) })
  await page.getByText('共 2,400 条').waitFor()
  await page.keyboard.press('Enter')
  await expect.poll(() => asked(page)).toEqual({ from: dateAgo(3), to: dateAgo(2) })
  await page.context().close()
})

test('the selection is in the URL: a link and the back button restore it', async () => {
  const page = await openUsage(`?from=${dateAgo(6)}&to=${dateAgo(0)}&size=20&meter=ai_chat`)
  await page.getByLabel('分组').selectOption('channel')
  await page.getByText('其他').filter({ visible: true }).first().waitFor()
  await page.getByRole('button', { name: '下一页' }).click()
  await page.getByText('第 2 页').waitFor()
  await watchRequests(page).settled()
  const shown = await page.locator('tbody tr').last().innerText()
  expect(asked(page)).toMatchObject({
    from: dateAgo(6),
    group: 'channel',
    size: '20',
    meter: 'ai_chat',
    page: '2',
    after: expect.any(String),
  })
  await page.reload()
  await page.getByText('第 2 页').waitFor()
  await watchRequests(page).settled()
  await expect.poll(() => page.locator('tbody tr').last().innerText()).toBe(shown)
  await page.getByRole('button', { name: '上一页' }).click()
  await page.getByText('第 1 页').waitFor()
  expect(asked(page)).not.toHaveProperty('after')

  const bar = page.locator('svg [role=button]').nth(4)
  expect(await bar.getAttribute('aria-label')).toMatch(
    /2,400 次，网页 960 次，微信 720 次，电话 480 次，其他 240 次$/,
  )
  await bar.hover()
  await page.getByText('2,400 次', { exact: true }).waitFor()
  await page.getByRole('radio', { name: '表格' }).first().click()
  await page.getByRole('columnheader', { name: '其他' }).waitFor()
  await page.getByRole('radio', { name: '费用' }).click()
  // Used before there was a plan, so it is not billed.
  await page.getByText('这段时间没有超出费用。').waitFor()
  await page.context().close()
})

test('an event is found by its id or a property, in the URL, and a voided one says so', async () => {
  await vendor.record([
    {
      id: 'wrong',
      customerId,
      meter: 'ai_chat',
      quantity: 3,
      time: at(dateAgo(4), '10:00:00'),
      properties: { channel: '传真', ticket: 'T-1' },
    },
  ])
  await vendor.call('POST', '/events/void', { customerId, ids: ['wrong'], reason: '重复上报' })
  const page = await openUsage(`?from=${dateAgo(6)}&to=${dateAgo(0)}`)
  const rows = page.locator('tbody tr').filter({ has: page.locator('time') })
  await page.getByRole('textbox', { name: '事件编号' }).fill('wrong')
  await page.keyboard.press('Enter')
  await page.getByText('共 1 条').waitFor()
  expect(asked(page)).toEqual({ from: dateAgo(6), to: dateAgo(0), id: 'wrong' })
  await expect.poll(() => rows.count()).toBe(1)
  await expect.poll(() => rows.innerText()).toContain('已撤销')
  await expect.poll(() => rows.locator('s').innerText()).toBe('3 次')
  await page.getByLabel('搜索方式').selectOption('property')
  await page.getByLabel('属性名').fill('channel')
  await page.getByLabel('属性值').fill('微信')
  await page.getByRole('button', { name: '搜索', exact: true }).click()
  await page.getByText('共 2,160 条').waitFor() // three in ten of 7,200
  expect(asked(page)).toEqual({ from: dateAgo(6), to: dateAgo(0), property: 'channel', value: '微信' })
  await page.reload()
  await page.getByText('共 2,160 条').waitFor()
  await expect.poll(() => page.getByLabel('属性值').inputValue()).toBe('微信')
  await page.getByLabel('属性值').fill('没有的')
  await page.keyboard.press('Enter')
  await page.getByText('这段时间没有符合条件的用量。').waitFor()
  await page.getByRole('button', { name: '清除搜索' }).click()
  await page.getByText('共 7,201 条').waitFor()
  await page.context().close()
})

test('invalid parameters in the URL are ignored, and an empty range leads back', async () => {
  const page = await openUsage(
    `?from=${dateAgo(200)}&to=${dateAgo(0)}&group=colour&after=nonsense&page=7&day=x`,
  )
  await page.getByRole('button', { name: '日期范围' }).filter({ hasText: '本计费周期' }).waitFor()
  await expect.poll(() => asked(page).after).toBeUndefined()
  const empty = await openUsage(`?from=${dateAgo(0)}&to=${dateAgo(0)}`)
  await empty.getByText('这段时间没有用量。').first().waitFor()
  await empty.getByRole('button', { name: '重置日期' }).first().click()
  await expect.poll(() => asked(empty)).toEqual({})
  await page.context().close()
  await empty.context().close()
})

test('all figures are of one range: quotas and costs are shown for a billing period, not for other days', async () => {
  const page = await openUsage()
  await page.getByRole('heading', { name: '配额' }).waitFor()
  await expect.poll(() => page.getByText('超出费用', { exact: true }).count()).toBe(1)
  const other = await openUsage(`?from=${dateAgo(6)}&to=${dateAgo(1)}`)
  await other.getByRole('heading', { name: '用量明细' }).waitFor()
  expect(await other.getByRole('heading', { name: /^(配额|用量费用)$/ }).count()).toBe(0)
  await expect.poll(() => other.getByText('超出费用', { exact: true }).count()).toBe(1)
  await page.context().close()
  await other.context().close()
})

test('the chart and the events update while they are open', async () => {
  const page = await openUsage()
  await page.getByText('共 0 条').waitFor()
  await vendor.record([{ id: 'now', customerId, meter: 'tokens', quantity: 4_321 }])
  await page.getByText('合计 4,321 个').waitFor()
  await page.getByText('共 1 条').waitFor()
  await page.getByText('4,321 个').filter({ visible: true }).last().waitFor()
  await page.context().close()
})

test('late and rejected usage is explained in sentences', async () => {
  const page = await openUsage(`?from=${dateAgo(1)}&to=${dateAgo(0)}`)
  await page
    .getByText(/才收到，已计入 .+的用量/)
    .filter({ visible: true })
    .first()
    .waitFor()
  await page.getByText('ai_chta（7）没有计入：没有这个计量项。').waitFor()
  await page.getByText('AI 回答（2.5 次）没有计入：').waitFor()
  await page.context().close()
})

test('the invoice list is exported as it is filtered', async () => {
  const page = await openUsage()
  await page.getByRole('link', { name: '账单' }).first().click()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: '导出 CSV' }).click(),
  ])
  expect(download.suggestedFilename()).toBe('账单.csv')
  const text = readFileSync(await download.path(), 'utf8')
  const { data } = await vendor.invoices(customerId)
  expect([text.charCodeAt(0), text.trimEnd().split('\r\n').length, text.includes(data[0]!.number!)]).toEqual([
    0xfeff,
    data.length + 1,
    true,
  ])
  await page.context().close()
})

describe.each<Look>([
  { locale: 'zh-CN', theme: 'light', width: 1280 },
  { locale: 'en', theme: 'dark', width: 1280 },
  { locale: 'zh-CN', theme: 'dark', width: 390 },
  { locale: 'en', theme: 'light', width: 360 },
])('in $locale, $theme, $width px', (look) => {
  const words =
    look.locale === 'en'
      ? {
          dates: 'Dates',
          export: 'Export',
          csv: 'CSV file',
          cancel: 'Cancel',
          cancelled: /^Cancelled/,
          table: 'Table',
        }
      : {
          dates: '日期范围',
          export: '导出',
          csv: 'CSV 文件',
          cancel: '取消',
          cancelled: /^已取消/,
          table: '表格',
        }

  test('the calendar, the grouped chart and the running export have no violation', async () => {
    const page = await openUsage(`?from=${dateAgo(6)}&to=${dateAgo(0)}&group=channel&chart=ai_chat`, look)
    const witness = watch(page.context(), [new URL(url).host])
    const whole = async (state: string) =>
      expect([state, await violations(page), await sidewaysScroll(page)]).toEqual([state, [], 0])
    await whole('grouped')
    await page.getByRole('radio', { name: words.table }).first().click()
    await whole('table')
    await page.getByRole('button', { name: words.dates }).click()
    await page.getByRole('grid').waitFor()
    await page.getByRole('gridcell', { selected: true, disabled: false }).first().click()
    await whole('calendar, one of two days chosen')
    await page.keyboard.press('Escape')
    await page.keyboard.press('Escape')
    await expect.poll(() => page.getByRole('grid').count()).toBe(0)

    const line = await page.context().newCDPSession(page)
    await line.send('Network.enable')
    await line.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: 0,
      downloadThroughput: 60_000,
      uploadThroughput: 60_000,
    })
    await page.getByRole('button', { name: words.export }).click()
    await whole('export menu')
    await page.getByRole('menuitem', { name: words.csv }).click()
    const bar = page.getByRole('progressbar')
    await expect.poll(async () => Number(await bar.getAttribute('aria-valuenow'))).toBeGreaterThan(0)
    await whole('export under way')
    await page.getByRole('button', { name: words.cancel }).click()
    await page.getByText(words.cancelled).waitFor()
    await expect.poll(() => bar.count()).toBe(0)
    expect(witness.outside).toEqual([])
    // A cancelled request is aborted on purpose.
    expect(witness.errors.filter((error) => !error.includes('ERR_ABORTED'))).toEqual([])
    await page.context().close()
  })
})

test('what grants have left stands below the costs, and follows what is used above the plan', async () => {
  const own = await vendor.newCustomer('team', 3)
  const grants = `/customers/${own}/grants`
  const given = { meter: 'ai_chat', category: 'promotional', source: 'promotion' }
  await vendor.call('POST', grants, { ...given, id: 'spring', units: 500, expiresOn: dateAgo(-100) })
  await vendor.call('POST', grants, { ...given, id: 'mistaken', units: 70 })
  await vendor.call('POST', `${grants}/mistaken/void`, { reason: '给错了' })
  await vendor.call('POST', `/customers/${own}/quota/ai_chat/consume`, { id: 'much', quantity: 3100 })
  for (const [locale, left, end, voided] of [
    ['zh-CN', 'AI 回答：剩余 400，共 500 次', / 到期 · 赠送$/, '已作废 · 赠送'],
    ['en', 'AI answers: 400 of 500 answers left', /^until .* · free of charge$/, 'void · free of charge'],
  ] as const) {
    const context = await newContext(browser, { locale })
    const page = await context.newPage()
    await page.goto((await vendor.session(own, 'viewer', '/usage', locale)).url)
    const row = page.getByRole('listitem').filter({ hasText: left })
    await row.waitFor()
    await row.getByText(end).waitFor()
    await page.getByText(voided).waitFor()
    await context.close()
  }
})
