import { isTransaction, ownedBy, type Engine, type BillingTransaction } from '../engine.ts'
import { readSubscriptionStates, type SubscriptionState } from '../subscription/state.ts'
import type { Meter } from '../catalogue/meter.ts'
import type { LocalDate } from '../values/date.ts'
import type { Instant } from '../values/instant.ts'
import { localDateOf, type ZoneChange } from '../values/zone.ts'
import { quotaWindows, type QuotaWindows } from './window.ts'
import { currentValues, use, type RecentlyUsed } from '../sharing/recently-used.ts'

/**
 * What a customer's quotas depend on for one local date, except usage. Valid while `version` is the
 * customer's.
 */
export interface QuotaContext extends QuotaWindows {
  version: number
  today: LocalDate
  zones: ZoneChange[]
  meters: ReadonlyMap<string, Meter>
}

/** Cached contexts by customer. */
export type ContextCache = RecentlyUsed<QuotaContext>

/** Maximum number of cached contexts: about ten megabytes. */
const maxCachedContexts = 5_000

const contextCache = (): ContextCache => new Map()

/**
 * Returns this process's cache. A transaction of the caller gets an empty one, because what it reads may be
 * rolled back.
 */
export function contextCacheOf(engine: Engine): ContextCache {
  return isTransaction(engine) ? contextCache() : ownedBy(engine, contextCache)
}

/**
 * Returns the contexts of the customers in `versions`, which holds the current version of each: read again
 * where the version or the date changed, or a meter of `asked` is missing.
 */
export async function quotaContextsOf(
  tx: BillingTransaction,
  known: ContextCache,
  versions: ReadonlyMap<string, number>,
  requested: readonly { customerId: string; meter: string }[],
): Promise<Map<string, QuotaContext>> {
  const unknownMeters = new Set(
    requested
      .filter(({ customerId, meter }) => known.get(customerId)?.meters.has(meter) === false)
      .map(({ customerId }) => customerId),
  )
  return currentValues(known, versions.keys(), {
    isCurrent: (facts, customerId) =>
      facts.version === versions.get(customerId)
      && !unknownMeters.has(customerId)
      && localDateOf(facts.zones, tx.at) === facts.today,
    read: async (stale) =>
      new Map(
        [...(await readSubscriptionStates(tx, stale))].map(([customerId, state]) => [
          customerId,
          contextFrom(state, versions.get(customerId)!),
        ]),
      ),
    most: maxCachedContexts,
  })
}

/**
 * Returns the cached context of a customer for their date at `at` without a query: valid if `version` is
 * still the customer's.
 */
export function cachedContext(
  known: ContextCache,
  customerId: string,
  at: Instant,
): QuotaContext | undefined {
  const facts = use(known, customerId)
  return facts && localDateOf(facts.zones, at) === facts.today ? facts : undefined
}

function contextFrom(state: SubscriptionState, version: number): QuotaContext {
  const { today, zones, meters } = state
  return { version, today, zones, ...quotaWindows(state, today), meters }
}
