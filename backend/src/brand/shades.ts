import { black, colourOf, contrast, isVivid, looksLike, mix, white, type Colour } from './colour.ts'

export type Theme = 'light' | 'dark'

/** WCAG 2.2 AA: 1.4.3 for text, 1.4.11 for what is not text. */
export const textContrast = 4.5
export const shapeContrast = 3

/**
 * What the portal puts a brand's colour on, and the colours beside it; the same as in the portal's style.css,
 * which a test compares.
 */
export const surroundings = {
  light: {
    bg: '#ffffff',
    card: '#ffffff',
    sub: '#fafafa',
    track: '#ececef',
    ink2: '#3f3f46',
    ink3: '#63636b',
    warn: '#d97706',
    bad: '#dc2626',
  },
  dark: {
    bg: '#0a0a0c',
    card: '#111114',
    sub: '#17171b',
    track: '#26262b',
    ink2: '#d4d4d8',
    ink3: '#a1a1aa',
    warn: '#f59e0b',
    bad: '#ef4444',
  },
} as const

const darkInk = colourOf('#0a0a0c')
const palette = {
  light: { indigo: '#4f46e5', cyan: '#0891b2', amber: '#f59e0b', pink: '#db2777', green: '#15803d' },
  dark: { indigo: '#818cf8', cyan: '#22d3ee', amber: '#fbbf24', pink: '#f472b6', green: '#22c55e' },
} as const
/** How much of a tinted button stays while it is pointed at; the rest is the page behind it. */
export const softHover = 0.85
const tint = { light: 0.08, dark: 0.16 }

/** What a brand's colour is in one theme; each is a variable of the portal's stylesheet. */
export interface Shades {
  /** Buttons, the marks of what is chosen, the focus. */
  brand: Colour
  /** A button that is pointed at. */
  hover: Colour
  /** Text on both. */
  ink: Colour
  /** Text in the brand's colour. */
  text: Colour
  /** A tint behind such text. */
  soft: Colour
  /** A quota with enough left; green where the brand would pass for a warning. */
  bar: Colour
  series: readonly [Colour, Colour, Colour]
}

/**
 * Shades of any colour for one theme: the colour itself where it can be read there, else the nearest darker
 * or lighter one that can. Text has 4.5 : 1 on all that it stands on, also while a button is pointed at, and
 * what is not text has 3 : 1.
 */
export function shadesOf(colour: Colour, theme: Theme): Shades {
  const { bg, warn, bad } = surroundings[theme]
  const inks = inksFor(colour)
  const brand = nearest(
    colour,
    (shade) => standsOut(shade, theme) && inks.some((ink) => worksAsButton(shade, ink, theme)),
  )
  const ink = inks.find((one) => worksAsButton(brand, one, theme))!
  const soft = mix(colourOf(bg), brand, tint[theme])
  const text = nearest(colour, (shade) => isReadable(shade, soft, theme))
  const alarming = [warn, bad].some((other) => looksLike(brand, colourOf(other)))
  return {
    brand,
    hover: hoverOf(brand, ink),
    ink,
    text,
    soft,
    bar: alarming ? colourOf(palette[theme].green) : brand,
    series: seriesOf(brand, theme),
  }
}

const onSurfaces = (theme: Theme, surfaces: readonly ('bg' | 'card' | 'sub' | 'track')[]) =>
  surfaces.map((name) => colourOf(surroundings[theme][name]))
const onAll = (shade: Colour, surfaces: readonly Colour[], least: number) =>
  surfaces.every((surface) => contrast(shade, surface) >= least)

/** White where it can nearly be read on a colour as it is: that is how its owner knows it. */
const inksFor = (colour: Colour): readonly Colour[] =>
  contrast(white, colour) >= shapeContrast ? [white] : [white, darkInk]

/** Away from the text on it, which so stays as readable. */
const hoverOf = (brand: Colour, ink: Colour) => mix(brand, ink === white ? black : white, 0.08)

function standsOut(shade: Colour, theme: Theme): boolean {
  return onAll(shade, onSurfaces(theme, ['bg', 'card', 'sub', 'track']), shapeContrast)
}

function worksAsButton(shade: Colour, ink: Colour, theme: Theme): boolean {
  return (
    contrast(ink, shade) >= textContrast
    && onAll(hoverOf(shade, ink), onSurfaces(theme, ['bg', 'card', 'sub']), shapeContrast)
  )
}

function isReadable(text: Colour, soft: Colour, theme: Theme): boolean {
  const [bg, ...others] = onSurfaces(theme, ['bg', 'card', 'sub']) as [Colour, Colour, Colour]
  return (
    onAll(text, [bg, ...others, soft], textContrast)
    && contrast(mix(bg, text, softHover), mix(bg, soft, softHover)) >= textContrast
  )
}

/** The shade nearest to a colour, darker or lighter, that passes. */
function nearest(colour: Colour, passes: (shade: Colour) => boolean): Colour {
  for (let step = 0; step <= 256; step++) {
    const found = [mix(colour, black, step / 256), mix(colour, white, step / 256)].find(passes)
    if (found) return found
  }
  throw new Error('no shade passes')
}

/** Three colours for a chart, the brand's first, that nobody confuses. */
function seriesOf(brand: Colour, theme: Theme): [Colour, Colour, Colour] {
  const { indigo, cyan, amber, pink } = palette[theme]
  // Grey means "all others" in a chart.
  const first = isVivid(brand) ? brand : colourOf(indigo)
  const [second, third] = [cyan, amber, indigo, pink]
    .map(colourOf)
    .filter((colour) => !looksLike(colour, first)) as [Colour, Colour]
  return [first, second, third]
}
