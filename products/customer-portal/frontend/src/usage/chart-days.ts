import { addDays, daysBetween } from '@customer-portal/ui/format/date.ts'
import type { Range } from './range.ts'
import type { Series } from './series.ts'

export interface ChartDay {
  date: string
  value: number
  future: boolean
}

/** The days of a range with the total of each series; future days are included, empty. */
export function chartDays(range: Range, series: readonly Series[], today: string | undefined): ChartDay[] {
  return Array.from({ length: daysBetween(range.from, range.to) + 1 }, (_, index) => {
    const date = addDays(range.from, index)
    const value = Number(series.reduce((sum, one) => sum + (one.values[index] ?? 0), 0).toFixed(6))
    return { date, value, future: today !== undefined && date > today }
  })
}
