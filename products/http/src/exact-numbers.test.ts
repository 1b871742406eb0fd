import fc from 'fast-check'
import { expect, test } from 'vitest'
import { withExactNumbers } from './exact-numbers.ts'

test.each([
  ['1234567890123456789', '"1234567890123456789"'],
  ['-1234567890123456789', '"-1234567890123456789"'],
  ['9007199254740993', '"9007199254740993"'],
  ['0.1234567890123456789', '"0.1234567890123456789"'],
  ['1.0000000000000000001', '"1.0000000000000000001"'],
  ['1234567890.1234567890e5', '"1234567890.1234567890e5"'],
  ['10000000000000000000000000000000e999', '"10000000000000000000000000000000e999"'],
  ['1e400', '"1e400"'],
  ['-1e400', '"-1e400"'],
  ['1E+999999999', '"1E+999999999"'],
  ['1e-400', '"1e-400"'],
  ['-2.5e-0400', '"-2.5e-0400"'],
  ['1e-999999999', '"1e-999999999"'],
  ['4.9e-324', '"4.9e-324"'],
  ['1.2345e-320', '"1.2345e-320"'],
  ['1.8e308', '"1.8e308"'],
  [`0.${'0'.repeat(400)}1`, `"0.${'0'.repeat(400)}1"`],
  [`1${'0'.repeat(400)}`, `"1${'0'.repeat(400)}"`],
])('%s exceeds a double and is kept as text', (number, text) => {
  expect(withExactNumbers(`[${number}]`)).toBe(`[${text}]`)
  expect(withExactNumbers(`{"a" : ${number} , "b":{"c":[1,${number}]}}`)).toBe(
    `{"a" : ${text} , "b":{"c":[1,${text}]}}`,
  )
})

test.each([
  '9007199254740991',
  '9007199254740994',
  '10000000000000000000',
  '1.000000000000000000000',
  '0.10000000000000001',
  '3.1415926535897931',
  '0.30000000000000004',
  '1e308',
  '1e-307',
  '5e-324',
  '1.7976931348623157e308',
  '2.2250738585072014e-308',
  '0e999',
  '-0',
  '-0e-999999999',
  '0.0e400',
  '1e0005',
  '12e-005',
  '-0.00000000000000000000',
  '"1234567890123456789"',
  '"x, 1e400,"',
  '"a \\" , 1234567890123456789 ,"',
  '"\\\\",{"b":"1234567890123456789"}',
  '"1234567890123456789',
  '1234567890.1234567890.1',
  '12345678901234567-8',
  '',
])('%s is left unchanged', (json) => {
  expect(withExactNumbers(json)).toBe(json)
  expect(withExactNumbers(`[${json},0.12345678901234567890123]`)).toBe(
    json.startsWith('"1') && !json.endsWith('"')
      ? `[${json},0.12345678901234567890123]`
      : `[${json},"0.12345678901234567890123"]`,
  )
})

test('the output of JSON.stringify is never changed, and any JSON stays valid JSON', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const json = JSON.stringify(value)
      expect(withExactNumbers(json)).toBe(json)
    }),
  )
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const json = `[1234567890123456789,${value.toPrecision(17)}]`
      expect(withExactNumbers(json)).toBe(`["1234567890123456789",${value.toPrecision(17)}]`)
    }),
  )
  fc.assert(
    fc.property(fc.bigInt(), (value) => {
      const [read] = JSON.parse(withExactNumbers(`[${value}]`)!) as [number | string]
      expect(typeof read === 'number' ? BigInt(read) : BigInt(read)).toBe(value)
    }),
  )
})

test('a body of 8 MB, whatever it consists of, is scanned quickly', () => {
  for (const part of [
    '1',
    '0',
    '1.',
    '"',
    '\\"',
    '-',
    '1e',
    ',1e400',
    '1e999',
    '1.1e',
    '1234567890123456789,',
    '0.12345678901234567,',
    '"1234567890123456",',
  ]) {
    const body = `[${part.repeat(8_000_000 / part.length)}`
    const began = process.cpuUsage()
    const exact = withExactNumbers(body)
    // The process's own time: the machine may be busy.
    expect(process.cpuUsage(began).user, part).toBeLessThan(2_000_000)
    expect(exact === undefined, part).toBe(
      (part.length > 17 && part.endsWith('9,')) || part.startsWith('0.1') || part === ',1e400',
    )
  }
})
