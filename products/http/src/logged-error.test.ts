import { testDatabases } from '@customer-portal/database/testing'
import { describe, expect, test } from 'vitest'
import { loggedError } from './logged-error.ts'

describe.each(testDatabases)('the log entry of a $name', ({ create }) => {
  test.each([
    ["insert into people values ('secret-value')", 'people_once'],
    ["select 'secret-value'::int", undefined],
    ["insert into people values (repeat('secret-value', 400))", undefined],
  ])('%s holds no value of a row or a parameter', async (sql, constraint) => {
    const database = await create({})
    await database.asOwner((tx) =>
      tx.query(
        'create table people (name varchar(40) constraint people_once unique); '
          + "insert into people values ('secret-value')",
      ),
    )
    const refused = await database.asOwner((tx) => tx.query(sql)).catch((error: unknown) => error)
    const withParameter = await database
      .asOwner((tx) => tx.query('select $1::int', ['secret-value']))
      .catch((error: unknown) => error)
    const wrapped = new Error('the work failed', { cause: refused })
    for (const error of [refused, withParameter, wrapped]) {
      const line = JSON.stringify(loggedError(error))
      expect(line).not.toContain('secret-value')
      expect(line).toMatch(/"code":"[0-9A-Z]{5}"/)
    }
    expect(loggedError(refused)).toMatchObject({
      ...(constraint === undefined ? {} : { constraint }),
      stack: expect.stringMatching(/^\s+at /) as string,
    })
    await database.close()
  })
})

test('an error of the program keeps its message, and its causes up to a depth', () => {
  const error = new TypeError('a plan without charges', { cause: new Error('because') })
  expect(loggedError(error)).toMatchObject({
    type: 'TypeError',
    message: 'a plan without charges',
    cause: { message: 'because' },
  })
  const circle = new Error('round')
  circle.cause = circle
  expect(JSON.stringify(loggedError(circle)).match(/round/g)).toHaveLength(5)
  expect(loggedError('secret-value')).toEqual({
    type: 'string',
    message: 'something that is no error was thrown',
    stack: '',
  })
})
