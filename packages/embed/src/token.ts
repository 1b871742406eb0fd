import { PortalError } from './errors.ts'
import type { PortalOptions } from './options.ts'

const timeout = 30_000

/**
 * Requests tokens from the host, one call at a time: concurrent requests share its result. Rejects with
 * `token_failed`.
 */
export function tokenSource(
  getToken: PortalOptions['getToken'],
  signal: AbortSignal,
): () => Promise<string | null> {
  let pending: Promise<string | null> | undefined
  return () =>
    (pending ??= callGetToken(getToken, signal).finally(() => {
      pending = undefined
    }))
}

async function callGetToken(
  getToken: PortalOptions['getToken'],
  signal: AbortSignal,
): Promise<string | null> {
  let alarm: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_resolve, reject) => {
    alarm = setTimeout(
      () => reject(new PortalError('token_failed', 'getToken did not answer within 30 seconds.')),
      timeout,
    )
  })
  const hush = () => clearTimeout(alarm)
  signal.addEventListener('abort', hush)
  try {
    const token: unknown = await Promise.race([Promise.resolve().then(getToken), late])
    if (token === null || (typeof token === 'string' && token !== '')) return token
    throw new PortalError(
      'token_failed',
      'getToken must answer a token or null; it answered '
        + `${token === '' ? 'an empty text' : `a value of type ${typeof token}`}.`,
    )
  } catch (error) {
    throw error instanceof PortalError ? error : new PortalError('token_failed', 'getToken failed.', error)
  } finally {
    hush()
    signal.removeEventListener('abort', hush)
  }
}
