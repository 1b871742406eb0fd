import type { Browser } from 'playwright-core'
import { newContext, watch, type Look } from './browser.ts'
import { watchRequests } from './requests.ts'
import type { Vendor } from './vendor.ts'

/** Opens a page of the demo customer's portal for its owner, and waits for all its requests. */
export async function openPortal(
  { browser, url, vendor }: { browser: Browser; url: string; vendor: Vendor },
  path: string,
  look: Look = {},
) {
  const context = await newContext(browser, look)
  const witness = watch(context, [new URL(url).host])
  const page = await context.newPage()
  const requests = watchRequests(page)
  await page.goto((await vendor.session('test_customer', 'owner', path, look.locale)).url)
  await page.getByRole('heading', { level: 1 }).waitFor()
  await requests.settled()
  return { page, context, witness, requests }
}
