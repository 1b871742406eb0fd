import type { Browser, Page } from 'playwright-core'
import { newContext, type Look } from './browser.ts'
import { watchRequests } from './requests.ts'
import type { CustomerName, World } from './world.ts'

/** Opens a page of a customer's portal as its owner, and waits until all of it is there. */
export type OpenPage = (
  customerId: CustomerName,
  path: string,
  look?: Look,
) => Promise<{ page: Page; close: () => Promise<void> }>

/** Opens the pages of this world's customers. */
export function inWorld(browser: Browser, world: World): OpenPage {
  return async (customerId, path, look = {}) => {
    const context = await newContext(browser, look)
    const page = await context.newPage()
    const requests = watchRequests(page)
    await page.goto((await world.vendor.session(customerId, 'owner', path, look.locale ?? 'zh-CN')).url)
    await page.getByRole('heading', { level: 1 }).waitFor()
    await requests.settled()
    await page.locator('[aria-busy=true]').first().waitFor({ state: 'detached' })
    return { page, close: () => context.close() }
  }
}

/** The main part of a page. */
export const mainOf = (page: Page) => page.locator('#main')
