import { expect, test } from 'vitest'
import { isTaxId, normalizeTaxId } from './tax-id.ts'
import { isTaxIdRefused, taxIdNote } from './tax-id-note.ts'

test('codes with the right check character are valid', () => {
  expect(['91330100799655058B', '91110000802100433B', '9144030071526726XG'].map(isTaxId)).toEqual([
    true,
    true,
    true,
  ])
})

test('a wrong check character, a wrong length or a letter not used in codes is invalid', () => {
  expect(
    ['91350100M000100Y4Z', '91330100799655058C', '9133010079965505', '9133010079965505OB'].map(isTaxId),
  ).toEqual([false, false, false, false])
})

test('spaces and lower case are accepted as typed', () => {
  expect(normalizeTaxId(' 9133 0100 7996 5505 8b ')).toBe('91330100799655058B')
})

test('while a code is typed, the message names what is missing or invalid', () => {
  expect(taxIdNote('')).toBeUndefined()
  expect(taxIdNote('91330100')).toEqual({ key: 'taxIdLength', n: 10 })
  expect(taxIdNote('91330100799655058BB')).toEqual({ key: 'taxIdLong', n: 1 })
  expect(taxIdNote('9133O')).toEqual({ key: 'taxIdStranger', character: 'O' })
  expect(taxIdNote('91330100799655058C')).toEqual({ key: 'taxIdWrong' })
  expect(taxIdNote('91330100799655058b')).toEqual({ key: 'taxIdRight' })
})

test('only an empty or a valid code may be saved', () => {
  expect(
    ['', '91330100799655058B', '9133', '91330100799655058C'].map((text) => isTaxIdRefused(taxIdNote(text))),
  ).toEqual([false, false, true, true])
})
