import {
  countSecretKeys,
  createEngine,
  findSecretKey,
  listSecretKeys,
  revokeSecretKey,
} from '@customer-portal/billing'
import { migrationsFolder } from '@customer-portal/billing/testing'
import { testDatabases } from '@customer-portal/database/testing'
import { describe, expect, test } from 'vitest'
import { realClock } from './clock.ts'
import { idMaker } from './ids.ts'
import { ensureSecretKey } from './secret-key.ts'

describe.each(testDatabases)('on $name', ({ create }) => {
  test('a key is created once and shown once; one from the settings is valid beside it, and this is printed', async () => {
    const database = await create({ billing: migrationsFolder })
    const { now } = realClock()
    const engine = createEngine({ db: database, now, newId: idMaker(now) })
    const { newKey } = await ensureSecretKey(engine, undefined)
    expect(newKey).toMatch(/^sk_/)
    expect(await ensureSecretKey(engine, undefined)).toEqual({})
    expect(await ensureSecretKey(engine, 'sk_given_0123456789abcdef')).toEqual({
      notice: 'BILLING_API_KEY is valid from now on, beside 1 other key: npm run keys -- list',
    })
    expect(await ensureSecretKey(engine, 'sk_given_0123456789abcdef')).toEqual({})
    expect(await countSecretKeys(engine)).toBe(2)
    expect(await findSecretKey(engine, { key: newKey! })).toBeDefined()
    const rows = await database.asOwner((tx) => tx.query('select * from secret_keys'))
    expect(JSON.stringify(rows)).not.toContain(newKey!)

    const { data } = await listSecretKeys(engine)
    expect(data.map(({ prefix, lastFour }) => `${prefix}…${lastFour}`)[0]).toBe('sk_given_…cdef')
    await revokeSecretKey(engine, { keyId: data[0]!.id })
    expect((await ensureSecretKey(engine, 'sk_given_0123456789abcdef')).notice).toMatch(
      /^BILLING_API_KEY was revoked at .* and opens nothing: set another and restart to add one$/,
    )
    await database.close()
  })
})
