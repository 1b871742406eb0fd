import { expect, test } from 'vitest'
import { roomOf } from './room.ts'
import { DatabaseFull, DatabaseUnavailable, type Transaction } from './types.ts'

/** A database that answers each write with what is set last, and counts them. */
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

test('nothing is written to learn whether there is room, until a write had none', async () => {
  const { room, state } = databaseWith(new DatabaseFull())
  await room.check()
  expect(state.writes).toBe(0)
  room.ranOut()
  await expect(room.check()).rejects.toThrow(DatabaseFull)
  await expect(room.check()).rejects.toThrow('no room to write')
  expect(state.writes).toBe(2)
})

test('once there is room again it is found, and asking costs nothing any more', async () => {
  const { room, state } = databaseWith(new DatabaseFull())
  room.ranOut()
  await expect(room.check()).rejects.toThrow(DatabaseFull)
  state.error = undefined
  await room.check()
  await room.check()
  expect(state.writes).toBe(2)
})

test('what keeps it from finding out is told where nothing answers, and passed over where it may not look', async () => {
  const away = databaseWith(new DatabaseUnavailable('away'))
  away.room.ranOut()
  await expect(away.room.check()).rejects.toThrow('away')
  const forbidden = databaseWith(Object.assign(new Error('permission denied'), { code: '42501' }))
  forbidden.room.ranOut()
  await forbidden.room.check()
})
