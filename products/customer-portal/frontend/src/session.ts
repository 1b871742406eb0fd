import { ref } from 'vue'

/**
 * starting: no token yet. open: calls can be made. ended: none to be had any more. left: the reader signed
 * out. refused: no host answers.
 */
export type SessionState = 'starting' | 'open' | 'ended' | 'left' | 'refused'

export const sessionState = ref<SessionState>('starting')
export const isOver = (state: SessionState) => state !== 'starting' && state !== 'open'

/** A token, whose it is, and its end where that is known. */
export interface KnownToken {
  token: string
  customerId: string
  expiresAt?: string
}

// The token lives here and nowhere else: not in a URL, a cookie, a storage or a log.
let token: string | undefined
let customer: string | undefined
let renewal: Promise<string | undefined> | undefined
let renewToken: () => Promise<KnownToken | null> = async () => null
let timer: ReturnType<typeof setTimeout> | undefined
let opened: () => void = () => undefined
const opening = new Promise<void>((resolve) => {
  opened = resolve
})

/**
 * How a new token is got: from the host's page or by the cookie. Either may answer one of another customer.
 */
export function renewWith(source: () => Promise<KnownToken | null>) {
  renewToken = source
}

/**
 * Keeps the session to the customer it began with. False for another one, which ends it:
 * what is on screen is the first one's, and a form of it would be saved over the other's.
 */
export function bindSession(customerId: string): boolean {
  customer ??= customerId
  if (customer === customerId) return true
  endSession('ended')
  return false
}

/**
 * Takes a token of the session's customer into use and, where its end is known, renews it a minute before.
 */
export function useToken(fresh: KnownToken) {
  // A renewal that was under way while the reader signed out.
  if (sessionState.value === 'left' || !bindSession(fresh.customerId)) return
  token = fresh.token
  sessionState.value = 'open'
  opened()
  clearTimeout(timer)
  if (fresh.expiresAt === undefined) return
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

/**
 * A newer token than `used`; many callers share one request. Undefined where there is none: then the session
 * is over.
 */
export async function renewAfter(used: string | undefined): Promise<string | undefined> {
  if (sessionState.value !== 'open' && sessionState.value !== 'starting') return undefined
  if (token !== used) return token
  renewal ??= renew().finally(() => {
    renewal = undefined
  })
  return renewal
}
