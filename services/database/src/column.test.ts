import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Database } from './index.ts'
import { testDatabases } from './testing.ts'

describe.each(testDatabases)('on $name', ({ create }) => {
  let database: Database
  beforeAll(async () => {
    database = await create({})
  })
  afterAll(() => database.close())

  const valueOf = async (expression: string, ...parameters: unknown[]) => {
    const [row] = await database.asOwner((tx) => tx.query(`select ${expression} as value`, parameters))
    return row!['value']
  }

  test.each([
    ['9007199254740991::int8', 9007199254740991],
    ['(-5)::int4', -5],
    ['1.50::numeric', '1.50'],
    ['(select sum(x) from (values (9007199254740993::int8)) t(x))', '9007199254740993'],
    ['0.1::float8', 0.1],
    [`'2026-02-28'::date`, '2026-02-28'],
    [`'2026-11-22 12:26:31.123456+00'::timestamptz`, '2026-11-22T12:26:31.123456Z'],
    [`'2026-11-22 20:26:31.5+08'::timestamptz`, '2026-11-22T12:26:31.500000Z'],
    [`'2026-11-22 12:26:31+00'::timestamptz`, '2026-11-22T12:26:31.000000Z'],
    [`'2026-11-22 12:26:31'::timestamp`, '2026-11-22 12:26:31'],
    [`'1 day 2 hours'::interval`, '1 day 02:00:00'],
    [`'{"b": [1, null], "a": "文"}'::jsonb`, { a: '文', b: [1, null] }],
    ['true', true],
    [`'\\x00ff'::bytea`, new Uint8Array([0, 255])],
    ['null::int8', null],
    [`array[1, null, 3]::int8[]`, [1, null, 3]],
    [`array['a"b', 'c,d', null, 'e\\f', 'NULL', '']`, ['a"b', 'c,d', null, 'e\\f', 'NULL', '']],
    [`array['2026-02-28', null]::date[]`, ['2026-02-28', null]],
    [`array['2026-02-28 00:00+00']::timestamptz[]`, ['2026-02-28T00:00:00.000000Z']],
    [`array[]::text[]`, []],
    [`'00000000-0000-0000-0000-000000000001'::uuid`, '00000000-0000-0000-0000-000000000001'],
  ])('%s is read the same way on both databases', async (expression, expected) => {
    expect(await valueOf(expression)).toEqual(expected)
    expect(await valueOf(`$1::text as with_parameter, ${expression}`, 'x')).toEqual(expected)
  })

  test('a text that begins with U+FEFF is read back unchanged, however long its row is', async () => {
    const texts = [
      '\ufeff',
      '\ufeffx',
      '\ufeff\ufeffx',
      'x\ufeff',
      '',
      `\ufeff${'长'.repeat(20_000)}`,
      '\ufeffy',
    ]
    const rows = await database.asOwner((tx) =>
      tx.query<{ text: string; json: unknown; list: string[]; none: null }>(
        `select t as text, to_jsonb(t) as json, array[t] as list, null as none
          from jsonb_array_elements_text($1) as t`,
        [JSON.stringify(texts)],
      ),
    )
    expect(rows).toEqual(texts.map((text) => ({ text, json: text, list: [text], none: null })))
    // Rows of growing lengths, so that one is split at every offset when the result exceeds the engine's
    // buffer.
    const many = await database.asOwner((tx) =>
      tx.query<{ text: string }>(
        "select repeat('x', 97) || n as filler, U&'\\FEFF' || n as text from generate_series(1, 2000) as n",
      ),
    )
    expect(many.map(({ text }) => text)).toEqual(Array.from({ length: 2000 }, (_, n) => `\ufeff${n + 1}`))
  })

  test.each([
    ['$1::text', 'a\'b"c\\d', 'a\'b"c\\d'],
    ['$1::int8', 2 ** 40, 2 ** 40],
    ['$1::int8', 12n, 12],
    ['$1::boolean', false, false],
    ['$1::date', '2026-02-28', '2026-02-28'],
    ['$1::timestamptz', '2026-11-22T12:26:31.123456Z', '2026-11-22T12:26:31.123456Z'],
    ['$1::timestamptz', new Date(0), '1970-01-01T00:00:00.000000Z'],
    ['$1::jsonb', { a: [1, 'x'] }, { a: [1, 'x'] }],
    ['$1::jsonb', JSON.stringify([1, 2]), [1, 2]],
    ['$1::text[]', ['a"b', null, 'c\\d', '', 'NULL'], ['a"b', null, 'c\\d', '', 'NULL']],
    ['$1::int8[]', [1, 2], [1, 2]],
    ['$1::bytea', new Uint8Array([1, 255]), new Uint8Array([1, 255])],
    ['$1::text', null, null],
    ['$1::text', undefined, null],
  ])('a parameter for %s arrives unchanged: %s', async (expression, parameter, expected) => {
    expect(await valueOf(expression, parameter)).toEqual(expected)
  })

  test('an integer beyond 2^53 throws instead of losing digits', async () => {
    await expect(valueOf('9007199254740993::int8')).rejects.toThrow('beyond 2^53')
    expect(await valueOf('1')).toBe(1)
  })
})
