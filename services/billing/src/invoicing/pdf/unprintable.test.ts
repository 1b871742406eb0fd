import { expect, test } from 'vitest'
import { unprintable, withUnprintable } from './unprintable.ts'

test('characters that the invoice fonts lack are named once each', () => {
  expect(unprintable(['杭州某某有限公司', null, 'Ünïcode Ltd.', undefined])).toEqual([])
  const [notice] = unprintable(['𪚥𪚥馆', 'שלום', 'ש'])
  expect(notice).toMatchObject({ code: 'unprintable_characters' })
  expect(notice!.detail['zh-CN']).toMatch(/：𪚥 ש ל ו ם，/)
})

test('a response names them for every text of the input, at any depth', () => {
  expect(
    withUnprintable(
      { id: 1 },
      { name: { 'zh-CN': '套餐', en: 'Plan 한국' }, list: ['ไทย', 'عربي'], none: null },
    ),
  ).toEqual({ id: 1 })
  expect(withUnprintable({ id: 1 }, { title: { bankName: 'Bank 😀' } })).toMatchObject({
    id: 1,
    notices: [{ code: 'unprintable_characters' }],
  })
})
