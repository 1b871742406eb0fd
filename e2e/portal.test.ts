import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Locator, Page } from 'playwright-core'
import { newContext } from './support/browser.ts'
import { browser, url, vendor } from './support/shared.ts'

async function openPortal(customerId: string, role: 'owner' | 'viewer', path?: string): Promise<Page> {
  const context = await newContext(browser)
  const page = await context.newPage()
  const { url: link } = await vendor.session(customerId, role, path)
  await page.goto(link)
  await page.getByRole('heading', { level: 1 }).waitFor()
  return page
}

const yuan = (minor: number) =>
  `${minor < 0 ? '-' : ''}¥${(Math.abs(minor) / 100).toLocaleString('zh-CN', { minimumFractionDigits: 2 })}`

/** The labels and amounts of a list, in minor units: the first line of each label, and its amount. */
async function amountsIn(list: Locator): Promise<Map<string, number>> {
  const rows = await list.evaluate((element) =>
    [...element.children].map(
      (row) =>
        [
          (row.querySelector('dt')?.firstElementChild ?? row.querySelector('dt'))?.textContent?.trim() ?? '',
          row.querySelector('dd')?.textContent?.trim() ?? '',
        ] as const,
    ),
  )
  expect(new Set(rows.map(([label]) => label)).size).toBe(rows.length)
  return new Map(
    rows.map(([label, amount]) => {
      expect(amount).toMatch(/^[-−]?¥[\d,]+\.\d\d$/)
      return [label, Number(amount.replace('−', '-').replaceAll(/[¥,.]/g, ''))]
    }),
  )
}

test('the upgrade dialog matches the invoice row by row, with the credit it uses', async () => {
  const customerId = await vendor.newCustomer('starter')
  const [first] = (await vendor.invoices(customerId)).data
  await vendor.pay(first!.id, first!.amountDue + 5_000)
  const page = await openPortal(customerId, 'owner', '/subscription')
  await page.getByRole('button', { name: '升级到商业版' }).click()
  const dialog = page.getByRole('dialog')
  const due = dialog.locator('[data-due-now]')
  await due.waitFor()
  const shown = await amountsIn(dialog.locator('dl').filter({ has: page.locator('[data-due-now]') }))
  const confirm = dialog.getByRole('button', { name: /^确认/ })
  const shownToPay = (await due.innerText()).trim()
  await expect.poll(() => confirm.isEnabled()).toBe(true)
  await expect.poll(() => confirm.innerText()).toContain(shownToPay)
  await confirm.click()
  await page.getByText('已升级到商业版').first().waitFor()
  await expect.poll(() => confirm.count()).toBe(0)

  const invoice = (await vendor.invoices(customerId)).data.find((one) => one.kind === 'change')!
  expect(invoice.creditApplied).toBe(5_000)
  expect(invoice.amountDue).toBe(invoice.total - 5_000)
  const { lines, taxes, total, creditApplied, amountDue } = invoice
  const expected = [
    ...lines.map((line): [string, number] => [line.description['zh-CN'], line.amount]),
    ...taxes.map(({ rate, amount }): [string, number] => [`增值税 ${rate}%`, amount]),
    ['合计', total],
    ['余额抵扣', -creditApplied],
    ['本次账单', amountDue],
  ] as const
  expect([...shown].slice(0, expected.length)).toEqual(expected)
  // Only the next invoice's estimate is below.
  expect(shown.size).toBe(expected.length + 1)
  expect(shownToPay).toBe(yuan(amountDue))
  expect((await vendor.subscription(customerId)).plan?.id).toBe('business')
  await page.context().close()
})

test('a downgrade waits for the end of the period and can be undone; a cancellation can be undone', async () => {
  const customerId = await vendor.newCustomer('business')
  const page = await openPortal(customerId, 'owner', '/subscription')
  await page
    .getByRole('button', { name: /^降级到/ })
    .first()
    .click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('在此之前一切不变').waitFor()
  await dialog.getByText('降级后将减少').waitFor()
  await expect.poll(() => dialog.getByRole('button', { name: '确认降级' }).isEnabled()).toBe(true)
  await dialog.getByRole('button', { name: '确认降级' }).click()
  await page.getByRole('main').getByRole('button', { name: '撤销' }).click()
  await page.getByText('已撤销，套餐保持不变').first().waitFor()
  expect(await vendor.subscription(customerId)).toMatchObject({
    plan: { id: 'business' },
    scheduledChange: null,
  })

  await page.getByRole('button', { name: '取消订阅' }).click()
  await dialog.getByRole('button', { name: '取消订阅' }).click()
  await dialog.waitFor({ state: 'hidden' })
  await page.getByText('此后不再续费').waitFor()
  expect(await vendor.subscription(customerId)).toMatchObject({ cancelAtPeriodEnd: true })
  await page.getByRole('button', { name: '恢复订阅' }).click()
  await dialog.getByRole('button', { name: '恢复订阅' }).click()
  await page.getByText('订阅已恢复').first().waitFor()
  expect(await vendor.subscription(customerId)).toMatchObject({ cancelAtPeriodEnd: false })
  await page.context().close()
})

test('an invoice opens and downloads, and its PDF has the same number, total and 大写', async () => {
  const customerId = await vendor.newCustomer('team', 3)
  const invoice = (await vendor.invoices(customerId)).data[0]!
  const page = await openPortal(customerId, 'viewer', '/invoices')
  await page.getByText(invoice.number!).filter({ visible: true }).first().click()
  await page.waitForURL(`**/portal/invoices/${invoice.id}`)
  // The list behind has the same amount and buttons until the sheet covers them, so look inside the sheet.
  const sheet = page.getByRole('dialog')
  await sheet.getByText(yuan(invoice.total)).first().waitFor()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    sheet.getByRole('button', { name: `下载账单 ${invoice.number}` }).click(),
  ])
  expect(download.suggestedFilename()).toBe(`${invoice.number}.pdf`)
  const text = execFileSync('pdftotext', ['-layout', await download.path(), '-'], { encoding: 'utf8' })
  expect(text).toContain(invoice.number)
  expect(text).toContain('410.22') // 3 seats × ¥129 and 6 % tax
  expect(text).toContain('人民币肆佰壹拾元贰角贰分')
  expect(
    readFileSync(await download.path())
      .subarray(0, 5)
      .toString(),
  ).toBe('%PDF-')
  await page.context().close()
})

test('a viewer sees everything and can change nothing', async () => {
  const customerId = await vendor.newCustomer('starter')
  const page = await openPortal(customerId, 'viewer', '/subscription')
  await page.getByText('商业版').first().waitFor()
  const upgrade = page.getByRole('button', { name: '升级到商业版' })
  expect((await upgrade.count()) === 0 || (await upgrade.isDisabled())).toBe(true)
  const { token } = await vendor.session(customerId, 'viewer')
  const refused = await fetch(`${url}/api/portal/subscription/upgrade`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ planId: 'business' }),
  })
  expect(refused.status).toBe(403)
  expect((await vendor.subscription(customerId)).plan?.id).toBe('starter')
  await page.context().close()
})

test("a customer cannot read another's invoice, event or account", async () => {
  const [mine, theirs] = [await vendor.newCustomer('starter'), await vendor.newCustomer('team', 3)]
  await vendor.record([{ id: 'secret-event', customerId: theirs, meter: 'ai_chat' }])
  const invoice = (await vendor.invoices(theirs)).data[0]!
  const { token } = await vendor.session(mine)
  const get = (path: string) =>
    fetch(`${url}/api/portal${path}`, { headers: { authorization: `Bearer ${token}` } })
  for (const path of [
    `/invoices/${invoice.id}`,
    `/invoices/${invoice.id}/pdf`,
    `/invoices/${invoice.id}/lines/line_1/events`,
  ]) {
    const response = await get(path)
    expect([path, response.status]).toEqual([path, 404])
    expect(((await response.json()) as { code: string }).code).toBe('invoice_not_found')
  }
  expect(await (await get('/usage/detail')).json()).toEqual({ data: [], nextCursor: null })
  expect(await (await get('/account')).json()).toMatchObject({ customerId: mine })
  expect((await get(`/account?customerId=${theirs}`)).status).toBe(400)
})

test('the link opens once, and the page survives a reload with its own cookie', async () => {
  const customerId = await vendor.newCustomer('starter')
  const context = await newContext(browser)
  const page = await context.newPage()
  const { url: link } = await vendor.session(customerId)
  await page.goto(link)
  await page.getByRole('heading', { level: 1, name: '概览' }).waitFor()
  expect(page.url()).not.toContain('code=')
  await page.reload()
  await page.getByRole('heading', { level: 1, name: '概览' }).waitFor()
  const other = await (await newContext(browser)).newPage()
  await other.goto(link)
  await other.getByText('会话已过期').first().waitFor()
  await other.context().close()
  await context.close()
})
