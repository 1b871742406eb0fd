import type { LocalDate } from '../values/date.ts'
import type { LocalizedText } from '../values/localized-text.ts'

/** Maximum number of discounts per customer at a time, so that each document reads a bounded number. */
export const maxDiscounts = 50

/**
 * A discount of a customer from `from` to `until` (local dates, inclusive): a percentage of each line whose
 * period starts within, whenever it is billed ("20 % off in November" reduces November's fee, and November's
 * usage billed on 1 December), or a fixed amount (minor units) once per period that starts within: the
 * billing period for `fee`, the usage period for `usage` and `all`.
 */
export interface Discount {
  id: string
  name: LocalizedText
  kind: 'fixed' | 'percent'
  /** Minor units (a number), or a percentage as decimal text such as "12.5". */
  value: number | string
  appliesTo: 'all' | 'fee' | 'usage'
  from: LocalDate
  until: LocalDate | null
}
