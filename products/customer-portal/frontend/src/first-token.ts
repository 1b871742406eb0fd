import type { Token } from '@customer-portal/portal-api/contract'

/**
 * A token by the HttpOnly cookie of the exchange made last in this browser; null where there is none any
 * more.
 */
export async function renewByCookie(): Promise<Token | null> {
  const response = await fetch('/api/portal/session/renew', {
    method: 'POST',
    credentials: 'same-origin',
    cache: 'no-store',
  })
  return response.ok ? ((await response.json()) as Token) : null
}

/** A token for the one-time code of the link; null where the code is used or too old. */
async function exchangeCode(code: string): Promise<Token | null> {
  const response = await fetch('/api/billing/portal-sessions/exchange', {
    method: 'POST',
    credentials: 'same-origin',
    cache: 'no-store',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ code }),
  })
  return response.ok ? ((await response.json()) as Token) : null
}

/**
 * The token to begin with: by the link's one-time code, or without a link by the cookie of an earlier one. A
 * code that is used or too old opens nothing, least of all an earlier session, which may be of another
 * customer. Null where there is none; fails where the server is out of reach.
 */
export const firstToken = async (code: string | null): Promise<Token | null> =>
  code ? exchangeCode(code) : renewByCookie()
