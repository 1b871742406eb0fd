import { type Access, type Database } from '@customer-portal/database'

/** What every function here is given first: the database, the clock and the source of ids. */
export interface Workbench {
  readonly db: Database
  /** The present instant, UTC with six decimals. */
  now(): string
  newId(prefix: string): string
}

/** The context of the desk. It shares the billing engine's database, clock and ids. */
export function createWorkbench({ db, now, newId }: Workbench): Workbench {
  return { db, now, newId }
}

/** Looking up who logs in: no customer is known yet. */
export const anyCustomer: Access = { role: 'billing' }

/** Everything a logged-in agent does: the database shows the rows of their customer alone. */
export function only(customerId: string): Access {
  return { role: 'portal', customerId }
}
