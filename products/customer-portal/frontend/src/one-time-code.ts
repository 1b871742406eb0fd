import { embedded } from './storage.ts'

function take(): string | null {
  if (embedded) return null
  const found = new URLSearchParams(location.hash.slice(1)).get('code')
  if (found) history.replaceState(history.state, '', location.pathname + location.search)
  return found
}

/**
 * The one-time code of the link. It leaves the address as this module loads, before the router remembers
 * where it stands.
 */
export const code = take()
