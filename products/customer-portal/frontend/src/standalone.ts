import type { Token } from '@customer-portal/portal-api/contract'
import { connection } from './connection.ts'
import { firstToken, renewByCookie } from './first-token.ts'
import { endSession, renewWith, useToken } from './session.ts'

/**
 * Opens the session of a portal that stands alone: by the link's one-time code, or by the cookie of an
 * earlier link. `asked`: the token, where it has been asked for already.
 */
export async function startAlone(code: string | null, asked = firstToken(code)): Promise<void> {
  renewWith(renewByCookie)
  const start = async (token: Promise<Token | null>) => {
    try {
      const first = await token
      if (first) useToken(first)
      else endSession('ended')
    } catch {
      // Not refused, only out of reach: the code is still good when the server is back.
      connection.lost()
      connection.onceBack(() => void start(firstToken(code)))
    }
  }
  await start(asked)
}
