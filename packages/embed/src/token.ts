import { PortalError } from './errors.ts'
import type { PortalOptions } from './options.ts'

const patience = 30_000

/**
 * Asks the host for tokens, one call at a time: who asks meanwhile waits for the same answer. Rejects with
 * `token_failed`.
 */
export function tokenSource(
  getToken: PortalOptions['getToken'],
  signal: AbortSignal,
): () => Promise<string | null> {
  let asked: Promise<string | null> | undefined
  return () =>
    (asked ??= ask(getToken, signal).finally(() => {
      asked = undefined
    }))
}

async function ask(getToken: PortalOptions['getToken'], signal: AbortSignal): Promise<string | null> {
  let alarm: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_resolve, reject) => {
    alarm = setTimeout(
      () => reject(new PortalError('token_failed', 'getToken did not answer within 30 seconds.')),
      patience,
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
