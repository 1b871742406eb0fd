import type { SubscriptionState } from '../subscription/state.ts'
import { addDays, earlier, intersection, type DateRange, type LocalDate } from '../values/date.ts'
import { sum, type Money } from '../values/money.ts'
import type { LabelledPeriod } from '../values/period.ts'
import { usagePeriods } from '../subscription/timeline.ts'
import type { KnownUsage } from './deficit.ts'
import { rateUsage, usagePhases } from './rated-usage.ts'

/** What each date added to the fees for usage, by meter; a date that added nothing may be absent. */
export type DailyFees = Map<LocalDate, ReadonlyMap<string, Money>>

/** The usage periods that share a date with the range, oldest first. */
export function periodsIn(state: SubscriptionState, range: DateRange): LabelledPeriod[] {
  return usagePeriods(state.phases, state.today).filter((period) => intersection(period, range))
}

/**
 * What a date adds to a fee is the fee up to its end less the fee up to its beginning, so the dates of a
 * period add up to what its usage costs, to the cent. Where a price falls with the quantity a date may take
 * something off; what is due without usage is the first date's.
 */
export function dailyFees(
  state: SubscriptionState,
  periods: readonly LabelledPeriod[],
  { all, carriedInto }: KnownUsage,
): DailyFees {
  const phases = usagePhases(state.phases)
  const fees: DailyFees = new Map()
  for (const period of periods) {
    let before = new Map<string, Money>()
    const carried = carriedInto(period)
    for (
      let date = period.from;
      date < earlier(period.to, addDays(state.today, 1));
      date = addDays(date, 1)
    ) {
      const after = feesUntil(
        rateUsage(
          phases,
          period,
          all.filter((day) => day.date <= date),
          state.meters,
          carried,
        ),
      )
      fees.set(
        date,
        new Map([...after].map(([meter, fee]) => [meter, sum([fee, -(before.get(meter) ?? 0)])])),
      )
      before = after
    }
  }
  return fees
}

function feesUntil(rated: ReturnType<typeof rateUsage>): Map<string, Money> {
  const fees = new Map<string, Money>()
  for (const {
    meter,
    rated: { amount },
  } of rated)
    fees.set(meter.key, sum([fees.get(meter.key) ?? 0, amount]))
  return fees
}
