import type { Token } from '@customer-portal/portal-api/contract'
import { connection } from './connection.ts'
import { firstToken, renewByCookie } from './first-token.ts'
import { endSession, renewWith, useToken } from './session.ts'

/**
 * Opens the session of a standalone portal: with the link's one-time code, or with the cookie of an earlier
 * link. `asked`: the pending token request, if already sent.
 */
export async function startAlone(code: string | null, asked = firstToken(code)): Promise<void> {
  renewWith(renewByCookie)
  const start = async (token: Promise<Token | null>) => {
    try {
      const first = await token
      if (first) useToken(first)
      else endSession('ended')
    } catch {
      // The server could not be reached, so the code is still valid when it is back.
      connection.lost()
      connection.onceBack(() => void start(firstToken(code)))
    }
  }
  await start(asked)
}
