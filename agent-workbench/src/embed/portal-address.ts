/** Where the portal is and how its pages and ours are called. `portalUrl` is a path on `ownOrigin` or an absolute URL. */
export function portalAddress(portalUrl: string, ownOrigin: string) {
  const base = new URL(portalUrl, ownOrigin)
  const root = base.pathname.replace(/\/+$/, '')
  return {
    origin: base.origin,
    sameOrigin: base.origin === ownOrigin,
    /** The frame's address for a page of the portal such as `/usage?period=2026-11`. */
    frame(path: string): string {
      const { pathname, searchParams } = new URL(path, 'https://path.invalid')
      searchParams.set('embed', '1')
      return `${base.origin}${root}${pathname}?${searchParams}`
    },
  }
}

const accountRoot = '/account'

/** Our path for a page of the portal: `/subscription` is `/account/subscription`. */
export function accountPath(portalPath: string): string {
  return portalPath === '/' ? accountRoot : `${accountRoot}${portalPath.startsWith('/?') ? portalPath.slice(1) : portalPath}`
}

/** The page of the portal that a path of ours stands for. */
export function portalPath(fullPath: string): string {
  const [withoutHash = ''] = fullPath.split('#', 1)
  const rest = withoutHash.slice(accountRoot.length)
  return rest.startsWith('/') ? rest : `/${rest}`
}
