import {
  addMonths,
  daysBetween,
  firstOfMonth,
  later,
  monthsBetween,
  type DateRange,
  type LocalDate,
} from './date.ts'

/**
 * How period boundaries repeat: every `months` from `anchor`, or on the 1st of a month (then the first period
 * is short).
 */
export interface Cycle {
  anchor: LocalDate
  months: number
  alignment: 'anniversary' | 'calendar'
}

/**
 * A billing period. `whole` is the full period of the cycle that it is part of; it differs only for a short
 * first period.
 */
export interface Period extends DateRange {
  whole: DateRange
}

/** Returns the n-th boundary, counted from the anchor: 31 Jan, 28 or 29 Feb, 31 Mar. */
function gridDate(cycle: Cycle, n: number): LocalDate {
  return addMonths(
    cycle.alignment === 'calendar' ? firstOfMonth(cycle.anchor) : cycle.anchor,
    n * cycle.months,
  )
}

/** Returns the period of the cycle that contains `date`, which must not be before the anchor. */
export function periodAt(cycle: Cycle, date: LocalDate): Period {
  let n = Math.floor(monthsBetween(cycle.anchor, date) / cycle.months)
  if (gridDate(cycle, n) > date) n -= 1
  const whole = { from: gridDate(cycle, n), to: gridDate(cycle, n + 1) }
  // Survives `whole.from <= cycle.anchor`: where both are equal, either is right.
  return { from: whole.from < cycle.anchor ? cycle.anchor : whole.from, to: whole.to, whole }
}

/**
 * Returns the periods of the cycle that start before `until`, oldest first, without gaps from the anchor on.
 */
export function periodsUntil(cycle: Cycle, until: LocalDate): Period[] {
  const periods: Period[] = []
  // Computes each boundary once: ten years have 120, and one command asks for its periods about twenty times.
  let whole = { from: gridDate(cycle, 0), to: gridDate(cycle, 1) }
  for (let n = 1; later(whole.from, cycle.anchor) < until; n += 1) {
    periods.push({ from: later(whole.from, cycle.anchor), to: whole.to, whole })
    whole = { from: whole.to, to: gridDate(cycle, n + 1) }
  }
  return periods
}

export function daysIn(range: DateRange): number {
  return daysBetween(range.from, range.to)
}

/** A period with its label: the month it starts in, or its first date where that month is taken. */
export interface LabelledPeriod extends Period {
  label: string
}

/** Labels consecutive periods: `YYYY-MM`, and `YYYY-MM-DD` for a second start in one month. */
export function labelled(periods: readonly Period[]): LabelledPeriod[] {
  let taken = ''
  return periods.map(({ from, to, whole }) => {
    const month = from.slice(0, 7)
    const label = month === taken ? from : month
    taken = month
    return { from, to, whole, label }
  })
}

/** A period as API responses show it; half-open. */
export interface ShownPeriod {
  start: LocalDate
  end: LocalDate
  label: string
}

export function shown(period: { from: LocalDate; to: LocalDate; label: string }): ShownPeriod {
  return { start: period.from, end: period.to, label: period.label }
}
