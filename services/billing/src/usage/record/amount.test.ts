import { describe, expect, test } from 'vitest'
import type { Meter } from '../../catalogue/meter.ts'
import { amountIn } from './amount.ts'
import { checkEvent } from './event.ts'
import { takenTimes } from '../totals/taken-times.ts'

const meterOf = (key: string, name: string, unit: Meter['unit'], more: Partial<Meter> = {}): Meter => ({
  key,
  name: { 'zh-CN': name, en: name },
  unit,
  decimals: 0,
  aggregation: 'sum',
  ...more,
})
const tokens = meterOf('aitok', 'AI tokens', { 'zh-CN': 'token', en: 'tokens', one: 'token' })
const answers: Meter = {
  ...meterOf('ai_chat', 'AI answers', { 'zh-CN': '次', en: 'answers', one: 'answer' }),
  name: { 'zh-CN': 'AI 回答', en: 'AI answers' },
}
const minutes = meterOf('calls', 'Talk time', { 'zh-CN': '分钟', en: 'minutes' })
const storage = meterOf('disk', 'Storage', { 'zh-CN': 'GB', en: 'GB' })
const entries = meterOf('entries-2026', 'Number of entries per agent', { 'zh-CN': 'entries', en: 'entries' })
const pages = meterOf('scans', 'Scans', { 'zh-CN': '页', en: 'pages', one: 'page' })

const general =
  'quantity Quantity qty amount value count counts units number num n total sum volume usage used '
  + 'consumed spent 数量 使用量'
const ofTokens =
  'tokens token token_count tokenCount TOKEN-COUNT tokencount Tokens.Total totaltokens input_tokens '
  + 'promptTokens tokensUsed '
  + 'tokens_today token_input maxTokens aitok size input token数 n_tokens numberOfTokens billable-units '
  + 'usage_total'
const ofOthers: [Meter, string][] = [
  [answers, 'answers chats answersToday retry_count 回答数 次数'],
  [minutes, 'minutes minute duration duration_ms callSeconds 分钟数'],
  [storage, 'size file_size size_gb bytes'],
  [entries, 'entries new_entry entries-2026'],
  [pages, 'pages page page_count scans'],
]
const named = (meter: Meter, names: string) =>
  names.split(' ').map((name) => ({ meter, properties: { type: 'a', [name]: 1250 }, name }))
const nested: [Record<string, unknown>, string][] = [
  [{ data: { tokens: 1250 } }, 'data.tokens'],
  [{ tokens: { text: 3, audio: 4 } }, 'tokens.text'],
  [{ token: { in: 3 } }, 'token.in'],
  [{ usage: [{ model: 'a' }, { text: '1,250' }] }, 'usage.1.text'],
  [{ calls: [{ tokens: [7] }] }, 'calls.0.tokens.0'],
  [{ input_tokens: 1250, output_tokens: 3 }, 'input_tokens'],
  [{ agent: 7, tokens: '1_250' }, 'tokens'],
  [{ tokens: ' 1.25e3 ' }, 'tokens'],
  [{ tokens: 0 }, 'tokens'],
]
const amounts = [
  ...[tokens, answers, storage].flatMap((meter) => named(meter, general)),
  ...named(tokens, ofTokens),
  ...ofOthers.flatMap(([meter, names]) => named(meter, names)),
  ...nested.map(([properties, name]) => ({ meter: tokens, properties, name })),
]
const labels: [Meter, Record<string, unknown>][] = [
  [answers, { model: 'gpt-4', status: 200, agent: 7 }],
  [answers, { agent: '10086', latency: 530, latency_ms: 530 }],
  [answers, { page: 3, size: 20, page_size: 20 }],
  [answers, { answer_id: 88, answerId: '88', chat_id: 5, 'chat-type': 3 }],
  [answers, { answer_score: 4.5, chat: { agent: 7 }, tokens: 1250 }],
  [answers, { order_number: 10086, phone_number: '13800138000' }],
  [answers, { account: 7, discount: 3, country: 86, summary: 1, nonce: 5 }],
  [answers, { duration: 62, bytes: 2048, tokens_price: 3 }],
  [answers, { ai_agent: 7, api_version: 2, usage_limit: 100, value_type: 3, total_status: 1, countId: 9 }],
  [answers, { note: 'tokens', quantity: 'many', amount: null, total: true, usage: {}, count: [] }],
  [answers, { 批次: 7, 质量: 5, 分数: 98, 回答编号: 88 }],
  [
    tokens,
    {
      model: 4,
      token_type: 3,
      tokenizer: 2,
      token_id: 7,
      temperature: 0.7,
      seed: 42,
      page: 2,
      page_size: 50,
    },
  ],
  [
    minutes,
    { status: 200, latency_seconds: 3, timestamp: 1_772_337_600, time: 1_772_337_600, timeoutSeconds: 30 },
  ],
  [entries, { agent: 7, priority: 2 }],
  [pages, { job: 17, copies: '2', page_id: 5 }],
]

describe('numbers in the properties of an event without a quantity', () => {
  test.each(amounts)('$name is an amount for $meter.key', ({ meter, properties, name }) => {
    expect(amountIn(properties, meter, true)?.name).toBe(name)
  })

  test.each(labels)('properties that name no amount are labels: %#', (meter, properties) => {
    expect(amountIn(properties, meter, true)).toBeUndefined()
  })

  test('a property the meter names is a label, unless it is its value property', () => {
    const meter: Meter = { ...tokens, groupBy: ['n', 'tokens'], eventType: 'x', filters: { count: 3 } }
    for (const isPlain of [true, false]) {
      expect(amountIn({ n: 5, tokens: [5], count: 3 }, meter, isPlain)).toBeUndefined()
      expect(amountIn({ n: 5, of: { n: 7 } }, meter, isPlain)).toEqual({ name: 'of.n', value: '7' })
    }
    expect(amountIn({ agent: 7 }, meter, false)).toEqual({ name: 'agent', value: '7' })
    const counting: Meter = { ...tokens, valueProperty: 'work', groupBy: ['work'] }
    expect(amountIn({ work: 7 }, counting, true)).toEqual({ name: 'work', value: '7' })
  })

  test('an event without a quantity is rejected where quantities are counted', () => {
    const times = takenTimes('2026-03-01T00:00:00.000000Z')
    const check = (meter: Meter, more: object, isAsked = false) =>
      checkEvent(
        { id: 'e', customerId: 'c', meter: meter.key, properties: { tokens: 1250 }, ...more },
        meter,
        times,
        isAsked,
      )
    const begin =
      "meter 'aitok' counts quantities, and the event has none: 'tokens' (1250) is not counted. "
      + 'Send it as quantity'
    const end = '; where each event counts as one, send the quantity 1'
    expect(check(tokens, {})).toEqual({
      code: 'validation_failed',
      detail: `${begin}, or name it as the meter's valueProperty${end}`,
    })
    expect(check(tokens, {}, true)).toEqual({ code: 'validation_failed', detail: `${begin}${end}` })
    expect(check(tokens, { quantity: 1 })).toMatchObject({ quantity: 1 })
    expect(check({ ...tokens, aggregation: 'count' }, {})).toMatchObject({ quantity: 1 })
    expect(check({ ...tokens, aggregation: 'unique', uniqueBy: 'tokens' }, {})).toMatchObject({ quantity: 1 })
    // An event counts by its meter's value property; the quantity of consume never comes from there.
    const counting: Meter = { ...tokens, valueProperty: 'tokens' }
    expect([check(counting, {}), check(counting, { quantity: 3 }, true)]).toMatchObject([
      { quantity: 1250 },
      { quantity: 3 },
    ])
    expect(check(counting, {}, true)).toMatchObject({ code: 'validation_failed' })
  })

  test('amounts are found at any depth and width within the time limit', () => {
    let deep: unknown = { tokens: 1 }
    for (let depth = 0; depth < 2000; depth += 1) deep = { label: deep, agent: 7 }
    const wide = Object.fromEntries(Array.from({ length: 2000 }, (_, index) => [`label_${index}`, index]))
    const before = performance.now()
    expect(amountIn({ wide, deep }, tokens, true)?.value).toBe('1')
    expect(performance.now() - before).toBeLessThan(1000)
  })
})

test('checking properties takes about as long as serialising them, whether rejected or scanned', () => {
  const times = takenTimes('2026-03-01T00:00:00.000000Z' as Parameters<typeof takenTimes>[0])
  const lists = (many: number) => ({ deep: Array.from({ length: many }, () => [1]) })
  const names = (many: number) =>
    Object.fromEntries(Array.from({ length: many }, (_, place) => [`x${place}y`, 1]))
  // Too long for one event, and a full batch of events that are not.
  const bodies = [
    [lists(180_000)],
    [names(900)],
    Array.from({ length: 150 }, () => lists(1_000)),
    Array.from({ length: 150 }, () => names(300)),
  ]
  const quickest = (work: () => void) =>
    Math.min(
      ...Array.from({ length: 5 }, () => {
        // Processor time: on a busy machine the longer of the two is interrupted more often.
        const began = process.cpuUsage()
        work()
        const { user, system } = process.cpuUsage(began)
        return (user + system) / 1000
      }),
    )
  for (const body of bodies) {
    const check = quickest(() => {
      for (const properties of body)
        checkEvent({ id: 'e', customerId: 'c', meter: 'ai_chat', properties }, answers, times)
    })
    const written = quickest(() => {
      for (const properties of body) JSON.stringify(properties)
    })
    // It took more than a hundred times as long for the first of them.
    expect(check / Math.max(written, 0.5)).toBeLessThan(100)
  }
})
