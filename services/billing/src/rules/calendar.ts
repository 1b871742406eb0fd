import assert from 'node:assert/strict'
import { Temporal } from 'temporal-polyfill'
import type { Instant } from './instant.ts'

export type Interval = 'day' | 'week' | 'month' | 'quarter' | 'year'

/**
 * Boundaries in time. `anniversary`: every `count` intervals from the anchor, at its local time of day; `calendar`: at local midnight where the
 * day, the week (Monday), the month, the quarter or the year of the anchor begins, and every `count` of them from there.
 */
export interface Calendar {
  anchor: Instant
  interval: Interval
  count: number
  timezone: string
  alignment: 'anniversary' | 'calendar'
}

/** Half-open. */
export interface InstantRange {
  start: Instant
  end: Instant
}

const length: Record<Interval, { days: number } | { months: number }> = {
  day: { days: 1 }, week: { days: 7 }, month: { months: 1 }, quarter: { months: 3 }, year: { months: 12 },
}

/**
 * The n-th boundary, counted from the anchor and never from the boundary before: a day the month does not have becomes its last, and the next
 * long month has the anchor's day again. A time of day that the clocks skip becomes the next one there is. Negative n lie before the anchor.
 */
export function boundaryAt(calendar: Calendar, n: number): Instant {
  if (n === 0 && calendar.alignment === 'anniversary') return fixed(Temporal.Instant.from(calendar.anchor))
  const unit = length[calendar.interval]
  const distance = 'days' in unit ? { days: unit.days * calendar.count * n } : { months: unit.months * calendar.count * n }
  return fixed(originOf(calendar).add(distance).toZonedDateTime(calendar.timezone).toInstant())
}

/** The period that holds an instant; one on a boundary is in the period that begins there. Before the anchor periods go on backwards. */
export function periodHolding(calendar: Calendar, at: Instant): InstantRange {
  const n = indexAt(calendar, at)
  return { start: boundaryAt(calendar, n), end: boundaryAt(calendar, n + 1) }
}

/** The last period that was over at an instant. Periods that the clocks leave no time for are passed over. */
export function periodOverAt(calendar: Calendar, at: Instant): InstantRange {
  const end = periodHolding(calendar, at).start
  let n = indexAt(calendar, at) - 1
  while (boundaryAt(calendar, n) === end) n -= 1
  return { start: boundaryAt(calendar, n), end }
}

/** The first boundary after an instant. */
export function nextBoundary(calendar: Calendar, after: Instant): Instant {
  return periodHolding(calendar, after).end
}

/**
 * The largest n whose boundary is not after the instant. The local date says which one but for the clocks: one more where a day begins before its
 * date comes, up to two less before the anchor's time of day, the second of them where a zone leaves a day out.
 */
function indexAt(calendar: Calendar, at: Instant): number {
  const instant = fixed(Temporal.Instant.from(at))
  const unit = length[calendar.interval]
  const origin = originOf(calendar).toPlainDate()
  const date = localDateTime(at, calendar.timezone).toPlainDate()
  const passed = 'days' in unit
    ? origin.until(date).days / (unit.days * calendar.count)
    : ((date.year - origin.year) * 12 + date.month - origin.month) / (unit.months * calendar.count)
  const byDate = Math.floor(passed)
  const index = [byDate + 1, byDate, byDate - 1, byDate - 2].find((n) => boundaryAt(calendar, n) <= instant)
  assert(index !== undefined, `no boundary near ${at}`)
  return index
}

function originOf(calendar: Calendar): Temporal.PlainDateTime {
  const anchor = localDateTime(calendar.anchor, calendar.timezone)
  if (calendar.alignment === 'anniversary') return anchor
  const date = anchor.toPlainDate()
  switch (calendar.interval) {
    case 'day': return date.toPlainDateTime()
    case 'week': return date.subtract({ days: date.dayOfWeek - 1 }).toPlainDateTime()
    case 'month': return date.with({ day: 1 }).toPlainDateTime()
    case 'quarter': return date.with({ month: date.month - ((date.month - 1) % 3), day: 1 }).toPlainDateTime()
    case 'year': return date.with({ month: 1, day: 1 }).toPlainDateTime()
  }
}

function localDateTime(instant: Instant, timezone: string): Temporal.PlainDateTime {
  return Temporal.Instant.from(instant).toZonedDateTimeISO(timezone).toPlainDateTime()
}

function fixed(instant: Temporal.Instant): Instant {
  return instant.toString({ smallestUnit: 'microsecond' })
}
