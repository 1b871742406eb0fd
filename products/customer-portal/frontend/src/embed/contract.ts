/**
 * What the portal and the page that embeds it may say to each other: penpal methods on both sides, over messages whose origin is checked.
 * The host frames `/portal/<path>?embed=1` and connects with `allowedOrigins: [the portal's origin]`;
 * the portal answers only the origins of `GET /portal/settings.json`.
 *
 * Order: connect · portal calls `ready()` · host calls `init(…)` · the portal shows itself. The token never stands in a URL.
 */

export type Theme = 'light' | 'dark' | 'system'
export type Locale = 'zh-CN' | 'en'
/** fill: the frame is as tall as the panel and the portal scrolls inside. auto: the host makes the frame as tall as `resize` says. */
export type Height = 'fill' | 'auto'

interface EmbedSession {
  token: string
  theme: Theme
  locale: Locale
  height: Height
  /** The customer the token belongs to; null where the host does not know. Shown nowhere, trusted nowhere: a token of another one ends the session. */
  accountId: string | null
}

/** Methods of the portal that the host calls. */
export type PortalMethods = {
  init(session: EmbedSession): void
  setTheme(theme: Theme): void
  setLocale(locale: Locale): void
  setToken(token: string): void
  /** Height auto: the part of the frame that can be seen, in pixels from the frame's top. Dialogs are placed in it. */
  setViewport(top: number, height: number): void
  /** Opens a page of the portal: `/subscription`, `/invoices/123`. */
  open(path: string): void
}

/** Methods of the host that the portal calls. */
export type HostMethods = {
  ready(): void
  /** Height auto: the height the portal needs, in pixels. */
  resize(height: number): void
  /** The portal went to another of its pages; `path` is below /portal and starts with a slash: the host may mirror it in its URL. */
  navigate(path: string): void
  /** A fresh token, or null where the host has none any more: its login is over. Asked once after a 401. One of another customer ends the session. */
  requestToken(): string | null | Promise<string | null>
  /** A link to another site: the host opens it in a new tab. */
  openExternal(url: string): void
  toast(message: { kind: 'success' | 'error' | 'info'; text: string }): void
}

/** `GET /portal/settings.json`: what the server's configuration gives the portal, and nothing secret. */
export interface PortalSettings {
  /** Origins that may embed the portal; also the CSP's frame-ancestors. */
  embedOrigins: string[]
  brand: { name: Record<Locale, string> }
}
