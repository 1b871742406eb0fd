import type { PortalAddress } from './address.ts'
import { PortalError } from './errors.ts'

/**
 * Why no portal answers from the frame; undefined where it can be reached and allows us, so that it may only
 * be slow.
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
  let kept = false
  const violated = (event: SecurityPolicyViolationEvent) => {
    kept ||= event.blockedURI.startsWith(origin)
  }
  document.addEventListener('securitypolicyviolation', violated, { signal })
  try {
    // Only an allowed origin may read the answer.
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
    // The browser reports what our page's own policy (connect-src) kept from us a moment later: then nothing
    // was learned.
    await new Promise((resolve) => setTimeout(resolve, 50))
    return kept ? undefined : unreachable
  } finally {
    document.removeEventListener('securitypolicyviolation', violated)
  }
}

function isAllowed(settings: { embedOrigins?: unknown } | undefined): boolean {
  return Array.isArray(settings?.embedOrigins) && settings.embedOrigins.includes(location.origin)
}
