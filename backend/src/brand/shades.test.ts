import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { colourOf, contrast, hexOf, isVivid, looksLike, mix, type Colour } from './colour.ts'
import { shadesOf, softHover, surroundings } from './shades.ts'
import { adjustmentsOf, brandStylesheet } from './stylesheet.ts'

const part = fc.integer({ min: 0, max: 255 })
const colours: fc.Arbitrary<Colour> = fc.tuple(part, part, part)
const themes = ['light', 'dark'] as const

describe.each(themes)('any colour in the %s theme', (theme) => {
  const around = surroundings[theme]
  const [bg, card, sub, track] = [around.bg, around.card, around.sub, around.track].map(colourOf) as [
    Colour,
    Colour,
    Colour,
    Colour,
  ]
  const always = (check: (colour: Colour) => void) => fc.assert(fc.property(colours, check), { numRuns: 500 })

  test('has 4.5 : 1 for text on it, also while the button is hovered', () =>
    always((colour) => {
      const { brand, hover, ink } = shadesOf(colour, theme)
      expect(contrast(ink, brand)).toBeGreaterThanOrEqual(4.5)
      expect(contrast(ink, hover)).toBeGreaterThanOrEqual(4.5)
    }))

  test('has 4.5 : 1 as text on every surface and on its own tint', () =>
    always((colour) => {
      const { text, soft } = shadesOf(colour, theme)
      for (const surface of [bg, card, sub, soft]) expect(contrast(text, surface)).toBeGreaterThanOrEqual(4.5)
      expect(contrast(mix(bg, text, softHover), mix(bg, soft, softHover))).toBeGreaterThanOrEqual(4.5)
      for (const ink of [around.ink2, around.ink3])
        expect(contrast(colourOf(ink), soft)).toBeGreaterThanOrEqual(4.5)
    }))

  test('has 3 : 1 for other elements on every surface', () =>
    always((colour) => {
      const { brand, hover, bar } = shadesOf(colour, theme)
      for (const surface of [bg, card, sub, track]) {
        expect(contrast(brand, surface)).toBeGreaterThanOrEqual(3)
        expect(contrast(bar, surface)).toBeGreaterThanOrEqual(3)
        if (surface !== track) expect(contrast(hover, surface)).toBeGreaterThanOrEqual(3)
      }
    }))

  test('never makes a sufficient quota look like a short one, nor two lines of a chart alike', () =>
    always((colour) => {
      const { bar, series } = shadesOf(colour, theme)
      for (const alarm of [around.warn, around.bad]) expect(looksLike(bar, colourOf(alarm))).toBe(false)
      expect(series.every(isVivid)).toBe(true)
      for (const [one, other] of [
        [0, 1],
        [0, 2],
        [1, 2],
      ] as const)
        expect(looksLike(series[one], series[other])).toBe(false)
    }))
})

test('a readable colour is kept, without an adjustment', () => {
  expect(themes.map((theme) => hexOf(shadesOf(colourOf('#0f766e'), theme).brand))).toEqual([
    '#0f766e',
    expect.any(String),
  ])
  expect(hexOf(shadesOf(colourOf('#818cf8'), 'dark').brand)).toBe('#818cf8')
  expect(adjustmentsOf(colourOf('#3b6fd8'))).toEqual([])
})

test('an adjustment is reported per theme, with the ratio that was too low', () => {
  expect(adjustmentsOf(colourOf('#ffe600'))).toEqual([
    expect.stringMatching(
      /^shown as #[\da-f]{6} in the light theme, since it has a contrast of 1\.\d : 1 there and 3 : 1 is needed$/,
    ),
  ])
  expect(adjustmentsOf(colourOf('#1e1b4b'))).toEqual([
    expect.stringMatching(
      /^shown as #[\da-f]{6} in the dark theme, since it has a contrast of 1\.\d : 1 there/,
    ),
  ])
  expect(adjustmentsOf(colourOf('#1677ff'))[0]).toMatch(
    /^shown as #[\da-f]{6} in the light theme, since white text on it has a contrast of 4\.1 : 1 and 4\.5 : 1 is needed$/,
  )
})

test('a red brand leaves the quotas green', () => {
  const { brand, bar } = shadesOf(colourOf('#c8102e'), 'light')
  expect([hexOf(brand), hexOf(bar)]).toEqual(['#c8102e', '#15803d'])
})

test('the stylesheet sets both themes and nothing but colours', () => {
  expect(brandStylesheet(colourOf('#0f62fe'))).toMatch(
    /^:root\{(--[\w-]+:#[\da-f]{6};?)+\}@media screen\{:root\[data-theme='dark'\]\{(--[\w-]+:#[\da-f]{6};?)+\}\}$/,
  )
})

test('the surrounding colours match the front ends’ own tokens', () => {
  const style = readFileSync(new URL('../../../packages/ui/src/tokens.css', import.meta.url), 'utf8')
  const blocks = {
    light: /:root \{([^}]*)\}/.exec(style)![1]!,
    dark: /:root\[data-theme='dark'\] \{([^}]*)\}/.exec(style)![1]!,
  }
  const names = {
    bg: 'bg',
    card: 'card',
    sub: 'sub',
    track: 'track',
    ink2: 'ink-2',
    ink3: 'ink-3',
    warn: 'bar-warn',
    bad: 'bar-bad',
  }
  for (const theme of themes) {
    const said = Object.entries(names).map(([ours, theirs]) => {
      const value = new RegExp(`--${theirs}: (#[\\da-f]+);`).exec(blocks[theme])![1]!
      return [
        ours,
        value.length === 4 ? `#${[...value.slice(1)].map((digit) => digit + digit).join('')}` : value,
      ]
    })
    expect(Object.fromEntries(said)).toEqual(surroundings[theme])
  }
})
