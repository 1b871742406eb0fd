import type { PortalAddress } from './address.ts'
import { PortalError } from './errors.ts'

/**
 * Finds out why the portal in the frame does not respond; undefined when it is reachable and allows this
 * origin, so that it may only be slow.
 */
export async function whyNoAnswer(
  { origin, settings }: PortalAddress,
  signal: AbortSignal,
): Promise<PortalError | undefined> {
  const unreachable = new PortalError('portal_unreachable', `No portal answers at ${settings}.`)
  const notAllowed = new PortalError(
    'origin_not_allowed',
    `The portal at ${origin} does not let ${location.origin} embed it.`,
  )
  let blocked = false
  const violated = (event: SecurityPolicyViolationEvent) => {
    blocked ||= event.blockedURI.startsWith(origin)
  }
  document.addEventListener('securitypolicyviolation', violated, { signal })
  try {
    // Only an allowed origin may read the response.
    const answer = await fetch(settings, { credentials: 'omit', cache: 'no-store', signal }).catch(
      () => undefined,
    )
    if (answer && !answer.ok) return unreachable
    if (answer)
      return origin === location.origin || isAllowed(await answer.json().catch(() => undefined))
        ? undefined
        : notAllowed
    const isThere = await fetch(settings, {
      mode: 'no-cors',
      credentials: 'omit',
      cache: 'no-store',
      signal,
    }).then(
      () => true,
      () => false,
    )
    if (isThere) return notAllowed
    // The browser reports a violation of this page's own policy (connect-src) a moment later; a fetch it
    // blocked proves nothing.
    await new Promise((resolve) => setTimeout(resolve, 50))
    return blocked ? undefined : unreachable
  } finally {
    document.removeEventListener('securitypolicyviolation', violated)
  }
}

function isAllowed(settings: { embedOrigins?: unknown } | undefined): boolean {
  return Array.isArray(settings?.embedOrigins) && settings.embedOrigins.includes(location.origin)
}
