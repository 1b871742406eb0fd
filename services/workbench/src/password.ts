import { randomBytes, randomInt, scrypt, timingSafeEqual } from 'node:crypto'

/** The scrypt parameters of a hash: what one guess costs. */
export interface PasswordCost {
  N: number
  r: number
  p: number
}

/** OWASP's first choice for scrypt: 128 MiB and some 0.4 s per guess. */
const defaultCost: PasswordCost = { N: 2 ** 17, r: 8, p: 1 }
const saltBytes = 16
const keyBytes = 32
/** Each run takes 128 MiB, so two at once take 256 MiB; further attempts queue. */
const maxConcurrentRuns = 2
const queueLimit = 32

/** Too many logins at this moment for the server's memory; the API returns 429. */
export class TooManyLogins extends Error {
  override readonly name = 'TooManyLogins'
}

/**
 * `scrypt$N$r$p$salt$key` in base64url. The parameters are part of the hash, so they can be raised without
 * locking anybody out.
 */
export async function hashPassword(password: string, cost = defaultCost): Promise<string> {
  const salt = randomBytes(saltBytes)
  const key = await derive(password, salt, cost)
  return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64url'), key.toString('base64url')].join('$')
}

/**
 * Whether `password` matches `hash`. Without a hash (no such agent) it does the work of `cost` and returns
 * false, so that timing reveals nothing. Throws TooManyLogins.
 */
export async function verifyPassword(
  password: string,
  hash: string | undefined,
  cost = defaultCost,
): Promise<boolean> {
  const stored = hash === undefined ? { ...cost, ...nobody } : parse(hash)
  const key = await derive(password, stored.salt, stored)
  return timingSafeEqual(key, stored.key) && hash !== undefined
}

/** A password that is easy to type: 20 characters without look-alikes, 114 bits. */
export function newPassword(): string {
  const alphabet = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789'
  const groups = Array.from({ length: 4 }, () =>
    Array.from({ length: 5 }, () => alphabet[randomInt(alphabet.length)]).join(''),
  )
  return groups.join('-')
}

const nobody = { salt: randomBytes(saltBytes), key: randomBytes(keyBytes) }

function parse(hash: string) {
  const [scheme, N, r, p, salt, key] = hash.split('$')
  if (scheme !== 'scrypt' || !salt || !key)
    throw new Error('A stored password hash is not of the form scrypt$N$r$p$salt$key')
  return {
    N: Number(N),
    r: Number(r),
    p: Number(p),
    salt: Buffer.from(salt, 'base64url'),
    key: Buffer.from(key, 'base64url'),
  }
}

async function derive(password: string, salt: Buffer, { N, r, p }: PasswordCost): Promise<Buffer> {
  await enter()
  try {
    return await new Promise((resolve, reject) => {
      // Keyboards may compose the same character differently, hence the normalisation; maxmem covers the
      // working memory and a little more.
      scrypt(
        password.normalize('NFC'),
        salt,
        keyBytes,
        { N, r, p, maxmem: 128 * N * r + 2 ** 20 },
        (error, key) => (error ? reject(error) : resolve(key)),
      )
    })
  } finally {
    leave()
  }
}

let running = 0
const waiting: (() => void)[] = []

async function enter() {
  if (running < maxConcurrentRuns) {
    running += 1
    return
  }
  if (waiting.length >= queueLimit) throw new TooManyLogins(`${queueLimit} logins are waiting already`)
  await new Promise<void>((resolve) => waiting.push(resolve))
}

function leave() {
  const next = waiting.shift()
  if (next) next()
  else running -= 1
}
