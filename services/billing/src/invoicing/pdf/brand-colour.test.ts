import fc from 'fast-check'
import { expect, test } from 'vitest'
import { contrastWithWhite, printedColour } from './brand-colour.ts'

test('a colour that white can be read on is printed as it is, another a little darker, none as ours', () => {
  expect([printedColour('#0F766E'), printedColour(undefined), printedColour('#ffd400')]).toEqual([
    '#0f766e',
    '#1d4ed8',
    expect.stringMatching(/^#[0-9a-f]{6}$/),
  ])
})

test('white can be read on every printed colour', () => {
  const channel = fc.integer({ min: 0, max: 255 })
  fc.assert(
    fc.property(channel, channel, channel, (...channels) => {
      const printed = printedColour(`#${channels.map((one) => one.toString(16).padStart(2, '0')).join('')}`)
      expect(
        contrastWithWhite([1, 3, 5].map((at) => Number.parseInt(printed.slice(at, at + 2), 16))),
      ).toBeGreaterThanOrEqual(4.5)
    }),
  )
})
