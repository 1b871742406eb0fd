import { expect, test } from 'vitest'
import { newContext, watch } from './support/browser.ts'
import { browser, url, vendor } from './support/shared.ts'

test('an invoice shows its discount and its credit note, and the note links back to it', async () => {
  const customerId = await vendor.newCustomer('starter')
  await vendor.discount(customerId, {
    kind: 'percent',
    value: '20',
    appliesTo: 'fee',
    from: '2020-01-01',
    name: { 'zh-CN': '新客户优惠', en: 'Welcome discount' },
  })
  await vendor.change(customerId, 'team')
  const invoice = (await vendor.invoices(customerId)).data.find((one) => one.kind === 'change')!
  const note = await vendor.credit(invoice.id, { amount: 10_600, reason: '服务中断补偿' })
  const context = await newContext(browser, { locale: 'zh-CN', theme: 'light', width: 1280 })
  const witness = watch(context, [new URL(url).host])
  const page = await context.newPage()
  await page.goto((await vendor.session(customerId, 'owner', `/invoices/${invoice.id}`)).url)
  const sheet = page.getByRole('dialog')
  await sheet.getByText('新客户优惠').waitFor()
  await sheet.getByText('冲减', { exact: true }).first().waitFor()
  if (process.env['SHOTS'])
    await page.screenshot({ path: `${process.env['SHOTS']}-invoice.png`, fullPage: true })
  await sheet.getByRole('link', { name: note.number! }).click()
  await sheet.getByRole('heading', { name: `贷项凭证 ${note.number}` }).waitFor()
  await sheet.getByText('服务中断补偿').waitFor()
  await sheet
    .getByText(/−¥106\.00/)
    .first()
    .waitFor()
  if (process.env['SHOTS'])
    await page.screenshot({ path: `${process.env['SHOTS']}-note.png`, fullPage: true })
  await sheet.getByRole('link', { name: invoice.number! }).click()
  await sheet.getByRole('heading', { name: `账单 ${invoice.number}` }).waitFor()
  expect(witness).toMatchObject({ errors: [], outside: [] })
  await context.close()
})

test('the breakdown of an amount has a link that survives a reload and works for a colleague', async () => {
  const customerId = await vendor.newCustomer('team', 3)
  const invoice = (await vendor.invoices(customerId)).data[0]!
  const context = await newContext(browser, { locale: 'zh-CN', theme: 'light', width: 1280 })
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const witness = watch(context, [new URL(url).host])
  const page = await context.newPage()
  await page.goto((await vendor.session(customerId, 'owner', `/invoices/${invoice.id}`)).url)
  const why = page.getByRole('dialog').getByRole('button', { name: '这个金额怎么来的' }).first()
  await why.click()
  const sum = page.getByText(/3 × ¥129.* = ¥387\.00/)
  await sum.waitFor()
  expect(new URL(page.url()).searchParams.get('why')).toBe(invoice.lines[0]!.id)
  await page.reload()
  await sum.waitFor()
  await page.getByRole('button', { name: '复制这一行的链接' }).click()
  await page.getByText('链接已复制').waitFor()
  const link = await page.evaluate(() => navigator.clipboard.readText())

  const { pathname, search } = new URL(link)
  const colleague = await context.newPage()
  await colleague.goto(
    (await vendor.session(customerId, 'viewer', pathname.replace('/portal', '') + search)).url,
  )
  await colleague.getByText(/3 × ¥129.* = ¥387\.00/).waitFor()
  await why.click()
  await sum.waitFor({ state: 'detached' })
  await page.getByRole('dialog').getByRole('button', { name: '关闭' }).click()
  await page.waitForURL('**/portal/invoices')
  expect(witness).toMatchObject({ errors: [], outside: [] })
  await context.close()
})
