import type { Browser, Page } from 'playwright-core'
import { launchBrowser, newContext } from '../../e2e/support/browser.ts'
import { calm } from '../../e2e/support/pictures.ts'
import { watchRequests } from '../../e2e/support/requests.ts'
import { portalLink } from './portal-link.ts'

/** CPU throttling: how much slower a phone is than this machine. */
export const slowedBy = 4
/** Milliseconds. */
const fastestReported = 16

/** A browser's measurements of a page, in milliseconds since the navigation began. */
interface Measured {
  /** Whether the observers are installed: without them everything would look fast. */
  listening: boolean
  /** When the largest element was painted. */
  largest: number
  /** When the last skeleton was removed. */
  ready: number
  /** The duration of each event of an interaction until its frame was shown. */
  events: number[]
}

declare global {
  interface Window {
    told: Measured
  }
  interface Performance {
    readonly interactionCount: number
  }
}

export interface Visit {
  port: number
  customerId: string
  path: string
}

/**
 * Opens a page in an empty browser on a throttled processor, after the server has served it to another one.
 */
export async function loadPage(visit: Visit): Promise<Pick<Measured, 'largest' | 'ready'>> {
  return onSlowPage(visit, async (page) => {
    const { largest, ready } = await page.evaluate(() => window.told)
    if (!(largest > 0 && ready > 0))
      throw new Error(`${visit.path} was not measured: painted at ${largest}, ready at ${ready}`)
    return { largest, ready }
  })
}

/**
 * Performs an action on a page as a person does, on a throttled processor; returns the longest time until a
 * frame was shown. `prepare` runs before and is not measured.
 */
export async function interact(
  visit: Visit,
  act: (page: Page) => Promise<void>,
  prepare?: (page: Page) => Promise<void>,
): Promise<number> {
  return onSlowPage(visit, async (page) => {
    const requests = watchRequests(page)
    if (prepare) await prepare(page)
    await requests.settled()
    const before = await page.evaluate(() => {
      window.told.events = []
      return performance.interactionCount
    })
    await act(page)
    await calm(page, requests)
    const counted = (await page.evaluate(() => performance.interactionCount)) - before
    if (counted < 1) throw new Error(`what was done on ${visit.path} was no interaction to the browser`)
    // The browser reports no faster event.
    return page.evaluate((fastest) => Math.max(fastest, ...window.told.events), fastestReported)
  })
}

async function onSlowPage<T>(visit: Visit, work: (page: Page) => Promise<T>): Promise<T> {
  const browser = await launchBrowser()
  try {
    await (await open(browser, visit, 1)).context().close()
    return await work(await open(browser, visit, slowedBy))
  } finally {
    await browser.close()
  }
}

/** A page in a context of its own, so without a cache, fully loaded. */
async function open(browser: Browser, { port, customerId, path }: Visit, slowed: number): Promise<Page> {
  const context = await newContext(browser)
  await context.addInitScript(listen, fastestReported)
  const page = await context.newPage()
  const session = await context.newCDPSession(page)
  await session.send('Emulation.setCPUThrottlingRate', { rate: slowed })
  const requests = watchRequests(page)
  await page.goto(await portalLink(port, customerId, path))
  await page.getByRole('heading', { level: 1 }).waitFor()
  await calm(page, requests)
  if (!(await page.evaluate(() => window.told.listening))) throw new Error(`nothing listens on ${path}`)
  return page
}

/**
 * Runs in the page before its own scripts. It contains no named function: tsx marks those with a helper that
 * the page does not have, and the script would fail.
 */
function listen(fastest: number): void {
  window.told = { listening: false, largest: 0, ready: 0, events: [] }
  new PerformanceObserver((list) => {
    window.told.largest = list.getEntries().at(-1)!.startTime
  }).observe({ type: 'largest-contentful-paint', buffered: true })
  new PerformanceObserver((list) => {
    // An event that is not part of an interaction, such as a pointer move, has no id.
    for (const entry of list.getEntries() as PerformanceEventTiming[])
      if (entry.interactionId) window.told.events.push(entry.duration)
  }).observe({ type: 'event', buffered: true, durationThreshold: fastest } as PerformanceObserverInit)
  let waiting = true
  new MutationObserver(() => {
    const still = document.querySelector('h1') === null || document.querySelector('.skeleton') !== null
    if (waiting && !still) window.told.ready = performance.now()
    waiting = still
  }).observe(document, { childList: true, subtree: true })
  window.told.listening = true
}
