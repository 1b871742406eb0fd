import type { LocalDate } from '../../values/date.ts'
import type { Line } from './line.ts'

interface Dates {
  start: LocalDate
  end: LocalDate
}

/** The dates a document bills (half-open): those of its fee and of its usage; null where it bills none. */
export interface BilledPeriods {
  fee: Dates | null
  usage: Dates | null
}

/**
 * Returns the periods a document names on screen, in lists and in print: the dates of its fee (where it only
 * credits one, those it credits) and of its usage (where it only adjusts some, those). A document without
 * either names its `period`. One with both may name a month and a year.
 */
export function billedPeriods(lines: readonly Pick<Line, 'kind' | 'period'>[]): BilledPeriods {
  const datesOf = (kind: Line['kind']) =>
    around(lines.filter((line) => line.kind === kind).map((line) => line.period))
  return {
    fee: datesOf('fee') ?? datesOf('unused_time') ?? datesOf('credit_note'),
    usage: datesOf('usage') ?? datesOf('minimum_spend') ?? datesOf('adjustment'),
  }
}

/** Returns the range from the first date of several ranges to the last. */
function around(ranges: readonly Dates[]): Dates | null {
  if (ranges.length === 0) return null
  const dates = (side: keyof Dates) => ranges.map((range) => range[side]).sort()
  return { start: dates('start')[0]!, end: dates('end').at(-1)! }
}
