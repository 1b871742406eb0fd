/**
 * What the portal and the page that embeds it may say to each other: penpal methods on both sides, over
 * messages whose origin is checked. The portal answers only the origins that its server allows
 * (PORTAL_EMBED_ORIGINS); the host answers only the portal's.
 *
 * Order: connect · the portal calls `ready()` · the host calls `init(…)` · the portal shows itself. The token
 * never stands in a URL.
 */

export type Theme = 'light' | 'dark' | 'system'
export type Locale = 'zh-CN' | 'en'
/**
 * fill: the frame is as tall as the panel and the portal scrolls inside. auto: the host makes the frame as
 * tall as `resize` says.
 */
export type Height = 'fill' | 'auto'

export interface EmbedSession {
  /** Null: the host has none, its login is over. The portal says so. */
  token: string | null
  theme: Theme
  /** Null: the host does not say; the customer's is shown. */
  locale: Locale | null
  height: Height
  /**
   * The customer the token belongs to; null where the host does not know. Shown nowhere, trusted nowhere: a
   * token of another one ends the session.
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
  /**
   * Height auto: the part of the frame that can be seen, in pixels from the frame's top. Dialogs are placed
   * in it.
   */
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
   * The portal went to another of its pages; `path` is below /portal and starts with a slash: the host may
   * mirror it in its URL.
   */
  navigate(path: string): void
  /**
   * A fresh token, or null where the host has none any more: its login is over. Asked once after a 401. One
   * of another customer ends the session.
   */
  requestToken(): string | null | Promise<string | null>
  /** No token is valid any more, the fresh one included. The portal says so to the reader. */
  sessionEnded(): void
  /** A link to another site: the host opens it in a new tab. */
  openExternal(url: string): void
  /**
   * Height auto: the portal's own corner may be out of sight. A host without this method leaves the message
   * to the portal.
   */
  toast(message: PortalMessage): void
}
