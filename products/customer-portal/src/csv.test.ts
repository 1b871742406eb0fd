import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { csvLine } from './csv.ts'

test('numbers stay numbers, and null is an empty cell', () => {
  expect(csvLine([-1, 0.000001, 9007199254740991, null, '', 'x'])).toBe(
    '-1,0.000001,9007199254740991,,,x\r\n',
  )
})

test('a decimal keeps its digits, and is not text', () => {
  expect(csvLine([{ decimal: '-12.50' }, { decimal: '0.00' }])).toBe('-12.50,0.00\r\n')
})

test.each([
  '=1+1',
  '+1',
  '-1',
  '@SUM(A1)',
  '\t1',
  '\r1',
  '\n1',
  '＝1',
  '＋1',
  '－1',
  '＠x',
  '=HYPERLINK("http://evil.example";"x")',
])('%j is shown and not computed', (text) => {
  const [[cell]] = parse(csvLine([text])) as [[string]]
  expect(cell).toBe(`'${text}`)
})

test.each([
  ['x;=1+1', "x;'=1+1"],
  ['note;-2;@SUM(A1)', "note;'-2;'@SUM(A1)"],
  ['a\t=1', "a\t'=1"],
  ['a\n=1', "a\n'=1"],
  ['\t=1', "'\t'=1"],
  ['\r=1', "'\r'=1"],
  ['\n=1', "'\n'=1"],
  ['a;＝1', "a;'＝1"],
  ['=1;=2', "'=1;'=2"],
])('%j is not computed either where a semicolon, a tab or a line break begins a cell', (text, shown) => {
  const line = csvLine(['id', text])
  expect(parse(line)).toEqual([['id', shown]])
  // As a spreadsheet that separates by semicolons reads it: no cell begins with a formula.
  for (const cell of line.split(/[;\t\r\n]/)) expect(cell).not.toMatch(/^"?[=+\-@＝＋－＠]/)
})

test('negative numbers are numbers, whatever text is beside them', () => {
  expect(csvLine(['x;=1', -5, { decimal: '-0.10' }])).toBe('"x;\'=1",-5,-0.10\r\n')
})

test('a file parses back to what was written', () => {
  const plain = fc
    .string({ unit: 'grapheme' })
    .filter((text) => !/^[\t\r\n]|(^|[;\t\r\n])[=+\-@＝＋－＠]/.test(text))
  fc.assert(
    fc.property(fc.array(plain, { minLength: 2, maxLength: 8 }), (cells) => {
      expect(
        parse(csvLine(cells), {
          relax_column_count: true,
          skip_empty_lines: false,
          record_delimiter: '\r\n',
        }),
      ).toEqual([cells])
    }),
  )
})
