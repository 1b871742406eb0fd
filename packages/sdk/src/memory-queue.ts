import {
  fitting,
  UsageQueueFull,
  type WaitingEvents,
  type WaitingLimit,
  type WhenFull,
} from './waiting-events.ts'

/**
 * Events queued in memory, up to the limit. Beyond it the new event is rejected, or the oldest one that is
 * not being sent is dropped and passed to `onDropped`.
 */
export function memoryQueue({
  limit,
  whenFull,
  onDropped,
}: {
  limit: WaitingLimit
  whenFull: WhenFull
  onDropped(event: string): void
}): WaitingEvents {
  let events: string[] = []
  let bytes = 0
  let underWay = 0
  const isFull = (more: number) => events.length >= limit.events || bytes + more > limit.bytes

  function dropOldest(): void {
    const [dropped] = events.splice(underWay, 1)
    bytes -= Buffer.byteLength(dropped!)
    onDropped(dropped!)
  }

  return {
    outlives: false,
    get size() {
      return events.length
    },
    async add(event) {
      const more = Buffer.byteLength(event)
      while (whenFull === 'drop-oldest' && isFull(more) && events.length > underWay) dropOldest()
      if (isFull(more)) throw new UsageQueueFull(`${events.length} events (${bytes} bytes) wait already`)
      events.push(event)
      bytes += more
    },
    async oldest(maxEvents, maxBytes) {
      const taken = fitting(events, maxEvents, maxBytes)
      underWay = taken.length
      return taken
    },
    async settle(count) {
      for (const event of events.slice(0, count)) bytes -= Buffer.byteLength(event)
      events = events.slice(count)
      underWay = 0
    },
    leave: () => {
      const left = events
      events = []
      bytes = 0
      underWay = 0
      return left
    },
    async close() {},
  }
}
