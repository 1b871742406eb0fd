import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sql, type Database, type Sql } from './index.ts'
import { testDatabases } from './testing.ts'

const parts = ({ text, values }: Sql) => [text, values]

describe('sql', () => {
  test('numbers its values and keeps them apart from the text, a list as one value', () => {
    expect(
      parts(sql`select 1 where a = ${'x'} and b = any(${[1, 2]}) and c is not distinct from ${null}`),
    ).toEqual(['select 1 where a = $1 and b = any($2) and c is not distinct from $3', ['x', [1, 2], null]])
    expect(parts(sql`select 1`)).toEqual(['select 1', []])
    expect(parts(sql`${1}`)).toEqual(['$1', [1]])
  })

  test('splices parts in and renumbers, at any depth', () => {
    const inner = sql`b = ${2}`
    const outer = sql`(${inner} or c = ${3})`
    expect(parts(sql`a = ${1} and ${outer} and d = ${4}`)).toEqual([
      'a = $1 and (b = $2 or c = $3) and d = $4',
      [1, 2, 3, 4],
    ])
    expect(parts(sql`${inner}${outer}`)).toEqual(['b = $1(b = $1 or c = $2)', [2, 3]])
  })

  test('gives a part used twice the same numbers, and two equal values two numbers', () => {
    const now = sql`${'2026-11-30'}::timestamptz`
    expect(parts(sql`select ${now} where a < ${now} and b = ${'x'} and c = ${'x'}`)).toEqual([
      'select $1::timestamptz where a < $1::timestamptz and b = $2 and c = $3',
      ['2026-11-30', 'x', 'x'],
    ])
  })

  test('has a text that depends on the shape alone', () => {
    const statement = (id: unknown, more: boolean) => sql`a = ${id} ${more ? sql`and b = ${id}` : sql.empty}`
    expect(statement('x', true).text).toBe('a = $1 and b = $2')
    expect(statement(['y'], true).text).toBe(statement('x', true).text)
    expect(statement('x', false).text).toBe('a = $1 ')
  })

  test('joins values and parts, and conditions without the missing ones', () => {
    expect(parts(sql`(${sql.join([1, sql`now()`, 'x'])})`)).toEqual(['($1, now(), $2)', [1, 'x']])
    expect(parts(sql.join([sql`select ${1}`, sql`select ${2}`], sql` union all `))).toEqual([
      'select $1 union all select $2',
      [1, 2],
    ])
    expect(parts(sql.join([]))).toEqual(['', []])
    expect(parts(sql`where ${sql.and(sql`a = ${1}`, undefined, false, sql`b = ${2}`)}`)).toEqual([
      'where a = $1 and b = $2',
      [1, 2],
    ])
    expect(parts(sql.and(undefined))).toEqual(['true', []])
  })

  test('never accepts a string as text', () => {
    expect(parts(sql`select ${"'; drop table notes"}`)).toEqual(['select $1', ["'; drop table notes"]])
    // An object like a part, not made by the tag, is a value.
    expect(parts(sql`select ${{ text: 'now()', values: [] }}`)).toEqual([
      'select $1',
      [{ text: 'now()', values: [] }],
    ])
    expect(sql.identifier('a"; drop table notes').text).toBe('"a""; drop table notes"')
    const name: string = 'notes'
    const table: 'notes' | 'others' = 'notes'
    // @ts-expect-error any string
    sql.raw(name)
    // @ts-expect-error any string in a text that is known
    sql.raw(`from ${name}` as const)
    expect(sql`select from ${sql.raw(table)}`.text).toBe('select from notes')
  })

  test('becomes text only when it has no values', () => {
    expect(`select ${String(sql`a + b`)}`).toBe('select a + b')
    expect(() => `select ${String(sql`a + ${1}`)}`).toThrow('can stand only in another sql`…`')
  })
})

describe.each(testDatabases)('on $name', ({ create }) => {
  let database: Database
  beforeAll(async () => {
    database = await create({ notes: new URL('./test-migrations/', import.meta.url) })
  })
  afterAll(() => database.close())

  test('a transaction runs what the tag makes, also with cached plans', async () => {
    for (const keepPlans of [false, true]) {
      const rows = await database.transaction(
        { role: 'billing' },
        async (tx) => {
          const id = sql`${`n${keepPlans}`}`
          await tx.query(sql`insert into notes values (${'c'}, ${id}, ${"it's ${1}"})`)
          return tx.query(sql`
            select id, body
            from notes
            where ${sql.and(sql`customer_id = ${'c'}`, sql`id = any(${['x', 'n']} || array[${id}])`)}
              and id = ${id}`)
        },
        { keepPlans },
      )
      expect(rows).toEqual([{ id: `n${keepPlans}`, body: "it's ${1}" }])
    }
  })

  test('a statement made by the tag takes no other parameters', async () => {
    const work = database.transaction({ role: 'billing' }, (tx) => tx.query(sql`select ${1}::int`, [2]))
    await expect(work).rejects.toThrow('brings its values itself')
  })
})
