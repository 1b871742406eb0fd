import { beforeAll, expect, test } from 'vitest'
import { ApiError, UnreachableError } from './api-error.ts'
import { lookUp, NotDoneError, sendSurely, UnknownOutcomeError } from './lost-answer.ts'

beforeAll(() => {
  lookUp.pause = 1
})

const failed = (status: number) => (status === 0 ? new UnreachableError() : new ApiError(status))

/**
 * A server that keeps what arrives, and whose answers are taken from a list: `lost` after keeping it,
 * `unreachable` before.
 */
function server(answers: ('lost' | 'unreachable' | 'fine')[]) {
  const kept: string[] = []
  const next = () => answers.shift() ?? 'fine'
  return {
    kept,
    send: async () => {
      const answer = next()
      if (answer !== 'unreachable') kept.push('said')
      if (answer !== 'fine') throw failed(answer === 'lost' ? 502 : 0)
      return 'said'
    },
    find: async () => {
      if (next() !== 'fine') throw failed(0)
      return kept[0]
    },
  }
}

test('a command that arrived but whose response was lost is found, and is sent once', async () => {
  const { kept, send, find } = server(['lost', 'unreachable', 'fine'])
  let looking = 0
  expect(
    await sendSurely(send, find, () => {
      looking += 1
    }),
  ).toBe('said')
  expect([kept.length, looking]).toEqual([1, 1])
})

test('a command that never arrived throws NotDoneError', async () => {
  const { kept, send, find } = server(['unreachable'])
  await expect(sendSurely(send, find, () => undefined)).rejects.toThrow(NotDoneError)
  expect(kept).toEqual([])
})

test('a command that arrives during the lookup counts as done', async () => {
  const { kept, send, find } = server(['unreachable'])
  let asked = 0
  const late = async () => {
    if ((asked += 1) === 2) kept.push('said')
    return find()
  }
  expect(await sendSurely(send, late, () => undefined)).toBe('said')
})

test('an unreachable server gives an unknown outcome', async () => {
  const { send, find } = server(Array.from({ length: 20 }, () => 'unreachable'))
  await expect(sendSurely(send, find, () => undefined)).rejects.toThrow(UnknownOutcomeError)
})

test('a rejected command throws its error without a lookup', async () => {
  const refused = failed(400)
  const looked: string[] = []
  await expect(
    sendSurely(
      () => Promise.reject(refused),
      async () => {
        looked.push('found')
        return 'found'
      },
      () => undefined,
    ),
  ).rejects.toBe(refused)
  expect(looked).toEqual([])
})
