import { randomBytes } from 'node:crypto'
import { sha256 } from '../values/canonical-json.ts'

/** A secret of 256 random bits with a prefix that tells what it is. Only its hash is ever stored. */
export function newSecret(prefix: string): string {
  return `${prefix}_${randomBytes(32).toString('base64url')}`
}

/** Enough for a secret of 256 random bits: there is nothing to guess. */
export const hashOf = (secret: string): string => sha256(secret)
