import { addMonths, daysBetween, earlier, firstOfMonth, type DateRange, type LocalDate } from './date.ts'

/** A stretch billed from a fixed day of the month on. `months` is the length of a period; `end` null: it goes on. */
export interface BillDay {
  start: LocalDate
  end: LocalDate | null
  day: number
  months: number
}

/** A period or the part of one, and the whole period around it that the part is a share of. */
export interface BilledPeriod extends DateRange {
  whole: DateRange
  days: number
  ofDays: number
}

/** The first date not before the start that lies on the bill day of its month, a whole number of periods from the start's month; a day the month does not have is its last. */
export function firstBillDate({ start, day, months }: Pick<BillDay, 'start' | 'day' | 'months'>): LocalDate {
  const inStartMonth = onBillDay(start, day, 0)
  return inStartMonth < start ? onBillDay(start, day, months) : inStartMonth
}

/** The periods billed by a date: in advance those that have begun (on that date too), in arrears those that are over. Parts at both ends are stubs. */
export function billedPeriods(billDay: BillDay, billing: 'in_advance' | 'in_arrears', target: LocalDate): BilledPeriod[] {
  const first = firstBillDate(billDay)
  const billed: BilledPeriod[] = []
  let from = billDay.start
  for (let n = from < first ? -1 : 0; billDay.end === null || from < billDay.end; n += 1) {
    const whole = { from: onBillDay(first, billDay.day, n * billDay.months), to: onBillDay(first, billDay.day, (n + 1) * billDay.months) }
    const to = billDay.end === null ? whole.to : earlier(whole.to, billDay.end)
    if (billing === 'in_advance' ? from > target : to > target) break
    billed.push({ from, to, whole, days: daysBetween(from, to), ofDays: daysBetween(whole.from, whole.to) })
    from = to
  }
  return billed
}

function onBillDay(date: LocalDate, day: number, monthsLater: number): LocalDate {
  const month = addMonths(firstOfMonth(date), monthsLater)
  const last = daysBetween(month, addMonths(month, 1))
  return `${month.slice(0, 8)}${String(Math.min(day, last)).padStart(2, '0')}`
}
