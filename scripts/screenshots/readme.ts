import { execFileSync } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { demoAgents } from '@customer-portal/workbench-api'
import { logIn } from '../../e2e/support/browser.ts'
import { packed } from '../../e2e/support/comparison.ts'
import { calm, openSubject, pictureContext, type PictureLook } from '../../e2e/support/pictures.ts'
import { watchRequests } from '../../e2e/support/requests.ts'
import { secretKey } from '../../e2e/support/server.ts'
import { vendorOf } from '../../e2e/support/vendor.ts'
import { inProject } from '../project.mjs'
import type { Choice } from './choice.ts'

const folder = inProject('docs', 'images')
/** Sharp on a README's page and on a high-density screen: 1,920 pixels wide. */
const size = { height: 800, scale: 1.5 }
/** An A4 page at the width a README shows it. */
const dotsAnInch = 110

/** Takes the pictures of the READMEs into docs/images. */
export async function takeReadmePictures(
  browser: Browser,
  url: string,
  { wanted, tell }: Choice,
): Promise<void> {
  const vendor = vendorOf(url, secretKey)
  const take = async (name: string, theme: PictureLook['theme'], open: (page: Page) => Promise<void>) => {
    if (!wanted(name)) return
    const context = await pictureContext(browser, { locale: 'zh-CN', theme, width: 1280 }, size)
    const page = await context.newPage()
    await open(page)
    writeFileSync(
      join(folder, name),
      packed(await page.screenshot({ animations: 'disabled', caret: 'hide' })),
    )
    tell(join(folder, name))
    await context.close()
  }
  await take('portal-usage-dark.png', 'dark', (page) => openSubject(page, vendor, 'usage', 'zh-CN'))
  await take('portal-upgrade.png', 'light', (page) => openSubject(page, vendor, 'upgrade', 'zh-CN'))
  await take('workbench-portal.png', 'light', (page) => openPortalAtDesk(page, url))
  if (wanted('invoice.png')) {
    await takeInvoice(url, join(folder, 'invoice.png'))
    tell(join(folder, 'invoice.png'))
  }
  await take('workbench-desk.png', 'light', (page) => askAtDesk(page, url))
}

async function enter(page: Page, url: string) {
  const requests = watchRequests(page)
  await logIn(page, url, demoAgents[0].email, demoAgents[0].password)
  return requests
}

async function openPortalAtDesk(page: Page, url: string): Promise<void> {
  const requests = await enter(page, url)
  await page.getByRole('link', { name: '账户与订阅' }).click()
  const frame = page.frameLocator('iframe')
  await frame.getByRole('heading', { level: 1, name: '概览' }).waitFor()
  await calm(frame, requests)
}

async function askAtDesk(page: Page, url: string): Promise<void> {
  const requests = await enter(page, url)
  await page.getByText('请问怎么开发票？').first().click()
  await page.getByRole('button', { name: '获取建议' }).click()
  await page.getByRole('button', { name: '采用建议' }).waitFor()
  await requests.settled()
}

/** The demo's newest invoice as its PDF shows it. */
async function takeInvoice(url: string, file: string): Promise<void> {
  const vendor = vendorOf(url, secretKey)
  const [newest] = (await vendor.invoices('test_customer')).data
  const { token } = await vendor.session('test_customer')
  const response = await fetch(`${url}/api/portal/invoices/${newest!.id}/pdf`, {
    headers: { authorization: `Bearer ${token}` },
  })
  if (!response.ok) throw new Error(`the invoice's PDF answered ${response.status}`)
  const [pdf, png] = [`${file}.pdf`, file.replace(/\.png$/, '')]
  writeFileSync(pdf, Buffer.from(await response.arrayBuffer()))
  execFileSync('pdftoppm', ['-png', '-singlefile', '-r', String(dotsAnInch), pdf, png])
  rmSync(pdf)
  writeFileSync(file, packed(readFileSync(file)))
}
