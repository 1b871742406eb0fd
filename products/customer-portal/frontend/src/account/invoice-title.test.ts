import { expect, test } from 'vitest'
import { writeTitle } from './invoice-title.ts'

const typed = {
  kind: 'company' as const,
  title: ' 星河 ',
  taxId: '91330100799655058b',
  address: '',
  phone: ' 021 ',
  bankName: '',
  bankAccount: '',
}

test('a company title has what was typed, trimmed, and nothing empty', () => {
  expect(writeTitle(typed)).toEqual({
    kind: 'company',
    title: '星河',
    taxId: '91330100799655058B',
    phone: '021',
  })
})

test('a personal title has a name alone', () => {
  expect(writeTitle({ ...typed, kind: 'personal' })).toEqual({ kind: 'personal', title: '星河' })
})
