import type { Billing } from './billing.ts'
import { hashOf, newSecret } from './secret.ts'

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

/** The key's record, or undefined when it is unknown or revoked. */
export async function findSecretKey(billing: Billing, input: { key: string }): Promise<{ id: string; name: string } | undefined> {
  const [row] = await billing.transaction((tx) => tx.query<{ id: string; name: string }>('select id, name from secret_keys where key_hash = $1 and revoked_at is null', [hashOf(input.key)]), { readOnly: true })
  return row
}

/** How many keys may be used. */
export async function countSecretKeys(billing: Billing): Promise<number> {
  const [row] = await billing.transaction((tx) => tx.query<{ count: number }>('select count(*)::int as count from secret_keys where revoked_at is null'), { readOnly: true })
  return row!.count
}
