import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isCustomerId } from './customer-id.ts'

describe('customer ids', () => {
  test.each([
    'acme',
    'a',
    '-',
    'li.wei+test@example.com.cn',
    'auth0|5f7c8ec7c33c6c004bbafe82',
    '杭州星桥云计算',
    'Müller & Söhne #1',
    'a/b?c=d',
    '50%',
    "o'neil\\",
    '...',
    '.hidden',
    '𠮷野家',
    'x'.repeat(128),
    '𠮷'.repeat(128),
    'two words',
    'https://tenant.example/1',
    '{"a":1}',
    'e\u0301',
  ])('%s is accepted', (id) => expect(isCustomerId(id)).toBe(true))

  test.each([
    '',
    '.',
    '..',
    ' acme',
    'acme ',
    '\u3000acme',
    'a\u0000b',
    'a\nb',
    'tab\t',
    'a\u007fb',
    'a\u0085b',
    'evil\u202egnp',
    '\u2066x',
    'x\u200b',
    '\ufeffx',
    'a\u2028b',
    '\ud800',
    'a\uffffb',
    'a\ue000',
    'x'.repeat(129),
  ])('%j is rejected', (id) => expect(isCustomerId(id)).toBe(false))

  test('an id survives encoding in a path', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }), (id) => {
        fc.pre(isCustomerId(id))
        const { pathname } = new URL(`http://localhost/customers/${encodeURIComponent(id)}/usage`)
        expect(decodeURIComponent(pathname.split('/')[2]!)).toBe(id)
      }),
    )
  })
})
