import { existsSync } from 'node:fs'
import { capture, shortened } from './child.mjs'
import { say } from './console.mjs'
import { inCi, inProject } from './project.mjs'
import { findCommand } from './system-packages.mjs'

/**
 * Where a Chromium may be: CHROMIUM_PATH, the commands of Linux, the applications of macOS.
 * @param {string | undefined} named
 * @returns {string[]}
 */
export function candidateBrowsers(named = process.env.CHROMIUM_PATH) {
  if (named) return [named]
  const commands = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome'].map(
    (name) => findCommand([name]),
  )
  return [
    ...commands.filter((file) => file !== undefined),
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  ]
}

/**
 * A Chromium of this machine that starts (Ubuntu's package only points to a snap).
 * @returns {Promise<string | undefined>}
 */
export async function findChromium() {
  const downloaded = await downloadedChromium()
  for (const file of [...candidateBrowsers(), ...(downloaded ? [downloaded] : [])]) {
    if (existsSync(file) && (await capture(file, ['--version'])).code === 0) return file
  }
  return undefined
}

/**
 * The one that playwright-core has downloaded, if any.
 * @returns {Promise<string | undefined>}
 */
async function downloadedChromium() {
  const { chromium } = await import('playwright-core')
  const file = chromium.executablePath()
  return existsSync(file) ? file : undefined
}

/** Makes playwright-core download its own Chromium, for systems whose packages have none. */
export async function downloadChromium() {
  say('  Fetching a Chromium with playwright-core …')
  const dependencies = process.getuid?.() === 0 || inCi ? ['--with-deps'] : []
  const { code, output } = await capture(
    process.execPath,
    [inProject('node_modules', 'playwright-core', 'cli.js'), 'install', ...dependencies, 'chromium'],
    {
      waiting: 'still fetching Chromium',
    },
  )
  if (code !== 0) say(shortened(output, 8))
}

/** Whether this machine can render Chinese. Without a font every character is a box in the screenshots. */
export async function hasChineseFont() {
  if (process.platform !== 'linux') return true
  const { code, output } = await capture('fc-list', [':lang=zh', 'family'])
  return code === 0 && output.trim() !== ''
}
