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
 * How boundaries repeat: every `months` from `anchor`, or on the 1st of the month (the first period is then
 * short).
 */
export interface Cycle {
  anchor: LocalDate
  months: number
  alignment: 'anniversary' | 'calendar'
}

/**
 * A billing period. `whole` is the full phase of the grid it lies on: longer than the period only for a short
 * first one.
 */
export interface Period extends DateRange {
  whole: DateRange
}

/** The n-th boundary, counted from the anchor: 31 Jan, 28 or 29 Feb, 31 Mar. */
function gridDate(cycle: Cycle, n: number): LocalDate {
  return addMonths(
    cycle.alignment === 'calendar' ? firstOfMonth(cycle.anchor) : cycle.anchor,
    n * cycle.months,
  )
}

/** The period of the cycle that holds `date` (which is not before the anchor). */
export function periodAt(cycle: Cycle, date: LocalDate): Period {
  let n = Math.floor(monthsBetween(cycle.anchor, date) / cycle.months)
  if (gridDate(cycle, n) > date) n -= 1
  const whole = { from: gridDate(cycle, n), to: gridDate(cycle, n + 1) }
  return { from: whole.from < cycle.anchor ? cycle.anchor : whole.from, to: whole.to, whole }
}

/** The periods of the cycle that begin before `until`, oldest first. They tile time from the anchor on. */
export function periodsUntil(cycle: Cycle, until: LocalDate): Period[] {
  const periods: Period[] = []
  // Each boundary is computed once: a life of ten years has 120, and a command asks for its periods twenty
  // times.
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

/** A period with its name: the month it starts in, or its first date where that month's name is taken. */
export interface LabelledPeriod extends Period {
  label: string
}

/** Names periods that follow one another: `YYYY-MM`, and `YYYY-MM-DD` for a second start in one month. */
export function labelled(periods: readonly Period[]): LabelledPeriod[] {
  let taken = ''
  return periods.map(({ from, to, whole }) => {
    const month = from.slice(0, 7)
    const label = month === taken ? from : month
    taken = month
    return { from, to, whole, label }
  })
}

/** A period as answers show it; half-open. */
export interface ShownPeriod {
  start: LocalDate
  end: LocalDate
  label: string
}

export function shown(period: { from: LocalDate; to: LocalDate; label: string }): ShownPeriod {
  return { start: period.from, end: period.to, label: period.label }
}
