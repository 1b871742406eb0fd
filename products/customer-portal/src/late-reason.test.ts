import { expect, test } from 'vitest'
import { lateReason } from './late-reason.ts'

const invoice = { id: 'inv_1', number: 'INV-202612-000007' }

test.each([
  ['billed', invoice, '已计入账单 INV-202612-000007。', 'is counted on invoice INV-202612-000007.'],
  ['pending', null, '将计入下一张账单。', 'will be counted on the next invoice.'],
  ['unchanged', null, '不影响已出账的金额。', 'changes nothing in what was billed.'],
  ['uncharged', null, '您的套餐不对它收费。', 'your plan does not charge for it.'],
  [
    'uncharged',
    null,
    '发生在订阅结束之后，不计费。',
    'came after your subscription had ended: it is not billed.',
    true,
  ],
  ['voided', null, '已撤销，不再计入。', 'was taken back: it does not count.', true],
] as const)(
  'late usage that is %s has a reason in both languages',
  (outcome, on, zh, en, afterEnd?: boolean) => {
    const reason = lateReason({ outcome, period: '2026-11', invoice: on, afterEnd: afterEnd ?? false })
    expect([
      reason['zh-CN'].startsWith('这笔用量在 2026-11 计费周期出账后才上报'),
      reason['zh-CN'].endsWith(zh),
      reason.en.endsWith(en),
    ]).toEqual([true, true, true])
  },
)
