import fc from 'fast-check'
import { expect, test } from 'vitest'
import { contrastWithWhite, printedColour } from './brand-colour.ts'

test('a colour with enough contrast to white is kept, another is darkened, and the default is ours', () => {
  expect([printedColour('#0F766E'), printedColour(undefined), printedColour('#ffd400')]).toEqual([
    '#0f766e',
    '#1d4ed8',
    expect.stringMatching(/^#[0-9a-f]{6}$/),
  ])
})

test('every printed colour has enough contrast to white', () => {
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
