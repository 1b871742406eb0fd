import { sql } from '@customer-portal/database'
import { historyVersion } from '../usage/totals/state-version.ts'
import type { BillingTransaction } from '../engine.ts'
import { BillingError } from '../errors.ts'
import { readSubscriptionStates } from '../subscription/state.ts'
import type { LocalDate } from '../values/date.ts'
import type { Instant } from '../values/instant.ts'
import { isFarFromTooLarge, overflowDetail, tooLarge } from '../usage/totals/limits.ts'
import type { QuotaCommand, QuotaOutcome } from './command.ts'
import {
  completeCounters,
  countersFrom,
  countersQuery,
  readCounters,
  type RequestedWindow,
  type CounterRow,
  type QuotaCounter,
} from './counter.ts'
import { decide, noSubscription, type Decided, type Standing } from './decide.ts'
import { quotaContextsOf, type ContextCache, type QuotaContext } from './context.ts'
import { quotaWindows, type QuotaWindow, type QuotaWindows } from './window.ts'
import { inStoringOrder, prepareEvents, storeEvents, type Placed } from '../usage/record/store.ts'
import { storeRejected } from '../usage/record/rejected.ts'
import {
  deleteOldReservations,
  idKey,
  knownIdsFrom,
  knownIdsQuery,
  storeReservations,
  takeIds,
  type KnownId,
  type KnownIdRow,
  type Reservation,
} from '../usage/record/reservation-row.ts'
import { arriveAtLast, instantOfUsage } from '../customer/customer.ts'
import { takenTimes } from '../usage/totals/taken-times.ts'
import { isStorable } from '../values/storable.ts'

/** Thrown when another transaction recorded an id between the read and the write; the caller retries. */
export class IdTakenConcurrently extends Error {}

/** The outcome of each command, and the times of the recorded events. */
export interface GroupOutcome {
  outcomes: QuotaOutcome[]
  times: Instant[]
}

/**
 * Executes commands of several customers in one transaction, those of each customer in order. Without `wait`,
 * commands of a customer whose lock is taken return 'locked', so that no transaction holds one customer while
 * it waits for another.
 */
export async function runGroup(
  tx: BillingTransaction,
  known: ContextCache,
  commands: readonly QuotaCommand[],
  { wait }: { wait: boolean },
): Promise<GroupOutcome> {
  // 1. Lock the customers: one transaction at a time decides for each. Events are recorded concurrently and
  // count as if they came before or after.
  const versions = await lockCustomers(tx, commands, wait)
  // 2. Read their allowances and usage.
  const facts = await quotaContextsOf(tx, known, versions, commands)
  const outcomes = commands.map((command) => refusal(command, facts, wait))
  const located = commands.flatMap((command, index) =>
    outcomes[index] ? [] : [{ command, index, facts: facts.get(command.customerId)! }],
  )
  const { ids, standings } = await readStandings(tx, located)
  // 3. Decide one command after the other, each on the counter that the ones before left.
  const times = takenTimes(tx.at)
  const decisions = located.map(({ command, facts: own }, place) =>
    decide(
      { command, times, meter: own.meters.get(command.meter)!, today: own.today, ids },
      standings[place]!,
    ),
  )
  // 4. Write all decisions, or none.
  await store(tx, decisions, standings)
  for (const [place, { index }] of located.entries()) outcomes[index] = decisions[place]!.outcome
  return { outcomes: outcomes as QuotaOutcome[], times: decisions.flatMap(({ event }) => event?.time ?? []) }
}

async function lockCustomers(
  tx: BillingTransaction,
  commands: readonly QuotaCommand[],
  wait: boolean,
): Promise<Map<string, number>> {
  const customerIds = [...new Set(commands.map((command) => command.customerId))].filter(isStorable)
  const rows = await tx.query<{ customerId: string; version: number; lockedAt: Instant }>(
    sql`
      with locked as materialized (
        select customer_id as "customerId", ${historyVersion} as version,
          coalesce(last_at, created_at) as "lastAt", billed_at as "billedAt"
        from customers
        where customer_id = any(${customerIds})
        order by customer_id collate "C"
        for no key update ${wait ? sql.empty : sql`skip locked`}
      )
      select *, ${instantOfUsage(tx)} as "lockedAt"
      from locked`,
  )
  arriveAtLast(tx, rows)
  return new Map(rows.map(({ customerId, version }) => [customerId, version]))
}

/** Returns the rejections that need no look at the customer's usage. */
function refusal(
  { customerId, meter }: QuotaCommand,
  facts: ReadonlyMap<string, QuotaContext>,
  wait: boolean,
): QuotaOutcome | undefined {
  const own = facts.get(customerId)
  if (!own && !wait) return 'locked'
  if (!own)
    return {
      error: new BillingError('customer_not_found', {
        customerId,
        message: `there is no customer '${customerId}'`,
      }),
    }
  return own.meters.has(meter) ? undefined : { error: meterNotFound(meter) }
}

export function meterNotFound(meter: string): BillingError {
  return new BillingError('meter_not_found', {
    pointer: '/meter',
    meter,
    message: `there is no meter '${meter}'`,
  })
}

interface LocatedCommand {
  command: QuotaCommand
  facts: QuotaContext
}

/**
 * Reads what the commands' ids refer to and where each command counts: today, or on the date of its
 * reservation.
 */
async function readStandings(
  tx: BillingTransaction,
  located: readonly LocatedCommand[],
): Promise<{ ids: Map<string, KnownId>; standings: Standing[] }> {
  const counters = new Map<string, QuotaCounter>()
  const requested = distinct(located.map(({ command, facts }) => requestedStanding(command, facts)))
  const requestedIds = located.map(({ command }) => command).filter(({ id }) => isStorable(id))
  const [row] = await tx.query<{ counters: CounterRow[]; ids: KnownIdRow[] }>(sql`
    select (select coalesce(jsonb_agg(c), '[]') from (${countersQuery(requested, tx.at)}) c) as counters,
      (select coalesce(jsonb_agg(k), '[]') from (${knownIdsQuery(requestedIds, tx.at)}) k) as ids`)
  const read = countersFrom(row!.counters, requested)
  await completeCounters(tx, read, requested)
  for (const [place, counter] of read.entries()) counters.set(windowKey(requested[place]!), counter)
  const ids = knownIdsFrom(row!.ids)
  const earlier = located.map(({ command, facts }) => {
    const date =
      command.kind === 'settle' || command.kind === 'release'
        ? ids.get(idKey(command.customerId, command.id))?.reservation?.localDate
        : undefined
    return date === facts.today ? undefined : date
  })
  const windows = await windowsOn(tx, located, earlier)
  const more = distinct(windows).filter((window) => !counters.has(windowKey(window)))
  for (const [place, counter] of (await readCounters(tx, more)).entries())
    counters.set(windowKey(more[place]!), counter)
  // A period has one counter, whatever the limit was on the date of the reservation.
  return {
    ids,
    standings: windows.map((window, place) =>
      typeof window === 'string'
        ? window
        : standingOn(window.window, counters.get(windowKey(window))!, earlier[place] !== undefined),
    ),
  }
}

/**
 * What grants have left today is not for an earlier date: a reservation of it is settled from the plan and
 * from what it holds, or another command of the group could be given the same units.
 */
function standingOn(window: QuotaWindow, counter: QuotaCounter, isEarlier: boolean): QuotaCounter {
  return !isEarlier && counter.window === window ? counter : { ...counter, window, granted: counter.covered }
}

type RequestedStanding = RequestedWindow | Exclude<Standing, QuotaCounter>

function requestedStanding(
  { customerId, meter }: QuotaCommand,
  { windows, subscribed }: QuotaWindows,
): RequestedStanding {
  const window = windows.get(meter)
  return window ? { customerId, window } : subscribed ? 'no charge' : noSubscription
}

/** Returns the window of each command: on its given date, or today's. */
async function windowsOn(
  tx: BillingTransaction,
  located: readonly LocatedCommand[],
  dates: readonly (LocalDate | undefined)[],
): Promise<RequestedStanding[]> {
  const elsewhere = new Set(
    located.filter((_, place) => dates[place] !== undefined).map(({ command }) => command.customerId),
  )
  const histories = elsewhere.size > 0 ? await readSubscriptionStates(tx, [...elsewhere]) : undefined
  return located.map(({ command, facts }, place) => {
    const date = dates[place]
    return requestedStanding(
      command,
      date === undefined ? facts : quotaWindows(histories!.get(command.customerId)!, date),
    )
  })
}

/** Commands in one usage period share a counter. */
function distinct(requestedStandings: readonly RequestedStanding[]): RequestedWindow[] {
  return [
    ...new Map(
      requestedStandings.flatMap((one) => (typeof one === 'string' ? [] : [[windowKey(one), one] as const])),
    ).values(),
  ]
}

const windowKey = ({ customerId, window }: RequestedWindow) =>
  `${idKey(customerId, window.meter.key)}\u0000${window.from}`

async function store(
  tx: BillingTransaction,
  decisions: readonly Decided[],
  standings: readonly Standing[],
): Promise<void> {
  const placed = decisions.flatMap(({ event }, index) => (event ? [{ ...event, index }] : []))
  placed.sort(inStoringOrder)
  const made = decisions.flatMap(({ reservation, made: isNew }) =>
    reservation && isNew ? [reservation] : [],
  )
  if (made.length > 0) await claimIds(tx, made, placed)
  await storeReservations(tx, made)
  // A caller with access to one customer may consume, but not take over an id.
  const settling = decisions.some(({ event, reservation }) => event && reservation)
  const stored = await storeEvents(tx, placed, {
    ids: made.length > 0 ? 'claimed' : settling ? 'reserved or free' : 'free',
  })
  if (stored.outcomes.some((outcome) => outcome !== 'accepted')) throw new IdTakenConcurrently()
  const reservations = new Map(
    decisions.flatMap(({ reservation }) =>
      reservation ? [[idKey(reservation.customerId, reservation.id), reservation] as const] : [],
    ),
  )
  await storeReservations(tx, [...reservations.values()])
  if (reservations.size > 0)
    await deleteOldReservations(tx, [
      ...new Set([...reservations.values()].map(({ customerId }) => customerId)),
    ])
  await storeRejected(
    tx,
    decisions.flatMap(({ refused }) => (refused ? [refused] : [])),
  )
  if (await tooLarge(tx, nearLimit(placed, standings)))
    throw new BillingError('quantity_overflow', { pointer: '/quantity', message: overflowDetail })
}

/**
 * Claims the ids of new reservations and of their events in one statement, and takes the locks of recording
 * before any id: otherwise two transactions could deadlock.
 */
async function claimIds(
  tx: BillingTransaction,
  made: readonly Reservation[],
  placed: readonly Placed[],
): Promise<void> {
  await prepareEvents(tx, placed)
  const reserved = new Set(made.map((reservation) => idKey(reservation.customerId, reservation.id)))
  const claims = [
    ...made.map((reservation) => ({ ...reservation, time: reservation.reservedAt })),
    ...placed.filter((event) => !reserved.has(idKey(event.customerId, event.id))),
  ]
  claims.sort((a, b) => compare(a.customerId, b.customerId) || compare(a.id, b.id))
  if (!(await takeIds(tx, claims))) throw new IdTakenConcurrently()
}

/**
 * Returns the events whose month may exceed what can be counted exactly: almost always none, which needs no
 * query.
 */
function nearLimit(placed: readonly Placed[], standings: readonly Standing[]): Placed[] {
  const added = new Map<QuotaCounter['counts'], number>()
  for (const { index, quantity } of placed) {
    const counter = standings[index]!
    if (typeof counter !== 'string') added.set(counter.counts, (added.get(counter.counts) ?? 0) + quantity)
  }
  return placed.filter(({ index }) => {
    const counter = standings[index]!
    return (
      typeof counter === 'string'
      || !isFarFromTooLarge(
        counter.counts.busiestDay + added.get(counter.counts)!,
        counter.window.price,
        counter.window.meter.decimals,
      )
    )
  })
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
