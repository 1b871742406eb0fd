const accountRoot = '/account'

/** The workbench's path for a page of the portal: `/subscription` is `/account/subscription`. */
export function accountPath(portalPath: string): string {
  return portalPath === '/'
    ? accountRoot
    : `${accountRoot}${portalPath.startsWith('/?') ? portalPath.slice(1) : portalPath}`
}

/** The page of the portal for a path of the workbench. */
export function portalPath(fullPath: string): string {
  const [withoutHash = ''] = fullPath.split('#', 1)
  const rest = withoutHash.slice(accountRoot.length)
  return rest.startsWith('/') ? rest : `/${rest}`
}
