import { expect, test } from 'vitest'
import { roomOf } from './room.ts'
import { DatabaseFull, DatabaseUnavailable, type Transaction } from './types.ts'

/** A database that returns the given result for each write, and counts the writes. */
function databaseWith(first?: Error) {
  const state = { error: first, writes: 0 }
  const room = roomOf((work) =>
    work({
      query: async () => {
        state.writes += 1
        if (!state.error) return []
        if (state.error instanceof DatabaseFull) room.ranOut()
        throw state.error
      },
    } as Partial<Transaction> as Transaction),
  )
  return { room, state }
}

test('no probe is written until a write has failed for lack of room', async () => {
  const { room, state } = databaseWith(new DatabaseFull())
  await room.check()
  expect(state.writes).toBe(0)
  room.ranOut()
  await expect(room.check()).rejects.toThrow(DatabaseFull)
  await expect(room.check()).rejects.toThrow('no room to write')
  expect(state.writes).toBe(2)
})

test('freed room is detected, and from then on a check costs nothing', async () => {
  const { room, state } = databaseWith(new DatabaseFull())
  room.ranOut()
  await expect(room.check()).rejects.toThrow(DatabaseFull)
  state.error = undefined
  await room.check()
  await room.check()
  expect(state.writes).toBe(2)
})

test('a probe that gets no response throws, and one without permission is ignored', async () => {
  const away = databaseWith(new DatabaseUnavailable('away'))
  away.room.ranOut()
  await expect(away.room.check()).rejects.toThrow('away')
  const forbidden = databaseWith(Object.assign(new Error('permission denied'), { code: '42501' }))
  forbidden.room.ranOut()
  await forbidden.room.check()
})
