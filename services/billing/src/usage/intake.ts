import { BillingError } from '../failure.ts'
import type { Refusal } from './conflict.ts'
import type { UsageEventInput } from './event.ts'

/** What became of one event. */
export type Fate = 'accepted' | 'duplicate' | Refusal

/** What became of a batch. `rejected` names each event by its place in the batch. */
export interface Recorded {
  accepted: number
  duplicates: number
  rejected: (Refusal & { index: number; id: string })[]
}

/** An event on its way, and its fate once that is committed. */
export interface Slot {
  readonly event: UsageEventInput
  fate?: Fate
}

interface WaitingRequest {
  slots: Slot[]
  resolve(fates: Fate[]): void
  reject(error: unknown): void
}

/** A flush takes whole requests up to this many events: beyond it a transaction only grows longer, not cheaper for each event. */
const mostPerFlush = 2_000
/** While one flush runs, another begins beside it only with so many events: smaller ones cost less together, as each takes its round trips and a commit. */
const worthASecond = 500
/** What may wait: a few flushes, so that a request that is let in is answered soon, and a sender too fast hears so. */
const mostWaiting = 16_000

/**
 * Lets requests that are under way at the same time share transactions: `settle` gets the events of all that wait and gives each its
 * fate. What arrives while `flushers` of them run shares the next. Nobody waits for others to come: a lone request goes at once.
 */
export function openIntake({ flushers, settle }: { flushers: number; settle(slots: readonly Slot[]): Promise<void> }) {
  let waiting: WaitingRequest[] = []
  let waitingEvents = 0
  let flushing = 0
  let scheduled = false

  function begin(): void {
    if (scheduled || waiting.length === 0 || flushing >= flushers || (flushing > 0 && waitingEvents < worthASecond)) return
    scheduled = true
    // After all requests that have arrived by now were read.
    setImmediate(() => {
      scheduled = false
      void flush(take())
      begin()
    })
  }

  function take(): WaitingRequest[] {
    let events = 0
    const stop = waiting.findIndex(({ slots }, index) => {
      events += slots.length
      return index > 0 && events > mostPerFlush
    })
    const taken = waiting.slice(0, stop === -1 ? undefined : stop)
    waiting = stop === -1 ? [] : waiting.slice(stop)
    for (const { slots } of taken) waitingEvents -= slots.length
    return taken
  }

  async function flush(requests: WaitingRequest[]): Promise<void> {
    flushing += 1
    let failure: unknown
    try {
      await settle(requests.flatMap((request) => request.slots))
    } catch (error) {
      failure = error
    }
    flushing -= 1
    for (const { slots, resolve, reject } of requests) {
      const fates = slots.flatMap((slot) => slot.fate ?? [])
      // Committed is committed, also where another part of the flush was not.
      if (fates.length === slots.length) resolve(fates)
      else reject(failure)
    }
    begin()
  }

  /** The fates of the events, once they are committed. Throws rate_limited when too many wait already. */
  return async (events: readonly UsageEventInput[]): Promise<Fate[]> => {
    if (waitingEvents + events.length > mostWaiting) {
      throw new BillingError('rate_limited', { retryAfterSeconds: 1, message: `${waitingEvents} events wait already: send these again in a moment` })
    }
    return new Promise((resolve, reject) => {
      waiting.push({ slots: events.map((event) => ({ event })), resolve, reject })
      waitingEvents += events.length
      begin()
    })
  }
}
