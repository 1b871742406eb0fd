import { createAssistant, readFaq } from '@customer-portal/workbench'
import { expect, test } from 'vitest'
import { demoFaqPath } from './index.ts'

const faq = await readFaq(demoFaqPath)
const assistant = createAssistant(faq)

test("the demo's FAQ has more than forty entries, in Chinese and in English", () => {
  expect(faq.length).toBeGreaterThanOrEqual(40)
  expect(faq.filter(({ category }) => category === 'English').length).toBeGreaterThanOrEqual(5)
})

test('every phrasing that an entry lists finds that entry', () => {
  const lost = faq.flatMap((entry) =>
    entry.questions
      .filter((question) => assistant.suggest(question)?.entry.id !== entry.id)
      .map((question) => `${question} → ${assistant.suggest(question)?.entry.id} instead of ${entry.id}`),
  )
  expect(lost).toEqual([])
})

test.each([
  ['你好，我昨天下的单，什么时候能发货呀？', 'shipping-time'],
  ['麻烦帮我开一张发票', 'invoice-issue'],
  ['我们公司要报销，能开专票吗？需要提供什么资料？', 'invoice-vat-special'],
  ['尺码买大了，可以换小一号吗', 'exchange'],
  ['快递三天没动静了，是不是丢了', 'tracking-stuck'],
  ['我上周退的货，钱怎么还没到账', 'refund-time'],
  ['订单地址写错了，能帮我改成公司地址吗', 'change-address'],
  ['冰箱坏了能保修吗', 'warranty'],
  ['空调什么时候来安装', 'installation'],
  ['Hi, I sent my jacket back last week. How long does a refund take?', 'en-refund'],
  ['where is my parcel', 'en-track'],
])('"%s" is answered by %s', (question, id) => {
  expect(assistant.suggest(question)?.entry.id).toBe(id)
})

test.each([
  '今天天气怎么样',
  '推荐一部电影',
  '你们公司招人吗',
  '帮我写一首诗',
  'how tall is mount everest',
  'what is the capital of France',
  '你好',
])('"%s" has no answer in it', (question) => {
  expect(assistant.suggest(question)).toBeUndefined()
})
