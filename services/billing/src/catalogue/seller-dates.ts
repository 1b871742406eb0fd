import type { BillingTransaction } from '../engine.ts'
import { BillingError } from '../errors.ts'
import { addDays, isDate } from '../values/date.ts'
import { parseInstant, type Instant } from '../values/instant.ts'
import { startOfDay } from '../values/zone.ts'
import { zoneOfSeller } from './seller.ts'

/**
 * Resolves `start` and `end` of a list across customers: dates in the seller's time zone (inclusive), or
 * instants (half-open); null where omitted. Throws invalid_range.
 */
export async function instantsBetween(
  tx: BillingTransaction,
  { start, end }: { start?: string | undefined; end?: string | undefined },
): Promise<{ from: Instant | null; to: Instant | null }> {
  if (start === undefined && end === undefined) return { from: null, to: null }
  const timezone = await zoneOfSeller(tx)
  const from = start === undefined ? null : instantAt(start, '?start', timezone, 0)
  const to = end === undefined ? null : instantAt(end, '?end', timezone, 1)
  if (from !== null && to !== null && from >= to)
    throw new BillingError('invalid_range', {
      pointer: '?start',
      message: `start ${start} is not before the end ${end}`,
    })
  return { from, to }
}

function instantAt(text: string, pointer: string, timezone: string, daysAfter: number): Instant {
  if (isDate(text) && '0001-01-01' <= text && text < '9999-12-31')
    return startOfDay(addDays(text, daysAfter), timezone)
  const instant = parseInstant(text)
  if (instant) return instant
  throw new BillingError('invalid_range', {
    pointer,
    message: `'${text}' is neither a date (YYYY-MM-DD) nor an RFC 3339 instant`,
  })
}
