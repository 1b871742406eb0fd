import type { Engine, BillingTransaction } from '../engine.ts'
import { readSubscriptionStates, type SubscriptionState } from '../subscription/state.ts'
import type { Meter } from '../catalogue/meter.ts'
import type { LocalDate } from '../values/date.ts'
import type { Instant } from '../values/instant.ts'
import { localDateOf, type ZoneChange } from '../values/zone.ts'
import { quotaWindows, type QuotaWindow } from './window.ts'
import { currentValues, use, type RecentlyUsed } from '../sharing/recently-used.ts'

/**
 * What a customer's quotas follow from on one date of theirs, without what they used. Holds as long as
 * `version` is theirs.
 */
export interface QuotaContext {
  version: number
  today: LocalDate
  zones: ZoneChange[]
  /** Undefined without a subscription. */
  windows: Map<string, QuotaWindow> | undefined
  meters: ReadonlyMap<string, Meter>
}

/** The facts read so far, by customer. */
export type KnownContexts = RecentlyUsed<QuotaContext>

/** Some ten megabytes at most, however many customers there are. */
const maxCachedContexts = 5_000

const knownContexts = new WeakMap<Engine, KnownContexts>()

/**
 * The facts this process has read on its own account. Inside somebody else's transaction none are shared:
 * what is read there may be taken back.
 */
export function knownContextsOf(engine: Engine): KnownContexts {
  if ('query' in engine) return new Map()
  const known = knownContexts.get(engine) ?? new Map<string, QuotaContext>()
  knownContexts.set(engine, known)
  return known
}

/**
 * The facts of the customers in `versions`, which holds the version each has now: read again where they
 * changed, where the date is another, or where a meter of `asked` is not among them.
 */
export async function quotaContextsOf(
  tx: BillingTransaction,
  known: KnownContexts,
  versions: ReadonlyMap<string, number>,
  asked: readonly { customerId: string; meter: string }[],
): Promise<Map<string, QuotaContext>> {
  const unknownMeters = new Set(
    asked
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
 * What is known of a customer on the date it is for them at `at`, without asking: it holds if `version` is
 * still theirs.
 */
export function believedContexts(
  known: KnownContexts,
  customerId: string,
  at: Instant,
): QuotaContext | undefined {
  const facts = use(known, customerId)
  return facts && localDateOf(facts.zones, at) === facts.today ? facts : undefined
}

function contextFrom(state: SubscriptionState, version: number): QuotaContext {
  const { today, zones, meters } = state
  return { version, today, zones, windows: quotaWindows(state, today), meters }
}
