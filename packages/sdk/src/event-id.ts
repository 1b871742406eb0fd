import { randomUUID } from 'node:crypto'

/** A UUID of version 7 (RFC 9562 §5.7): ids that ascend with time keep the server's index small and fast. */
export function newEventId(milliseconds: number): string {
  const time = Math.floor(milliseconds).toString(16).padStart(12, '0')
  // A version 4 id has its random bits and its variant in the right place, and Node generates those in bulk.
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`
}
