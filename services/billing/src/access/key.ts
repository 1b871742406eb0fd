import { sql, type Sql } from '@customer-portal/database'
import { setTimeout as pause } from 'node:timers/promises'
import { ownedBy, type Engine, type BillingTransaction } from '../engine.ts'
import { decodeCursor, encodeCursor, pageLimit, type Page } from '../values/cursor.ts'
import { BillingError } from '../errors.ts'
import { grantableScopes, keyPresets, type GrantableScope, type KeyPreset } from './key-scopes.ts'
import { currentValues, type RecentlyUsed } from '../sharing/recently-used.ts'
import { addSeconds, parseInstant, type Instant } from '../values/instant.ts'
import { hashOf, newSecret } from './secret.ts'
import { groupQueue } from '../sharing/group-queue.ts'

/** A secret key as it is shown: everything except the secret. */
export interface SecretKey {
  id: string
  name: string
  /** Its prefix, such as `sk_`; null for keys from before this was stored. */
  prefix: string | null
  lastFour: string | null
  scopes: GrantableScope[]
  createdAt: Instant
  /** To the minute; null before the first use. */
  lastUsedAt: Instant | null
  expiresAt: Instant | null
  revokedAt: Instant | null
}

export interface KeyInput {
  name: string
  /** A preset of scopes, or `scopes`; `full` by default. */
  preset?: KeyPreset
  scopes?: readonly GrantableScope[]
  expiresAt?: Instant | null
  /** An existing secret to store instead of a new one. A known one stays as it is. */
  key?: string
}

/** Maximum number of active keys. */
const maxKeys = 100

/**
 * Creates a secret key of the vendor's API (or stores a given one) and returns the secret this once; only its
 * hash is stored. Throws key_limit, invalid_key.
 */
export async function createSecretKey(engine: Engine, input: KeyInput): Promise<SecretKey & { key: string }> {
  const key = input.key ?? newSecret('sk')
  const scopes = scopesOf(input)
  return engine.transaction(async (tx) => {
    const expiresAt = expiryFrom(input.expiresAt, tx.at)
    const [known] = await readWhere(tx, sql`key_hash = ${hashOf(key)}`)
    if (known) return { ...known, key }
    await assertRoom(tx)
    const [row] = await tx.query<{ id: string }>(
      `insert into secret_keys (id, name, key_hash, created_at, prefix, last_four, scopes, expires_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8)
       on conflict (key_hash) do nothing
       returning id`,
      [tx.newId('key'), input.name, hashOf(key), tx.at, prefixOf(key), key.slice(-4), scopes, expiresAt],
    )
    const [made] = await readWhere(tx, row ? sql`id = ${row.id}` : sql`key_hash = ${hashOf(key)}`)
    return { ...made!, key }
  })
}

/** Lists the keys, newest first, including revoked ones. */
export async function listSecretKeys(
  engine: Engine,
  input: { cursor?: string; limit?: number } = {},
): Promise<Page<SecretKey>> {
  const limit = pageLimit(input.limit)
  const after = decodeCursor(input.cursor, 2)
  return engine.transaction(
    async (tx) => {
      const rows = await tx.query<SecretKey>(sql`
        select ${columns}
        from secret_keys
        where ${sql.and(after && sql`(created_at, id) < (${sql.join(after)})`)}
        order by created_at desc, id desc
        limit ${limit + 1}`)
      const last = rows.length > limit ? rows[limit - 1] : undefined
      return { data: rows.slice(0, limit), nextCursor: last ? encodeCursor([last.createdAt, last.id]) : null }
    },
    { readOnly: true },
  )
}

const longestOverlap = 90 * 24 * 3600

/**
 * Creates a key with the same scopes and ends the given one after `overlapSeconds` (default one day, maximum
 * 90; never later than its expiry). Returns the new secret this once. Throws key_not_found, key_ended.
 */
export async function rotateSecretKey(
  engine: Engine,
  input: { keyId: string; overlapSeconds?: number },
): Promise<SecretKey & { key: string }> {
  const overlap = input.overlapSeconds ?? 24 * 3600
  if (!Number.isInteger(overlap) || overlap < 0 || overlap > longestOverlap) {
    throw new BillingError('invalid_key', {
      pointer: '/overlapSeconds',
      message: `the old key may be used for 0 to ${longestOverlap} seconds more`,
    })
  }
  const made = await engine.transaction(async (tx) => {
    await tx.query('select 1 from secret_keys where id = $1 for update', [input.keyId])
    const old = await usableKey(tx, input.keyId)
    const key = await createSecretKey(tx, { name: old.name, scopes: old.scopes })
    const end = addSeconds(tx.at, overlap)
    await tx.query('update secret_keys set expires_at = least(coalesce(expires_at, $2), $2) where id = $1', [
      old.id,
      end,
    ])
    return key
  })
  // Every process must know the end of the old key before a caller relies on it.
  await expireCaches(engine)
  return made
}

/**
 * Revokes a key. Once this returns no process accepts it: processes cache keys for a quarter of a second, and
 * this waits that long. Idempotent. Throws key_not_found.
 */
export async function revokeSecretKey(engine: Engine, input: { keyId: string }): Promise<SecretKey> {
  const key = await engine.transaction(async (tx) => {
    await tx.query('update secret_keys set revoked_at = $2 where id = $1 and revoked_at is null', [
      input.keyId,
      tx.at,
    ])
    return getKey(tx, input.keyId)
  })
  await expireCaches(engine)
  return key
}

/** Counts the active keys. */
export async function countSecretKeys(engine: Engine): Promise<number> {
  return engine.transaction(countUsable, { readOnly: true })
}

/** The id and scopes of a key. */
export interface VendorKey {
  id: string
  name: string
  scopes: readonly string[]
}

interface FoundKey extends VendorKey {
  expiresAt: Instant | null
  lastUsedAt: Instant | null
}

const maxBatchSize = 500
/**
 * Milliseconds a key stays cached: four statements a second instead of one per request. Revoking a key takes
 * as long.
 */
export const cacheMilliseconds = 250
const maxCachedKeys = 1_000
const useIsWrittenEvery = 60

interface CachedKey {
  key: FoundKey
  /** Milliseconds since this process started. */
  askedAt: number
}

interface KeyReader {
  read(hashes: readonly string[]): Promise<(FoundKey | undefined)[]>
  /** By hash. */
  found: RecentlyUsed<CachedKey>
  /** The last use by id, written or being written. */
  used: Map<string, Instant>
}

/**
 * Returns a key's record, or undefined when it is unknown, revoked or expired. Every request of the vendor
 * needs one: concurrent requests share a statement, and results are cached for a quarter of a second. Unknown
 * keys are not cached, so that a new key works at once.
 */
export async function findSecretKey(engine: Engine, input: { key: string }): Promise<VendorKey | undefined> {
  const hash = hashOf(input.key)
  if ('query' in engine) return asVendorKey((await readKeys(engine, [hash]))[0])
  const { read, found, used } = ownedBy(engine, keyReader)
  const askedAt = performance.now()
  const keys = await currentValues(found, [hash], {
    isCurrent: (known) => askedAt - known.askedAt < cacheMilliseconds,
    most: maxCachedKeys,
    read: async () => {
      const [key] = await read([hash])
      return new Map(key ? [[hash, { key, askedAt }]] : [])
    },
  })
  const key = keys.get(hash)?.key
  const now = engine.now()
  if (!key || (key.expiresAt !== null && key.expiresAt <= now)) return undefined
  noteUse(engine, used, key, now)
  return asVendorKey(key)
}

const asVendorKey = (key: FoundKey | undefined): VendorKey | undefined =>
  key && { id: key.id, name: key.name, scopes: key.scopes }

/**
 * Writes the last use of a key at most once a minute, in the background: the request neither waits for it nor
 * fails with it.
 */
function noteUse(
  engine: Engine,
  used: Map<string, Instant>,
  { id, lastUsedAt }: FoundKey,
  now: Instant,
): void {
  const last = used.get(id) ?? lastUsedAt
  if (last !== null && addSeconds(last, useIsWrittenEvery) > now) return
  used.set(id, now)
  engine
    .transaction((tx) =>
      tx.query(
        `update secret_keys
          set last_used_at = $2
          where id = $1 and (last_used_at is null or last_used_at < $2)`,
        [id, now],
      ),
    )
    .catch(() => undefined)
}

function keyReader(engine: Engine): KeyReader {
  const read = groupQueue<string, FoundKey | undefined>({
    limits: { perGroup: maxBatchSize, waiting: 20 * maxBatchSize, shared: 1 },
    run: (hashes) => readKeys(engine, hashes),
    words: { items: 'questions', remedy: 'try again in a moment' },
  })
  return { read, found: new Map(), used: new Map() }
}

async function readKeys(engine: Engine, hashes: readonly string[]): Promise<(FoundKey | undefined)[]> {
  const rows = await engine.transaction(
    (tx) =>
      tx.query<FoundKey & { hash: string }>(
        `select key_hash as hash, id, name, scopes, expires_at as "expiresAt", last_used_at as "lastUsedAt"
     from secret_keys
     where key_hash = any($1) and revoked_at is null and (expires_at is null or expires_at > $2)`,
        [[...new Set(hashes)], tx.at],
      ),
    { readOnly: true, keepPlans: true },
  )
  const keys = new Map(rows.map(({ hash, ...key }) => [hash, key]))
  return hashes.map((hash) => keys.get(hash))
}

/** Waits until no process has the keys cached: this one clears its cache, the others expire theirs. */
async function expireCaches(engine: Engine): Promise<void> {
  ownedBy(engine, keyReader).found.clear()
  await pause(cacheMilliseconds)
}

const columns = sql`
  id, name, prefix, last_four as "lastFour", scopes, created_at as "createdAt", last_used_at as "lastUsedAt",
  expires_at as "expiresAt", revoked_at as "revokedAt"`

async function readWhere(tx: BillingTransaction, condition: Sql): Promise<SecretKey[]> {
  return tx.query<SecretKey>(sql`select ${columns} from secret_keys where ${condition}`)
}

/** Returns a key by its secret as it is shown, or undefined. */
export async function describeSecretKey(
  engine: Engine,
  input: { key: string },
): Promise<SecretKey | undefined> {
  const [key] = await engine.transaction((tx) => readWhere(tx, sql`key_hash = ${hashOf(input.key)}`), {
    readOnly: true,
  })
  return key
}

async function getKey(tx: BillingTransaction, keyId: string): Promise<SecretKey> {
  const [key] = await readWhere(tx, sql`id = ${keyId}`)
  if (!key) throw new BillingError('key_not_found', { keyId, message: `there is no key '${keyId}'` })
  return key
}

async function usableKey(tx: BillingTransaction, keyId: string): Promise<SecretKey> {
  const key = await getKey(tx, keyId)
  if (key.revokedAt !== null || (key.expiresAt !== null && key.expiresAt <= tx.at)) {
    throw new BillingError('key_ended', {
      keyId,
      message: `the key '${keyId}' was revoked or has expired: create another`,
    })
  }
  return key
}

async function countUsable(tx: BillingTransaction): Promise<number> {
  const [row] = await tx.query<{ count: number }>(
    `select count(*)::int as count
      from secret_keys
      where revoked_at is null and (expires_at is null or expires_at > $1)`,
    [tx.at],
  )
  return row!.count
}

async function assertRoom(tx: BillingTransaction): Promise<void> {
  if ((await countUsable(tx)) >= maxKeys)
    throw new BillingError('key_limit', {
      most: maxKeys,
      message: `there are ${maxKeys} keys already: revoke one that is not used`,
    })
}

function scopesOf({ preset, scopes }: KeyInput): GrantableScope[] {
  if (preset !== undefined && scopes !== undefined)
    throw new BillingError('invalid_key', {
      pointer: '/scopes',
      message: 'give a preset or scopes, not both',
    })
  const requested: readonly GrantableScope[] = scopes ?? keyPresets[preset ?? 'full']
  const unknown = requested.find((scope) => !grantableScopes.includes(scope))
  if (requested.length === 0 || unknown !== undefined) {
    throw new BillingError('invalid_key', {
      pointer: '/scopes',
      message:
        'scopes are one or more of '
        + `${grantableScopes.join(', ')}${unknown === undefined ? '' : `, not '${unknown}'`}`,
    })
  }
  return [...new Set(requested)]
}

function expiryFrom(expiresAt: string | null | undefined, now: Instant): Instant | null {
  if (expiresAt === null || expiresAt === undefined) return null
  const instant = parseInstant(expiresAt)
  if (!instant || instant <= now)
    throw new BillingError('invalid_key', {
      pointer: '/expiresAt',
      message: 'the key must end later than now, at an instant such as 2027-01-01T00:00:00Z',
    })
  return instant
}

/**
 * Returns the prefix of a key: `sk_`, `sk_live_`; nothing for a key without one. The random part of ours may
 * contain a `_` too.
 */
function prefixOf(key: string): string {
  if (/^sk_[\w-]{43}$/.test(key)) return 'sk_'
  return /^(?:[A-Za-z]{1,8}_){1,2}/.exec(key.slice(0, 12))?.[0] ?? ''
}
