import { embedded } from './storage.ts'

function take(): string | null {
  if (embedded) return null
  const found = new URLSearchParams(location.hash.slice(1)).get('code')
  if (found) history.replaceState(history.state, '', location.pathname + location.search)
  return found
}

/**
 * The link's one-time code. It is removed from the URL as this module loads, before the router stores the
 * URL.
 */
export const code = take()
