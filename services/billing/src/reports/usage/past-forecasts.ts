import type { SubscriptionState } from '../../subscription/state.ts'
import { isAdditive, type Meter } from '../../catalogue/meter.ts'
import { addDays } from '../../values/date.ts'
import { meanError, straightLine } from './forecast.ts'
import { daysIn, type LabelledPeriod } from '../../values/period.ts'
import { unitsFrom } from '../../values/quantity.ts'
import { usagePeriods } from '../../subscription/timeline.ts'
import { usedOn, type DailyUsage } from '../../rating/rated-usage.ts'

/** How the forecast of one meter would have done in ended periods. Quantities are units. */
export interface PastForecasts {
  /** Null where there is nothing to compare with. */
  errorBasisPoints: number | null
  tried: { period: string; forecast: number; actual: number }[]
}

const maxPeriods = 3

/** Returns the last whole ended periods, newest first, to try a forecast on. */
export function periodsToTry({
  phases,
  today,
}: Pick<SubscriptionState, 'phases' | 'today'>): LabelledPeriod[] {
  return usagePeriods(phases, today)
    .filter(
      (period) => period.to <= today && period.from === period.whole.from && period.to === period.whole.to,
    )
    .slice(-maxPeriods)
    .reverse()
}

/**
 * Returns what would have been forecast at the end of the `day`-th day of each of these periods, and the
 * actual value.
 */
export function pastForecasts(
  periods: readonly LabelledPeriod[],
  meter: Meter,
  usage: readonly DailyUsage[],
  day: number,
): PastForecasts {
  if (!isAdditive(meter)) return { errorBasisPoints: null, tried: [] }
  const tried = periods.flatMap((period) => {
    const elapsed = Math.min(day, daysIn(period) - 1)
    const forecast = straightLine(
      usedOn(usage, meter, { from: period.from, to: addDays(period.from, elapsed) }),
      elapsed,
      daysIn(period),
    )
    return forecast === null ? [] : [{ period: period.label, forecast, actual: usedOn(usage, meter, period) }]
  })
  const units = (steps: number) => unitsFrom(steps, meter.decimals)
  return {
    errorBasisPoints: meanError(tried),
    tried: tried.map(({ period, forecast, actual }) => ({
      period,
      forecast: units(forecast),
      actual: units(actual),
    })),
  }
}
