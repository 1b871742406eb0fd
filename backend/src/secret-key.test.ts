import { countSecretKeys, createBilling, findSecretKey, migrationsFolder } from '@customer-portal/billing'
import { testDatabases } from '@customer-portal/database/testing'
import { describe, expect, test } from 'vitest'
import { realClock } from './clock.ts'
import { idMaker } from './ids.ts'
import { ensureSecretKey } from './secret-key.ts'

describe.each(testDatabases)('on $name', ({ create }) => {
  test('a key is made once and told once; one that is given is taken beside it', async () => {
    const database = await create({ billing: migrationsFolder })
    const { now } = realClock()
    const billing = createBilling({ db: database, now, newId: idMaker(now) })
    const made = await ensureSecretKey(billing, undefined)
    expect(made).toMatch(/^sk_/)
    expect(await ensureSecretKey(billing, undefined)).toBeUndefined()
    for (let start = 0; start < 2; start += 1) expect(await ensureSecretKey(billing, 'sk_given_0123456789abcdef')).toBeUndefined()
    expect(await countSecretKeys(billing)).toBe(2)
    expect(await findSecretKey(billing, { key: made! })).toBeDefined()
    const rows = await database.asOwner((tx) => tx.query('select * from secret_keys'))
    expect(JSON.stringify(rows)).not.toContain(made!)
    await database.close()
  })
})
