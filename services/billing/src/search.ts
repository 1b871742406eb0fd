import type { BillingTransaction } from './billing.ts'
import { BillingError } from './failure.ts'
import { isDate, addDays } from './rules/date.ts'
import { parseInstant, type Instant } from './rules/instant.ts'
import { startOfDay } from './rules/zone.ts'
import { zoneOfSeller } from './seller.ts'

/** The parameters of a statement that is put together from conditions: each is given its number as it is added. */
export interface Parameters {
  values: unknown[]
  /** Adds a value and answers its place, such as `$3`. */
  add(value: unknown): string
}

export function parameters(...values: unknown[]): Parameters {
  return { values, add: (value) => `$${values.push(value)}` }
}

/** So many customers a search for a text finds at most; who it is about is found by typing more. */
const mostFound = 1_000

/** What a search may be for: at least a character that is not blank, and no more than a name has. */
export const mostSearched = 200

/**
 * SQL: whether a column holds one of the customers a text finds: by the beginning of their id, an alias, their whole e-mail address or any part of their
 * company's name. At most 1,000 of them.
 */
export function isOfCustomerFound(column: string, text: string, { add }: Parameters): string {
  const [whole, part] = [add(text), add(`%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`)]
  return `${column} in (
    select f.customer_id from customers f where starts_with(f.customer_id, ${whole}) or f.email = ${whole} or f.company_name ilike ${part}
    union all select a.customer_id from customer_aliases a where a.alias = ${whole}
    limit ${mostFound})`
}

/**
 * The instants that `start` and `end` of a list across customers stand for: dates in the seller's zone (both in), or instants (half-open); null where they
 * are not given. Throws invalid_range.
 */
export async function instantsBetween(
  tx: BillingTransaction, { start, end }: { start?: string | undefined; end?: string | undefined },
): Promise<{ from: Instant | null; to: Instant | null }> {
  if (start === undefined && end === undefined) return { from: null, to: null }
  const timezone = await zoneOfSeller(tx)
  const from = start === undefined ? null : instantAt(start, '?start', timezone, 0)
  const to = end === undefined ? null : instantAt(end, '?end', timezone, 1)
  if (from !== null && to !== null && from >= to) throw new BillingError('invalid_range', { pointer: '?start', message: `start ${start} is not before the end ${end}` })
  return { from, to }
}

function instantAt(text: string, pointer: string, timezone: string, daysAfter: number): Instant {
  if (isDate(text) && '0001-01-01' <= text && text < '9999-12-31') return startOfDay(addDays(text, daysAfter), timezone)
  const instant = parseInstant(text)
  if (instant) return instant
  throw new BillingError('invalid_range', { pointer, message: `'${text}' is neither a date (YYYY-MM-DD) nor an RFC 3339 instant` })
}
