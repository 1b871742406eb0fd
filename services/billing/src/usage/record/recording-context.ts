import { sql } from '@customer-portal/database'
import { isTransaction, ownedBy, type Engine, type BillingTransaction } from '../../engine.ts'
import { metersByKey, type Meter } from '../../catalogue/meter.ts'
import type { Charge } from '../../catalogue/plan.ts'
import type { ZoneChange } from '../../values/zone.ts'
import { endingsFrom, endingsOf, type Ending, type EndingRow } from '../totals/ending.ts'
import { chargesByVersion } from '../totals/limits.ts'
import { currentValues, type RecentlyUsed } from '../../sharing/recently-used.ts'

/**
 * What recording a customer's events depends on: their time zones and the charges of their plan. Valid while
 * `version` is the customer's.
 */
export interface RecordingContext {
  version: number
  zones: readonly ZoneChange[]
  /** The immediate endings of subscriptions. */
  endings: readonly Ending[]
  subscribed: boolean
  /** Empty without a subscription. */
  charges: readonly Charge[]
}

/** The cache of a process: customers, and the meters at a version. */
export interface RecordingCache {
  customers: RecentlyUsed<RecordingContext>
  meters: KnownMeters
}

export interface KnownMeters {
  version: number
  byKey: ReadonlyMap<string, Meter>
  /** Meters by the event type they read. */
  byType: ReadonlyMap<string, readonly Meter[]>
}

/** Maximum number of cached contexts: a few megabytes. */
const maxCachedContexts = 20_000

const recordingCache = (): RecordingCache => ({
  customers: new Map(),
  meters: { version: 0, byKey: new Map(), byType: new Map() },
})

/**
 * Returns this process's cache. A transaction of the caller gets an empty one, because what it reads may be
 * rolled back.
 */
export function recordingCacheOf(engine: Engine): RecordingCache {
  return isTransaction(engine) ? recordingCache() : ownedBy(engine, recordingCache)
}

/**
 * Returns the contexts of the customers in `versions`, which holds the version of each under their lock: read
 * again where it changed.
 */
export async function recordingContextsOf(
  tx: BillingTransaction,
  { customers }: RecordingCache,
  versions: ReadonlyMap<string, number>,
): Promise<Map<string, RecordingContext>> {
  return currentValues(customers, versions.keys(), {
    isCurrent: ({ version }, customerId) => version === versions.get(customerId),
    most: maxCachedContexts,
    read: async (stale) =>
      new Map(
        [...(await readFacts(tx, stale))].map(([customerId, facts]) => [
          customerId,
          { version: versions.get(customerId)!, ...facts },
        ]),
      ),
  })
}

async function readFacts(
  tx: BillingTransaction,
  customerIds: readonly string[],
): Promise<Map<string, Omit<RecordingContext, 'version'>>> {
  const rows = await tx.query<{
    customerId: string
    zones: ZoneChange[]
    endings: EndingRow[] | null
    planId: string | null
    planVersion: number
  }>(
    sql`
      select c.id as "customerId", s.plan_id as "planId", s.plan_version as "planVersion",
        (
          select json_agg(z order by z."from")
          from (select from_on as "from", timezone from customer_timezones where customer_id = c.id) z
        ) as zones,
        (select json_agg(e) from (${endingsOf(sql`c.id`)}) e) as endings
      from unnest(${customerIds}::text[]) as c(id)
      left join phases s on s.customer_id = c.id and s.ends_on is null`,
  )
  const charges = await chargesByVersion(
    tx,
    rows.flatMap(({ planId, planVersion }) =>
      planId === null ? [] : [{ id: planId, version: planVersion }],
    ),
  )
  return new Map(
    rows.map(({ customerId, zones, endings, planId, planVersion }) => [
      customerId,
      {
        zones,
        endings: endingsFrom(endings ?? [], zones),
        subscribed: planId !== null,
        charges: charges.get(`${planId} ${planVersion}`) ?? [],
      },
    ]),
  )
}

/** Returns the meters at `version`: read again where it changed. */
export async function metersOf(
  tx: BillingTransaction,
  known: RecordingCache,
  version: number,
): Promise<KnownMeters> {
  if (known.meters.version !== version) {
    const byKey = await metersByKey(tx)
    known.meters = { version, byKey, byType: byTypeOf(byKey.values()) }
  }
  return known.meters
}

function byTypeOf(meters: Iterable<Meter>): Map<string, Meter[]> {
  const byType = new Map<string, Meter[]>()
  for (const meter of meters)
    if (meter.eventType !== undefined)
      byType.set(meter.eventType, [...(byType.get(meter.eventType) ?? []), meter])
  return byType
}

/** Returns the meters that read events of a type, and the one with that key. */
export function readersOf({ byKey, byType }: KnownMeters, type: string): Meter[] {
  const named = byKey.get(type)
  const readers = byType.get(type) ?? []
  return named === undefined || readers.includes(named) ? [...readers] : [named, ...readers]
}
