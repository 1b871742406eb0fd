import type { Token } from '@customer-portal/portal-api/contract'
import { exchangeCode, identify, renewByCookie } from './api.ts'
import { connection } from './connection.ts'
import { endSession, renewWith, useToken } from './session.ts'

/** Opens the session of a portal that stands alone: by the link's one-time code, or by the cookie of an earlier link. */
export async function startAlone(code: string | null): Promise<void> {
  renewWith(renewByCookie)
  let exchanged: Token | null | undefined
  const start = async () => {
    try {
      // Exchanged once: the code is used up by it, whatever becomes of the next call.
      exchanged ??= code ? await exchangeCode(code) : null
      const token = (exchanged && (await identify(exchanged))) || (await renewByCookie())
      if (token) useToken(token)
      else endSession('ended')
    } catch {
      // Not refused, only out of reach: the code is still good when the server is back.
      connection.lost()
      connection.onceBack(() => void start())
    }
  }
  await start()
}
