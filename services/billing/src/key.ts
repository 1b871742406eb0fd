import type { Billing } from './billing.ts'
import { currentValues, type RecentlyUsed } from './recently-used.ts'
import { hashOf, newSecret } from './secret.ts'
import { sharedReads } from './shared-reads.ts'

/** Makes a secret key of the vendor's API (or takes a given one) and answers it this once; only its hash is kept. */
export async function createSecretKey(billing: Billing, input: { name: string; key?: string }): Promise<{ id: string; key: string }> {
  const key = input.key ?? newSecret('sk')
  return billing.transaction(async (tx) => {
    const [row] = await tx.query<{ id: string }>(
      `insert into secret_keys (id, name, key_hash, created_at) values ($1, $2, $3, $4) on conflict (key_hash) do nothing returning id`,
      [tx.newId('key'), input.name, hashOf(key), tx.at],
    )
    const id = row?.id ?? (await tx.query<{ id: string }>('select id from secret_keys where key_hash = $1', [hashOf(key)]))[0]!.id
    return { id, key }
  })
}

interface SecretKey {
  id: string
  name: string
}

const mostTogether = 500
/** A key that was just found is not looked for again: one that is revoked works for so much longer at most, in milliseconds. */
const rememberedFor = 1_000
const mostRemembered = 1_000

interface FoundKey {
  key: SecretKey
  /** In milliseconds since this process began. */
  askedAt: number
}

interface KeyReader {
  read(hash: string): Promise<SecretKey | undefined>
  /** By hash. */
  found: RecentlyUsed<FoundKey>
}

const readers = new WeakMap<Billing, KeyReader>()

/**
 * The key's record, or undefined when it is unknown or revoked. Every request of the vendor's asks for one: those under way at the same time ask
 * together, and what was found serves for a second. What was not found is looked for each time, so that a new key works at once.
 */
export async function findSecretKey(billing: Billing, input: { key: string }): Promise<SecretKey | undefined> {
  const hash = hashOf(input.key)
  if ('query' in billing) return (await readKeys(billing, [hash]))[0]
  const { read, found } = readerOf(billing)
  const askedAt = performance.now()
  const keys = await currentValues(found, [hash], {
    isCurrent: (known) => askedAt - known.askedAt < rememberedFor, most: mostRemembered,
    read: async () => {
      const key = await read(hash)
      return new Map(key ? [[hash, { key, askedAt }]] : [])
    },
  })
  return keys.get(hash)?.key
}

function readerOf(billing: Billing): KeyReader {
  const known = readers.get(billing)
  if (known) return known
  const read = sharedReads((hashes: string[]) => readKeys(billing, hashes), { together: mostTogether, waiting: 20 * mostTogether, atOnce: 1 })
  const reader: KeyReader = { read, found: new Map() }
  readers.set(billing, reader)
  return reader
}

async function readKeys(billing: Billing, hashes: readonly string[]): Promise<(SecretKey | undefined)[]> {
  const rows = await billing.transaction((tx) => tx.query<SecretKey & { hash: string }>(
    'select key_hash as hash, id, name from secret_keys where key_hash = any($1) and revoked_at is null', [[...new Set(hashes)]]), { readOnly: true, keepPlans: true })
  const keys = new Map(rows.map(({ hash, ...key }) => [hash, key]))
  return hashes.map((hash) => keys.get(hash))
}

/** How many keys may be used. */
export async function countSecretKeys(billing: Billing): Promise<number> {
  const [row] = await billing.transaction((tx) => tx.query<{ count: number }>('select count(*)::int as count from secret_keys where revoked_at is null'), { readOnly: true })
  return row!.count
}
