import { dateFormat } from './formats.ts'

const day = 86_400_000

const atUtc = (date: string) => Date.parse(`${date}T00:00:00Z`)

/** Adds days to a local date: `2026-11-30` + 1 = `2026-12-01`. */
export function addDays(date: string, days: number): string {
  return new Date(atUtc(date) + days * day).toISOString().slice(0, 10)
}

/** Returns the number of days from one local date to another. */
export function daysBetween(from: string, to: string): number {
  return Math.round((atUtc(to) - atUtc(from)) / day)
}

/** Returns the local date of an instant in a time zone (by default the browser's). */
export function localDate(instant: string, timeZone: string | undefined): string {
  const parts = dateFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).formatToParts(new Date(instant))
  const part = (type: string) => parts.find((each) => each.type === type)?.value ?? ''
  return `${part('year')}-${part('month')}-${part('day')}`
}

/** Returns the calendar days between two instants in a time zone (by default the browser's). */
export const daysApart = (earlier: string, later: string, timeZone: string | undefined) =>
  daysBetween(localDate(earlier, timeZone), localDate(later, timeZone))

type DateStyle = 'day' | 'date' | 'weekday' | 'numeric' | 'month'

function formatOf(style: DateStyle, locale: string): Intl.DateTimeFormat {
  // Intl formats a Chinese date as 11月30日 only with the long month; the short one gives 11/30.
  const month = locale.startsWith('zh') ? 'long' : 'short'
  const options: Record<DateStyle, Intl.DateTimeFormatOptions> = {
    day: { month, day: 'numeric' },
    date: { year: 'numeric', month, day: 'numeric' },
    weekday: { month, day: 'numeric', weekday: 'short' },
    numeric: { month: 'numeric', day: 'numeric' },
    // The long month alone would be 十一月.
    month: { month: locale.startsWith('zh') ? 'numeric' : 'short' },
  }
  return dateFormat(locale, { ...options[style], timeZone: 'UTC' })
}

/**
 * A local date as text: 11月30日, Nov 30, with the year (date), the weekday, 11/30 (numeric), or 11月
 * (month).
 */
export function formatDate(date: string, locale: string, style: DateStyle = 'date'): string {
  return formatOf(style, locale).format(new Date(atUtc(date)))
}

/**
 * A half-open range of local dates as its first and last day: 11月1日 – 30日, Nov 1 – 30; what both sides
 * share is said once.
 */
export function formatRange(
  range: { start: string; end: string },
  locale: string,
  style: 'day' | 'date' = 'day',
): string {
  const last = addDays(range.end, -1)
  const dated = style === 'date' || range.start.slice(0, 4) !== last.slice(0, 4)
  if (last <= range.start) return formatDate(range.start, locale, dated ? 'date' : 'day')
  const sameYear = range.start.slice(0, 4) === last.slice(0, 4)
  const sameMonth = range.start.slice(0, 7) === last.slice(0, 7)
  const lastDay = String(Number(last.slice(8)))
  if (locale.startsWith('zh')) {
    const end = sameMonth ? `${lastDay}日` : formatDate(last, locale, sameYear ? 'day' : 'date')
    return `${formatDate(range.start, locale, dated ? 'date' : 'day')} – ${end}`
  }
  const end = sameMonth ? lastDay : formatDate(last, locale, 'day')
  const year = dated ? `, ${last.slice(0, 4)}` : ''
  return `${formatDate(range.start, locale, sameYear ? 'day' : 'date')} – ${end}${year}`
}

/** Returns whether a range is a whole calendar month. */
export const isMonth = ({ start, end }: { start: string; end: string }) =>
  start.endsWith('-01') && end.endsWith('-01') && daysBetween(start, end) <= 31 && start !== end

/** Formats a month label: 2026年11月, November 2026. A label with a day is formatted as that date. */
export function formatPeriodLabel(label: string, locale: string): string {
  if (label.length > 7) return formatDate(label, locale)
  return dateFormat(locale, { year: 'numeric', month: 'long', timeZone: 'UTC' }).format(
    new Date(atUtc(`${label}-01`)),
  )
}

/** Formats an instant in a time zone: 2026-11-22 14:05, optionally with seconds. */
export function formatTime(instant: string, timeZone: string, options: { seconds?: boolean } = {}): string {
  const text = dateFormat('sv-SE', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    ...(options.seconds ? { second: '2-digit' } : {}),
  }).format(new Date(instant))
  return text.replace(',', '')
}

/** Returns the name of a time zone: 中国标准时间, China Standard Time. */
export function formatZone(timeZone: string, locale: string): string {
  const parts = dateFormat(locale, { timeZone, timeZoneName: 'longGeneric' }).formatToParts(new Date())
  return parts.find((part) => part.type === 'timeZoneName')?.value ?? timeZone
}
