import type { Token } from '@customer-portal/portal-api/contract'

/**
 * A token by the HttpOnly cookie of the last code exchange in this browser; null when it is no longer valid.
 */
export async function renewByCookie(): Promise<Token | null> {
  const response = await fetch('/api/portal/session/renew', {
    method: 'POST',
    credentials: 'same-origin',
    cache: 'no-store',
  })
  return response.ok ? ((await response.json()) as Token) : null
}

/** A token for the link's one-time code; null when the code is used or expired. */
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
 * The first token: by the link's one-time code, or without one by the cookie of an earlier link. A used or
 * expired code opens nothing, least of all an earlier session, which may belong to another customer. Null
 * when there is none; rejects when the server cannot be reached.
 */
export const firstToken = async (code: string | null): Promise<Token | null> =>
  code ? exchangeCode(code) : renewByCookie()
