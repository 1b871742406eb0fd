import { createHash } from 'node:crypto'
import type { Language } from '@customer-portal/http'
import type { Settings } from '../environment.ts'
import { colourOf, hexOf } from './colour.ts'
import type { Logo } from './logo.ts'
import { shadesOf } from './shades.ts'
import { brandStylesheet } from './stylesheet.ts'

/** An image on the portal's pages. */
export interface Picture {
  url: string
  width: number
  height: number
}

/** The vendor's branding as the portal's page gets it. */
export interface Brand {
  name: Record<Language, string>
  /** For light and dark pages; null for the product's own mark. */
  logo: { light: Picture; dark: Picture } | null
  supportUrl: string | null
}

/** A file of a brand. Its name changes with its content. */
export interface BrandFile {
  url: string
  type: string
  body: Buffer
}

/**
 * A brand with its files: `stylesheet` sets the colour of the pages, `icon` is shown in the browser's tab.
 */
export interface WhiteLabel {
  brand: Brand
  files: BrandFile[]
  stylesheet?: BrandFile
  icon?: BrandFile
}

export const ownName: Record<Language, string> = { 'zh-CN': '客户控制台', en: 'Customer Portal' }

/**
 * The branding of the portal from the settings; the product's own name, mark and colour where they say
 * nothing.
 */
export function whiteLabelOf({
  portalName,
  portalNameEn,
  portalLogo,
  portalLogoDark,
  portalBrandColour,
  portalSupportUrl,
}: Settings): WhiteLabel {
  const light = portalLogo && pictureOf(portalLogo)
  const dark = portalLogoDark && pictureOf(portalLogoDark)
  const [onLight, onDark] = [light ?? dark, dark ?? light]
  const stylesheet =
    portalBrandColour === undefined
      ? undefined
      : fileOf('text/css; charset=utf-8', 'css', Buffer.from(brandStylesheet(colourOf(portalBrandColour))))
  const square =
    onLight && Math.abs(Math.log(onLight.picture.width / onLight.picture.height)) < 0.25
      ? onLight.file
      : undefined
  const icon =
    square
    ?? (portalBrandColour === undefined
      ? undefined
      : fileOf('image/svg+xml', 'svg', markIn(portalBrandColour)))
  const files = [light?.file, dark?.file, stylesheet, icon].filter((file) => file !== undefined)
  return {
    brand: {
      name: portalName === undefined ? ownName : { 'zh-CN': portalName, en: portalNameEn ?? portalName },
      logo: onLight && onDark ? { light: onLight.picture, dark: onDark.picture } : null,
      supportUrl: portalSupportUrl ?? null,
    },
    files,
    ...(stylesheet ? { stylesheet } : {}),
    ...(icon ? { icon } : {}),
  }
}

function pictureOf({ type, body, width, height }: Logo): { picture: Picture; file: BrandFile } {
  const file = fileOf(type, type === 'image/png' ? 'png' : 'svg', body)
  return { picture: { url: file.url, width, height }, file }
}

function fileOf(type: string, ending: string, body: Buffer): BrandFile {
  return {
    url: `/portal/brand/${createHash('sha256').update(body).digest('hex').slice(0, 16)}.${ending}`,
    type,
    body,
  }
}

/** The product's mark in a brand's colour. */
function markIn(hex: string): Buffer {
  const { brand, ink } = shadesOf(colourOf(hex), 'light')
  return Buffer.from(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><rect width="24" height="24" rx="6" '
      + `fill="${hexOf(brand)}"/><path d="M7 16.5v-4M12 16.5v-9M17 16.5v-6" stroke="${hexOf(ink)}" `
      + 'stroke-width="2.4" stroke-linecap="round"/></svg>',
  )
}
