/** Every error of an embedded portal. README.md has the same table. */
export type PortalErrorCode =
  | 'bad_options'
  | 'frame_blocked'
  | 'origin_not_allowed'
  | 'portal_unreachable'
  | 'handshake_timeout'
  | 'token_failed'
  | 'session_expired'

/** The remedy for each error. */
export const remedies: Record<PortalErrorCode, string> = {
  bad_options: 'Correct the option that the sentence names.',
  frame_blocked: "Name the portal's origin in frame-src of your page's Content-Security-Policy.",
  origin_not_allowed: "Add your page's origin to PORTAL_EMBED_ORIGINS of the portal's server and restart it.",
  portal_unreachable: 'Check `url`, the network, and that the server runs with ENABLE_CUSTOMER_PORTAL=true.',
  handshake_timeout:
    "Try again; if it stays so, read the frame's own console: something keeps its scripts from running.",
  token_failed:
    'Read `cause`. getToken must answer the `token` of POST /api/billing/portal-sessions, '
    + 'or null when the login is over.',
  session_expired: 'Let the user log in again, then destroy() and mountPortal() anew.',
}

/**
 * An error with a known code: `message` names the cause, `remedy` says what to do, and `cause` holds the
 * thrown value, if any.
 */
export class PortalError extends Error {
  readonly code: PortalErrorCode
  readonly remedy: string
  constructor(code: PortalErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'PortalError'
    this.code = code
    this.remedy = remedies[code]
  }
}
