import { expect, test } from 'vitest'
import { duration } from './console.mjs'

test.each([
  [40, '0.0 s'],
  [940, '0.9 s'],
  [9949, '9.9 s'],
  [9951, '10 s'],
  [59_600, '1 min 00 s'],
  [185_000, '3 min 05 s'],
])('%d ms reads "%s"', (milliseconds, text) => {
  expect(duration(milliseconds)).toBe(text)
})
