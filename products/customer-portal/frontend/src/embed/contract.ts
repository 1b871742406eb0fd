/** The words that the portal and the page that embeds it exchange are the embedding package's, which both sides use. */
import type { Locale } from '@customer-portal/embed'

export type { Height, HostMethods, Locale, PortalMethods, Theme } from '@customer-portal/embed'

/** `GET /portal/settings.json`: what the server's configuration gives the portal, and nothing secret. */
export interface PortalSettings {
  /** Origins that may embed the portal; also the CSP's frame-ancestors. */
  embedOrigins: string[]
  brand: { name: Record<Locale, string> }
}
