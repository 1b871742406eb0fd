import type { Advice } from '@customer-portal/portal-api/contract'

type MeterForecast = NonNullable<Advice['forecast']>['meters'][number]

/**
 * Maximum mean error for a forecast (basis points, 10,000 are 100 %); above it a straight line has had no
 * value.
 */
const maxError = 10_000

/** Whether past forecasts were close enough to what was used. */
export const isForeseeable = ({ errorBasisPoints }: Pick<MeterForecast, 'errorBasisPoints'>): boolean =>
  errorBasisPoints === null || errorBasisPoints <= maxError

/**
 * The key of the text about a meter at the end of the period. What is used up does not last, whatever the
 * pace.
 */
export function outlookOf(
  one: Pick<
    MeterForecast,
    'used' | 'forecast' | 'included' | 'overagePolicy' | 'runsOutAt' | 'usedUpOn' | 'errorBasisPoints'
  >,
  day: number,
) {
  const { used, included, forecast } = one
  const isUsedUp = included !== null && included > 0 && used >= included
  if (isUsedUp && one.overagePolicy === 'block') return one.usedUpOn ? 'stoppedOn' : 'stopped'
  if (forecast === null && !isUsedUp) return day > 1 ? 'noForecastLevel' : 'noForecast'
  if (isUsedUp) return one.usedUpOn ? 'forecastUsedUpOn' : 'forecastUsedUp'
  if (!isForeseeable(one)) return 'unforeseeable'
  if (included === null) return 'forecastUnlimited'
  if (included === 0) return 'forecastPay'
  return one.runsOutAt ? 'forecastRunsOut' : 'forecast'
}
