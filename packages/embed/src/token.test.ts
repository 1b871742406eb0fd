import { expect, test } from 'vitest'
import { PortalError } from './errors.ts'
import { tokenSource } from './token.ts'

const { signal } = new AbortController()

test('concurrent requests share one getToken call; a later request calls it again', async () => {
  let calls = 0
  let answer: (token: string) => void = () => undefined
  const fresh = tokenSource(() => {
    calls += 1
    return new Promise((resolve) => {
      answer = resolve
    })
  }, signal)
  const both = Promise.all([fresh(), fresh()])
  await Promise.resolve()
  answer('pt_1')
  expect([await both, calls]).toEqual([['pt_1', 'pt_1'], 1])
  const later = fresh()
  await Promise.resolve()
  answer('pt_2')
  expect([await later, calls]).toEqual(['pt_2', 2])
})

test('getToken may return a token synchronously, and null when the login has ended', async () => {
  expect(await tokenSource(() => 'pt_1', signal)()).toBe('pt_1')
  expect(await tokenSource(() => null, signal)()).toBeNull()
})

const thrown = new Error('the network is away')
test.each([
  [
    'throws',
    () => {
      throw thrown
    },
    'getToken failed.',
    thrown,
  ],
  [
    'rejects',
    async () => {
      throw thrown
    },
    'getToken failed.',
    thrown,
  ],
  [
    'answers the whole answer of the server',
    async () => ({ token: 'pt_1' }),
    'getToken must answer a token or null; it answered a value of type object.',
    undefined,
  ],
  [
    'answers nothing',
    async () => undefined,
    'getToken must answer a token or null; it answered a value of type undefined.',
    undefined,
  ],
  [
    'answers an empty text',
    async () => '',
    'getToken must answer a token or null; it answered an empty text.',
    undefined,
  ],
])(
  'a getToken that %s fails with token_failed and may be called again',
  async (_what, getToken, message, cause) => {
    const fresh = tokenSource(getToken as () => Promise<string>, signal)
    for (let n = 0; n < 2; n += 1) {
      const error: unknown = await fresh().catch((reason: unknown) => reason)
      expect(error).toBeInstanceOf(PortalError)
      expect(error).toMatchObject({ code: 'token_failed', message })
      expect((error as PortalError).cause).toBe(cause)
    }
  },
)
