import { expect, test } from 'vitest'
import { hashPassword, newPassword, TooManyLogins, verifyPassword } from './password.ts'

const hash = await hashPassword('correct horse 电池')

test('the hashed password verifies, another does not', async () => {
  expect(await verifyPassword('correct horse 电池', hash)).toBe(true)
  expect(await verifyPassword('correct horse 电池 ', hash)).toBe(false)
})

test('a hash contains its parameters and is salted, so equal passwords have different hashes', async () => {
  expect(hash).toMatch(/^scrypt\$131072\$8\$1\$[\w-]{22}\$[\w-]{43}$/)
  expect(await hashPassword('correct horse 电池')).not.toBe(hash)
})

test('a hash made with earlier, weaker parameters still verifies', async () => {
  const { scryptSync } = await import('node:crypto')
  const salt = Buffer.from('0123456789abcdef')
  const key = scryptSync('old', salt, 32, { N: 2 ** 14, r: 8, p: 1 })
  expect(
    await verifyPassword(
      'old',
      `scrypt$16384$8$1$${salt.toString('base64url')}$${key.toString('base64url')}`,
    ),
  ).toBe(true)
})

test('an unknown agent costs as much work as a wrong password, and is rejected', async () => {
  const timed = async (stored: string | undefined) => {
    const start = performance.now()
    expect(await verifyPassword('guess', stored)).toBe(false)
    return performance.now() - start
  }
  const known = await timed(hash)
  const unknown = await timed(undefined)
  expect(unknown).toBeGreaterThan(known / 4)
})

test('é typed as one character or as two is the same password', async () => {
  expect(await verifyPassword('cafe\u0301', await hashPassword('caf\u00e9'))).toBe(true)
})

test(
  "beyond the queue's limit an attempt is rejected at once, so that memory stays bounded",
  { timeout: 60_000 },
  async () => {
    const cheap = `scrypt$1024$8$1$${'A'.repeat(22)}$${'A'.repeat(43)}`
    const outcomes = await Promise.allSettled(Array.from({ length: 40 }, () => verifyPassword('x', cheap)))
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected')
    expect(refused.length).toBe(40 - 2 - 32)
    for (const outcome of refused) expect(outcome.reason).toBeInstanceOf(TooManyLogins)
    expect(await verifyPassword('x', cheap)).toBe(false)
  },
)

test('generated passwords differ and contain no look-alike characters', () => {
  const passwords = Array.from({ length: 50 }, newPassword)
  expect(new Set(passwords).size).toBe(50)
  for (const password of passwords)
    expect(password).toMatch(/^([a-km-np-zA-HJ-NP-Z2-9]{5}-){3}[a-km-np-zA-HJ-NP-Z2-9]{5}$/)
})
