import type { Page, Request } from 'playwright-core'

const calm = 500
const patience = 60_000
const isStream = (request: Request) => new URL(request.url()).pathname.endsWith('/stream')

/** The requests a page makes from now on. */
export interface Requests {
  /** The number of open streams. */
  streams(): number
  /** How often a path was requested. */
  count(path: string): number
  /** Waits until half a second has passed without a request; streams, which stay open, do not count. */
  settled(): Promise<void>
}

export function watchRequests(page: Page): Requests {
  const open = new Set<Request>()
  const asked = new Map<string, number>()
  let last = performance.now()
  page.on('request', (request) => {
    open.add(request)
    const { pathname } = new URL(request.url())
    asked.set(pathname, (asked.get(pathname) ?? 0) + 1)
  })
  const end = (request: Request) => {
    open.delete(request)
    if (!isStream(request)) last = performance.now()
  }
  page.on('requestfinished', end)
  page.on('requestfailed', end)
  const waiting = () => [...open].filter((request) => !isStream(request))
  return {
    streams: () => [...open].filter(isStream).length,
    count: (path) => asked.get(path) ?? 0,
    async settled() {
      last = performance.now()
      const until = last + patience
      while (waiting().length > 0 || performance.now() - last < calm) {
        if (performance.now() > until)
          throw new Error(
            `the page is still waiting for ${
              waiting()
                .map((request) => request.url())
                .join(', ') || 'something'
            }`,
          )
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    },
  }
}
