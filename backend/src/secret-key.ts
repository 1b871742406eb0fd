import { countSecretKeys, createSecretKey, describeSecretKey, type Engine } from '@customer-portal/billing'

/** The keys at a start: a new key, to be shown once, and a message about the one in the settings. */
export interface KeyAtStart {
  newKey?: string
  notice?: string
}

/**
 * Ensures that the vendor has a key: the one in the settings beside the existing ones, or a new one when
 * there is none.
 */
export async function ensureSecretKey(engine: Engine, given: string | undefined): Promise<KeyAtStart> {
  const others = await countSecretKeys(engine)
  if (given === undefined)
    return others > 0 ? {} : { newKey: (await createSecretKey(engine, { name: 'first key' })).key }
  const known = await describeSecretKey(engine, { key: given })
  if (!known) {
    await createSecretKey(engine, { name: 'BILLING_API_KEY', key: given })
    return others === 0
      ? {}
      : {
          notice:
            `BILLING_API_KEY is valid from now on, beside ${others} other `
            + `${others === 1 ? 'key' : 'keys'}: npm run keys -- list`,
        }
  }
  if (known.revokedAt !== null)
    return {
      notice:
        `BILLING_API_KEY was revoked at ${known.revokedAt} and opens nothing: `
        + 'set another and restart to add one',
    }
  if (known.expiresAt !== null && known.expiresAt <= engine.now())
    return {
      notice: `BILLING_API_KEY expired at ${known.expiresAt} and opens nothing: set another and restart to add one`,
    }
  return {}
}
