import { Temporal } from 'temporal-polyfill'
import { addDays, type LocalDate } from './date.ts'
import { instantFromMilliseconds, millisecondsOf, type Instant } from './instant.ts'

/**
 * The time zones of a customer, ascending; each applies from a date on, the first from '0001-01-01'. Never
 * empty.
 */
export interface ZoneChange {
  from: LocalDate
  timezone: string
}

export const beginningOfTime: LocalDate = '0001-01-01'

/** Returns whether a text names an IANA time zone. */
export function isTimeZone(name: string): boolean {
  // Survives `false`: Node 20 refuses `+08:00` by itself. Later versions take it, and there the tests find
  // this.
  // Survives `/[A-Za-z]/`: what begins with another character is no zone to Intl either, but for offsets
  // such as `+08:00`, which hold no letter.
  if (!/^[A-Za-z]/.test(name)) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

/** Returns the first instant of a date: 00:00, or later where the clocks skip midnight. */
export function startOfDay(date: LocalDate, timezone: string): Instant {
  return instantFromMilliseconds(Temporal.PlainDate.from(date).toZonedDateTime(timezone).epochMilliseconds)
}

export function zoneOn(zones: readonly ZoneChange[], date: LocalDate): string {
  return zones.findLast((zone) => zone.from <= date)!.timezone
}

/** Returns the first instant of a date in the zone that applies on it. */
export function instantOf(zones: readonly ZoneChange[], date: LocalDate): Instant {
  return startOfDay(date, zoneOn(zones, date))
}

/** Returns the first instant of the date after the one that contains `instant`. */
export function nextMidnight(zones: readonly ZoneChange[], instant: Instant): Instant {
  return instantOf(zones, addDays(localDateOf(zones, instant), 1))
}

/**
 * Returns the customer's local date at an instant. Across zone changes dates have no gap and no overlap: each
 * instant has exactly one date.
 */
export function localDateOf(zones: readonly ZoneChange[], instant: Instant): LocalDate {
  let index = zones.length - 1
  while (index > 0 && startOfDay(zones[index]!.from, zones[index]!.timezone) > instant) index -= 1
  const date = dateIn(zones[index]!.timezone, instant)
  const next = zones[index + 1]
  if (next && date >= next.from) return addDays(next.from, -1)
  // Survives `date <= zones[index]!.from`: where both are equal, either is right.
  return date < zones[index]!.from ? zones[index]!.from : date
}

interface Day {
  from: Instant
  to: Instant
  date: LocalDate
}

/** Cache of days by zone and UTC date: events fall on few days, and Temporal is slow to ask for each. */
const seenDays = new Map<string, Day[]>()
/** Maximum number of cached days: a few hundred kilobytes. */
const maxCachedDays = 2_000

/** Returns the local date in one zone at an instant. */
export function dateIn(timezone: string, instant: Instant): LocalDate {
  // Survives `instant`: the cache then drops or keeps days: the same dates, more slowly or in more memory.
  const key = timezone + instant.slice(0, 10)
  // Survives `["Stryker was here"]`: what is no day has no `from`, so no instant lies in it.
  const days = seenDays.get(key) ?? []
  // Survives `false`: the cache then drops or keeps days: the same dates, more slowly or in more memory.
  // Survives `from < instant`: the first instant of a day is then computed instead of cached: the same
  // date.
  for (const { from, to, date } of days) if (from <= instant && instant < to) return date
  const day = dayAround(timezone, millisecondsOf(instant))
  // Survives `true`, `false`, `seenDays.size > maxCachedDays`, `seenDays.size < maxCachedDays`: the cache
  // then drops or keeps days: the same dates, more slowly or in more memory.
  if (seenDays.size >= maxCachedDays) seenDays.clear()
  // Survives `[]`: the cache then drops or keeps days: the same dates, more slowly or in more memory.
  seenDays.set(key, [...days, day])
  return day.date
}

function dayAround(timezone: string, milliseconds: number): Day {
  const date = Temporal.Instant.fromEpochMilliseconds(milliseconds).toZonedDateTimeISO(timezone).toPlainDate()
  const startOf = (days: number) => date.add({ days }).toZonedDateTime(timezone).epochMilliseconds
  // Where the clocks go back over midnight, the repeated hour belongs to the new date, which has already
  // started.
  // Survives `milliseconds > startOf(1)`: the instant at which the next date begins has that date already,
  // so it is never the end of its own.
  const days = milliseconds >= startOf(1) ? 1 : 0
  // Survives `days - 1`: the day then ends before it begins and is never found in the cache: the same
  // dates, more slowly.
  return {
    from: instantFromMilliseconds(startOf(days)),
    to: instantFromMilliseconds(startOf(days + 1)),
    date: date.add({ days }).toString(),
  }
}

/**
 * The last minute looked up per zone. Clocks have changed only between minutes since 1972; Newfoundland's
 * changed inside quarters of an hour, so a longer span would be wrong.
 */
const lastOffset = new Map<string, { minute: number; milliseconds: number }>()

/** Returns the local clock time in a zone at an instant, `YYYY-MM-DD HH:MM:SS.mmm`. */
export function clockTimeIn(timezone: string, instant: Instant): string {
  return clockIn(timezone, instant).shown.slice(0, 23).replace('T', ' ')
}

/**
 * Returns the local clock time with microseconds and offset, `YYYY-MM-DD HH:MM:SS.ffffff+08:00`. Unlike the
 * clock time alone it names one instant, also where clocks go back.
 */
export function clockTimeWithOffset(timezone: string, instant: Instant): string {
  const { shown, offset } = clockIn(timezone, instant)
  const minutes = Math.abs(Math.round(offset / 60_000))
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0'))
  return `${shown.slice(0, 23).replace('T', ' ')}${instant.slice(23, 26)}${offset < 0 ? '-' : '+'}${hours}:${rest}`
}

function clockIn(timezone: string, instant: Instant): { shown: string; offset: number } {
  const milliseconds = millisecondsOf(instant)
  // Survives `milliseconds * 60_000`: an offset is then cached for a millisecond, not a minute: the same
  // times, more slowly.
  const minute = Math.floor(milliseconds / 60_000)
  const seen = lastOffset.get(timezone)
  // Survives `false`: the cached minute is then dropped: the same times, more slowly.
  const isSeen = seen?.minute === minute
  const offset = isSeen
    ? seen.milliseconds
    : Temporal.Instant.fromEpochMilliseconds(milliseconds).toZonedDateTimeISO(timezone).offsetNanoseconds
      / 1e6
  // Survives `{}`: the cached minute is then dropped: the same times, more slowly.
  lastOffset.set(timezone, { minute, milliseconds: offset })
  return { shown: new Date(milliseconds + offset).toISOString(), offset }
}
