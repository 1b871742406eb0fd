/**
 * The words that the portal and the page that embeds it exchange are the embedding package's, which both
 * sides use.
 */
import type { Locale } from '@customer-portal/embed'

export type { Height, HostMethods, Locale, PortalMethods, Theme } from '@customer-portal/embed'

/** What the portal shows of the vendor's. A logo's width and height say its shape. */
export interface Brand {
  name: Record<Locale, string>
  /** On light and on dark pages; null: the product's own mark. */
  logo: { light: Picture; dark: Picture } | null
  /** A page or a mail address; null: no support is named. */
  supportUrl: string | null
}

export interface Picture {
  url: string
  width: number
  height: number
}

/** `GET /portal/settings.json`: what the server's configuration gives the portal, and nothing secret. */
export interface PortalSettings {
  /** Origins that may embed the portal besides its own; also the CSP's frame-ancestors. */
  embedOrigins: string[]
  brand: Brand
  /** Whether plans are compared on the customer's usage. */
  advice: boolean
}
