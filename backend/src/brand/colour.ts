/** Red, green and blue, 0 to 255 each. */
export type Colour = readonly [red: number, green: number, blue: number]

export const white: Colour = [255, 255, 255]
export const black: Colour = [0, 0, 0]

/** Parses six hexadecimal digits, with or without a # before them. */
export function colourOf(hex: string): Colour {
  const value = Number.parseInt(hex.replace('#', ''), 16)
  return [value >> 16, (value >> 8) & 255, value & 255]
}

/** `#rrggbb`. */
export function hexOf(colour: Colour): string {
  return `#${colour.map((part) => part.toString(16).padStart(2, '0')).join('')}`
}

/** `share` (0 to 1) of the way from one colour to another, as a browser blends them. */
export function mix(from: Colour, to: Colour, share: number): Colour {
  const blend = (index: 0 | 1 | 2) => Math.round(from[index] + (to[index] - from[index]) * share)
  return [blend(0), blend(1), blend(2)]
}

/** The contrast ratio of two colours by WCAG 2.2, 1 to 21. */
export function contrast(one: Colour, other: Colour): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

function luminance(colour: Colour): number {
  const linear = (part: number) =>
    part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4
  return 0.2126 * linear(colour[0]) + 0.7152 * linear(colour[1]) + 0.0722 * linear(colour[2])
}

/**
 * Whether two colours look alike: their hues are less than 30 degrees apart. An almost grey colour looks like
 * no other.
 */
export function looksLike(one: Colour, other: Colour): boolean {
  if (!isVivid(one) || !isVivid(other)) return false
  const distance = Math.abs(hueOf(one) - hueOf(other))
  return Math.min(distance, 360 - distance) < 30
}

/** Whether a colour is saturated, not a shade of grey. */
export const isVivid = (colour: Colour): boolean => Math.max(...colour) - Math.min(...colour) >= 48

function hueOf([red, green, blue]: Colour): number {
  const [most, least] = [Math.max(red, green, blue), Math.min(red, green, blue)]
  if (most === least) return 0
  const sixth =
    most === red
      ? (green - blue) / (most - least)
      : most === green
        ? 2 + (blue - red) / (most - least)
        : 4 + (red - green) / (most - least)
  return (sixth * 60 + 360) % 360
}
