import { DatabaseUnavailable, DataDirHeld, MigrationRefused, RolesMissing } from '@customer-portal/database'

/**
 * A mistake that the person who starts the server or runs a command has to fix: the message is one sentence,
 * which is printed as it is.
 */
export class Refused extends Error {
  override name = 'Refused'
}

const told = [Refused, DatabaseUnavailable, DataDirHeld, MigrationRefused, RolesMissing]

/**
 * The sentence that says what to fix; undefined for an unforeseen failure, which is printed with its stack.
 */
export function sentenceOf(error: unknown): string | undefined {
  return told.some((kind) => error instanceof kind) ? (error as Error).message : undefined
}
