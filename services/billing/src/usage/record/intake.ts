import { BillingError } from '../../errors.ts'
import type { Refusal } from './conflict.ts'
import type { UsageEventInput } from './event.ts'

/** Accepted, but the customer's plan has no charge for these meters of the event. */
export interface Uncharged {
  uncharged: readonly string[]
}

/** The outcome of one event. */
export type EventOutcome = 'accepted' | 'duplicate' | Uncharged | Refusal

export const isRefusal = (outcome: EventOutcome): outcome is Refusal =>
  typeof outcome === 'object' && 'code' in outcome

/**
 * The outcome of a batch. `rejected` names each event by its index and says whether a retry may succeed.
 * `uncharged` lists accepted events whose meter the plan does not charge, once per meter; absent when empty.
 */
export interface Recorded {
  accepted: number
  duplicates: number
  rejected: (Refusal & { index: number; id: string; retryable: boolean })[]
  uncharged?: { index: number; id: string; meter: string }[]
}

/** An event in the queue, with its outcome once that is committed. */
export interface Slot {
  readonly event: UsageEventInput
  outcome?: EventOutcome
}

/** Whether events of locked customers wait for the lock or are returned. */
export interface Lane {
  wait: boolean
}

/** Events of one request, answered together however many transactions they take. */
interface Request {
  slots: Slot[]
  /** The number of events that are neither recorded nor failed. */
  open: number
  failure?: unknown
  resolve(outcomes: EventOutcome[]): void
  reject(error: unknown): void
}

interface Waiting extends Slot {
  request: Request
}

/**
 * Maximum batch size of a flush, in whole requests: a larger transaction takes longer without being cheaper
 * per event.
 */
const maxBatchSize = 2_000
/** Minimum batch size for a second concurrent flush: each flush costs its round trips and a commit. */
const minSecondBatchSize = 500
/**
 * Maximum number of pending events: a few flushes, so that an accepted request is answered soon and a fast
 * sender is throttled.
 */
const maxPending = 16_000
/** Maximum number of pending events of one locked customer. */
const maxPendingPerCustomer = 4_000

export interface IntakeOptions {
  /** Number of concurrent transactions for customers that are not locked, each for many customers. */
  flushers: number
  /** Number of concurrent transactions that wait for a customer's lock, each for that customer alone. */
  waiters: number
  /** Sets the outcomes of events; returns those it left. */
  settle(slots: readonly Slot[], lane: Lane): Promise<readonly Slot[]>
}

/**
 * Lets concurrent requests share transactions: `settle` gets all pending events and sets each outcome.
 * Requests that arrive while `flushers` transactions run share the next one; a lone request is flushed at
 * once. A locked customer is waited for in a separate transaction, so that others do not wait.
 */
export function openIntake({ flushers, waiters, settle }: IntakeOptions) {
  /** The events of each request. */
  let shared: Waiting[][] = []
  /** The pending events of locked customers; a customer stays here until none are pending. */
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
      || (flushing > 0 && sharedEvents < minSecondBatchSize)
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
    // A customer with more events queues for another turn.
    alone.delete(customerId)
    if (own.length > 0) alone.set(customerId, own)
    beginAlone()
  }

  /** Records events and answers the requests that are complete; returns the events that were left. */
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
      // What is committed stays recorded, also where another part of the flush failed.
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

  /** Returns the outcomes of events once they are committed. Throws rate_limited when the queue is full. */
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
