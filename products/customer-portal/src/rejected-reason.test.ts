import { expect, test } from 'vitest'
import { rejectedReason } from './rejected-reason.ts'

const invalid = (detail: string, quantity: number | string | null = null) =>
  rejectedReason({ code: 'validation_failed', detail, quantity })

test.each([
  [
    invalid('/quantity must be a number', 'abc'),
    '数量“abc”不是有效的数字。',
    'The quantity “abc” is not a valid number.',
  ],
  [invalid('/quantity 应为数字'), '数量不是有效的数字。', 'The quantity is not a valid number.'],
  [
    invalid("meter 'people' counts the different values of property 'user', which the event does not have"),
    '缺少属性“user”。',
    'The property “user” is missing.',
  ],
  [
    invalid("meter 'people' counts property 'n', which is no number in the event"),
    '属性“n”不是数字。',
    'The property “n” is not a number.',
  ],
  [
    invalid("time '5 o'clock' is not an RFC 3339 instant"),
    '发生时间的格式不正确。',
    'The time is not a valid date and time.',
  ],
  [invalid('/ is missing meter'), '没有正确指明计量项。', 'It doesn’t name its meter as required.'],
  [invalid('something new'), '数据的格式不正确。', 'The data is not in the required form.'],
  [
    rejectedReason({ code: 'meter_not_found', detail: "there is no meter 'x'", quantity: 3 }),
    '没有这个计量项。',
    'There is no such meter.',
  ],
])('rejected usage has a reason, without the details meant for its sender: %o', (reason, zh, en) => {
  expect(reason).toEqual({ 'zh-CN': zh, en })
})
