import { expect, test } from 'vitest'
import { unprintable } from './unprintable.ts'

test('characters that the fonts of the invoice lack are named, each once; others are not', () => {
  expect(unprintable(['杭州某某有限公司', null, 'Ünïcode Ltd.', undefined])).toEqual([])
  const [notice] = unprintable(['𪚥𪚥馆', 'ขอบคุณ', 'ข'])
  expect(notice).toMatchObject({ code: 'unprintable_characters' })
  expect(notice!.detail['zh-CN']).toMatch(/：.*ข อ บ คุ ณ，/)
})
