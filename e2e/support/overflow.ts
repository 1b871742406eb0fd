import { mkdirSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sidewaysScroll } from './axe.ts'
import { outOfTheirBoxes } from './boxes.ts'
import { launchBrowser } from './browser.ts'
import { inWorld, mainOf as main, type OpenPage } from './customers.ts'
import { watchRequests } from './requests.ts'
import { customers, startWorld } from './world.ts'

const shoot = async (page: Page, name: string) => {
  if (!process.env.SCREENSHOTS) return
  mkdirSync(process.env.SCREENSHOTS, { recursive: true })
  await page.screenshot({ path: `${process.env.SCREENSHOTS}/${name}.png`, fullPage: true })
}
/**
 * Each page is opened in the first look of its language, then checked in the other as well: a window may
 * change its width, and a system its theme.
 */
export const looks = [
  {
    locale: 'zh-CN',
    seen: [
      { theme: 'light', width: 1280 },
      { theme: 'dark', width: 390 },
    ],
  },
  {
    locale: 'en',
    seen: [
      { theme: 'light', width: 390 },
      { theme: 'dark', width: 1280 },
    ],
  },
] as const
const paths = { overview: '/', usage: '/usage', subscription: '/subscription', invoices: '/invoices' }

async function lookAt(
  page: Page,
  { theme, width }: { theme: 'light' | 'dark'; width: number },
): Promise<void> {
  await page.emulateMedia({ colorScheme: theme })
  await page.setViewportSize({ width, height: page.viewportSize()!.height })
  await page.evaluate(
    () =>
      new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve)))),
  )
}

/**
 * Whether the tab strip shows the open tab: it may be wider than the window, and the window may have changed.
 */
const openTabInSight = (page: Page) =>
  page.evaluate(() => {
    const tab = document.querySelector('nav [aria-current=page]')!
    const [own, strip] = [tab.getBoundingClientRect(), tab.closest('nav')!.getBoundingClientRect()]
    return own.left >= strip.left - 1 && own.right <= strip.right + 1
  })

/** Layout errors of a page: content outside its box, a page wider than its window, raw keys. */
async function wrongOn(page: Page): Promise<string[]> {
  const text = await main(page).innerText()
  return [
    ...(await outOfTheirBoxes(page)),
    ...((await sidewaysScroll(page)) > 0 ? [`${await sidewaysScroll(page)} px wider than its window`] : []),
    ...(text.match(/meter_\d+|\{\w+\}|undefined|NaN|\bfalse\b|\b[a-z]+\.[a-z]+[A-Z]\w*/g) ?? []),
  ]
}

/** The tests of one language: a file each, because together they take longer than any other. */
export function nothingOverflows({ locale, seen }: (typeof looks)[number]): void {
  let open: OpenPage
  let stop: () => Promise<void>
  beforeAll(async () => {
    const browser = await launchBrowser()
    const world = await startWorld()
    open = inWorld(browser, world)
    stop = async () => {
      await browser.close()
      await world.stop()
    }
  }, 300_000)
  afterAll(() => stop())

  test.each(customers.filter((id) => !process.env.ONLY || process.env.ONLY.includes(id)))(
    'customer "%s": nothing overflows its box, no page is wider than its window, no key or placeholder is shown raw',
    async (customerId) => {
      const { page, close } = await open(customerId, '/', { locale, ...seen[0] })
      const found: Record<string, unknown> = {}
      for (const [name, path] of Object.entries(paths)) {
        if (path !== '/') {
          const requests = watchRequests(page)
          await page.locator(`nav a[href$="/portal${path}"]`).first().click()
          await requests.settled()
        }
        for (const look of [seen[1], seen[0]]) {
          await lookAt(page, look)
          // A layout in progress is right a moment later.
          let wrong = await wrongOn(page)
          if (wrong.length > 0) {
            await page.waitForTimeout(500)
            wrong = await wrongOn(page)
          }
          const seenAs = `${name}-${locale}-${look.theme}-${look.width}`
          await expect
            .poll(() => openTabInSight(page), { message: `the open tab of ${name} at ${look.width}` })
            .toBe(true)
          if (wrong.length > 0) found[seenAs] = wrong.slice(0, 8)
          await shoot(page, `${customerId}-${seenAs}`)
        }
      }
      expect(found).toEqual({})
      await close()
    },
  )
}
