import { sql } from '@customer-portal/database'
import { sqlState } from '@customer-portal/database'
import { isTransaction, ownedBy, type Engine, type BillingTransaction } from '../../engine.ts'
import { settleInHalves, type Halving, type Lane } from '../../sharing/group-queue.ts'
import { BillingError, type Code } from '../../errors.ts'
import type { Instant } from '../../values/instant.ts'
import { localDateOf } from '../../values/zone.ts'
import { checkEvent, checkTypedEvent, countedRows, type CheckedEvent, type UsageEventInput } from './event.ts'
import { isRefusal, openIntake, type EventOutcome, type Recorded } from './intake.ts'
import { cacheMonths } from '../totals/month.ts'
import { isAfterEnd } from '../totals/ending.ts'
import { isHistoryTooLarge, overflowDetail, tooLarge } from '../totals/limits.ts'
import {
  recordingCacheOf,
  metersOf,
  readersOf,
  recordingContextsOf,
  type KnownMeters,
  type RecordingCache,
  type RecordingContext,
} from './recording-context.ts'
import { firstArrivals, isRetryable, storeRejected, retryRejected } from './rejected.ts'
import { inStoringOrder, storeEvents, type Placed } from './store.ts'
import { historyKeptFrom } from '../totals/maintenance.ts'
import { arriveAtLast, instantOfUsage } from '../../customer/customer.ts'
import { noMeter } from '../../catalogue/meter.ts'
import { takenTimes, type TakenTimes } from '../totals/taken-times.ts'
import { getCustomer } from '../../customer/account.ts'
import type { Rejection } from './event-time.ts'

export const maxEvents = 1000

/**
 * Records up to 1,000 events and returns once they are committed. Idempotent by customer and id: the same
 * content again is a duplicate, other content is rejected. A bad event never fails the others; it is stored
 * with its reason. Concurrent requests share a transaction; inside the caller's transaction that one is used.
 * Throws rate_limited when the queue is full.
 */
export async function recordUsage(engine: Engine, events: readonly UsageEventInput[]): Promise<Recorded> {
  if (events.length > maxEvents)
    throw new BillingError('payload_too_large', {
      message: `a batch holds at most ${maxEvents} events, not ${events.length}`,
    })
  return summaryOf(
    events,
    await (isTransaction(engine) ? recordInside(engine, events) : ownedBy(engine, intakeOf)(events)),
  )
}

/**
 * Retries a customer's rejected events, those with the given ids or all, at most 1,000 per call; see
 * `retryRejected`. Throws customer_not_found.
 */
export async function retryRejectedEvents(
  engine: Engine,
  input: { customerId: string; ids?: readonly string[] },
): Promise<Recorded> {
  await getCustomer(engine, input)
  return retryRejected(engine, input, (events) => recordUsage(engine, events))
}

async function recordInside(
  tx: BillingTransaction,
  events: readonly UsageEventInput[],
): Promise<EventOutcome[]> {
  const ways: RecordingOptions = { wait: true, transaction: (work) => tx.savepoint(() => work(tx)) }
  const settled = await settleInHalves([...events], (some) => recordSome(tx, some, ways), halvingOf(ways))
  return settled.map((one) => {
    if ('error' in one) throw one.error
    if (one.outcome === 'locked') throw new Error("an event that waits for its lock returned 'locked'")
    return one.outcome
  })
}

function intakeOf(engine: Engine): ReturnType<typeof openIntake> {
  const transaction: RecordingOptions['transaction'] = (work) => engine.transaction(work, { keepPlans: true })
  return openIntake({
    // PGlite has one session; on PostgreSQL one transaction computes while the other writes.
    transactions: engine.db.kind === 'postgres' ? 2 : 1,
    record: (events, { wait }) => recordSome(engine, events, { wait, transaction }),
    ...halvingOf({ transaction }),
  })
}

/** Records events in one transaction (or savepoint). Without `wait`, leaves those of locked customers. */
async function recordSome(
  engine: Engine,
  events: UsageEventInput[],
  { wait, transaction }: RecordingOptions,
): Promise<(EventOutcome | 'locked')[]> {
  if (events.length === 0) return []
  const known = recordingCacheOf(engine)
  const { outcomes, times } = await transaction((tx) => recordIn(tx, events, known, wait))
  if (!isTransaction(engine)) cacheMonths(engine, times)
  return outcomes
}

/** An event that the database rejects is kept with its reason, and the others are recorded. */
function halvingOf({
  transaction,
}: Pick<RecordingOptions, 'transaction'>): Halving<UsageEventInput, EventOutcome> {
  return {
    isOfOneItem: isOfSomeEvent,
    async reject(event, error) {
      const refusal = refusalFor(error, event)
      await transaction((tx) => storeRejected(tx, [{ ...event, ...refusal }]))
      return refusal
    },
  }
}

/**
 * How events are recorded: in which transaction or savepoint, and whether locked customers are waited for.
 */
interface RecordingOptions extends Lane {
  transaction<T>(work: (tx: BillingTransaction) => Promise<T>): Promise<T>
}

/** Thrown where an event would take a period's sum past what can be counted exactly. */
class OverflowInBatch extends Error {}

const outOfRange = '22003'
/**
 * Errors that the values of one row can cause: data exceptions, constraints, limits. Any other error would
 * hit every event.
 */
const isOfSomeEvent = (error: unknown) =>
  error instanceof OverflowInBatch || /^(22|23|54)/.test(sqlState(error) ?? '')

function refusalFor(error: unknown, event: UsageEventInput): { code: Code; detail: string } {
  if (error instanceof OverflowInBatch || sqlState(error) === outOfRange)
    return { code: 'quantity_overflow', detail: overflowDetail }
  // Our checks accept what the database rejects, which is a bug: the vendor may retry the event once it is
  // fixed.
  process.emitWarning(
    `The database rejects usage event ${JSON.stringify(event.id)} of `
      + `${JSON.stringify(event.customerId)}: ${(error as Error).message}`,
  )
  return { code: 'internal_error', detail: 'the database does not take this event' }
}

async function recordIn(
  tx: BillingTransaction,
  events: readonly UsageEventInput[],
  known: RecordingCache,
  wait: boolean,
): Promise<{ outcomes: (EventOutcome | 'locked')[]; times: Instant[] }> {
  const locked = await lockCustomers(tx, events, wait)
  const idOf = (event: UsageEventInput) => locked.named.get(event.customerId) ?? event.customerId
  const facts = await recordingContextsOf(tx, known, locked.versions)
  const meters = await metersOf(tx, known, locked.metersVersion ?? known.meters.version)
  const hasHistory = events.some(({ historical }) => historical)
  const times = takenTimes(tx.at, hasHistory ? await historyKeptFrom(tx) : null)
  const arrivals = locked.mayHaveArrived
    ? await firstArrivals(tx, events, idOf)
    : new Map<UsageEventInput, Instant>()
  const outcomes = new Array<EventOutcome | 'locked'>(events.length)
  const placed: Placed[] = []
  for (const [index, event] of events.entries()) {
    if (locked.byOthers.has(event.customerId)) {
      outcomes[index] = 'locked'
      continue
    }
    const customerId = idOf(event)
    const own = facts.get(customerId)
    const result = own
      ? checked(asOf(event, customerId, arrivals.get(event)), meters, times)
      : { code: 'customer_not_found' as const, detail: `there is no customer '${event.customerId}'` }
    if ('code' in result) outcomes[index] = result
    else placed.push(placedFor(result, index, own!))
  }
  placed.sort(inStoringOrder)
  const stored = await storeEvents(tx, placed)
  for (const [place, event] of placed.entries()) {
    const outcome = stored.outcomes[place]!
    const { subscribed, charges } = facts.get(event.customerId)!
    const isUncharged = (meter: string) =>
      meter !== noMeter && (event.apart === 'after_end' || !charges.some((charge) => charge.meter === meter))
    const uncharged =
      outcome === 'accepted' && subscribed && event.apart !== 'history'
        ? [event, ...(event.also ?? [])].map(({ meter }) => meter).filter(isUncharged)
        : []
    outcomes[event.index] = uncharged.length > 0 ? { uncharged } : outcome
  }
  const mayHaveLargeDays = (customerId: string) =>
    locked.withLargeDays.has(customerId) || stored.withLargeDays.has(customerId)
  const all = placed.flatMap(countedRows).filter((event) => event.meter !== noMeter)
  const counted = all.some((event) => event.apart) ? all.filter((event) => !event.apart) : all
  if (
    hasHistory
    && (await isHistoryTooLarge(
      tx,
      all.filter((event) => event.apart === 'history'),
    ))
  )
    throw new OverflowInBatch()
  if (
    await tooLarge(tx, counted, {
      meters: meters.byKey,
      chargesOf: (customerId) => facts.get(customerId)!.charges,
      mayHaveLargeDays,
    })
  )
    throw new OverflowInBatch()
  await storeRejected(
    tx,
    outcomes.flatMap((outcome, index) =>
      outcome === 'locked' || !isRefusal(outcome)
        ? []
        : [{ ...events[index]!, customerId: idOf(events[index]!), ...outcome }],
    ),
  )
  return { outcomes, times: placed.map((event) => event.time) }
}

/** Returns an event with its local date, marked where it does not count: history, or after an ending. */
function placedFor(event: CheckedEvent, index: number, { zones, endings }: RecordingContext): Placed {
  const placed: Placed = Object.assign(event, { index, localDate: localDateOf(zones, event.time) })
  if (event.historical) placed.apart = 'history'
  else if (endings.length > 0 && isAfterEnd(endings, placed.time, placed.localDate))
    placed.apart = 'after_end'
  return placed
}

/** Returns an event under its customer's own id, with its first arrival where it was rejected before. */
function asOf(event: UsageEventInput, customerId: string, arrivedAt: Instant | undefined): UsageEventInput {
  return customerId === event.customerId && arrivedAt === undefined
    ? event
    : { ...event, customerId, ...(arrivedAt === undefined ? {} : { arrivedAt }) }
}

function checked(event: UsageEventInput, meters: KnownMeters, times: TakenTimes): CheckedEvent | Rejection {
  const { type } = event
  return type === undefined
    ? checkEvent(event, meters.byKey.get(event.meter ?? ''), times)
    : checkTypedEvent({ ...event, type }, readersOf(meters, type), times)
}

/**
 * Takes the locks that storing needs before `storedAt` is read: an event that waits for an invoice to be
 * issued is stored after it and belongs to the next one. Resolves aliases. Without `wait`, skips locked
 * customers.
 */
async function lockCustomers(
  tx: BillingTransaction,
  events: readonly UsageEventInput[],
  wait: boolean,
): Promise<Locked> {
  const customerIds = [...new Set(events.map((event) => event.customerId))].filter(
    (id) => !id.includes('\u0000'),
  )
  const ids = sql`${customerIds}::text[]`
  // Only an event without a time counts when it first arrived, rejected or not.
  const mayHaveArrived = events.some((event) => event.time === undefined && event.arrivedAt === undefined)
    ? sql`exists (select from rejected_events where customer_id = any(${ids}))
        or exists (select from rejected_events where customer_id in (select "customerId" from locked))`
    : sql`false`
  const rows = await tx.query<{
    customerId: string
    version: number
    isLarge: boolean
    aliases: string[] | null
    lockedAt: Instant
    metersVersion: number
    mayHaveArrived: boolean
  }>(
    // Resolves aliases once for the batch; per customer it would be quadratic.
    sql`
      with named as materialized (
        select customer_id, array_agg(alias) as aliases
        from customer_aliases
        where alias = any(${ids})
        group by customer_id
      ),
      locked as materialized (
        select customer_id as "customerId", history_version as version,
          coalesce(last_at, created_at) as "lastAt", billed_at as "billedAt",
          exists (
            select from customers_with_large_days l where l.customer_id = customers.customer_id
          ) as "isLarge"
        from customers
        where customer_id = any(${ids} || array(select customer_id from named))
        order by customer_id collate "C"
        for key share ${wait ? sql.empty : sql`skip locked`}
      )
      select *, ${instantOfUsage(tx)} as "lockedAt", (select version from meters_version) as "metersVersion",
        (${mayHaveArrived}) as "mayHaveArrived"
      from locked
      left join named on named.customer_id = locked."customerId"`,
  )
  arriveAtLast(tx, rows)
  const versions = new Map(rows.map(({ customerId, version }) => [customerId, version]))
  const named = new Map(
    rows.flatMap(({ customerId, aliases }) =>
      (aliases ?? []).map((alias): [string, string] => [alias, customerId]),
    ),
  )
  const missing = wait ? [] : customerIds.filter((id) => !versions.has(id) && !named.has(id))
  const byOthers =
    missing.length === 0
      ? []
      : await tx.query<{ id: string }>(sql`
          select customer_id as id
          from customers
          where customer_id = any(${missing})
          union
          select alias
          from customer_aliases
          where alias = any(${missing})`)
  return {
    versions,
    named,
    withLargeDays: new Set(rows.flatMap(({ customerId, isLarge }) => (isLarge ? [customerId] : []))),
    byOthers: new Set(byOthers.map(({ id }) => id)),
    metersVersion: rows[0]?.metersVersion,
    mayHaveArrived: rows[0]?.mayHaveArrived ?? false,
  }
}

/** What is known about customers whose lock is held. */
interface Locked {
  versions: Map<string, number>
  withLargeDays: Set<string>
  /** The version of the meters, which validates the cache; undefined where no lock is held. */
  metersVersion: number | undefined
  /** Whether an event without a time may have been rejected before. */
  mayHaveArrived: boolean
  /** The customers of the aliases that events name. */
  named: Map<string, string>
  /** The ids and aliases of locked customers that events name. */
  byOthers: Set<string>
}

function summaryOf(events: readonly UsageEventInput[], outcomes: readonly EventOutcome[]): Recorded {
  const rejected = outcomes.flatMap((outcome, index) =>
    isRefusal(outcome)
      ? [{ index, id: events[index]!.id, ...outcome, retryable: isRetryable(outcome.code) }]
      : [],
  )
  const uncharged = outcomes.flatMap((outcome, index) =>
    typeof outcome === 'object' && 'uncharged' in outcome
      ? outcome.uncharged.map((meter) => ({ index, id: events[index]!.id, meter }))
      : [],
  )
  return {
    accepted: outcomes.filter(
      (outcome) => outcome === 'accepted' || (typeof outcome === 'object' && 'uncharged' in outcome),
    ).length,
    duplicates: outcomes.filter((outcome) => outcome === 'duplicate').length,
    rejected,
    ...(uncharged.length === 0 ? {} : { uncharged }),
  }
}
