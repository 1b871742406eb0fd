import { afterAll, beforeAll, inject } from 'vitest'
import type { Browser } from 'playwright-core'
import { launchBrowser } from './browser.ts'
import { vendorOf } from './vendor.ts'

/** The server shared by all end-to-end tests, and its API as the vendor's own server calls it. */
export const url = inject('serverUrl')
export const vendor = vendorOf(url, inject('secretKey'))

/** A browser for the tests of the importing file, from before the first until after the last. */
export let browser: Browser
beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(() => browser.close())
