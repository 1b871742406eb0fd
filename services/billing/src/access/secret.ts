import { randomBytes } from 'node:crypto'
import { sha256 } from '../values/canonical-json.ts'

/** Returns a secret of 256 random bits with a prefix for its kind. Only its hash is ever stored. */
export function newSecret(prefix: string): string {
  return `${prefix}_${randomBytes(32).toString('base64url')}`
}

/** A plain hash is enough for 256 random bits, which cannot be guessed. */
export const hashOf = (secret: string): string => sha256(secret)
