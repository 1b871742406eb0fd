import { addDays } from '@customer-portal/ui/format/date.ts'
import { monthsBefore } from './range.ts'

/** A month's weeks from Monday to Sunday, filled up with the days of its neighbours. */
export function weeksOf(month: string): string[][] {
  const first = `${month}-01`
  const start = addDays(first, -((weekdayOf(first) + 6) % 7))
  // Six for every month, so that the calendar keeps its height.
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

/** The date a key moves to, as in the ARIA practices' date grid; undefined for other keys. */
export function dateByKey(key: string, date: string, withShift = false): string | undefined {
  return steps[key]?.(date, withShift)
}

/** A date, or the nearest selectable one. */
export function within(date: string, { since, today }: { since: string; today: string }): string {
  if (date < since) return since
  return date > today ? today : date
}
