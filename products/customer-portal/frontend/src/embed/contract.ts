/**
 * The messages between the portal and the host page are defined by the embedding package, which both sides
 * use.
 */
import type { Locale } from '@customer-portal/embed'

export type { Height, HostMethods, Locale, PortalMethods, Theme } from '@customer-portal/embed'

/** The vendor's branding of the portal. A logo's width and height give its shape. */
export interface Brand {
  name: Record<Locale, string>
  /** For light and dark pages; null for the product's own mark. */
  logo: { light: Picture; dark: Picture } | null
  /** A page or a mail address; null when there is no support link. */
  supportUrl: string | null
}

export interface Picture {
  url: string
  width: number
  height: number
}

/** `GET /portal/settings.json`: the portal's settings from the server's configuration, nothing secret. */
export interface PortalSettings {
  /** Origins that may embed the portal besides its own; also the CSP's frame-ancestors. */
  embedOrigins: string[]
  brand: Brand
  /** Whether plans are compared on the customer's usage. */
  advice: boolean
}
