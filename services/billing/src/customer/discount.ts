import type { LocalDate } from '../values/date.ts'
import type { LocalizedText } from '../values/localized-text.ts'

/** The most discounts a customer has at once, so that each document reads a bounded number. */
export const maxDiscounts = 50

/**
 * What a customer pays less while it holds, from `from` to `until` (local dates, both included): a percentage
 * of each line whose period starts then, whenever it is billed ("20 % off in November" lowers November's fee,
 * and November's usage billed on 1 December), or a fixed amount (minor units) once for each period that
 * begins then: the billing period for `fee`, the usage period for `usage` and `all`.
 */
export interface Discount {
  id: string
  name: LocalizedText
  kind: 'fixed' | 'percent'
  /** Minor units (a number), or a percentage as a decimal text such as "12.5". */
  value: number | string
  appliesTo: 'all' | 'fee' | 'usage'
  from: LocalDate
  until: LocalDate | null
}
