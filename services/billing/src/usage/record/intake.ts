import { BillingError } from '../../errors.ts'
import type { Refusal } from './conflict.ts'
import type { UsageEventInput } from './event.ts'

/** Accepted, but the customer's plan does not charge these of the meters that count it. */
export interface Uncharged {
  uncharged: readonly string[]
}

/** What became of one event. */
export type EventOutcome = 'accepted' | 'duplicate' | Uncharged | Refusal

export const isRefusal = (outcome: EventOutcome): outcome is Refusal =>
  typeof outcome === 'object' && 'code' in outcome

/**
 * What became of a batch. `rejected` names each event by its place in the batch, and says whether trying it
 * again as it is may go better. `uncharged` are those accepted of a meter that the customer's plan does not
 * charge, an event of a type once for each such meter; absent where there are none.
 */
export interface Recorded {
  accepted: number
  duplicates: number
  rejected: (Refusal & { index: number; id: string; retryable: boolean })[]
  uncharged?: { index: number; id: string; meter: string }[]
}

/** An event on its way, and its fate once that is committed. */
export interface Slot {
  readonly event: UsageEventInput
  outcome?: EventOutcome
}

/** Whether events of customers whom somebody else is at work on are waited for, or left. */
export interface Lane {
  wait: boolean
}

/** Events that came together and are answered together, however many transactions they take. */
interface Request {
  slots: Slot[]
  /** How many have neither been recorded nor failed. */
  open: number
  failure?: unknown
  resolve(outcomes: EventOutcome[]): void
  reject(error: unknown): void
}

interface Waiting extends Slot {
  request: Request
}

/**
 * A flush takes whole requests up to this many events: beyond it a transaction only grows longer, not cheaper
 * for each event.
 */
const maxBatchSize = 2_000
/**
 * While one flush runs, another begins beside it only with so many events: smaller ones cost less together,
 * as each takes its round trips and a commit.
 */
const worthASecond = 500
/**
 * What may wait: a few flushes, so that a request that is let in is answered soon, and a sender too fast
 * hears so.
 */
const maxPending = 16_000
/** Of one customer whom somebody else is at work on. */
const maxPendingPerCustomer = 4_000

export interface IntakeOptions {
  /** Transactions at a time for customers nobody else is at work on, each for many. */
  flushers: number
  /** Transactions at a time that wait for one customer's lock, each for that customer alone. */
  waiters: number
  /** Gives events their fates, and answers those it left. */
  settle(slots: readonly Slot[], lane: Lane): Promise<readonly Slot[]>
}

/**
 * Lets requests that are under way at the same time share transactions: `settle` gets the events of all that
 * wait and gives each its fate. What arrives while `flushers` of them run shares the next. Nobody waits for
 * others to come: a lone request goes at once. A customer whom somebody else is at work on is waited for
 * apart, so that others do not wait along.
 */
export function openIntake({ flushers, waiters, settle }: IntakeOptions) {
  /** Each the events of one request. */
  let shared: Waiting[][] = []
  /** By customer, those somebody else is at work on; a customer stays here until nothing of theirs waits. */
  const alone = new Map<string, Waiting[]>()
  const waitedFor = new Set<string>()
  let sharedEvents = 0
  let flushing = 0
  let scheduled = false

  function begin(): void {
    if (
      scheduled
      || shared.length === 0
      || flushing >= flushers
      || (flushing > 0 && sharedEvents < worthASecond)
    )
      return
    scheduled = true
    // After all requests that have arrived by now were read.
    setImmediate(() => {
      scheduled = false
      void flush(take())
      begin()
    })
  }

  function take(): Waiting[] {
    let events = 0
    const stop = shared.findIndex((slots, index) => {
      events += slots.length
      return index > 0 && events > maxBatchSize
    })
    const taken = shared.slice(0, stop === -1 ? undefined : stop).flat()
    shared = stop === -1 ? [] : shared.slice(stop)
    sharedEvents -= taken.length
    return taken
  }

  async function flush(slots: Waiting[]): Promise<void> {
    flushing += 1
    const left = await recorded(slots, { wait: false })
    flushing -= 1
    for (const slot of left.toReversed()) {
      const own = alone.get(slot.event.customerId)
      if (own) own.unshift(slot)
      else alone.set(slot.event.customerId, [slot])
    }
    begin()
    beginAlone()
  }

  function beginAlone(): void {
    for (const [customerId, own] of alone) {
      if (waitedFor.size >= waiters) return
      if (!waitedFor.has(customerId)) void flushAlone(customerId, own)
    }
  }

  async function flushAlone(customerId: string, own: Waiting[]): Promise<void> {
    waitedFor.add(customerId)
    await recorded(own.splice(0, maxBatchSize), { wait: true })
    waitedFor.delete(customerId)
    // Whoever has more waits for another turn, after the others.
    alone.delete(customerId)
    if (own.length > 0) alone.set(customerId, own)
    beginAlone()
  }

  /** Records events and answers the requests that are done with them; yields the events that were left. */
  async function recorded(slots: Waiting[], lane: Lane): Promise<Waiting[]> {
    let left = new Set<Slot>()
    let failure: unknown
    try {
      left = new Set(await settle(slots, lane))
    } catch (error) {
      failure = error
    }
    for (const slot of slots) {
      if (left.has(slot)) continue
      const { request } = slot
      // Committed is committed, also where another part of the flush was not.
      if (slot.outcome === undefined) request.failure ??= failure
      request.open -= 1
      if (request.open === 0) answer(request)
    }
    return slots.filter((slot) => left.has(slot))
  }

  function answer({ slots, failure, resolve, reject }: Request): void {
    const outcomes = slots.flatMap((slot) => slot.outcome ?? [])
    if (outcomes.length === slots.length) resolve(outcomes)
    else reject(failure)
  }

  /** The fates of the events, once they are committed. Throws rate_limited when too many wait already. */
  return async (events: readonly UsageEventInput[]): Promise<EventOutcome[]> => {
    const apart = events.filter(({ customerId }) => alone.has(customerId))
    if (events.length > apart.length && sharedEvents + events.length - apart.length > maxPending)
      throw tooMany(sharedEvents)
    for (const { customerId } of apart)
      if (alone.get(customerId)!.length >= maxPendingPerCustomer)
        throw tooMany(maxPendingPerCustomer, ` of customer '${customerId}'`)
    if (events.length === 0) return []
    return new Promise((resolve, reject) => {
      const request: Request = { slots: [], open: events.length, resolve, reject }
      const slots = events.map((event): Waiting => ({ event, request }))
      request.slots = slots
      const together = slots.filter(({ event }) => !alone.has(event.customerId))
      for (const slot of slots) alone.get(slot.event.customerId)?.push(slot)
      if (together.length > 0) shared.push(together)
      sharedEvents += together.length
      begin()
      beginAlone()
    })
  }
}

function tooMany(waiting: number, whose = ''): BillingError {
  return new BillingError('rate_limited', {
    retryAfterSeconds: 1,
    message: `${waiting} events${whose} wait already: send these again in a moment`,
  })
}
