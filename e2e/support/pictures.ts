import type { Browser, BrowserContext, FrameLocator, Page } from 'playwright-core'
import { watchRequests, type Requests } from './requests.ts'
import { secretKey } from './server.ts'
import { vendorOf, type Vendor } from './vendor.ts'

/**
 * The instant of the pictures, by the server's clock and the browser's: a Saturday morning, nine days before
 * the period ends.
 */
export const pictureClock = '2026-11-21T02:30:00Z'

const reader = { id: 'agent', name: '林晓' }

export type PictureLook = { locale: 'zh-CN' | 'en'; theme: 'light' | 'dark'; width: 1280 | 390 }

/** One page in one look. `name` is the file name without its extension. */
export interface Picture {
  name: string
  subject: Subject
  look: PictureLook
}

/** The URL of each subject, and the actions before the picture is taken. */
const subjects = {
  overview: { path: '/' },
  usage: { path: '/usage' },
  subscription: { path: '/subscription' },
  upgrade: { path: '/subscription?upgrade=business', settled: '[data-due-now]' },
  invoices: { path: '/invoices' },
  invoice: { path: '/invoices/:renewal' },
  account: { path: '/account' },
} as const satisfies Record<string, { path: string; settled?: string }>
type Subject = keyof typeof subjects

const series: { look: PictureLook; of: Subject[] }[] = [
  {
    look: { locale: 'zh-CN', theme: 'light', width: 1280 },
    of: ['overview', 'usage', 'subscription', 'invoices', 'account', 'upgrade', 'invoice'],
  },
  { look: { locale: 'zh-CN', theme: 'dark', width: 1280 }, of: ['overview', 'usage', 'subscription'] },
  {
    look: { locale: 'en', theme: 'light', width: 1280 },
    of: ['overview', 'usage', 'subscription', 'invoices'],
  },
  { look: { locale: 'zh-CN', theme: 'light', width: 390 }, of: ['overview', 'usage', 'invoices', 'account'] },
  { look: { locale: 'en', theme: 'dark', width: 390 }, of: ['usage', 'upgrade', 'invoice'] },
]

/** All reference pictures: every page in the looks that differ most, not in every combination. */
export const pictures: Picture[] = series.flatMap(({ look, of }) =>
  of.map((subject) => ({ name: [subject, look.locale, look.theme, look.width].join('-'), subject, look })),
)

/** Takes one picture of a server with the demo whose clock stands at `pictureClock`. */
export async function takePicture(
  browser: Browser,
  url: string,
  { subject, look }: Picture,
): Promise<Buffer> {
  const context = await pictureContext(browser, look)
  const page = await context.newPage()
  await openSubject(page, vendorOf(url, secretKey), subject, look.locale)
  const image = await shoot(page)
  await context.close()
  return image
}

/**
 * A browser at the same instant and time zone as the server, without animations; the narrow one is a phone.
 */
export async function pictureContext(
  browser: Browser,
  { locale, theme, width }: PictureLook,
  { height = 900, scale = 1 } = {},
): Promise<BrowserContext> {
  const phone = width < 640
  const context = await browser.newContext({
    locale,
    colorScheme: theme,
    viewport: { width, height },
    deviceScaleFactor: scale,
    isMobile: phone,
    hasTouch: phone,
    reducedMotion: 'reduce',
    timezoneId: 'Asia/Shanghai',
  })
  await context.clock.setFixedTime(pictureClock)
  return context
}

/** Opens a page as the demo's customer, and waits until it is complete. */
export async function openSubject(
  page: Page,
  vendor: Vendor,
  subject: Subject,
  locale: 'zh-CN' | 'en',
): Promise<void> {
  const { path, ...rest } = subjects[subject]
  const { url } = await vendor.session(
    'test_customer',
    'owner',
    await addressOf(vendor, path),
    locale,
    reader,
  )
  const requests = watchRequests(page)
  await page.goto(url)
  await page.getByRole('heading', { level: 1 }).first().waitFor()
  if ('settled' in rest) await page.locator(rest.settled).waitFor()
  await calm(page, requests)
}

async function addressOf(vendor: Vendor, path: string): Promise<string> {
  if (!path.includes(':renewal')) return path
  const renewal = (await vendor.invoices('test_customer')).data.find((invoice) => invoice.kind === 'renewal')!
  return path.replace(':renewal', renewal.id)
}

/** Waits until no request and no animation is in progress. */
export async function calm(place: Page | FrameLocator, requests: Requests): Promise<void> {
  await requests.settled()
  await place.locator('[aria-busy=true], .skeleton').first().waitFor({ state: 'detached' })
}

/** The whole page, or the window when a dialog is open. */
async function shoot(page: Page): Promise<Buffer> {
  const fullPage = (await page.locator('dialog[open]').count()) === 0
  return page.screenshot({ fullPage, animations: 'disabled', caret: 'hide', scale: 'css' })
}
