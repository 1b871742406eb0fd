import type { Advice } from '@customer-portal/portal-api/contract'

type MeterForecast = NonNullable<Advice['forecast']>['meters'][number]

/** Above this mean error (basis points, 10,000 are 100 %) a straight line has said nothing so far. */
const mostError = 10_000

/** Whether forecasts made the same way came anywhere near what was used. */
export const isForeseeable = ({ errorBasisPoints }: Pick<MeterForecast, 'errorBasisPoints'>): boolean =>
  errorBasisPoints === null || errorBasisPoints <= mostError

/**
 * What there is to say about a meter's end of the period, as the text of that name. What is used up does not
 * last, whatever the pace.
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
