import { describe, expect, test } from 'vitest'
import type { BrowserContext, Frame, Page } from 'playwright-core'
import { logIn, newContext } from './support/browser.ts'
import { calm } from './support/pictures.ts'
import { watchRequests, type Requests } from './support/requests.ts'
import { browser, now, url, vendor } from './support/standing.ts'
import { layoutShift, takeShifts, watchShifts } from './support/shifts.ts'

const most = 0.02
const paths = ['/', '/usage', '/subscription', '/invoices', '/account']

/** Delays the page's requests unevenly, so that every part waits for another one. */
async function slowDown(context: BrowserContext): Promise<void> {
  const waits = [300, 900, 500, 1200, 700]
  let asked = 0
  await context.route('**/api/portal/**', async (route) => {
    await new Promise((resolve) => setTimeout(resolve, waits[asked++ % waits.length]))
    await route.continue()
  })
}

async function open(width: number, path: string): Promise<{ page: Page; requests: Requests }> {
  const context = await newContext(browser, { width })
  await watchShifts(context)
  await slowDown(context)
  const page = await context.newPage()
  const requests = watchRequests(page)
  await page.goto((await vendor.session('test_customer', 'owner', path)).url)
  await page.getByRole('heading', { level: 1 }).waitFor()
  await calm(page, requests)
  return { page, requests }
}

/** Fails with the elements that moved. */
async function expectStill(place: Page | Frame, name: string): Promise<void> {
  const shifts = await takeShifts(place)
  if (process.env['SHIFTS']) console.log(name, layoutShift(shifts).toFixed(4), shifts)
  expect([name, layoutShift(shifts) < most ? [] : shifts]).toEqual([name, []])
}

test('a layout shift is detected', async () => {
  const { page } = await open(1280, '/invoices')
  await takeShifts(page)
  await page.locator('main').evaluate((main) => {
    main.style.paddingTop = '200px'
  })
  await expect.poll(async () => layoutShift(await takeShifts(page))).toBeGreaterThan(most)
  await page.context().close()
})

test("nothing shifts in the workbench's frame", async () => {
  const context = await newContext(browser)
  await watchShifts(context)
  await slowDown(context)
  const page = await context.newPage()
  const requests = watchRequests(page)
  await logIn(page, url, 'demo@example.com', 'demo-password-2026')
  await page.getByRole('link', { name: '账户与订阅' }).click()
  const inside = page.frameLocator('iframe')
  await inside.getByRole('heading', { level: 1, name: '概览' }).waitFor()
  await calm(inside, requests)
  await expectStill(page.frames()[1]!, 'the frame')
  await context.close()
})

describe.each([{ width: 1280 }, { width: 390 }])('at $width px', ({ width }) => {
  test.each(paths)('%s has no layout shift while it loads', async (path) => {
    const { page } = await open(width, path)
    await expectStill(page, path)
    await page.context().close()
  })

  test('the upgrade dialog opens with the room its price will need', async () => {
    const { page } = await open(width, '/subscription')
    // A quote that is valid for some minutes is valid by the server's clock.
    await page.clock.setFixedTime(now)
    // Tall enough for all of it: a dialog limited by the window would hide its content's height.
    await page.setViewportSize({ width, height: 1_400 })
    await page.getByRole('button', { name: '升级到商业版' }).first().click()
    const dialog = page.getByRole('dialog')
    // Without messages beside the price, which cannot be known before.
    const height = () =>
      dialog.evaluate((element) => {
        const told = element.querySelector<HTMLElement>('[data-told]')
        return (
          (element as HTMLElement).offsetHeight
          - (told ? told.offsetHeight + parseFloat(getComputedStyle(told).marginTop) : 0)
        )
      })
    await dialog.getByRole('status').waitFor()
    const first = await height()
    await dialog.locator('[data-due-now]').waitFor()
    // Heights are rounded one by one, and a message may add part of a pixel.
    expect(Math.abs((await height()) - first)).toBeLessThanOrEqual(1)
    await page.context().close()
  })

  test('nothing shifts while navigating from page to page', async () => {
    const { page, requests } = await open(width, '/account')
    await takeShifts(page)
    for (const path of paths) {
      await page.locator(`nav a[href$="/portal${path}"]`).click()
      await page.waitForURL(`**/portal${path}`)
      await calm(page, requests)
      await expectStill(page, path)
    }
    await page.context().close()
  })
})
