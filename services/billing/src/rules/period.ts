import { addMonths, daysBetween, firstOfMonth, monthsBetween, type DateRange, type LocalDate } from './date.ts'

/** How boundaries repeat: every `months` from `anchor`, or on the 1st of the month (the first period is then short). */
export interface Cycle {
  anchor: LocalDate
  months: number
  alignment: 'anniversary' | 'calendar'
}

/** A billing period. `whole` is the full stretch of the grid it lies on: longer than the period only for a short first one. */
export interface Period extends DateRange {
  whole: DateRange
}

/** The n-th boundary, counted from the anchor: 31 Jan, 28 or 29 Feb, 31 Mar. */
function gridDate(cycle: Cycle, n: number): LocalDate {
  return addMonths(cycle.alignment === 'calendar' ? firstOfMonth(cycle.anchor) : cycle.anchor, n * cycle.months)
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
  for (let start = cycle.anchor; start < until; start = periods.at(-1)!.to) periods.push(periodAt(cycle, start))
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
  const taken = new Set<string>()
  return periods.map((period) => {
    const month = period.from.slice(0, 7)
    const label = taken.has(month) ? period.from : month
    taken.add(month)
    return { ...period, label }
  })
}
