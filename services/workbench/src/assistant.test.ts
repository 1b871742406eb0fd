import { describe, expect, test } from 'vitest'
import { createAssistant } from './assistant.ts'
import { parseFaq } from './faq.ts'
import { termsOf } from './terms.ts'

const assistant = createAssistant(
  parseFaq(
    JSON.stringify([
      {
        id: 'shipping',
        category: '物流',
        title: '下单后多久发货',
        questions: ['什么时候发货', '付款了怎么还没发货'],
        answer: '付款后 48 小时内发货。',
      },
      {
        id: 'invoice',
        category: '发票',
        title: '怎么开发票',
        questions: ['可以开票吗', '在哪里申请发票'],
        answer: '在「我的订单」里申请开票。',
      },
      {
        id: 'special-invoice',
        category: '发票',
        title: '可以开增值税专用发票吗',
        questions: ['能开专票吗'],
        answer: '可以，请填写税号。',
      },
      {
        id: 'return',
        category: '退货',
        title: '七天无理由退货',
        questions: ['可以退货吗', '怎么退货'],
        answer: '签收后 7 天内都可以退货。',
      },
      {
        id: 'refund-en',
        category: 'English',
        title: 'Refunds: how long they take',
        questions: ['When do I get my refund?', 'Can I cancel my order?'],
        answer: 'Within three business days.',
      },
      {
        id: 'shipping-en',
        category: 'English',
        title: 'Shipping times',
        questions: ['When will my order ship?', 'How long is delivery?'],
        answer: 'Within two days.',
      },
    ]),
  ),
)

const answerTo = (question: string) => assistant.suggest(question)?.entry.id

test.each([
  ['怎么开发票', 'invoice'],
  ['麻烦帮我开一张发票', 'invoice'],
  ['能开专票吗', 'special-invoice'],
  ['什么时候发货', 'shipping'],
  ['你好，我昨天下的单，什么时候能发货呀？', 'shipping'],
  ['我要退货', 'return'],
  ['衣服可以退的吧，怎么退货', 'return'],
  ['refund', 'refund-en'],
  ['How long do refunds take?', 'refund-en'],
  ['is my order shipped already', 'shipping-en'],
  ['WHEN WILL IT SHIP', 'shipping-en'],
])('"%s" finds %s', (question, id) => {
  expect(answerTo(question)).toBe(id)
})

test.each([
  '今天天气怎么样',
  '你们老板是谁',
  '推荐一部电影',
  'how tall is mount everest',
  '你好',
  'hello',
  '？？？',
  '',
  '   ',
])('"%s" has no answer in the FAQ', (question) => {
  expect(assistant.suggest(question)).toBeUndefined()
})

/** The fastest of three runs, in milliseconds. */
function least(question: string): number {
  return Math.min(
    ...[1, 2, 3].map(() => {
      const began = performance.now()
      assistant.suggest(question)
      return performance.now() - began
    }),
  )
}

const word = (seed: number) =>
  Array.from({ length: 11 }, (_, place) =>
    String.fromCharCode(97 + ((seed * 31 + place * 17 + seed * place * 7) % 26)),
  ).join('')
test.each([
  ['words nobody knows', Array.from({ length: 330 }, (_, seed) => word(seed)).join(' ')],
  [
    'characters',
    Array.from({ length: 4000 }, (_, place) => String.fromCharCode(0x4e00 + ((place * 37) % 5000))).join(''),
  ],
  ['clauses', Array.from({ length: 1000 }, (_, seed) => word(seed).slice(0, 3)).join('.')],
  ['what the FAQ itself says', '怎么开发票什么时候发货七天无理由退货'.repeat(220)],
])('a question of 4,000 letters of %s takes about as long as a few sentences', (_name, question) => {
  const usual = least(
    '你好，上个月给我妈妈买的羽绒服她特别喜欢，邻居看到也想要一件，我单位财务说必须要凭证才能报销，所以怎么开发票？',
  )
  expect(least(question.slice(0, 4000))).toBeLessThan(30 * usual + 60)
})

test('in a long story the clause with the question is answered', () => {
  expect(
    answerTo(
      '你好，上个月给我妈妈买的羽绒服她特别喜欢，邻居看到也想要一件，我单位财务说必须要凭证才能报销，所以怎么开发票？',
    ),
  ).toBe('invoice')
})

test('the score is the covered share of the question: 1 when every word is known, less with unrelated words', () => {
  expect(assistant.suggest('什么时候发货')?.score).toBe(1)
  expect(assistant.suggest('冰箱什么时候发货')?.score).toBeLessThan(1)
})

describe('terms', () => {
  test('开发票 is found by its character pairs, however a dictionary splits it', () => {
    expect(termsOf('怎么开发票')).toContain('发票')
  })
  test('particles inside a word do not hide it', () => {
    expect(termsOf('退的货')).toEqual(['退货'])
  })
  test('English words match by their stem', () => {
    expect(termsOf('refunds refunded refunding')).toEqual(['refund'])
    expect(termsOf('shipping')).toEqual(['ship'])
  })
  test('full-width letters match half-width ones', () => {
    expect(termsOf('ＶＩＰ')).toEqual(['vip'])
  })
})
