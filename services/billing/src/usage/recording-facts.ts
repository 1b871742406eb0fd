import type { Billing, BillingTransaction } from '../billing.ts'
import { metersByKey, type Meter } from '../meter.ts'
import type { Charge } from '../plan.ts'
import type { ZoneChange } from '../rules/zone.ts'
import { chargesByVersion } from './overflow.ts'
import { currentValues, type RecentlyUsed } from '../recently-used.ts'

/** What recording a customer's events follows from: their zones, and what they are charged for on their plan. Holds as long as `version` is theirs. */
export interface RecordingFacts {
  version: number
  zones: readonly ZoneChange[]
  /** Empty without a subscription. */
  charges: readonly Charge[]
}

/** What this process has read so far: customers, and meters, of which what matters here never changes. */
export interface KnownRecordingFacts {
  customers: RecentlyUsed<RecordingFacts>
  meters: ReadonlyMap<string, Meter>
}

/** A few megabytes at most, however many customers there are. */
const mostKnown = 20_000

const knownFacts = new WeakMap<Billing, KnownRecordingFacts>()

/** The facts read on this process's own account. Inside somebody else's transaction none are shared: what is read there may be taken back. */
export function knownRecordingFactsOf(billing: Billing): KnownRecordingFacts {
  const known = knownFacts.get(billing) ?? { customers: new Map<string, RecordingFacts>(), meters: new Map<string, Meter>() }
  if (!('query' in billing)) knownFacts.set(billing, known)
  return known
}

/** The facts of the customers in `versions`, which holds the version each has now and their lock keeps: read again where they changed. */
export async function recordingFactsOf(tx: BillingTransaction, { customers }: KnownRecordingFacts, versions: ReadonlyMap<string, number>): Promise<Map<string, RecordingFacts>> {
  return currentValues(customers, versions.keys(), {
    isCurrent: ({ version }, customerId) => version === versions.get(customerId), most: mostKnown,
    read: async (stale) => new Map([...await readFacts(tx, stale)].map(([customerId, facts]) => [customerId, { version: versions.get(customerId)!, ...facts }])),
  })
}

async function readFacts(tx: BillingTransaction, customerIds: readonly string[]): Promise<Map<string, Omit<RecordingFacts, 'version'>>> {
  const rows = await tx.query<{ customerId: string; zones: ZoneChange[]; planId: string | null; planVersion: number }>(
    `select c.id as "customerId", s.plan_id as "planId", s.plan_version as "planVersion",
       (select json_agg(z order by z."from") from (select from_on as "from", timezone from customer_timezones where customer_id = c.id) z) as zones
     from unnest($1::text[]) as c(id) left join stretches s on s.customer_id = c.id and s.ends_on is null`,
    [customerIds],
  )
  const charges = await chargesByVersion(tx, rows.flatMap(({ planId, planVersion }) => (planId === null ? [] : [{ id: planId, version: planVersion }])))
  return new Map(rows.map(({ customerId, zones, planId, planVersion }) => [customerId, { zones, charges: charges.get(`${planId} ${planVersion}`) ?? [] }]))
}

/** The meters that events name, and maybe more. */
export async function metersOf(tx: BillingTransaction, known: KnownRecordingFacts, events: readonly { meter: string }[]): Promise<ReadonlyMap<string, Meter>> {
  if (events.some(({ meter }) => !known.meters.has(meter))) known.meters = await metersByKey(tx)
  return known.meters
}
