import {
  billedPeriods, boundaryAt, firstBillDate, nextBoundary, parseInstant, parseSteps, periodHolding, periodOverAt, sum, type Calendar,
} from '@customer-portal/billing'
import { has, list, object, oneOf, text, textOr, Unsupported, type Adapter, type Input } from './case.ts'

const intervals = ['day', 'week', 'month', 'quarter', 'year'] as const
const monthsIn = { month: 1, quarter: 3, year: 12 } as const

export const periodAdapters: Record<string, Adapter> = {
  next_boundary(input) {
    const from = instant(input, 'current_period_start')
    return { digits: 0, values: { next_boundary: nextBoundary(calendarOf(input, from), from) } }
  },

  period_at(input) {
    const at = instant(input, 'at')
    const which = oneOf(input, 'which', ['containing', 'last_completed'], 'containing')
    const period = (which === 'containing' ? periodHolding : periodOverAt)(calendarOf(input, at), at)
    return { digits: 0, values: { start: period.start, end: period.end } }
  },

  sequence(input) {
    const first = Number(text(input, 'first_n'))
    const calendar = calendarOf(input)
    return { digits: 0, values: { boundaries: Array.from({ length: Number(text(input, 'count')) }, (_, index) => boundaryAt(calendar, first + index)) } }
  },

  first_bill_date(input) {
    return { digits: 0, values: { first_bill_date: firstBillDate({ start: text(input, 'start_date'), day: Number(text(input, 'bill_cycle_day')), months: monthsOf(input) }) } }
  },

  invoiced_periods(input) {
    return { digits: 0, values: { periods: billedIn(input).map((period) => ({ start: period.from, end: period.to })) } }
  },

  bucket_events(input) {
    const start = instant(input, 'service_start')
    const calendar = calendarOf(input, start)
    if (calendar.alignment !== 'calendar' || calendar.interval !== 'month') throw new Unsupported('bucket_events: months of the calendar')
    const events = list(input, 'events').map(object).filter((event) => instant(event, 'at') >= start)
    const inMonth = (month: string) => {
      const period = periodHolding(calendar, boundaryAt({ ...calendar, anchor: middleOf(month) }, 0))
      return sum(events.filter((event) => period.start <= instant(event, 'at') && instant(event, 'at') < period.end).map((event) => parseSteps(textOr(event, 'quantity', '1'), 0)))
    }
    return { digits: 0, values: { quantities: list(input, 'months').map((month) => inMonth(String(month))) } }
  },
}

/** Any instant that lies in the month in every time zone. */
function middleOf(month: string): string {
  return `${month}-15T12:00:00.000000Z`
}

/** The periods a bill day gives until the target date. */
export function billedIn(input: Input): ReturnType<typeof billedPeriods> {
  const end = has(input, 'end_date') ? text(input, 'end_date') : null
  return billedPeriods(
    { start: text(input, 'start_date'), end, day: Number(text(input, 'bill_cycle_day')), months: monthsOf(input) },
    oneOf(input, 'billing', ['in_advance', 'in_arrears'], 'in_advance'), text(input, 'target_date'),
  )
}

export function monthsOf(input: Input): number {
  return monthsIn[oneOf(input, 'interval', ['month', 'quarter', 'year'], 'month')]
}

/** Without an anchor, boundaries of the calendar around `otherwise`. */
function calendarOf(input: Input, otherwise?: string): Calendar {
  const anchor = has(input, 'anchor') ? instant(input, 'anchor') : otherwise
  if (anchor === undefined) throw new Unsupported('a sequence needs an anchor')
  return {
    anchor, interval: oneOf(input, 'interval', intervals), count: Number(textOr(input, 'interval_count', '1')), timezone: textOr(input, 'timezone', 'UTC'),
    alignment: oneOf(input, 'alignment', ['anniversary', 'calendar'], 'anniversary'),
  }
}

export function instant(input: Input, key: string): string {
  const parsed = parseInstant(text(input, key))
  if (parsed === undefined) throw new Unsupported(`'${key}' is not an instant`)
  return parsed
}
