import { randomUUID } from 'node:crypto'

/**
 * A UUID of version 7 (RFC 9562 §5.7): ids that grow with time keep the server's index of them small and
 * fast.
 */
export function newEventId(milliseconds: number): string {
  const time = Math.floor(milliseconds).toString(16).padStart(12, '0')
  // One of version 4 has its random bits and its variant where they are wanted, and Node draws them for many
  // at once.
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`
}
