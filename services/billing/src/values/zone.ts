import { Temporal } from 'temporal-polyfill'
import { addDays, type LocalDate } from './date.ts'
import { instantFromMilliseconds, millisecondsOf, type Instant } from './instant.ts'

/**
 * A customer's time zones: each applies from a date on; the first from '0001-01-01'. Never empty, ascending.
 */
export interface ZoneChange {
  from: LocalDate
  timezone: string
}

export const beginningOfTime: LocalDate = '0001-01-01'

/** Whether a text names an IANA time zone. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

/** The first instant of a date: 00:00, or later where the clocks skip midnight. */
export function startOfDay(date: LocalDate, timezone: string): Instant {
  return instantFromMilliseconds(Temporal.PlainDate.from(date).toZonedDateTime(timezone).epochMilliseconds)
}

export function zoneOn(zones: readonly ZoneChange[], date: LocalDate): string {
  return zones.findLast((zone) => zone.from <= date)!.timezone
}

/** The first instant of a date under the zone that is in force on it. */
export function instantOf(zones: readonly ZoneChange[], date: LocalDate): Instant {
  return startOfDay(date, zoneOn(zones, date))
}

/** The first instant of the date after the one an instant falls on. */
export function nextMidnight(zones: readonly ZoneChange[], instant: Instant): Instant {
  return instantOf(zones, addDays(localDateOf(zones, instant), 1))
}

/**
 * The customer's date an instant falls on. At a change of zone the dates still tile time: each instant has
 * exactly one date.
 */
export function localDateOf(zones: readonly ZoneChange[], instant: Instant): LocalDate {
  let index = zones.length - 1
  while (index > 0 && startOfDay(zones[index]!.from, zones[index]!.timezone) > instant) index -= 1
  const date = dateIn(zones[index]!.timezone, instant)
  const next = zones[index + 1]
  if (next && date >= next.from) return addDays(next.from, -1)
  return date < zones[index]!.from ? zones[index]!.from : date
}

interface Day {
  from: Instant
  to: Instant
  date: LocalDate
}

/**
 * Days seen, by zone and UTC date: events arrive around a few days, and asking Temporal for every one of them
 * is slow.
 */
const seenDays = new Map<string, Day[]>()
/** Some hundred kilobytes. */
const mostSeenDays = 2_000

/** The date an instant falls on in one zone. */
export function dateIn(timezone: string, instant: Instant): LocalDate {
  const key = timezone + instant.slice(0, 10)
  const days = seenDays.get(key) ?? []
  for (const { from, to, date } of days) if (from <= instant && instant < to) return date
  const day = dayAround(timezone, millisecondsOf(instant))
  if (seenDays.size >= mostSeenDays) seenDays.clear()
  seenDays.set(key, [...days, day])
  return day.date
}

function dayAround(timezone: string, milliseconds: number): Day {
  const date = Temporal.Instant.fromEpochMilliseconds(milliseconds).toZonedDateTimeISO(timezone).toPlainDate()
  const startOf = (days: number) => date.add({ days }).toZonedDateTime(timezone).epochMilliseconds
  // Where the clocks went back over midnight the old date came again: what falls on it belongs to the new
  // one, which had begun.
  const days = milliseconds >= startOf(1) ? 1 : 0
  return {
    from: instantFromMilliseconds(startOf(days)),
    to: instantFromMilliseconds(startOf(days + 1)),
    date: date.add({ days }).toString(),
  }
}

/**
 * The minute last seen per zone: no clock has been set forward or back inside one since 1972, though
 * Newfoundland's were inside quarters of an hour.
 */
const lastOffset = new Map<string, { minute: number; milliseconds: number }>()

/** What a clock in a zone shows at an instant, `YYYY-MM-DD HH:MM:SS.mmm`. */
export function clockTimeIn(timezone: string, instant: Instant): string {
  return clockIn(timezone, instant).shown.slice(0, 23).replace('T', ' ')
}

/**
 * The same to the microsecond and with its offset, `YYYY-MM-DD HH:MM:SS.ffffff+08:00`: unlike the clock alone
 * it names one instant, also where clocks are set back.
 */
export function clockTimeWithOffset(timezone: string, instant: Instant): string {
  const { shown, offset } = clockIn(timezone, instant)
  const minutes = Math.abs(Math.round(offset / 60_000))
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0'))
  return `${shown.slice(0, 23).replace('T', ' ')}${instant.slice(23, 26)}${offset < 0 ? '-' : '+'}${hours}:${rest}`
}

function clockIn(timezone: string, instant: Instant): { shown: string; offset: number } {
  const milliseconds = millisecondsOf(instant)
  const minute = Math.floor(milliseconds / 60_000)
  const seen = lastOffset.get(timezone)
  const isSeen = seen?.minute === minute
  const offset = isSeen
    ? seen.milliseconds
    : Temporal.Instant.fromEpochMilliseconds(milliseconds).toZonedDateTimeISO(timezone).offsetNanoseconds
      / 1e6
  lastOffset.set(timezone, { minute, milliseconds: offset })
  return { shown: new Date(milliseconds + offset).toISOString(), offset }
}
