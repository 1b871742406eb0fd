import { black, colourOf, contrast, isVivid, looksLike, mix, white, type Colour } from './colour.ts'

export type Theme = 'light' | 'dark'

/** WCAG 2.2 AA: 1.4.3 for text, 1.4.11 for other elements. */
export const textContrast = 4.5
export const shapeContrast = 3

/**
 * The surfaces a brand's colour is placed on, and the colours beside it. A test compares them with
 * tokens.css of packages/ui.
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
/** The opacity of a tinted button while hovered; the page shows through it. */
export const softHover = 0.85
const tint = { light: 0.08, dark: 0.16 }

/** The variants of a brand's colour in one theme; each is a variable of the portal's stylesheet. */
export interface Shades {
  /** Buttons, selection marks, focus rings. */
  brand: Colour
  /** A hovered button. */
  hover: Colour
  /** Text on both. */
  ink: Colour
  /** Text in the brand's colour. */
  text: Colour
  /** A tint behind such text. */
  soft: Colour
  /** A sufficient quota; green where the brand's colour looks like a warning. */
  bar: Colour
  series: readonly [Colour, Colour, Colour]
}

/**
 * Variants of any colour for one theme: the colour itself where it is readable there, otherwise the nearest
 * darker or lighter one that is. Text has 4.5 : 1 on every background, also while a button is hovered, and
 * other elements have 3 : 1.
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

/** White when it is nearly readable on the colour, because that is the combination the vendor knows. */
const inksFor = (colour: Colour): readonly Colour[] =>
  contrast(white, colour) >= shapeContrast ? [white] : [white, darkInk]

/** Away from the text colour, so that the text stays as readable. */
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

/** The nearest darker or lighter shade that passes. */
function nearest(colour: Colour, passes: (shade: Colour) => boolean): Colour {
  for (let step = 0; step <= 256; step++) {
    const found = [mix(colour, black, step / 256), mix(colour, white, step / 256)].find(passes)
    if (found) return found
  }
  throw new Error('no shade passes')
}

/** Three chart colours that cannot be confused, the brand's first. */
function seriesOf(brand: Colour, theme: Theme): [Colour, Colour, Colour] {
  const { indigo, cyan, amber, pink } = palette[theme]
  // Grey means "all others" in a chart.
  const first = isVivid(brand) ? brand : colourOf(indigo)
  const [second, third] = [cyan, amber, indigo, pink]
    .map(colourOf)
    .filter((colour) => !looksLike(colour, first)) as [Colour, Colour]
  return [first, second, third]
}
