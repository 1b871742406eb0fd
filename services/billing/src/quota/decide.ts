import { BillingError } from '../errors.ts'
import { isAdditive, type Meter } from '../catalogue/meter.ts'
import { canonicalJson, sha256 } from '../values/canonical-json.ts'
import type { LocalDate } from '../values/date.ts'
import { addSeconds, type Instant } from '../values/instant.ts'
import { unitsFrom } from '../values/quantity.ts'
import { checkEvent, type CheckedEvent } from '../usage/record/event.ts'
import { conflictWith } from '../usage/record/duplicate.ts'
import type { QuotaCommand, QuotaOutcome } from './command.ts'
import { available, grant, type QuotaCounter } from './counter.ts'
import type { Placed } from '../usage/record/store.ts'
import type { RefusedEvent } from '../usage/record/rejected.ts'
import {
  idKey,
  isOpen,
  maxOpenReservations,
  type KnownId,
  type Reservation,
} from '../usage/record/reservation-row.ts'
import type { TakenTimes } from '../usage/totals/taken-times.ts'
import { isStorable } from '../values/storable.ts'

export const noSubscription = 'no subscription'

/** Where a command counts: on a counter, or nowhere, without a plan or a charge for the meter. */
export type Standing = QuotaCounter | typeof noSubscription | 'no charge'

/**
 * One command with its inputs except the counter. `ids` holds what ids refer to; each decision updates it.
 */
export interface Decision<C extends QuotaCommand = QuotaCommand> {
  command: C
  times: TakenTimes
  meter: Meter
  today: LocalDate
  ids: Map<string, KnownId>
}

/** The result of a decision, with what to write for it. */
export interface Decided {
  outcome: Exclude<QuotaOutcome, 'locked'>
  event?: Omit<Placed, 'index'>
  reservation?: Reservation
  /** Whether the reservation is new. */
  made?: boolean
  refused?: RefusedEvent
}

/**
 * Decides one command and updates the counter, so that the next command sees it. A rejection changes nothing.
 */
export function decide(decision: Decision, standing: Standing): Decided {
  try {
    const { command } = decision
    if (command.kind === 'consume') return consumed({ ...decision, command }, standing)
    if (command.kind === 'reserve') return reserved({ ...decision, command }, standing)
    if (command.kind === 'settle') return settled({ ...decision, command }, standing)
    return released({ ...decision, command }, standing)
  } catch (error) {
    if (error instanceof BillingError) return { outcome: { error } }
    throw error
  }
}

type Of<K extends QuotaCommand['kind']> = Decision<Extract<QuotaCommand, { kind: K }>>

function consumed({ command, times, meter, today, ids }: Of<'consume'>, standing: Standing): Decided {
  const event = checkedEvent(command, meter, times)
  const known = ids.get(idKey(event.customerId, event.id))
  if (standing === noSubscription) throw noSubscriptionOf(command)
  if (known?.event?.voided) throw voidedOf(command)
  if (known?.reservation || (known?.event && known.event.bodyHash !== event.bodyHash))
    throw conflictOf(command, event, known, meter)
  if (known?.event) {
    // It was granted in part before.
    if (command.mode === 'all' && known.event.quantity < event.quantity) throw conflictOf(command)
    return {
      outcome: {
        answer: {
          granted: units(meter, known.event.quantity),
          remaining: remaining(meter, standing),
          overage: units(meter, known.event.overage ?? 0),
          duplicate: true,
        },
      },
    }
  }
  const grantable = typeof standing === 'string' ? noGrant : grant(standing, event.quantity)
  const { granted, overage } =
    command.mode === 'all' && grantable.granted < event.quantity ? noGrant : grantable
  const answer = () => ({
    outcome: {
      answer: {
        granted: units(meter, granted),
        remaining: remaining(meter, standing),
        overage: units(meter, overage),
        duplicate: false,
      },
    },
  })
  // Nothing is recorded, so the same request may be granted after an upgrade.
  if (granted === 0 || typeof standing === 'string') return answer()
  standing.counts.used += granted
  ids.set(idKey(event.customerId, event.id), {
    event: {
      bodyHash: event.bodyHash,
      quantity: granted,
      overage,
      voided: false,
      content: { time: event.time, properties: event.properties },
    },
  })
  return { ...answer(), event: { ...event, quantity: granted, localDate: today, overage } }
}

function reserved({ command, times, meter, today, ids }: Of<'reserve'>, standing: Standing): Decided {
  const { quantity, properties, propertiesText } = checkedEvent(command, meter, times)
  const bodyHash = sha256(
    canonicalJson([
      'reserve',
      command.meter,
      quantity,
      command.ttlSeconds,
      ...(command.properties === undefined ? [] : [propertiesText]),
    ]),
  )
  const known = ids.get(idKey(command.customerId, command.id))
  if (standing === noSubscription) throw noSubscriptionOf(command)
  if (known?.event?.voided) throw voidedOf(command)
  if (known && known.reservation?.bodyHash !== bodyHash) throw conflictOf(command)
  if (known?.reservation) {
    // The reservation is closed: a caller who continued with it would use units nobody granted.
    if (known.reservation.closedAt !== null) throw closedOf(command, endOf(known.reservation, meter))
    if (!isOpen(known.reservation, times.at)) throw closedOf(command, 'has expired')
    return {
      outcome: {
        answer: {
          granted: units(meter, known.reservation.held),
          remaining: remaining(meter, standing),
          expiresAt: known.reservation.expiresAt,
          duplicate: true,
        },
      },
    }
  }
  const { granted } = typeof standing === 'string' ? noGrant : grant(standing, quantity)
  if (granted === 0 || typeof standing === 'string')
    return {
      outcome: {
        answer: { granted: 0, remaining: remaining(meter, standing), expiresAt: null, duplicate: false },
      },
    }
  if (standing.counts.open >= maxOpenReservations)
    throw new BillingError('rate_limited', {
      retryAfterSeconds: 1,
      message:
        `customer '${command.customerId}' has ${maxOpenReservations} open reservations of `
        + `'${meter.key}' already: settle or release some`,
    })
  if (standing.counts.used + standing.counts.reserved + granted > Number.MAX_SAFE_INTEGER)
    throw new BillingError('quantity_overflow', {
      pointer: '/quantity',
      message: `quantity ${command.quantity} is more than can be held back beside what is counted`,
    })
  standing.counts.reserved += granted
  standing.counts.open += 1
  const reservation: Reservation = {
    customerId: command.customerId,
    id: command.id,
    meter: meter.key,
    held: granted,
    localDate: today,
    reservedAt: times.at,
    expiresAt: addSeconds(times.at, command.ttlSeconds),
    bodyHash,
    closedAt: null,
    settled: null,
    granted: null,
    overage: null,
    properties: command.properties === undefined ? null : properties,
  }
  ids.set(idKey(command.customerId, command.id), { reservation })
  return {
    outcome: {
      answer: {
        granted: units(meter, granted),
        remaining: remaining(meter, standing),
        expiresAt: reservation.expiresAt,
        duplicate: false,
      },
    },
    reservation,
    made: true,
  }
}

function settled({ command, times, meter, ids }: Of<'settle'>, standing: Standing): Decided {
  const { reservation, event } = reservationOf(command, ids)
  // The quantity from the reservation, and the one reported now.
  const checked = checkedEvent(
    { ...command, properties: { ...reservation.properties, ...command.properties } },
    meter,
    times,
  )
  const { quantity } = checked
  const answerFor = (
    { settled, granted, overage }: { settled: number; granted: number; overage: number },
    duplicate: boolean,
  ) => ({
    outcome: {
      answer: {
        granted: units(meter, granted),
        excess: units(meter, settled - granted),
        remaining: remaining(meter, standing),
        overage: units(meter, overage),
        duplicate,
      },
    },
  })
  if (event?.voided) throw voidedOf(command)
  if (reservation.closedAt !== null) {
    const { settled, granted, overage } = reservation
    if (settled === null || granted === null || overage === null || settled !== quantity)
      throw closedOf(command, endOf(reservation, meter))
    return answerFor({ settled, granted, overage }, true)
  }
  // The id was recorded as an event while the reservation was being made.
  if (event) throw conflictOf(command)
  const reservedSteps = giveBack(reservation, standing, times.at)
  // Without a plan nothing is left, but what was reserved is granted.
  const { granted, overage } =
    typeof standing === 'string'
      ? { granted: Math.min(quantity, reservedSteps), overage: 0 }
      : grant(standing, quantity, reservedSteps)
  if (typeof standing !== 'string') standing.counts.used += granted
  const done = { ...reservation, closedAt: times.at, settled: quantity, granted, overage }
  const { customerId, id, localDate, reservedAt, bodyHash } = reservation
  ids.set(idKey(customerId, id), {
    reservation: done,
    ...(granted > 0 ? { event: { bodyHash, quantity: granted, overage, voided: false } } : {}),
  })
  return {
    ...answerFor({ settled: quantity, granted, overage }, false),
    reservation: done,
    ...(granted > 0
      ? { event: { ...checked, quantity: granted, time: reservedAt, bodyHash, localDate, overage } }
      : {}),
    ...(granted < quantity ? { refused: excessOf(reservation, meter, { quantity, granted }) } : {}),
  }
}

function released({ command, times: { at }, meter, ids }: Of<'release'>, standing: Standing): Decided {
  const { reservation } = reservationOf(command, ids)
  if (reservation.settled !== null) throw closedOf(command, endOf(reservation, meter))
  const duplicate = reservation.closedAt !== null
  if (!duplicate) giveBack(reservation, standing, at)
  const done = duplicate ? reservation : { ...reservation, closedAt: at }
  ids.set(idKey(command.customerId, command.id), { reservation: done })
  return {
    outcome: { answer: { remaining: remaining(meter, standing), duplicate } },
    ...(duplicate ? {} : { reservation: done }),
  }
}

/** Frees what an open reservation holds on its counter; an expired one holds nothing. */
function giveBack(reservation: Reservation, standing: Standing, at: Instant): number {
  if (!isOpen(reservation, at)) return 0
  if (typeof standing !== 'string') {
    standing.counts.reserved -= reservation.held
    standing.counts.open -= 1
  }
  return reservation.held
}

/** Usage beyond a limit is stored as a rejected event, so that no reported usage is lost. */
function excessOf(
  { customerId, id, reservedAt }: Reservation,
  meter: Meter,
  { quantity, granted }: { quantity: number; granted: number },
): RefusedEvent {
  const excess = units(meter, quantity - granted)
  return {
    customerId,
    id: `${id}:excess`,
    meter: meter.key,
    quantity: excess,
    time: reservedAt,
    code: 'quota_exceeded',
    detail:
      `reservation '${id}' was settled with ${units(meter, quantity)} where ${units(meter, granted)} `
      + `were left: ${excess} are not counted`,
  }
}

function checkedEvent(
  {
    id,
    customerId,
    meter: key,
    quantity,
    properties,
    kind,
  }: Exclude<QuotaCommand, { kind: 'release' }> & { properties?: Record<string, unknown> },
  meter: Meter,
  times: TakenTimes,
): CheckedEvent {
  if (!isAdditive(meter))
    throw new BillingError('validation_failed', {
      pointer: '/meter',
      message:
        `meter '${meter.key}' does not add up what is used (${meter.aggregation}): record events, `
        + 'and read the quota',
    })
  // Each is one event: granting five for one counted event would sell the limit five times.
  const isOne = Number(quantity ?? 1) === 1 || (kind === 'settle' && Number(quantity) === 0)
  if (meter.aggregation === 'count' && !isOne)
    throw new BillingError('validation_failed', {
      pointer: '/quantity',
      message: `meter '${meter.key}' counts events: ${kind} one at a time`,
    })
  const event = checkEvent(
    {
      id,
      customerId,
      meter: key,
      ...(quantity === undefined ? {} : { quantity }),
      ...(properties === undefined ? {} : { properties }),
    },
    meter,
    times,
    true,
  )
  if ('code' in event) throw new BillingError(event.code, { pointer: '/quantity', message: event.detail })
  return event
}

function reservationOf(
  { customerId, meter, id }: Of<'settle' | 'release'>['command'],
  ids: ReadonlyMap<string, KnownId>,
): KnownId & { reservation: Reservation } {
  const { reservation, event } = (isStorable(id) ? ids.get(idKey(customerId, id)) : undefined) ?? {}
  if (!reservation || reservation.meter !== meter)
    throw new BillingError('reservation_not_found', {
      pointer: '/reservationId',
      message: `customer '${customerId}' has no reservation '${id}' of '${meter}'`,
    })
  return { reservation, ...(event ? { event } : {}) }
}

function remaining(meter: Meter, standing: Standing): number | null {
  const free = typeof standing === 'string' ? 0 : available(standing)
  return free === null ? null : units(meter, Math.max(0, free))
}

const noGrant = { granted: 0, overage: 0 }
const units = (meter: Meter, steps: number) => unitsFrom(steps, meter.decimals)

function conflictOf(
  { id }: QuotaCommand,
  event?: CheckedEvent,
  known?: KnownId,
  meter?: Meter,
): BillingError {
  const pointer = '/id'
  const message = `id '${id}' was used before with other content`
  if (!event || !known?.event || known.reservation || !meter)
    return new BillingError('event_conflict', { pointer, message })
  const { bodyHash, quantity, content } = known.event
  // An event not found under this meter belongs to another one.
  if (!content)
    return new BillingError('event_conflict', { pointer, message: `${message}: meter`, differs: ['meter'] })
  const { differs, first } = conflictWith(event, bodyHash, {
    meter: meter.key,
    type: null,
    decimals: meter.decimals,
    quantity,
    ...content,
  })
  return new BillingError('event_conflict', {
    pointer,
    message: `${message}: ${differs!.join(', ')}`,
    differs,
    first,
  })
}

const voidedOf = ({ id }: QuotaCommand) =>
  new BillingError('event_voided', {
    pointer: '/id',
    message: `what was recorded under '${id}' was taken back: use another id`,
  })
const closedOf = ({ id }: QuotaCommand, ending: string) =>
  new BillingError('reservation_closed', { message: `reservation '${id}' ${ending}` })
/** Describes how a reservation was closed: the reported quantity and the granted part. */
function endOf({ settled, granted }: Reservation, meter: Meter): string {
  if (settled === null) return 'was released'
  const part =
    granted === null || granted === settled ? '' : `, of which ${units(meter, granted)} were granted`
  return `was settled with ${units(meter, settled)}${part}`
}

const noSubscriptionOf = ({ customerId }: QuotaCommand) =>
  new BillingError('no_active_subscription', {
    message: `customer '${customerId}' has no active subscription`,
  })
