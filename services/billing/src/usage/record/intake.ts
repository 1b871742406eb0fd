import { groupQueue, type Halving, type Lane } from '../../sharing/group-queue.ts'
import type { Refusal } from './duplicate.ts'
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

/**
 * Maximum batch size of a transaction: a larger one takes longer without being cheaper per event. A second
 * one begins beside it only with so many events.
 */
const maxBatchSize = 2_000
const minSecondBatchSize = 500
/**
 * Maximum number of pending events: a few transactions, so that an accepted request is answered soon and a
 * fast sender is throttled.
 */
const maxPending = 16_000
/** Maximum number of pending events of one locked customer. */
const maxPendingPerCustomer = 4_000

export interface IntakeOptions extends Halving<UsageEventInput, EventOutcome> {
  /** Number of concurrent transactions, and of those that wait for a customer's lock. */
  transactions: number
  record(events: UsageEventInput[], lane: Lane): Promise<(EventOutcome | 'locked')[]>
}

/**
 * Lets concurrent requests share transactions: those that arrive while some run share the next one; a lone
 * request is recorded at once. Returns the outcomes of events once they are committed.
 */
export function openIntake({ transactions, record, ...halving }: IntakeOptions) {
  return groupQueue<UsageEventInput, EventOutcome>({
    limits: {
      perGroup: maxBatchSize,
      waiting: maxPending,
      waitingPerLockedCustomer: maxPendingPerCustomer,
      shared: transactions,
      alone: transactions,
      minSecondBatchSize,
    },
    run: record,
    customerOf: ({ customerId }) => customerId,
    ...halving,
    words: { items: 'events', remedy: 'send these again in a moment' },
  })
}
