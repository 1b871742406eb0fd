/** The portal's address, and the URLs of its pages. */
export interface PortalAddress {
  origin: string
  sameOrigin: boolean
  /** The URL of the portal's public settings. */
  settings: string
  /** The frame's URL for a page of the portal such as `/usage?period=2026-11`. */
  page(path: string): string
}

/** Parses the portal's address. `url` is a path on the page's own origin or an absolute URL. */
export function portalAddress(url: string, own: string): PortalAddress {
  const base = new URL(url, own)
  const root = base.origin + base.pathname.replace(/\/+$/, '')
  return {
    origin: base.origin,
    sameOrigin: base.origin === new URL(own).origin,
    settings: `${root}/settings.json`,
    page(path) {
      const { pathname, searchParams } = new URL(path, 'https://path.invalid')
      searchParams.set('embed', '1')
      return `${root}${pathname}?${searchParams}`
    },
  }
}
