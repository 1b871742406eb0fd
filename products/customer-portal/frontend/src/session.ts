import { ref } from 'vue'
import type { Token } from '@customer-portal/portal-api/contract'

/** starting: no token yet. open: calls can be made. ended: none to be had any more. left: the reader signed out. refused: no host answers. */
export type SessionState = 'starting' | 'open' | 'ended' | 'left' | 'refused'

export const sessionState = ref<SessionState>('starting')

// The token lives here and nowhere else: not in a URL, a cookie, a storage or a log.
let token: string | undefined
let renewal: Promise<string | undefined> | undefined
let renewToken: () => Promise<Token | string | null> = async () => null
let timer: ReturnType<typeof setTimeout> | undefined
let opened: () => void = () => undefined
const opening = new Promise<void>((resolve) => { opened = resolve })

/** How a new token is got: from the host's page or by the cookie. */
export function renewWith(source: () => Promise<Token | string | null>) {
  renewToken = source
}

/** Takes a token into use and, where its end is known, renews it a minute before. */
export function useToken(fresh: Token | string) {
  token = typeof fresh === 'string' ? fresh : fresh.token
  sessionState.value = 'open'
  opened()
  clearTimeout(timer)
  if (typeof fresh === 'string') return
  const left = Date.parse(fresh.expiresAt) - Date.now() - 60_000
  // A server whose clock stands elsewhere says nothing about ours: then the 401 is waited for.
  if (left > 0 && left < 86_400_000) timer = setTimeout(() => void renewAfter(token), left)
}

export function endSession(state: 'ended' | 'left' | 'refused') {
  token = undefined
  clearTimeout(timer)
  sessionState.value = state
  opened()
}

/** The token to call with; waits while the session starts. */
export async function currentToken(): Promise<string | undefined> {
  if (sessionState.value === 'starting') await opening
  return token
}

async function renew(): Promise<string | undefined> {
  const fresh = await renewToken().catch(() => undefined)
  if (fresh === undefined) return undefined
  if (fresh === null) endSession('ended')
  else useToken(fresh)
  return token
}

/** A newer token than `used`; many callers share one request. Undefined where there is none: then the session is over. */
export async function renewAfter(used: string | undefined): Promise<string | undefined> {
  if (sessionState.value !== 'open' && sessionState.value !== 'starting') return undefined
  if (token !== used) return token
  renewal ??= renew().finally(() => { renewal = undefined })
  return renewal
}
