import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Disables the browser's own pages behind its address bar: they load hundreds of scripts per window, at the
  // same time as the page under test.
  '--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup',
]

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium', args: flags })
}

/**
 * A browser that accepts third-party cookies, or blocks them all, as more and more do by default. Its profile
 * is in `folder`.
 */
export async function launchWithCookies(
  folder: string,
  ofOthers: 'kept' | 'refused',
): Promise<BrowserContext> {
  await mkdir(join(folder, 'Default'), { recursive: true })
  const refused = ofOthers === 'refused'
  await writeFile(
    join(folder, 'Default', 'Preferences'),
    JSON.stringify({
      profile: { block_third_party_cookies: refused, cookie_controls_mode: refused ? 1 : 0 },
    }),
  )
  return chromium.launchPersistentContext(folder, {
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: flags,
    locale: 'zh-CN',
  })
}

/**
 * What a page did wrong: errors on the console, requests to other hosts. `urls` has every URL it requested.
 */
export interface Witness {
  errors: string[]
  outside: string[]
  urls: string[]
}

/** Records all pages of a context. `hosts` are ours. */
export function watch(context: BrowserContext, hosts: readonly string[]): Witness {
  const witness: Witness = { errors: [], outside: [], urls: [] }
  context.on('request', (request) => {
    witness.urls.push(request.url())
    const { protocol, host } = new URL(request.url())
    if (protocol.startsWith('http') && !hosts.includes(host)) witness.outside.push(request.url())
  })
  context.on('console', (message) => {
    if (message.type() === 'error') witness.errors.push(`${message.text()} (${message.location().url})`)
  })
  context.on('weberror', (error) => witness.errors.push(String(error.error())))
  return witness
}

export interface Look {
  locale?: 'zh-CN' | 'en'
  theme?: 'light' | 'dark'
  width?: number
  height?: number
}

/** How long tests wait for an element: as long as a busy machine may need. Speed is measured elsewhere. */
const patience = 60_000

export async function newContext(
  browser: Browser,
  { locale = 'zh-CN', theme = 'light', width = 1280, height = 900 }: Look = {},
): Promise<BrowserContext> {
  const context = await browser.newContext({
    locale,
    colorScheme: theme,
    viewport: { width, height },
    reducedMotion: 'reduce',
    acceptDownloads: true,
  })
  context.setDefaultTimeout(patience)
  return context
}

/** Logs in to the workbench as a person would. */
export async function logIn(page: Page, url: string, email: string, password: string): Promise<void> {
  await page.goto(`${url}/workbench`)
  await page.locator('input[name=email]').fill(email)
  await page.locator('input[name=password]').fill(password)
  await page.locator('button[type=submit]').click()
  await page.getByRole('navigation').waitFor()
}
