import { identify } from '../api.ts'
import { connection } from '../connection.ts'
import { bindSession, renewAfter, renewWith, sessionState, useToken } from '../session.ts'

const starting = () => sessionState.value === 'starting'

/**
 * Renews the session with a token from the host. The host's login may have changed to another customer, so
 * the server is asked whose token it is.
 */
export function renewByHost(requestToken: () => Promise<string | null>) {
  renewWith(async () => {
    const token = await requestToken().catch(() => null)
    return token === null ? null : identify({ token })
  })
}

/**
 * Uses a token from the host, after the server has said whose it is. `accountId` is the customer the host
 * names; null when the host does not know. A token of another customer ends the session.
 */
export async function takeHostToken(token: string, accountId: string | null = null): Promise<void> {
  if (accountId && !bindSession(accountId)) return
  const known = await identify({ token }).catch(() => undefined)
  if (known) useToken(known)
  // Expired in transit, so the host is asked for another. In an open session the next rejected call does
  // that.
  else if (known === null && starting()) await renewAfter(undefined)
  if (!starting()) return
  connection.lost()
  connection.onceBack(() => void takeHostToken(token, accountId))
}
