import { beforeEach, expect, test, vi } from 'vitest'

let session: typeof import('./session.ts')
beforeEach(async () => {
  vi.resetModules()
  session = await import('./session.ts')
})

test('calls wait until the session has a token', async () => {
  const waiting = session.currentToken()
  session.useToken('first')
  expect(await waiting).toBe('first')
  expect(session.sessionState.value).toBe('open')
})

test('calls that are refused together ask for one new token', async () => {
  let asked = 0
  session.renewWith(async () => `token ${++asked + 1}`)
  session.useToken('token 1')
  const renewed = await Promise.all([session.renewAfter('token 1'), session.renewAfter('token 1'), session.renewAfter('token 1')])
  expect([renewed, asked]).toEqual([['token 2', 'token 2', 'token 2'], 1])
})

test('a call that was sent with an older token takes the newer one without asking', async () => {
  session.renewWith(async () => { throw new Error('not to be asked') })
  session.useToken('old')
  session.useToken('new')
  expect(await session.renewAfter('old')).toBe('new')
})

test('where there is no token any more, the session has ended', async () => {
  session.renewWith(async () => null)
  session.useToken('old')
  expect(await session.renewAfter('old')).toBeUndefined()
  expect(session.sessionState.value).toBe('ended')
  expect(await session.currentToken()).toBeUndefined()
})

test('a server out of reach does not end the session', async () => {
  session.renewWith(async () => { throw new TypeError('fetch failed') })
  session.useToken('old')
  expect(await session.renewAfter('old')).toBeUndefined()
  expect(session.sessionState.value).toBe('open')
})
