import { testDatabases } from '@customer-portal/database/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createEngine } from '../engine.ts'
import { allowsScope, grantableScopes, keyPresets, keyScopes } from './key-scopes.ts'
import {
  countSecretKeys,
  createSecretKey,
  findSecretKey,
  listSecretKeys,
  revokeSecretKey,
  rotateSecretKey,
} from './key.ts'
import { createWorld, type World } from '../testing.ts'

test('a scope allows itself, all of its kind or everything; writing does not include reading', () => {
  expect(keyScopes.filter((scope) => allowsScope(['customers:*'], scope))).toEqual([
    'customers:read',
    'customers:write',
  ])
  expect(keyScopes.filter((scope) => allowsScope(['customers:write'], scope))).toEqual(['customers:write'])
  expect(keyScopes.filter((scope) => allowsScope(keyPresets.full, scope))).toEqual([...keyScopes])
  expect(keyScopes.filter((scope) => allowsScope(keyPresets.events, scope))).toEqual([
    'events:write',
    'usage:read',
  ])
  expect(keyScopes.filter((scope) => allowsScope(keyPresets.read, scope))).toEqual(
    keyScopes.filter((scope) => scope.endsWith(':read')),
  )
  for (const scope of grantableScopes)
    if (scope !== 'admin') expect(allowsScope([scope], 'admin')).toBe(false)
})

describe.each(testDatabases)('secret keys on $name', ({ create }) => {
  let world: World
  beforeAll(async () => {
    world = await createWorld(create, '2026-03-01T00:00:00Z')
  })
  afterAll(() => world.close())

  test('a key is found by its full text only, a new one at once; a given one is stored once', async () => {
    const before = await countSecretKeys(world.engine)
    const { id, key, prefix, lastFour } = await createSecretKey(world.engine, { name: 'production' })
    expect(key).toMatch(/^sk_[\w-]{43}$/)
    expect([prefix, lastFour]).toEqual(['sk_', key.slice(-4)])
    expect(await findSecretKey(world.engine, { key })).toEqual({ id, name: 'production', scopes: ['admin'] })
    expect(await findSecretKey(world.engine, { key: `${key}x` })).toBeUndefined()
    expect(await createSecretKey(world.engine, { name: 'again', key })).toMatchObject({
      id,
      key,
      name: 'production',
    })
    expect(await countSecretKeys(world.engine)).toBe(before + 1)
  })

  test.each([
    [`sk_aUIxAaqL_${'9'.repeat(34)}`, 'sk_'],
    ['sk_live_aUIxAaqL_9f', 'sk_live_'],
    ['sk_given_0123456789', 'sk_given_'],
    ['0123456789_abcdef', ''],
  ])('of %s only the prefix and the last characters are shown', async (key, prefix) => {
    expect(await createSecretKey(world.engine, { name: 'given', key })).toMatchObject({
      prefix,
      lastFour: key.slice(-4),
    })
  })

  test('once revoking returns no process accepts the key, however recently it was used', async () => {
    const { id, key } = await createSecretKey(world.engine, { name: 'leaked' })
    // Another engine on the same database, as in another process.
    const other = createEngine({ db: world.db, now: world.engine.now, newId: world.engine.newId })
    let revoked = false
    const using = (async () => {
      while (!revoked) expect((await findSecretKey(other, { key }))?.id ?? id).toBe(id)
    })()
    expect(await findSecretKey(world.engine, { key })).toBeDefined()
    expect((await revokeSecretKey(world.engine, { keyId: id })).revokedAt).toBe(world.engine.now())
    expect([await findSecretKey(other, { key }), await findSecretKey(world.engine, { key })]).toEqual([
      undefined,
      undefined,
    ])
    revoked = true
    await using
    expect((await revokeSecretKey(world.engine, { keyId: id })).revokedAt).toBe(world.engine.now())
    await expect(revokeSecretKey(world.engine, { keyId: 'key_nobody' })).rejects.toMatchObject({
      code: 'key_not_found',
    })
  })

  test('a key ends at its expiry, also where it was just used', async () => {
    const { key } = await createSecretKey(world.engine, {
      name: 'short',
      expiresAt: '2026-03-02T08:00:00+08:00',
    })
    world.set('2026-03-01T23:59:59.999999Z')
    expect(await findSecretKey(world.engine, { key })).toBeDefined()
    world.set('2026-03-02T00:00:00Z')
    expect(await findSecretKey(world.engine, { key })).toBeUndefined()
    for (const expiresAt of ['2026-03-02T00:00:00Z', 'tomorrow']) {
      await expect(createSecretKey(world.engine, { name: 'over', expiresAt })).rejects.toMatchObject({
        code: 'invalid_key',
        detail: { pointer: '/expiresAt' },
      })
    }
  })

  test('a rotated key has the same scopes, and both work until the overlap ends', async () => {
    const old = await createSecretKey(world.engine, {
      name: 'intake',
      preset: 'events',
      expiresAt: '2026-12-31T00:00:00Z',
    })
    const fresh = await rotateSecretKey(world.engine, { keyId: old.id, overlapSeconds: 3_600 })
    expect(fresh).toMatchObject({ name: 'intake', scopes: ['events:write', 'usage:read'], expiresAt: null })
    expect(await findSecretKey(world.engine, { key: old.key })).toBeDefined()
    world.set('2026-03-02T01:00:00Z')
    expect(await findSecretKey(world.engine, { key: old.key })).toBeUndefined()
    expect((await findSecretKey(world.engine, { key: fresh.key }))?.id).toBe(fresh.id)
    await expect(rotateSecretKey(world.engine, { keyId: old.id })).rejects.toMatchObject({
      code: 'key_ended',
    })
    const last = await rotateSecretKey(world.engine, { keyId: fresh.id, overlapSeconds: 0 })
    expect([
      await findSecretKey(world.engine, { key: fresh.key }),
      (await findSecretKey(world.engine, { key: last.key }))?.id,
    ]).toEqual([undefined, last.id])
    await expect(
      rotateSecretKey(world.engine, { keyId: last.id, overlapSeconds: 90 * 86_400 + 1 }),
    ).rejects.toMatchObject({ code: 'invalid_key' })
  })

  test("an overlap never extends a key's life", async () => {
    const old = await createSecretKey(world.engine, { name: 'ends soon', expiresAt: '2026-03-02T02:00:00Z' })
    await rotateSecretKey(world.engine, { keyId: old.id, overlapSeconds: 86_400 })
    const { data } = await listSecretKeys(world.engine)
    expect(data.find(({ id }) => id === old.id)?.expiresAt).toBe('2026-03-02T02:00:00.000000Z')
  })

  test('the last use is stored to the minute', async () => {
    const { id, key } = await createSecretKey(world.engine, { name: 'watched' })
    const lastUse = async () =>
      (await listSecretKeys(world.engine)).data.find((listed) => listed.id === id)?.lastUsedAt
    expect(await lastUse()).toBeNull()
    for (const [used, written] of [
      ['01:00:00', '01:00:00'],
      ['01:00:59', '01:00:00'],
      ['01:01:00', '01:01:00'],
    ]) {
      world.set(`2026-03-02T${used}Z`)
      expect(await findSecretKey(world.engine, { key })).toBeDefined()
      await expect.poll(lastUse).toBe(`2026-03-02T${written}.000000Z`)
    }
  })

  test('keys are listed newest first, page by page, without their secrets', async () => {
    world.set('2026-03-03T00:00:00Z')
    const { key } = await createSecretKey(world.engine, {
      name: 'newest',
      scopes: ['customers:*', 'customers:*', 'usage:read'],
    })
    const pages: string[] = []
    for (let cursor: string | undefined; ;) {
      const page = await listSecretKeys(world.engine, { limit: 2, ...(cursor ? { cursor } : {}) })
      expect(JSON.stringify(page)).not.toContain(key)
      pages.push(...page.data.map(({ name }) => name))
      if (page.nextCursor === null) break
      cursor = page.nextCursor
    }
    expect(pages[0]).toBe('newest')
    expect(pages.length).toBe((await listSecretKeys(world.engine, { limit: 100 })).data.length)
    expect((await findSecretKey(world.engine, { key }))?.scopes).toEqual(['customers:*', 'usage:read'])
  })

  test('at most a hundred keys are active', async () => {
    for (let count = await countSecretKeys(world.engine); count < 100; count += 1)
      await createSecretKey(world.engine, { name: `key ${count}` })
    await expect(createSecretKey(world.engine, { name: 'one more' })).rejects.toMatchObject({
      code: 'key_limit',
    })
  })
})
