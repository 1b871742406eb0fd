import type { SubscriptionState } from '../subscription/state.ts'
import { addDays, earlier, intersection, type DateRange, type LocalDate } from '../values/date.ts'
import { sum, type Money } from '../values/money.ts'
import type { LabelledPeriod } from '../values/period.ts'
import { usagePeriods } from '../subscription/timeline.ts'
import type { KnownUsage } from './deficit.ts'
import { rateUsage, usagePhases } from './rated-usage.ts'

/** The amount each date added to the usage fees, by meter; a date that added nothing may be missing. */
export type DailyFees = Map<LocalDate, ReadonlyMap<string, Money>>

/** Returns the usage periods that overlap the range, oldest first. */
export function periodsIn(state: SubscriptionState, range: DateRange): LabelledPeriod[] {
  return usagePeriods(state.phases, state.today).filter((period) => intersection(period, range))
}

/**
 * Returns what each date adds to the fees: the fee up to its end less the fee up to its start. The dates of a
 * period add up to its usage fee, to the cent. A date can be negative where a price falls with quantity; what
 * is due without usage is on the first date.
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
