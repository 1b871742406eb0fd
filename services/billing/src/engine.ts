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
 * Which clock commands use. `given`: `now`, as in tests and under a standing clock. `machine`: the same, but
 * running. `database`: that of the database, shared by all processes and read in the statement that takes a
 * lock; `now` only approximates it.
 */
export type ClockKind = 'given' | 'machine' | 'database'

/** The first argument of every function of the engine: database, clock and ids come from outside. */
export interface Engine {
  readonly db: Database
  readonly access: Access
  readonly clock: ClockKind
  /** Engines that act for one customer, cached so that each has its queues and caches once. */
  readonly actors: RecentlyUsed<Engine>
  /** The queues and caches of this context, each by the function that makes it; see `ownedBy`. */
  readonly owned: Owned
  /** Those of all contexts of the engine; see `sharedBy`. */
  readonly shared: Owned
  now(): Instant
  /** Returns a new id such as `inv_…`; unique, and ascending with time. */
  newId(prefix: string): string
  /** Runs `work` in a transaction, or in the current one. */
  transaction<T>(work: (engine: BillingTransaction) => Promise<T>, options?: TransactionOptions): Promise<T>
}

type Owned = Map<(engine: Engine) => unknown, unknown>

/** The engine inside a transaction. `at` is its instant. */
export interface BillingTransaction extends Engine, Transaction {
  readonly at: Instant
  /**
   * Sets `at` to the clock, or to what the statement read that waited for a lock: what waited happens after
   * what held it.
   */
  arrive(at?: Instant): void
}

/** Returns whether this engine is inside a transaction. */
export const isTransaction = (engine: Engine): engine is BillingTransaction => 'savepoint' in engine

/** Creates the engine on a database, for the vendor (role `billing`). */
export function createEngine(parts: {
  db: Database
  now: () => Instant
  newId: (prefix: string) => string
  clock?: ClockKind
}): Engine {
  return contextOf({ clock: 'given', actors: new Map(), shared: new Map(), ...parts }, { role: 'billing' })
}

/**
 * The queue or cache that a context owns, made when it is first asked for. Each context has its own: what one
 * role may read, another may not. Not for use inside a transaction: what is read there may be rolled back.
 */
export function ownedBy<T>(engine: Engine, make: (engine: Engine) => T): T {
  return kept(engine.owned, make, engine)
}

/** The same for what does not depend on the role: all contexts of an engine have it together. */
export function sharedBy<T>(engine: Engine, make: () => T): T {
  return kept(engine.shared, make, engine)
}

function kept<T>(owned: Owned, make: (engine: Engine) => T, engine: Engine): T {
  if (!owned.has(make)) owned.set(make, make(engine))
  return owned.get(make) as T
}

/** Maximum number of cached engines for one customer, least recently used out first. */
const maxCachedContexts = 1_000

/**
 * Returns the engine for one customer only (role `portal`): row level security hides everybody else. Cached
 * by customer.
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

/** Migrates the tables. Safe to run from several processes at once. */
export async function migrateBilling(db: Database): Promise<void> {
  await migrate(db, migrationsFolder, { name: 'billing' })
}

export const migrationsFolder = fileURLToPath(new URL('../migrations', import.meta.url))

function contextOf(
  parts: Pick<Engine, 'db' | 'now' | 'newId' | 'clock' | 'actors' | 'shared'>,
  access: Access,
): Engine {
  const { db, now, newId, clock, actors, shared } = parts
  const owned: Owned = new Map()
  return {
    db,
    access,
    now,
    newId,
    clock,
    actors,
    owned,
    shared,
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
            owned,
            shared,
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
