import { contrast, colourOf, hexOf, white, type Colour } from './colour.ts'
import { shadesOf, shapeContrast, surroundings, textContrast, type Shades, type Theme } from './shades.ts'

/** The stylesheet that sets a brand's colour in both themes; print uses the light one. */
export function brandStylesheet(colour: Colour): string {
  return (
    `:root{${variables(shadesOf(colour, 'light'))}}@media `
    + `screen{:root[data-theme='dark']{${variables(shadesOf(colour, 'dark'))}}}`
  )
}

function variables({ brand, hover, ink, text, soft, bar, series }: Shades): string {
  const named: Record<string, Colour> = {
    brand,
    'brand-hover': hover,
    'brand-ink': ink,
    'brand-text': text,
    'brand-soft': soft,
    'bar-ok': bar,
    'series-1': series[0],
    'series-2': series[1],
    'series-3': series[2],
  }
  return Object.entries(named)
    .map(([name, colour]) => `--${name}:${hexOf(colour)}`)
    .join(';')
}

/** One sentence per theme in which the colour was adjusted to be readable. */
export function adjustmentsOf(colour: Colour): string[] {
  return (['light', 'dark'] as const).flatMap((theme) => {
    const shown = shadesOf(colour, theme).brand
    return hexOf(shown) === hexOf(colour)
      ? []
      : [`shown as ${hexOf(shown)} in the ${theme} theme, since ${reasonIn(theme, colour)}`]
  })
}

function reasonIn(theme: Theme, colour: Colour): string {
  const { bg, sub, track } = surroundings[theme]
  const tooLow = [bg, sub, track]
    .map((surface) => contrast(colour, colourOf(surface)))
    .find((ratio) => ratio < shapeContrast)
  if (tooLow !== undefined)
    return `it has a contrast of ${ratioText(tooLow)} there and ${shapeContrast} : 1 is needed`
  return `white text on it has a contrast of ${ratioText(contrast(white, colour))} and ${textContrast} : 1 is needed`
}

/** Rounded down: 2.99 must not read as 3. */
const ratioText = (ratio: number) => `${(Math.floor(ratio * 10) / 10).toFixed(1)} : 1`
