import { addDays } from '@customer-portal/ui/format/date.ts'
import { monthsBefore } from './range.ts'

/** A month's weeks from Monday to Sunday, with the days of its neighbours that fill them up. */
export function weeksOf(month: string): string[][] {
  const first = `${month}-01`
  const start = addDays(first, -((weekdayOf(first) + 6) % 7))
  // Six for every month: the calendar keeps its height from one to the next.
  return Array.from({ length: 6 }, (_, week) =>
    Array.from({ length: 7 }, (_, day) => addDays(start, week * 7 + day)),
  )
}

const weekdayOf = (date: string) => new Date(`${date}T00:00:00Z`).getUTCDay()
const fromMonday = (date: string) => (weekdayOf(date) + 6) % 7

const steps: Record<string, (date: string, withShift: boolean) => string> = {
  ArrowLeft: (date) => addDays(date, -1),
  ArrowRight: (date) => addDays(date, 1),
  ArrowUp: (date) => addDays(date, -7),
  ArrowDown: (date) => addDays(date, 7),
  Home: (date) => addDays(date, -fromMonday(date)),
  End: (date) => addDays(date, 6 - fromMonday(date)),
  PageUp: (date, withShift) => monthsBefore(date, withShift ? 12 : 1),
  PageDown: (date, withShift) => monthsBefore(date, withShift ? -12 : -1),
}

/**
 * Where a key leads from a date, as the ARIA practices' date grid says; undefined for keys that lead nowhere.
 */
export function dateByKey(key: string, date: string, withShift = false): string | undefined {
  return steps[key]?.(date, withShift)
}

/** A date, or the nearest that can be chosen. */
export function within(date: string, { since, today }: { since: string; today: string }): string {
  if (date < since) return since
  return date > today ? today : date
}
