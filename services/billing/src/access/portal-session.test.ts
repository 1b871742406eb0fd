import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabases } from '@customer-portal/database/testing'
import {
  createPortalSession,
  createSecretKey,
  endPortalSession,
  exchangePortalCode,
  findPortalSession,
  renewPortalSession,
} from '../index.ts'
import { createWorld, seedCustomer, type World } from '../testing.ts'

describe.each(testDatabases)('portal sessions and secret keys on $name', ({ create }) => {
  let world: World
  beforeAll(async () => {
    world = await createWorld(create, '2026-11-10T00:00:00Z')
    await seedCustomer(world.engine, 'acme')
    await seedCustomer(world.engine, 'other')
  })
  afterAll(() => world.close())
  const open = (at = '2026-11-10T00:00:00Z') => {
    world.set(at)
    return createPortalSession(world.engine, {
      customerId: 'acme',
      role: 'billing',
      actor: { id: 'u1', name: '小王' },
      locale: 'en',
      returnUrl: 'https://desk.example.com/account',
    })
  }

  test('a token is valid for its customer for fifteen minutes', async () => {
    const { token, sessionId, expiresAt } = await open()
    expect(expiresAt).toBe('2026-11-10T00:15:00.000000Z')
    world.set('2026-11-10T00:14:59.999999Z')
    expect(await findPortalSession(world.engine, { token })).toEqual({
      sessionId,
      customerId: 'acme',
      role: 'billing',
      actor: { id: 'u1', name: '小王' },
      locale: 'en',
      returnUrl: 'https://desk.example.com/account',
      expiresAt,
    })
    world.set('2026-11-10T00:15:00Z')
    expect(await findPortalSession(world.engine, { token })).toBeUndefined()
  })

  test('a code is exchanged once', async () => {
    const { code, token } = await open()
    const exchanged = await exchangePortalCode(world.engine, { code })
    expect(exchanged).toMatchObject({
      customerId: 'acme',
      expiresAt: '2026-11-10T00:15:00.000000Z',
      renewal: { expiresAt: '2026-11-10T08:00:00.000000Z' },
    })
    expect(exchanged.token).not.toBe(token)
    await expect(exchangePortalCode(world.engine, { code })).rejects.toMatchObject({ code: 'code_invalid' })
  })

  test('of many concurrent exchanges of one code, one succeeds', async () => {
    const { code } = await open()
    const tries = await Promise.allSettled(
      Array.from({ length: 8 }, () => exchangePortalCode(world.engine, { code })),
    )
    expect(tries.filter((attempt) => attempt.status === 'fulfilled')).toHaveLength(1)
  })

  test('a code is valid for sixty seconds', async () => {
    const [inTime, late] = [await open(), await open()]
    world.set('2026-11-10T00:00:59.999999Z')
    await exchangePortalCode(world.engine, { code: inTime.code })
    world.set('2026-11-10T00:01:00Z')
    await expect(exchangePortalCode(world.engine, { code: late.code })).rejects.toMatchObject({
      code: 'code_invalid',
    })
    for (const code of ['', 'code_x', inTime.token])
      await expect(exchangePortalCode(world.engine, { code })).rejects.toMatchObject({
        code: 'code_invalid',
      })
  })

  test('the renewal secret gives new tokens for eight hours and is no token itself', async () => {
    const { code, sessionId } = await open()
    const { renewal } = await exchangePortalCode(world.engine, { code })
    expect(await findPortalSession(world.engine, { token: renewal.secret })).toBeUndefined()
    world.set('2026-11-10T07:59:59Z')
    const { token, customerId } = await renewPortalSession(world.engine, { secret: renewal.secret })
    expect(customerId).toBe('acme')
    expect(await findPortalSession(world.engine, { token })).toMatchObject({ sessionId, customerId: 'acme' })
    world.set('2026-11-10T08:00:00Z')
    await expect(renewPortalSession(world.engine, { secret: renewal.secret })).rejects.toMatchObject({
      code: 'unauthorized',
    })
    await expect(renewPortalSession(world.engine, { secret: token })).rejects.toMatchObject({
      code: 'unauthorized',
    })
  })

  test('ending a session ends its tokens, renewal and code at once', async () => {
    const [first, second, untouched] = [await open(), await open(), await open()]
    const { token, renewal } = await exchangePortalCode(world.engine, { code: first.code })
    // Another customer cannot end it.
    await endPortalSession(world.engine, { customerId: 'other', sessionId: first.sessionId })
    expect(await findPortalSession(world.engine, { token })).toBeDefined()
    for (const { sessionId } of [first, second])
      await endPortalSession(world.engine, { customerId: 'acme', sessionId })
    for (const one of [token, first.token, second.token])
      expect(await findPortalSession(world.engine, { token: one })).toBeUndefined()
    await expect(renewPortalSession(world.engine, { secret: renewal.secret })).rejects.toMatchObject({
      code: 'unauthorized',
    })
    await expect(exchangePortalCode(world.engine, { code: second.code })).rejects.toMatchObject({
      code: 'code_invalid',
    })
    expect(await findPortalSession(world.engine, { token: untouched.token })).toBeDefined()
  })

  test('only hashes of secrets are stored', async () => {
    const { code, token } = await open()
    const { renewal } = await exchangePortalCode(world.engine, { code })
    const { key } = await createSecretKey(world.engine, { name: 'kept' })
    const rows = await world.db.asOwner(async (tx) => [
      await tx.query('select * from portal_sessions'),
      await tx.query('select * from portal_tokens'),
      await tx.query('select * from secret_keys'),
    ])
    for (const secret of [code, token, renewal.secret, key])
      expect(JSON.stringify(rows)).not.toContain(secret)
  })

  test('a session needs an existing customer', async () => {
    await expect(createPortalSession(world.engine, { customerId: 'nobody' })).rejects.toMatchObject({
      code: 'customer_not_found',
      detail: { pointer: '/customerId' },
    })
  })
})
