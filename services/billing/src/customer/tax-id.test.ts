import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isTaxId, taxIdCheckCharacter } from './tax-id.ts'

test.each(['91330100799655058B', '91110000802100433B', '9144030071526726XG'])(
  '%s is a valid 统一社会信用代码',
  (text) => {
    expect(isTaxId(text)).toBe(true)
  },
)

test.each([
  ['91350100M000100Y4Z', 'Z is not in the alphabet'],
  ['91330100799655058C', 'the check character is wrong'],
  ['91330100799655058b', 'letters are capitals'],
  ['9133010079965505', 'it is too short'],
  ['91330100799655058B ', 'nothing may follow'],
  ['91330100799655058BA', 'it is too long'],
  ['', 'it is empty'],
  ['91A30100799655058B', 'the region is digits'],
])('%s is rejected: %s', (text) => {
  expect(isTaxId(text)).toBe(false)
})

const characters = fc.constantFrom(...'0123456789ABCDEFGHJKLMNPQRTUWXY')
const firsts = fc
  .tuple(
    fc.array(characters, { minLength: 2, maxLength: 2 }),
    fc.array(fc.constantFrom(...'0123456789'), { minLength: 6, maxLength: 6 }),
    fc.array(characters, { minLength: 9, maxLength: 9 }),
  )
  .map((parts) => parts.flat().join(''))

test('a code is valid with its check character and with no other', () => {
  fc.assert(
    fc.property(firsts, characters, (first, last) => {
      expect(isTaxId(first + last)).toBe(last === taxIdCheckCharacter(first))
    }),
  )
})

test('changing one character makes a valid code invalid', () => {
  fc.assert(
    fc.property(firsts, fc.nat(16), characters, (first, at, other) => {
      fc.pre(first[at] !== other)
      expect(isTaxId(first.slice(0, at) + other + first.slice(at + 1) + taxIdCheckCharacter(first))).toBe(
        false,
      )
    }),
  )
})
