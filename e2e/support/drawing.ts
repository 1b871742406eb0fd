import { execFileSync } from 'node:child_process'
import type { Browser } from 'playwright-core'

/**
 * What renders the pages: another version of the browser or of a font renders the same page slightly
 * differently.
 */
export interface Drawing {
  chromium: string
  /** Each font in use, with its version. */
  fonts: string[]
}

/** The fonts of tokens.css as this machine resolves them, for both languages and weights. */
const sample = ['zh-CN', 'en']
  .map((language) => `<p lang="${language}">Don’t 1,234.50 ¥ <b>bold</b> 用量 <b>套餐</b> “·” …</p>`)
  .join('')
const families =
  "Inter, ui-sans-serif, -apple-system, 'Segoe UI', 'Helvetica Neue', 'PingFang SC', "
  + "'Microsoft YaHei', 'Noto Sans SC', 'Noto Sans CJK SC', sans-serif"

/** What this machine renders with. */
export async function drawingHere(browser: Browser): Promise<Drawing> {
  const page = await browser.newPage()
  await page.setContent(`<body style="font-family: ${families.replaceAll('"', "'")}">${sample}`)
  const session = await page.context().newCDPSession(page)
  for (const domain of ['DOM', 'CSS'] as const) await session.send(`${domain}.enable`)
  const { root } = await session.send('DOM.getDocument')
  const { nodeIds } = await session.send('DOM.querySelectorAll', { nodeId: root.nodeId, selector: 'p, b' })
  const used = new Set<string>()
  for (const nodeId of nodeIds) {
    const { fonts } = await session.send('CSS.getPlatformFontsForNode', { nodeId })
    for (const { postScriptName } of fonts) used.add(postScriptName)
  }
  await page.close()
  return { chromium: browser.version(), fonts: [...used].sort().map((name) => `${name} ${versionOf(name)}`) }
}

/** The version by fontconfig; without it the pictures were made elsewhere. */
function versionOf(postScriptName: string): string {
  try {
    return (
      execFileSync('fc-list', [`:postscriptname=${postScriptName}`, '--format=%{fontversion}'], {
        encoding: 'utf8',
      }) || 'unknown'
    )
  } catch {
    return 'unknown'
  }
}

/** Whether two drawings are equal. */
export const sameDrawing = (one: Drawing, other: Drawing): boolean =>
  one.chromium === other.chromium && one.fonts.join() === other.fonts.join()
export const inWords = ({ chromium, fonts }: Drawing): string =>
  `Chromium ${chromium} and ${fonts.join(', ')}`
