import { isDate, type LocalDate } from './date.ts'

/** A UTC instant of fixed width with six decimals, 2026-11-22T12:26:31.123456Z. Instants compare as text. */
export type Instant = string

/**
 * Parses RFC 3339 with any offset and any number of decimals into fixed-width UTC, or returns undefined.
 * Digits beyond the microsecond are dropped, not rounded: rounding could move an instant into the next day
 * and so onto another invoice. Dates that the calendar lacks and instants outside the years 1 to 9999 UTC are
 * rejected.
 */
export function parseInstant(text: string): Instant | undefined {
  const match =
    /^(\d{4}-\d{2}-\d{2})[Tt]((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)(?:\.(\d{1,6})\d*)?([Zz]|[+-]\d{2}:\d{2})$/.exec(
      text,
    )
  // Date.parse would read 30 February as 2 March.
  if (!match || !isDate(match[1]!)) return undefined
  const [, date, time, fraction = '', offset] = match as unknown as [
    string,
    LocalDate,
    string,
    string | undefined,
    string,
  ]
  const decimals = fraction.padEnd(6, '0')
  // Survives `false`, `false`, `offset === 'Z' && offset === 'z'`, `""`, `false`, `""`: a shortcut for UTC:
  // the code below reads the same instant.
  if (offset === 'Z' || offset === 'z')
    return date.startsWith('0000') ? undefined : `${date}T${time}.${decimals}Z`
  const wholeSeconds = Date.parse(`${date}T${time}${offset}`)
  if (Number.isNaN(wholeSeconds)) return undefined
  const utc = new Date(wholeSeconds).toISOString()
  if (!/^\d{4}-/.test(utc) || utc.startsWith('0000')) return undefined
  return `${utc.slice(0, 19)}.${decimals}Z`
}

/** Instants outside the years 1 to 9999 UTC become the first or last instant of that range. */
const [first, last] = [Date.parse('0001-01-01T00:00:00Z'), Date.parse('9999-12-31T23:59:59.999Z')]

export function instantFromMilliseconds(time: number): Instant {
  const milliseconds = Math.min(Math.max(time, first), last)
  return `${new Date(milliseconds).toISOString().slice(0, 23)}000Z`
}

/** Milliseconds since 1970; smaller digits are dropped. */
export function millisecondsOf(instant: Instant): number {
  return Date.parse(`${instant.slice(0, 23)}Z`)
}

/** Adds `seconds` (negative: subtracts) with microsecond precision. */
export function addSeconds(instant: Instant, seconds: number): Instant {
  return `${instantFromMilliseconds(millisecondsOf(instant) + seconds * 1000).slice(0, 23)}${instant.slice(23, 26)}Z`
}
