import { ref } from 'vue'

/**
 * starting: no token yet. open: calls can be made. ended: no valid token can be had. left: the reader signed
 * out. refused: no host responds.
 */
export type SessionState = 'starting' | 'open' | 'ended' | 'left' | 'refused'

export const sessionState = ref<SessionState>('starting')
export const isOver = (state: SessionState) => state !== 'starting' && state !== 'open'

/** A token, its customer, and its expiry when known. */
export interface KnownToken {
  token: string
  customerId: string
  expiresAt?: string
}

// The token exists here only: not in a URL, a cookie, a storage or a log.
let token: string | undefined
let customer: string | undefined
let renewal: Promise<string | undefined> | undefined
let renewToken: () => Promise<KnownToken | null> = async () => null
let timer: ReturnType<typeof setTimeout> | undefined
let opened: () => void = () => undefined
const opening = new Promise<void>((resolve) => {
  opened = resolve
})

/** Sets the source of new tokens: the host page or the cookie. Either may return one of another customer. */
export function renewWith(source: () => Promise<KnownToken | null>) {
  renewToken = source
}

/**
 * Ties the session to its first customer. Returns false for another one and ends the session: the page shows
 * the first customer's data, and a form of it would overwrite the other's.
 */
export function bindSession(customerId: string): boolean {
  customer ??= customerId
  if (customer === customerId) return true
  endSession('ended')
  return false
}

/** Uses a token of the session's customer and, when its expiry is known, renews it a minute before. */
export function useToken(fresh: KnownToken) {
  // A renewal in progress when the reader signed out.
  if (sessionState.value === 'left' || !bindSession(fresh.customerId)) return
  token = fresh.token
  sessionState.value = 'open'
  opened()
  clearTimeout(timer)
  if (fresh.expiresAt === undefined) return
  const left = Date.parse(fresh.expiresAt) - Date.now() - 60_000
  // If the server's clock differs much from ours, its expiry is useless; the session then renews on a 401.
  if (left > 0 && left < 86_400_000) timer = setTimeout(() => void renewAfter(token), left)
}

export function endSession(state: 'ended' | 'left' | 'refused') {
  token = undefined
  clearTimeout(timer)
  sessionState.value = state
  opened()
}

/** The token for a call; waits while the session starts. */
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

/**
 * A newer token than `used`; concurrent callers share one request. Undefined when there is none, and the
 * session has ended.
 */
export async function renewAfter(used: string | undefined): Promise<string | undefined> {
  if (sessionState.value !== 'open' && sessionState.value !== 'starting') return undefined
  if (token !== used) return token
  renewal ??= renew().finally(() => {
    renewal = undefined
  })
  return renewal
}
