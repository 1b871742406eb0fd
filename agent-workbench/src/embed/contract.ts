/**
 * What this workbench and the portal in its frame may say to each other: penpal methods on both sides, over messages whose origin is checked.
 * The same shapes stand in the portal's own source; the end-to-end tests hold the two together.
 *
 * Order: connect · the portal calls `ready()` · we call `init(…)` · the portal shows itself. The token never stands in a URL.
 */

export type Theme = 'light' | 'dark' | 'system'
export type Locale = 'zh-CN' | 'en'

export interface EmbedSession {
  token: string
  theme: Theme
  locale: Locale
  height: 'fill' | 'auto'
  /** The customer the token belongs to. Shown nowhere, trusted nowhere: a token of another one ends the portal's session. */
  accountId: string | null
}

/** Methods of the portal that we call. */
export type PortalMethods = {
  init(session: EmbedSession): void
  setTheme(theme: Theme): void
  setLocale(locale: Locale): void
  setToken(token: string): void
  setViewport(top: number, height: number): void
  /** Opens a page of the portal: `/subscription`, `/invoices/123`. */
  open(path: string): void
}

/** Methods of ours that the portal calls. */
export type HostMethods = {
  ready(): void
  resize(height: number): void
  /** The portal went to another of its pages; `path` is below /portal and starts with a slash. */
  navigate(path: string): void
  /** A fresh token, or null when the agent's login is over. */
  requestToken(): Promise<string | null>
  openExternal(url: string): void
  toast(message: { kind: 'success' | 'error' | 'info'; text: string }): void
}
