import { type Access, type Database } from '@customer-portal/database'
import type { PasswordCost } from './password.ts'

/** The context every function here takes first: the database, the clock and the id generator. */
export interface Workbench {
  readonly db: Database
  /** The current instant, UTC with six decimals. */
  now(): string
  newId(prefix: string): string
  /** The cost of a password hash, when not the default: tests log in a hundred times. */
  readonly passwordCost?: PasswordCost | undefined
}

/** Creates the workbench's context. It shares the billing engine's database, clock and ids. */
export function createWorkbench({ db, now, newId, passwordCost }: Workbench): Workbench {
  return { db, now, newId, passwordCost }
}

/** For looking up who logs in, before the customer is known. */
export const anyCustomer: Access = { role: 'billing' }

/** For a logged-in agent: the database shows the rows of their customer alone. */
export function only(customerId: string): Access {
  return { role: 'portal', customerId }
}
