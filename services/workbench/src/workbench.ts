import { type Access, type Database } from '@customer-portal/database'
import type { PasswordCost } from './password.ts'

/** What every function here is given first: the database, the clock and the source of ids. */
export interface Workbench {
  readonly db: Database
  /** The present instant, UTC with six decimals. */
  now(): string
  newId(prefix: string): string
  /** What a guess at a password costs, where it is not the usual: tests log in a hundred times. */
  readonly passwordCost?: PasswordCost | undefined
}

/** The context of the desk. It shares the billing engine's database, clock and ids. */
export function createWorkbench({ db, now, newId, passwordCost }: Workbench): Workbench {
  return { db, now, newId, passwordCost }
}

/** Looking up who logs in: no customer is known yet. */
export const anyCustomer: Access = { role: 'billing' }

/** Everything a logged-in agent does: the database shows the rows of their customer alone. */
export function only(customerId: string): Access {
  return { role: 'portal', customerId }
}
