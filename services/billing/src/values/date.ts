import assert from 'node:assert/strict'

/** A calendar date in the customer's time zone, 'YYYY-MM-DD'. Dates compare as text. */
export type LocalDate = string

/** A half-open range: includes `from`, excludes `to`. */
export interface DateRange {
  from: LocalDate
  to: LocalDate
}

const millisecondsPerDay = 86_400_000

function dayNumber(date: LocalDate): number {
  const number = Date.parse(`${date}T00:00:00Z`) / millisecondsPerDay
  assert(Number.isInteger(number), `not a date: ${date}`)
  return number
}

function dateOf(dayNumber: number): LocalDate {
  return new Date(dayNumber * millisecondsPerDay).toISOString().slice(0, 10)
}

export function addDays(date: LocalDate, days: number): LocalDate {
  return dateOf(dayNumber(date) + days)
}

/** Counts the dates in [from, to) by the calendar, so a day of 23 or 25 hours is one day. */
export function daysBetween(from: LocalDate, to: LocalDate): number {
  return dayNumber(to) - dayNumber(from)
}

/** Returns each date in [from, to). */
export function datesIn({ from, to }: DateRange): LocalDate[] {
  return Array.from({ length: Math.max(0, daysBetween(from, to)) }, (_, index) => addDays(from, index))
}

/**
 * Adds `months` to a date. A day that the month lacks becomes its last day, so always count from the anchor,
 * never from the previous result.
 */
export function addMonths(date: LocalDate, months: number): LocalDate {
  const index = Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7)) - 1 + months
  const year = Math.floor(index / 12)
  const month = index - year * 12
  const day = Math.min(Number(date.slice(8, 10)), daysInMonth(year, month))
  return `${String(year).padStart(4, '0')}-${String(month + 1).padStart(2, '0')}-${String(day).padStart(2, '0')}`
}

/** `month` is zero-based. */
function daysInMonth(year: number, month: number): number {
  if (month === 1) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return month === 3 || month === 5 || month === 8 || month === 10 ? 30 : 31
}

export function monthsBetween(from: LocalDate, to: LocalDate): number {
  return (
    (Number(to.slice(0, 4)) - Number(from.slice(0, 4))) * 12
    + Number(to.slice(5, 7))
    - Number(from.slice(5, 7))
  )
}

export function firstOfMonth(date: LocalDate): LocalDate {
  return `${date.slice(0, 7)}-01`
}

export function isDate(text: string): boolean {
  // Survives `/\d{4}-\d{2}-\d{2}$/`: a text that is longer or begins otherwise differs from the date that
  // is read from it, and is refused by the last comparison.
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  // Survives `text`: a shortcut for most texts: the code below gives the same answer, more slowly.
  const day = Number(text.slice(8))
  // Survives `false`, `day > 1`, `day < 28`: a shortcut for most texts: the code below gives the same
  // answer, more slowly.
  if (day >= 1 && day <= 28) return text.slice(5, 7) >= '01' && text.slice(5, 7) <= '12'
  const milliseconds = Date.parse(`${text}T00:00:00Z`)
  return !Number.isNaN(milliseconds) && new Date(milliseconds).toISOString().slice(0, 10) === text
}

export function earlier(a: LocalDate, b: LocalDate): LocalDate {
  // Survives `a <= b`: of two equal dates either is right.
  return a < b ? a : b
}

export function later(a: LocalDate, b: LocalDate): LocalDate {
  // Survives `a >= b`: of two equal dates either is right.
  return a > b ? a : b
}

/** Returns the dates that two ranges share, or undefined. */
export function intersection(a: DateRange, b: DateRange): DateRange | undefined {
  const shared = { from: later(a.from, b.from), to: earlier(a.to, b.to) }
  return shared.from < shared.to ? shared : undefined
}

/** Returns what remains of a range without the others, in order. */
export function withoutDates(range: DateRange, others: readonly DateRange[]): DateRange[] {
  return others.reduce<DateRange[]>(
    (left, { from, to }) =>
      left.flatMap((remaining) =>
        (from < to
          ? [
              { from: remaining.from, to: earlier(remaining.to, from) },
              { from: later(remaining.from, to), to: remaining.to },
            ]
          : [remaining]
        ).filter((part) => part.from < part.to),
      ),
    [range].filter((one) => one.from < one.to),
  )
}
