import type { BrowserContext, Page } from 'playwright-core'

/** The format of every portal token. */
const token = /pt_[\w-]{20,}/

/** The portal tokens used by the pages of a context from now on, in order of first use. */
export function tokensUsed(context: BrowserContext): Set<string> {
  const tokens = new Set<string>()
  context.on('request', (request) => {
    const [found] = token.exec(request.headers().authorization ?? '') ?? []
    if (found) tokens.add(found)
  })
  return tokens
}

/**
 * Where a portal token is exposed: in URLs, storages and cookies, in the pages' content, and in the server's
 * log.
 */
export async function placesWithToken(page: Page, asked: readonly string[], log: string): Promise<string[]> {
  const places: [string, string][] = [
    ['log', log],
    ['cookies', JSON.stringify(await page.context().cookies())],
    ...asked.map((address): [string, string] => ['request', address]),
  ]
  for (const frame of page.frames()) {
    const kept = await frame.evaluate(() => {
      // A sandbox may deny a frame any storage.
      const stored = () => {
        try {
          return JSON.stringify([{ ...localStorage }, { ...sessionStorage }])
        } catch {
          return 'none'
        }
      }
      return {
        storage: stored(),
        page: document.documentElement.outerHTML,
        history: JSON.stringify([history.state, document.referrer, window.name]),
      }
    })
    places.push([`address of ${frame.url()}`, frame.url()], ...Object.entries(kept))
  }
  return places.filter(([, text]) => token.test(text)).map(([name]) => name)
}
