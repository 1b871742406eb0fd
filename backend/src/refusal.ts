import { DatabaseUnavailable, DataDirHeld, MigrationRefused, RolesMissing } from '@customer-portal/database'

/**
 * What whoever starts the server or types a command has to mend: the message says so in a sentence, which is
 * printed as it is.
 */
export class Refused extends Error {
  override name = 'Refused'
}

const told = [Refused, DatabaseUnavailable, DataDirHeld, MigrationRefused, RolesMissing]

/** The sentence that says what to mend; undefined for a failure that nobody foresaw, which shows its stack. */
export function sentenceOf(error: unknown): string | undefined {
  return told.some((kind) => error instanceof kind) ? (error as Error).message : undefined
}
