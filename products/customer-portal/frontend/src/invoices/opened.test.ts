import { expect, test } from 'vitest'
import { openedIn, withOpened, withoutOpened } from './opened.ts'

test('lines are opened and closed independently, and the rest of the URL stays', () => {
  const first = withOpened({ embed: '1' }, 'why', 'a', true)
  expect(first).toEqual({ embed: '1', why: 'a' })
  const both = withOpened(first, 'why', 'b', true)
  expect(openedIn(both, 'why')).toEqual(['a', 'b'])
  expect(withOpened(both, 'why', 'a', false)).toEqual({ embed: '1', why: 'b' })
})

test('opening twice is the same as opening once', () => {
  expect(withOpened({ why: 'a' }, 'why', 'a', true)).toEqual({ why: 'a' })
})

test('closing the breakdown closes the events in it, and only those', () => {
  expect(withOpened({ why: 'a,b', events: 'a,b' }, 'why', 'a', false)).toEqual({ why: 'b', events: 'b' })
  expect(withOpened({ why: 'a', events: 'a' }, 'events', 'a', false)).toEqual({ why: 'a' })
})

test('a day of a line is opened by itself, and closed with its line or the line’s days', () => {
  const opened = withOpened(
    { why: 'calls.1,calls.12', days: 'calls.1,calls.12' },
    'events',
    'calls.1.2026-09-03',
    true,
  )
  expect(opened).toMatchObject({ events: 'calls.1.2026-09-03' })
  const both = withOpened(opened, 'events', 'calls.12.2026-09-14', true)
  expect(withOpened(both, 'days', 'calls.1', false)).toEqual({
    why: 'calls.1,calls.12',
    days: 'calls.12',
    events: 'calls.12.2026-09-14',
  })
  expect(withOpened(both, 'why', 'calls.12', false)).toEqual({
    why: 'calls.1',
    days: 'calls.1',
    events: 'calls.1.2026-09-03',
  })
})

test('a URL written by hand opens nothing it does not name', () => {
  for (const why of [undefined, null, '', ['a', 'b']])
    expect(openedIn(why === undefined ? {} : { why }, 'why')).toEqual([])
})

test('leaving the invoice removes its parameters', () => {
  expect(withoutOpened({ status: 'open', why: 'a', days: 'a', events: 'a' })).toEqual({ status: 'open' })
})
