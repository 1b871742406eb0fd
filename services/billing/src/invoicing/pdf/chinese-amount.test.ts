import fc from 'fast-check'
import { expect, test } from 'vitest'
import { chineseAmount } from './chinese-amount.ts'

test.each([
  [140950, '人民币壹仟肆佰零玖元伍角'],
  [0, '人民币零元整'],
  [1, '人民币壹分'],
  [5, '人民币伍分'],
  [50, '人民币伍角'],
  [55, '人民币伍角伍分'],
  [100, '人民币壹元整'],
  [1000, '人民币壹拾元整'],
  [1100, '人民币壹拾壹元整'],
  [10100, '人民币壹佰零壹元整'],
  [100001, '人民币壹仟元零壹分'],
  [1640902, '人民币壹万陆仟肆佰零玖元零贰分'],
  [32504, '人民币叁佰贰拾伍元零肆分'],
  [600714, '人民币陆仟零柒元壹角肆分'],
  [168032, '人民币壹仟陆佰捌拾元叁角贰分'],
  [10700053, '人民币壹拾万柒仟元伍角叁分'],
  [10050000, '人民币壹拾万零伍佰元整'],
  [10000000000, '人民币壹亿元整'],
  [10000500000, '人民币壹亿零伍仟元整'],
  [10050000000, '人民币壹亿零伍拾万元整'],
  [100000000000100, '人民币壹万亿零壹元整'],
  [1000500000000, '人民币壹佰亿零伍佰万元整'],
  // Digits without a gap get no 零: 1亿 2345万, 1亿 1000万, 1万 1000.
  [12345678900, '人民币壹亿贰仟叁佰肆拾伍万陆仟柒佰捌拾玖元整'],
  [11000000000, '人民币壹亿壹仟万元整'],
  [1100000, '人民币壹万壹仟元整'],
  [-10000, '人民币负壹佰元整'],
  [-1, '人民币负壹分'],
])('%i 分 is %s', (fen, text) => {
  expect(chineseAmount(fen)).toBe(text)
})

test.each([0.5, Number.NaN, 2 ** 53])('%s is rejected as an amount', (fen) => {
  expect(() => chineseAmount(fen)).toThrow(`an amount is a safe integer, not ${fen}`)
})

const amounts = fc.oneof(
  fc.integer({ min: -100_000_000, max: 100_000_000 }),
  fc.maxSafeInteger(),
  fc
    .tuple(fc.integer({ min: 1, max: 999 }), fc.integer({ min: 0, max: 12 }))
    .map(([digits, zeros]) => digits * 10 ** zeros),
)

test('parsing the capital numerals gives the amount back', () => {
  fc.assert(
    fc.property(amounts, (fen) => {
      expect(read(chineseAmount(fen))).toBe(fen)
    }),
    { numRuns: 1000 },
  )
})

test('zeros are written once, never before a unit, and 整 only where nothing follows 元', () => {
  fc.assert(
    fc.property(amounts, (fen) => {
      const text = chineseAmount(fen)
      expect(text).not.toMatch(/零零|零[万亿]|[拾佰仟][拾佰仟]|万零?万|亿万/)
      if (fen !== 0) expect(text).not.toMatch(/零元/)
      expect(text.endsWith('整')).toBe(fen % 100 === 0)
    }),
    { numRuns: 1000 },
  )
})

/** An independent parser of capital numerals, in 分. */
function read(text: string): number {
  const [, sign, yuan = '', jiao, fen] = /^人民币(负)?(?:(.*)元)?整?零?(?:(.)角)?(?:(.)分)?$/.exec(text)!
  const whole = BigInt(readWhole(yuan)) * 100n + BigInt(digit(jiao) * 10 + digit(fen))
  return Number(sign ? -whole : whole)
}

function readWhole(text: string): bigint {
  for (const [unit, size] of [
    ['亿', 100_000_000n],
    ['万', 10_000n],
  ] as const) {
    const at = text.lastIndexOf(unit)
    if (at >= 0) return readWhole(text.slice(0, at)) * size + readWhole(text.slice(at + 1))
  }
  return [...text.matchAll(/([壹贰叁肆伍陆柒捌玖])([拾佰仟]?)/g)].reduce(
    (total, [, value, place]) => total + BigInt(digit(value) * 10 ** ['', '拾', '佰', '仟'].indexOf(place!)),
    0n,
  )
}

function digit(text: string | undefined): number {
  return text ? '零壹贰叁肆伍陆柒捌玖'.indexOf(text) : 0
}
