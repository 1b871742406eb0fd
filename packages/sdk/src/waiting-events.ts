/** Queued events, oldest first, each as the JSON text it will be sent as. */
export interface WaitingEvents {
  /** The number of events added and not yet settled. */
  readonly size: number
  /** Resolves when the event is stored. Throws UsageQueueFull. */
  add(event: string): Promise<void>
  /**
   * The oldest events up to a number and a size in bytes, at least one if there is any. They stay queued
   * until they are settled.
   */
  oldest(maxEvents: number, maxBytes: number): Promise<string[]>
  /** Removes the oldest events, which the server has answered for. */
  settle(count: number): Promise<void>
  /** Releases everything that was opened. What outlives the process stays. */
  close(): Promise<void>
  /**
   * Removes and returns what is lost when the process ends now; empty where the queue outlives the process.
   */
  leave(): string[]
  /** Whether the queue survives the end of the process. */
  readonly outlives: boolean
}

/** The limit on queued events was reached: this one was not accepted. */
export class UsageQueueFull extends Error {
  override readonly name = 'UsageQueueFull'
}

export interface WaitingLimit {
  events: number
  bytes: number
}

export type WhenFull = 'reject' | 'drop-oldest'

/** How many of these, from the front, fit both limits; at least one. */
export function fitting(events: Iterable<string>, maxEvents: number, maxBytes: number): string[] {
  const taken: string[] = []
  let bytes = 0
  for (const event of events) {
    bytes += Buffer.byteLength(event) + 1
    if (taken.length > 0 && (taken.length === maxEvents || bytes > maxBytes)) break
    taken.push(event)
  }
  return taken
}
