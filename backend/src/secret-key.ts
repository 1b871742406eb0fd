import { countSecretKeys, createSecretKey, findSecretKey, type Billing } from '@customer-portal/billing'

/** Makes sure that the vendor has a key: the one of the settings, or one made now where there is none at all. Returns a key made now, to be shown once. */
export async function ensureSecretKey(billing: Billing, given: string | undefined): Promise<string | undefined> {
  if (given !== undefined) {
    if (!(await findSecretKey(billing, { key: given }))) await createSecretKey(billing, { name: 'BILLING_API_KEY', key: given })
    return undefined
  }
  if ((await countSecretKeys(billing)) > 0) return undefined
  const { key } = await createSecretKey(billing, { name: 'first key' })
  return key
}
