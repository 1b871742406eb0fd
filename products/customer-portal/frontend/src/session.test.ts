import { beforeEach, expect, test, vi } from 'vitest'

let session: typeof import('./session.ts')
beforeEach(async () => {
  vi.resetModules()
  session = await import('./session.ts')
})

const acme = (token: string) => ({ token, customerId: 'acme' })

test('calls wait until the session has a token', async () => {
  const waiting = session.currentToken()
  session.useToken(acme('first'))
  expect(await waiting).toBe('first')
  expect(session.sessionState.value).toBe('open')
})

test('calls rejected together request one new token', async () => {
  let asked = 0
  session.renewWith(async () => acme(`token ${++asked + 1}`))
  session.useToken(acme('token 1'))
  const renewed = await Promise.all([
    session.renewAfter('token 1'),
    session.renewAfter('token 1'),
    session.renewAfter('token 1'),
  ])
  expect([renewed, asked]).toEqual([['token 2', 'token 2', 'token 2'], 1])
})

test('a call rejected with an older token uses the newer one without a request', async () => {
  session.renewWith(async () => {
    throw new Error('not to be asked')
  })
  session.useToken(acme('old'))
  session.useToken(acme('new'))
  expect(await session.renewAfter('old')).toBe('new')
})

test('when there is no token any more, the session has ended', async () => {
  session.renewWith(async () => null)
  session.useToken(acme('old'))
  expect(await session.renewAfter('old')).toBeUndefined()
  expect(session.sessionState.value).toBe('ended')
  expect(await session.currentToken()).toBeUndefined()
})

test('a server that cannot be reached does not end the session', async () => {
  session.renewWith(async () => {
    throw new TypeError('fetch failed')
  })
  session.useToken(acme('old'))
  expect(await session.renewAfter('old')).toBeUndefined()
  expect(session.sessionState.value).toBe('open')
})

test('a session stays with its first customer: a token of another one ends it', async () => {
  session.renewWith(async () => ({ token: 'theirs', customerId: 'globex' }))
  session.useToken(acme('ours'))
  expect(await session.renewAfter('ours')).toBeUndefined()
  expect([session.sessionState.value, await session.currentToken()]).toEqual(['ended', undefined])
})

test('with a customer named beforehand, the first token must belong to them', async () => {
  expect([session.bindSession('acme'), session.bindSession('acme')]).toEqual([true, true])
  session.useToken({ token: 'theirs', customerId: 'globex' })
  expect([session.sessionState.value, await session.currentToken()]).toEqual(['ended', undefined])
})
