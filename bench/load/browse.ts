import type { Browser, Page } from 'playwright-core'
import { launchBrowser, newContext } from '../../e2e/support/browser.ts'
import { calm } from '../../e2e/support/pictures.ts'
import { watchRequests } from '../../e2e/support/requests.ts'
import { findChromium } from '../../scripts/chromium.mjs'
import { portalLink } from './portal-link.ts'

/** So many times slower than this machine: a phone, where this machine is a laptop. */
export const slowedBy = 4
/** Milliseconds. */
const fastestTold = 16

/** What a browser tells of a page, in milliseconds since the navigation began. */
interface Told {
  /** When the largest thing on screen was painted. */
  largest: number
  /** When the last skeleton went. */
  ready: number
  /** How long each event of an interaction took until its frame was shown. */
  events: number[]
}

declare global {
  interface Window { told: Told }
}

export interface Visit {
  port: number
  customerId: string
  path: string
}

/** Opens a page in an empty browser on a slowed processor, once the server has served it to another one. */
export async function loadPage(visit: Visit): Promise<Pick<Told, 'largest' | 'ready'>> {
  return onSlowPage(visit, async (page) => page.evaluate(() => ({ largest: window.told.largest, ready: window.told.ready })))
}

/** Does something on a page as a person does, on a slowed processor; how long it took until its frame was shown, at worst. `prepare` comes before and is not measured. */
export async function interact(visit: Visit, act: (page: Page) => Promise<void>, prepare?: (page: Page) => Promise<void>): Promise<number> {
  return onSlowPage(visit, async (page) => {
    const requests = watchRequests(page)
    if (prepare) await prepare(page)
    await requests.settled()
    await page.evaluate(() => { window.told.events = [] })
    await act(page)
    await calm(page, requests)
    // The browser tells of none that was faster.
    return page.evaluate((fastest) => Math.max(fastest, ...window.told.events), fastestTold)
  })
}

async function onSlowPage<T>(visit: Visit, work: (page: Page) => Promise<T>): Promise<T> {
  process.env['CHROMIUM_PATH'] ??= await findChromium()
  const browser = await launchBrowser()
  try {
    await open(browser, visit, 1)
    return await work(await open(browser, visit, slowedBy))
  } finally {
    await browser.close()
  }
}

/** A page in a context of its own, so with nothing cached, and loaded to the end. */
async function open(browser: Browser, { port, customerId, path }: Visit, slowed: number): Promise<Page> {
  const context = await newContext(browser)
  await context.addInitScript(listen, fastestTold)
  const page = await context.newPage()
  const session = await context.newCDPSession(page)
  await session.send('Emulation.setCPUThrottlingRate', { rate: slowed })
  const requests = watchRequests(page)
  await page.goto(await portalLink(port, customerId, path))
  await page.getByRole('heading', { level: 1 }).waitFor()
  await calm(page, requests)
  return page
}

/** Runs in the page, before anything of it. */
function listen(fastest: number): void {
  window.told = { largest: 0, ready: 0, events: [] }
  const observe = (type: string, take: (entry: PerformanceEntry) => void, options: object = {}) => new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true, ...options })
  observe('largest-contentful-paint', (entry) => { window.told.largest = entry.startTime })
  // An event that is no part of an interaction, such as the pointer's moving, has no id.
  observe('event', (entry) => { if ((entry as PerformanceEventTiming).interactionId) window.told.events.push(entry.duration) }, { durationThreshold: fastest })
  let waiting = true
  new MutationObserver(() => {
    const still = document.querySelector('h1') === null || document.querySelector('.skeleton') !== null
    if (waiting && !still) window.told.ready = performance.now()
    waiting = still
  }).observe(document, { childList: true, subtree: true })
}
