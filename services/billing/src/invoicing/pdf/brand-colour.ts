const ownColour = '#1d4ed8'

/** Minimum contrast of white text on it (WCAG 2.2, 1.4.3). */
const minContrast = 4.5

/**
 * Returns the colour to print: the seller's, darkened until white is readable on it, or our own. Always
 * `#rrggbb`, so that the same seller gives the same bytes.
 */
export function printedColour(brandColor: string | undefined): string {
  let channels = channelsOf(brandColor ?? ownColour)
  while (contrastWithWhite(channels) < minContrast)
    channels = channels.map((channel) => Math.floor(channel * 0.95))
  return `#${channels.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`
}

const channelsOf = (colour: string): number[] =>
  [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16))

/** Computes relative luminance by WCAG 2.2. */
export function contrastWithWhite(channels: readonly number[]): number {
  const [red, green, blue] = channels.map((channel) =>
    channel / 255 <= 0.04045 ? channel / 255 / 12.92 : ((channel / 255 + 0.055) / 1.055) ** 2.4,
  ) as [number, number, number]
  return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)
}
