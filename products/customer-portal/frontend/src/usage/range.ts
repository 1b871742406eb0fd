import { addDays, daysBetween } from '@customer-portal/ui/format/date.ts'

/** Local dates of the customer, both inclusive. */
export interface Range {
  from: string
  to: string
}

/** Maximum number of days shown at once, the same as the server's. */
export const maxDays = 92

/** The selectable dates: nothing before the customer's first day, nothing after today. */
export interface Limits {
  since: string
  today: string
}

export const presetNames = ['cycle', 'previous', 'month', 'lastCycle', 'last7', 'last30', 'months3'] as const
export type PresetName = (typeof presetNames)[number]

export const sameRange = (one: Range | undefined, other: Range | undefined): boolean =>
  one !== undefined && one.from === other?.from && one.to === other.to

export const daysIn = (range: Range): number => daysBetween(range.from, range.to) + 1

/** The day of the calendar `months` before a date; a day that the month does not have becomes its last. */
export function monthsBefore(date: string, months: number): string {
  const index = Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7)) - 1 - months
  const [year, month] = [Math.floor(index / 12), (index % 12) + 1]
  const lastDay = new Date(Date.UTC(year, month, 0)).getUTCDate()
  return `${year}-${String(month).padStart(2, '0')}-${String(Math.min(Number(date.slice(8)), lastDay)).padStart(2, '0')}`
}

/** A billing period as the server lists it, half-open. */
export interface Period {
  start: string
  end: string
  label: string
}
export const datesOf = (period: Period | undefined): Range | undefined =>
  period ? { from: period.start, to: addDays(period.end, -1) } : undefined

/**
 * The default range: `current` is the current period, which without a subscription is a calendar month;
 * `periods` are those of subscriptions, newest first.
 */
export interface Shown {
  current: Period | undefined
  periods: readonly Period[]
  hasPlan: boolean
}

/** Whether the current period is still the last of a subscription that has ended. */
export const isLastCycle = ({ current, periods, hasPlan }: Shown): boolean =>
  !hasPlan && current !== undefined && periods[0]?.start === current.start

/**
 * The named ranges, without those before the customer's first day. Without a plan there is no current billing
 * cycle: the last cycle and the month have names of their own.
 */
export function presets(shown: Shown, { since, today }: Limits): { name: PresetName; range: Range }[] {
  const { current, periods, hasPlan } = shown
  const until = (from: string): Range => ({ from: from < since ? since : from, to: today })
  const all: Record<PresetName, Range | undefined> = {
    cycle: hasPlan ? datesOf(periods[0]) : undefined,
    previous: hasPlan ? datesOf(periods[1]) : undefined,
    month: hasPlan || isLastCycle(shown) ? undefined : datesOf(current),
    lastCycle: hasPlan ? undefined : datesOf(periods[0]),
    last7: until(addDays(today, -6)),
    last30: until(addDays(today, -29)),
    months3: until(addDays(monthsBefore(today, 3), 1)),
  }
  return presetNames.flatMap((name) => {
    const range = all[name]
    return range && range.to >= since ? [{ name, range }] : []
  })
}

const isDate = (text: unknown): text is string =>
  typeof text === 'string'
  && /^\d{4}-\d\d-\d\d$/.test(text)
  && !Number.isNaN(Date.parse(text))
  && addDays(text, 0) === text

/** The range in a URL; undefined when it names none that can be shown. */
export function rangeFrom({ from, to = from }: { from?: unknown; to?: unknown }): Range | undefined {
  if (!isDate(from) || !isDate(to) || from > to) return undefined
  const range = { from, to }
  return daysIn(range) > maxDays ? undefined : range
}

/** Two chosen dates in order, within the limits and the maximum length. */
export function rangeBetween(one: string, other: string): Range {
  return one <= other ? { from: one, to: other } : { from: other, to: one }
}

/** Why a date cannot be chosen, if it cannot: `anchor` is the date chosen first. */
export function refusalOf(
  date: string,
  { since, today }: Limits,
  anchor?: string,
): 'early' | 'future' | 'long' | undefined {
  if (date < since) return 'early'
  if (date > today) return 'future'
  return anchor !== undefined && daysIn(rangeBetween(date, anchor)) > maxDays ? 'long' : undefined
}

/**
 * The range for comparison: for a billing period the same days of the previous one, otherwise as many days
 * right before. Undefined when it begins before the customer's first day.
 */
export function rangeBefore(range: Range, periods: readonly Period[], since: string): Range | undefined {
  const index = periods.findIndex((period) => period.start === range.from && period.end > range.to)
  const before = periods[index + 1]
  const days = daysIn(range)
  if (index >= 0) {
    if (!before || before.start < since) return undefined
    const last = addDays(before.start, days - 1)
    return { from: before.start, to: last < before.end ? last : addDays(before.end, -1) }
  }
  const from = addDays(range.from, -days)
  return from < since ? undefined : { from, to: addDays(range.from, -1) }
}
