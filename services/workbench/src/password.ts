import { randomBytes, randomInt, scrypt, timingSafeEqual } from 'node:crypto'

/** What a guess costs: scrypt's parameters. */
export interface PasswordCost {
  N: number
  r: number
  p: number
}

/** OWASP's first choice for scrypt: 128 MiB and some 0.4 s for each guess. */
const usualCost: PasswordCost = { N: 2 ** 17, r: 8, p: 1 }
const saltBytes = 16
const keyBytes = 32
/** Each run holds 128 MiB: two at once are 256 MiB, and the queue is as long as people wait. */
const runsAtOnce = 2
const queueLimit = 32

/** More people try to log in at this moment than the server has memory for; the caller answers 429. */
export class TooManyLogins extends Error {
  override readonly name = 'TooManyLogins'
}

/**
 * `scrypt$N$r$p$salt$key`, in base64url: the parameters travel with the hash, so they may be raised without
 * locking anybody out.
 */
export async function hashPassword(password: string, cost = usualCost): Promise<string> {
  const salt = randomBytes(saltBytes)
  const key = await derive(password, salt, cost)
  return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64url'), key.toString('base64url')].join('$')
}

/**
 * Whether `password` is the one behind `hash`. Without a hash (no such agent) the work of `cost` is done and
 * the answer is no. Throws TooManyLogins.
 */
export async function verifyPassword(
  password: string,
  hash: string | undefined,
  cost = usualCost,
): Promise<boolean> {
  const stored = hash === undefined ? { ...cost, ...nobody } : parse(hash)
  const key = await derive(password, stored.salt, stored)
  return timingSafeEqual(key, stored.key) && hash !== undefined
}

/** A password people can type: 20 characters without look-alikes, 114 bits. */
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
      // Two keyboards may compose the same character differently; maxmem has room for the working memory and
      // a little more.
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
  if (running < runsAtOnce) {
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
