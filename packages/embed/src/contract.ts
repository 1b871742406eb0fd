/**
 * The messages between the portal and the page that embeds it: penpal methods on both sides, over messages
 * whose origin is checked. The portal responds only to origins that its server allows (PORTAL_EMBED_ORIGINS),
 * the host only to the portal's.
 *
 * Order: connect · the portal calls `ready()` · the host calls `init(…)` · the portal shows itself. The token
 * is never part of a URL.
 */

export type Theme = 'light' | 'dark' | 'system'
export type Locale = 'zh-CN' | 'en'
/**
 * fill: the frame is as tall as the panel and the portal scrolls inside. auto: the host sets the frame's
 * height to what `resize` says.
 */
export type Height = 'fill' | 'auto'

export interface EmbedSession {
  /** Null: the host has none because its login has ended. The portal says so. */
  token: string | null
  theme: Theme
  /** Null: the portal uses the customer's language. */
  locale: Locale | null
  height: Height
  /**
   * The customer the token should belong to; null when the host does not know. It is neither shown nor
   * trusted: a token of another customer ends the session.
   */
  accountId: string | null
}

export interface PortalMessage {
  kind: 'success' | 'error' | 'info'
  text: string
}

/** Methods of the portal that the host calls. */
export type PortalMethods = {
  init(session: EmbedSession): void
  setTheme(theme: Theme): void
  setLocale(locale: Locale): void
  setToken(token: string): void
  /** Height auto: the visible part of the frame, in pixels from the frame's top. Dialogs are placed in it. */
  setViewport(top: number, height: number): void
  /** Opens a page of the portal: `/subscription`, `/invoices/123`. */
  open(path: string): void
}

/** Methods of the host that the portal calls. */
export type HostMethods = {
  ready(): void
  /** Height auto: the height the portal needs, in pixels. */
  resize(height: number): void
  /**
   * The portal moved to another of its pages; `path` is below /portal and starts with a slash. The host may
   * mirror it in its URL.
   */
  navigate(path: string): void
  /**
   * Returns a fresh token, or null when the host has none because its login has ended. Called once after a
   * 401. A token of another customer ends the session.
   */
  requestToken(): string | null | Promise<string | null>
  /** No token is valid any more, not even a fresh one. The portal tells the reader. */
  sessionEnded(): void
  /** The reader followed a link to another site: the host opens it in a new tab. */
  openExternal(url: string): void
  /**
   * Height auto: shows a message, since the portal's own corner may be out of view. Without this method the
   * portal shows it itself.
   */
  toast(message: PortalMessage): void
}
