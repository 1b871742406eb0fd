import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { newContext } from './support/browser.ts'
import { calm } from './support/pictures.ts'
import { watchRequests } from './support/requests.ts'
import { browser, vendor } from './support/standing.ts'

/** A page of the demo's customer in dark mode, as it is printed. */
async function onPaper(path: string): Promise<Page> {
  const page = await (await newContext(browser, { theme: 'dark' })).newPage()
  const requests = watchRequests(page)
  await page.goto((await vendor.session('test_customer', 'owner', path)).url)
  await page.getByRole('heading', { level: 1 }).first().waitFor()
  await calm(page, requests)
  await page.emulateMedia({ media: 'print' })
  return page
}

/** Elements, except those for screen readers only, whose content is clipped. */
function cutOff(all: Element[]): string[] {
  const hides = (one: Element) =>
    getComputedStyle(one).overflowX !== 'visible' || getComputedStyle(one).overflowY !== 'visible'
  return all
    .filter(
      (one) =>
        one.clientWidth > 1
        && hides(one)
        && (one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1),
    )
    .map((one) => one.outerHTML.slice(0, 200))
}

async function textOf(page: Page): Promise<string> {
  return execFileSync('pdftotext', ['-layout', '-', '-'], {
    input: await page.pdf({ preferCSSPageSize: true }),
    encoding: 'utf8',
  })
}

test.each(['/usage', '/invoices'])(
  '%s in print is light, names the customer, and has no buttons and no clipped content',
  async (path) => {
    const page = await onPaper(path)
    await expect
      .poll(() => page.evaluate(() => getComputedStyle(document.body).backgroundColor))
      .toBe('rgb(255, 255, 255)')
    for (const clicked of ['nav', 'button', 'select'])
      expect([clicked, await page.locator(clicked).filter({ visible: true }).count()]).toEqual([clicked, 0])
    await page.getByRole('heading', { level: 1 }).filter({ visible: true }).waitFor()
    await page.setViewportSize({ width: 703, height: 1000 })
    expect(await page.locator('main, main *').evaluateAll(cutOff)).toEqual([])
    const text = await textOf(page)
    expect(text).toContain('杭州青禾生活电子商务有限公司')
    expect(text).not.toContain('概览')
    await page.context().close()
  },
)

test('a card that fits a page is not split', async () => {
  const page = await onPaper('/usage')
  const rows = await page
    .locator('section', { hasText: '用量明细' })
    .locator('tbody time')
    .filter({ visible: true })
    .allInnerTexts()
  expect(rows.length).toBe(10)
  const sheets = (await textOf(page)).split('\f')
  const counted = sheets.map((sheet) => [
    sheet.includes('用量明细'),
    (sheet.match(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g) ?? []).length,
  ])
  expect(counted.filter(([title, events]) => title || events !== 0)).toEqual([[true, 10]])
  await page.context().close()
})

test('a printed invoice is the invoice alone: its lines, the amount due, and both parties', async () => {
  const invoice = (await vendor.invoices('test_customer')).data.find(({ kind }) => kind === 'renewal')!
  const page = await onPaper(`/invoices/${invoice.id}`)
  expect(await page.getByRole('navigation').filter({ visible: true }).count()).toBe(0)
  const text = await textOf(page)
  for (const line of invoice.lines) {
    await page.getByText(line.description['zh-CN']).filter({ visible: true }).first().waitFor()
    expect(text).toContain(line.description['zh-CN'])
  }
  for (const said of [
    invoice.number!,
    '杭州星桥云计算科技有限公司',
    '杭州青禾生活电子商务有限公司',
    (invoice.amountDue / 100).toLocaleString('en'),
  ])
    expect(text).toContain(said)
  for (const unsaid of ['按出账时间排列', '下载', '这个金额怎么来的']) expect(text).not.toContain(unsaid)
  await page.context().close()
})
