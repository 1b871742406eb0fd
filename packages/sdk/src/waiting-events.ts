/** Events that wait to be sent, oldest first, each as the JSON text it will be sent as. */
export interface WaitingEvents {
  /** How many were added and are not yet settled. */
  readonly size: number
  /** Resolves when the event is kept. Throws UsageQueueFull. */
  add(event: string): Promise<void>
  /**
   * The oldest ones: at most so many, and so many bytes, but one where there is any. They stay until they are
   * settled.
   */
  oldest(most: number, mostBytes: number): Promise<string[]>
  /** Forgets the oldest ones: the server has answered for them. */
  settle(count: number): Promise<void>
  /** Gives back what was opened. Whatever outlives the process stays. */
  close(): Promise<void>
  /**
   * What is lost when the process ends this moment, and forgets it: nothing where it outlives the process.
   */
  leave(): string[]
  /** Whether what waits is still there after the process has ended. */
  readonly outlives: boolean
}

/** The limit on waiting events was reached: this one was not taken. */
export class UsageQueueFull extends Error {
  override readonly name = 'UsageQueueFull'
}

export interface WaitingLimit {
  events: number
  bytes: number
}

export type WhenFull = 'reject' | 'drop-oldest'

/** How many of these, from the front, come to no more than both limits; at least one. */
export function fitting(events: Iterable<string>, most: number, mostBytes: number): string[] {
  const taken: string[] = []
  let bytes = 0
  for (const event of events) {
    bytes += Buffer.byteLength(event) + 1
    if (taken.length > 0 && (taken.length === most || bytes > mostBytes)) break
    taken.push(event)
  }
  return taken
}
