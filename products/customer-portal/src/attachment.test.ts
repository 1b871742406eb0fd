import fc from 'fast-check'
import { expect, test } from 'vitest'
import { attachment, namePart } from './attachment.ts'

test('a name in any script is sent twice: exactly, and in ASCII', () => {
  expect(attachment('用量 (3月).csv', 'usage-杭州.csv')).toBe(
    `attachment; filename="usage-__.csv"; filename*=UTF-8''%E7%94%A8%E9%87%8F%20%283%E6%9C%88%29.csv`,
  )
})

test.each([
  ['杭州星桥', '杭州星桥'],
  ['a/b\\c:d*e?f"g<h>i|j%k', 'a_b_c_d_e_f_g_h_i_j_k'],
  ['evil\u202efdp', 'evil_fdp'],
  ['..', '_'],
  ['line\nbreak', 'line_break'],
  ['ends.', 'ends_'],
])('%j becomes the file name %j', (text, name) => expect(namePart(text)).toBe(name))

test('no name breaks the header, and the exact one can be parsed back', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const header = attachment(text, text)
      expect(header).toMatch(/^attachment; filename="[ -!#-$&-[\]-~]*"; filename\*=UTF-8''[\w.~%-]*$/)
      expect(decodeURIComponent(header.split("UTF-8''")[1]!)).toBe(text)
    }),
  )
})
