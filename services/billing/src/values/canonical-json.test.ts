import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalJson, sha256 } from './canonical-json.ts'

test('object keys are sorted, white space and undefined members are left out', () => {
  expect(canonicalJson({ b: 1, a: [2, { d: null, c: '会话"' }], e: undefined, '€': true, A: -0 })).toBe(
    '{"A":0,"a":[2,{"c":"会话\\"","d":null}],"b":1,"€":true}',
  )
  expect(canonicalJson([undefined])).toBe('[null]')
  expect(canonicalJson(null)).toBe('null')
})

test('equal content has equal bytes, and parsing the text gives the content back', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = canonicalJson(value)
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)))
      expect(canonicalJson(JSON.parse(text))).toBe(text)
    }),
  )
})

test('the order of the keys does not change the text', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.tuple(fc.string(), fc.integer()), { selector: ([key]) => key }),
      (members) => {
        expect(canonicalJson(Object.fromEntries(members))).toBe(
          canonicalJson(Object.fromEntries([...members].reverse())),
        )
      },
    ),
  )
})

test('the hash is SHA-256 of the UTF-8 bytes', () => {
  expect(sha256('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
  expect(sha256('账单')).toBe(sha256(new TextEncoder().encode('账单')))
})
