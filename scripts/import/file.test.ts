import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import { cellsOf, delimiterOf } from './csv.ts'
import { openUsageFile, type FileOptions } from './file.ts'
import { instantShown } from './local-time.ts'
import { repeatedIds } from './repeated-ids.ts'

const folder = mkdtempSync(join(tmpdir(), 'import-file-'))
afterAll(() => rmSync(folder, { recursive: true }))

let files = 0
async function read(
  bytes: Buffer,
  { name = 'usage.csv', ...options }: Partial<FileOptions> & { name?: string } = {},
) {
  const path = join(folder, `${(files += 1)}-${name}`)
  writeFileSync(path, bytes)
  const file = await openUsageFile(path, { columns: ['id', 'customer'], ...options })
  const records: (string | number)[][] = []
  for await (const { number, cells, mistake } of file.records())
    records.push(mistake === undefined ? [number, ...cells] : [number, mistake])
  return { encoding: file.encoding, delimiter: file.delimiter, lines: file.lines, records }
}

const text = 'id,customer\n订单甲,用户\n订单乙,"带,逗号"\n'
const records = [
  [1, 'id', 'customer'],
  [2, '订单甲', '用户'],
  [3, '订单乙', '带,逗号'],
]
/** 订单甲,用户 and so on, as Excel on a Chinese Windows saves "CSV". */
const gbk = Buffer.concat([
  Buffer.from('id,customer\n'),
  Buffer.from([0xb6, 0xa9, 0xb5, 0xa5, 0xbc, 0xd7]),
  Buffer.from(','),
  Buffer.from([0xd3, 0xc3, 0xbb, 0xa7]),
  Buffer.from('\r\n'),
  Buffer.from([0xb6, 0xa9, 0xb5, 0xa5, 0xd2, 0xd2]),
  Buffer.from(',"'),
  Buffer.from([0xb4, 0xf8]),
  Buffer.from(','),
  Buffer.from([0xb6, 0xba, 0xba, 0xc5]),
  Buffer.from('"\r\n'),
])
const utf16 = Buffer.from(text, 'utf16le')

test.each([
  ['UTF-8', Buffer.from(text), 'utf-8'],
  ['UTF-8 with a mark', Buffer.from(`\uFEFF${text}`), 'utf-8'],
  ['GB 18030 (GBK), found out', gbk, 'gb18030'],
  ['UTF-16, little end first, with a mark', Buffer.concat([Buffer.from([0xff, 0xfe]), utf16]), 'utf-16le'],
  ['UTF-16, little end first, without', utf16, 'utf-16le'],
  [
    'UTF-16, big end first',
    Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(utf16).swap16()]),
    'utf-16be',
  ],
])('%s has the same content', async (_, bytes, encoding) => {
  expect(await read(bytes)).toEqual({ encoding, delimiter: ',', lines: 3, records })
  expect((await read(gzipSync(bytes), { name: 'usage.csv.gz' })).records).toEqual(records)
})

test('a line with unreadable bytes is reported and skipped, and does not change the detected encoding', async () => {
  const bytes = Buffer.concat([
    Buffer.from('id,customer\n甲,一\n乙,'),
    Buffer.from([0xff, 0xfe, 0xb6]),
    Buffer.from('\n丙,三\n'),
  ])
  expect(await read(bytes)).toMatchObject({
    encoding: 'utf-8',
    records: [
      [1, 'id', 'customer'],
      [2, '甲', '一'],
      [3, expect.stringContaining('bytes that are not UTF-8')],
      [4, '丙', '三'],
    ],
  })
  expect((await read(gbk, { encoding: 'utf-8' })).records.slice(1)).toEqual([
    [2, expect.stringContaining('--encoding')],
    [3, expect.stringContaining('--encoding')],
  ])
})

test.each([
  [';', 'semicolon'],
  ['\t', 'tab'],
  ['|', 'pipe'],
])('the delimiter %j is detected from the header', async (delimiter) => {
  const {
    delimiter: found,
    records: [, row],
  } = await read(
    Buffer.from(`id${delimiter}note, with a comma${delimiter}customer\n1${delimiter}a,b${delimiter}acme\n`),
  )
  expect([found, row]).toEqual([delimiter, [2, '1', 'a,b', 'acme']])
})

test('a given delimiter wins, and a header without the wanted columns uses the most frequent one', async () => {
  expect((await read(Buffer.from('id;customer\n1;2\n'), { delimiter: ',' })).records[1]).toEqual([2, '1;2'])
  expect(delimiterOf('a;b;c,d', ['id'])).toBe(';')
})

test('quoted cells contain delimiters, quotes and line breaks; an unclosed quote loses its own line alone', async () => {
  const bytes = Buffer.from(
    'id,customer\n1,"a ""b"" c"\n2,"two\nlines"\n\n3,"never closed\n4,plain\n5,"x"y\n6,in"side\n',
  )
  expect((await read(bytes)).records.slice(1)).toEqual([
    [2, '1', 'a "b" c'],
    [3, '2', 'two\nlines'],
    [6, 'A quote is opened and not closed.'],
    [7, '4', 'plain'],
    [8, 'Something follows a closing quote.'],
    [9, '6', 'in"side'],
  ])
  expect(cellsOf('a,,', ',')).toEqual(['a', '', ''])
  expect(cellsOf('"a",', ',')).toEqual(['a', ''])
})

test('a line beyond a megabyte is reported, and the next one is read', async () => {
  const bytes = Buffer.from(`id,customer\n1,${'x'.repeat(3_000_000)}\n2,acme\n`)
  expect((await read(bytes)).records.slice(1)).toEqual([
    [2, 'The line is longer than 1048576 bytes.'],
    [3, '2', 'acme'],
  ])
})

test.each([
  ['2026-03-29T01:59:59Z', 'Europe/Berlin', '2026-03-29T00:59:59.000Z'],
  ['2026-03-29T02:30:00Z', 'Europe/Berlin', undefined],
  ['2026-10-25T02:30:00Z', 'Europe/Berlin', '2026-10-25T00:30:00.000Z'],
  ['2026-04-30T20:00:00Z', 'Asia/Shanghai', '2026-04-30T12:00:00.000Z'],
  ['2026-01-01T00:00:00Z', 'Asia/Kathmandu', '2025-12-31T18:15:00.000Z'],
])('local time %s in %s is %s', (shown, zone, at) => {
  const found = instantShown(Date.parse(shown), zone)
  expect(found === undefined ? undefined : new Date(found).toISOString()).toBe(at)
})

test('a repeated id is detected, up to a maximum number of ids', () => {
  const { isRepeated, isComplete } = repeatedIds(2)
  expect(['a', 'b', 'a', 'c', 'c', 'b'].map(isRepeated)).toEqual([false, false, true, false, false, true])
  expect(isComplete()).toBe(false)
})
