import { identify } from '../api.ts'
import { connection } from '../connection.ts'
import { bindSession, renewAfter, renewWith, sessionState, useToken } from '../session.ts'

const starting = () => sessionState.value === 'starting'

/**
 * Renews the session by asking the host. Its login may be another customer's by now, so the server says whose
 * the token is.
 */
export function renewByHost(requestToken: () => Promise<string | null>) {
  renewWith(async () => {
    const token = await requestToken().catch(() => null)
    return token === null ? null : identify({ token })
  })
}

/**
 * Takes a token the host gave into use, once the server has said whose it is. `accountId` is whose the host
 * says it is; null: the host does not know. A token of another customer, or of another one than that, ends
 * the session.
 */
export async function takeHostToken(token: string, accountId: string | null = null): Promise<void> {
  if (accountId && !bindSession(accountId)) return
  const known = await identify({ token }).catch(() => undefined)
  if (known) useToken(known)
  // Run out on its way: the host is asked for another. In an open session the next refused call asks.
  else if (known === null && starting()) await renewAfter(undefined)
  if (!starting()) return
  connection.lost()
  connection.onceBack(() => void takeHostToken(token, accountId))
}
