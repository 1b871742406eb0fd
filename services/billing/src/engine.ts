import { fileURLToPath } from 'node:url'
import {
  migrate,
  type Access,
  type Database,
  type Transaction,
  type TransactionOptions,
} from '@customer-portal/database'
import { use, type RecentlyUsed } from './sharing/recently-used.ts'
import type { Instant } from './values/instant.ts'

/**
 * Whose time commands happen at. `given`: what `now` says, as in tests and on a standing clock. `machine`:
 * the same, but it runs. `database`: that of the database, which all processes share, read in the statement
 * that takes a lock; `now` only comes near it.
 */
export type ClockKind = 'given' | 'machine' | 'database'

/**
 * What every function of the engine is given first: the database, the clock and the ids come from outside.
 */
export interface Engine {
  readonly db: Database
  readonly access: Access
  readonly clock: ClockKind
  /**
   * The contexts that act for one customer, so that each has its queues and caches once, however often it is
   * asked for.
   */
  readonly actors: RecentlyUsed<Engine>
  now(): Instant
  /** A new id such as `inv_…`; unique, and ascending with time. */
  newId(prefix: string): string
  /** Runs `work` in one transaction; inside one already, joins it. */
  transaction<T>(work: (engine: BillingTransaction) => Promise<T>, options?: TransactionOptions): Promise<T>
}

/** The context inside a transaction. `at` is the instant it happens at. */
export interface BillingTransaction extends Engine, Transaction {
  readonly at: Instant
  /**
   * Reads the clock again, or takes what the statement read that waited for a lock: what waited happens after
   * what held it.
   */
  arrive(at?: Instant): void
}

/** Whether this context is already inside a transaction. */
export const isTransaction = (engine: Engine): engine is BillingTransaction => 'savepoint' in engine

/** The engine on a database, acting for the vendor (role `billing`). */
export function createEngine(parts: {
  db: Database
  now: () => Instant
  newId: (prefix: string) => string
  clock?: ClockKind
}): Engine {
  return contextOf({ clock: 'given', actors: new Map(), ...parts }, { role: 'billing' })
}

/** Contexts for so many customers are kept; who was not asked for longest gets a new one. */
const maxCachedContexts = 1_000

/**
 * The same engine, acting for one customer only (role `portal`): row level security hides everybody else. The
 * same context each time.
 */
export function actingFor(engine: Engine, customerId: string): Engine {
  const { actors } = engine
  const known = use(actors, customerId)
  if (known) return known
  const actor = contextOf(engine, { role: 'portal', customerId })
  actors.set(customerId, actor)
  if (actors.size > maxCachedContexts) actors.delete(actors.keys().next().value!)
  return actor
}

/** Brings the tables up to date. Safe to run from several processes at once. */
export async function migrateBilling(db: Database): Promise<void> {
  await migrate(db, migrationsFolder, { name: 'billing' })
}

export const migrationsFolder = fileURLToPath(new URL('../migrations', import.meta.url))

function contextOf(parts: Pick<Engine, 'db' | 'now' | 'newId' | 'clock' | 'actors'>, access: Access): Engine {
  const { db, now, newId, clock, actors } = parts
  return {
    db,
    access,
    now,
    newId,
    clock,
    actors,
    transaction: (work, options) =>
      db.transaction(
        access,
        (tx) => {
          let at = now()
          const inside: BillingTransaction = {
            db,
            access,
            now,
            newId,
            clock,
            actors,
            get at() {
              return at
            },
            arrive: (seen = now()) => {
              at = seen
            },
            query: (sql, parameters, options) => tx.query(sql, parameters, options),
            savepoint: (inner) => tx.savepoint(inner),
            asOwner: (inner) => tx.asOwner(inner),
            transaction: (inner) => inner(inside),
          }
          return work(inside)
        },
        options,
      ),
  }
}
