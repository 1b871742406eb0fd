import { expect, test } from 'vitest'
import { acceptedEncodings, varying } from './encoding.ts'

test.each([
  [undefined, []],
  ['', []],
  ['identity', []],
  ['deflate, zstd', []],
  ['gzip', ['gzip']],
  ['br', ['br']],
  ['gzip, deflate, br, zstd', ['br', 'gzip']],
  ['GZIP;q=0.5', ['gzip']],
  ['br;q=0.2, gzip;q=0.9', ['gzip', 'br']],
  ['br;q=0, gzip', ['gzip']],
  ['gzip;q=0', []],
  ['*', ['br', 'gzip']],
  ['*;q=0, gzip', ['gzip']],
  ['br;q=two', []],
])('Accept-Encoding %o yields %o', (header, encodings) => {
  expect(acceptedEncodings(header)).toEqual(encodings)
})

test.each([
  [undefined, 'accept-encoding'],
  ['', 'accept-encoding'],
  ['origin', 'origin, accept-encoding'],
  ['Accept-Encoding, origin', 'Accept-Encoding, origin'],
  ['*', '*'],
])('an answer that varied by %o names the header once', (vary, said) => {
  expect(varying(vary, 'accept-encoding')).toBe(said)
})
