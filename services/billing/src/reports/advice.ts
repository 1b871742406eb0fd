import type { Engine, BillingTransaction } from '../engine.ts'
import { tooManySeats } from '../commands/subscription/planned-change.ts'
import { readBillingState, type BillingState, type SubscriptionState } from '../subscription/state.ts'
import type { Discount } from '../customer/discount.ts'
import { feeLine, usageLine } from '../invoicing/document/line.ts'
import { discountedBy } from '../invoicing/document/discounted.ts'
import { isAdditive, type Meter } from '../catalogue/meter.ts'
import { monthsOf, seatsOf, type Plan } from '../catalogue/plan.ts'
import { addDays, daysBetween, later, type LocalDate } from '../values/date.ts'
import { daysUntilUsedUp } from './usage/forecast.ts'
import { totals } from '../pricing/totals.ts'
import { millisecondsOf } from '../values/instant.ts'
import { money, sum, type Money } from '../values/money.ts'
import { daysIn, periodAt, shown, type LabelledPeriod, type Period } from '../values/period.ts'
import { maxAmountOf } from '../pricing/price.ts'
import { unitsFrom, wholeUnits } from '../values/quantity.ts'
import { instantOf } from '../values/zone.ts'
import { plansFor, saidSeats } from '../commands/subscription/subscribe.ts'
import type { LocalizedText, Notice } from '../values/localized-text.ts'
import { usagePeriods } from '../subscription/timeline.ts'
import { pastForecasts, periodsToTry, type PastForecasts } from './usage/past-forecasts.ts'
import { dailyUsage, rateUsage, usedOn, type DailyUsage, type RatedUsage } from '../rating/rated-usage.ts'
import { getUsageSummary } from './usage/summary.ts'
import { currentPhase, type Phase } from '../subscription/phase.ts'

/** One meter of the period on one plan. Units; `included` null is unlimited. */
export interface AdvisedMeter {
  meter: string
  used: number
  included: number | null
  overage: number
  amount: Money
  /** What the plan does with what is above: null where it has no charge for the meter. */
  overagePolicy: 'bill' | 'block' | null
  /**
   * The date in the running period on which this plan's allowance is used up at the pace of now, also one
   * that is over; null where it lasts.
   */
  runsOutAt: LocalDate | null
}

/** What the period would have cost on one plan with the seats of now, as far as the plan allows them. */
export interface PlanAdvice {
  planId: string
  /** Null on a plan that knows no seats. */
  seats: number | null
  fee: Money
  usage: Money
  discount: Money
  tax: Money
  total: Money
  /** Compared with the plan of now: negative is less. */
  difference: Money
  meters: AdvisedMeter[]
  /** What stands in the way of the plan as things are. */
  obstacles: Notice[]
  /** Features of the plan of now that it does not have. */
  loses: LocalizedText[]
  /**
   * What the running period has come to on it so far: a whole fee and the usage, before discounts and tax.
   */
  soFar: Money
  /**
   * Whether all that was used would have been possible on it, and what is used now still is to the end of the
   * running period.
   */
  fits: boolean
}

export interface Advice {
  currency: string
  /** The period that was rated, the last one that is over; null where there is none yet. */
  period: { start: LocalDate; end: LocalDate; label: string } | null
  /** Where there is none yet: the date from which there will be. */
  availableFrom: LocalDate | null
  plans: PlanAdvice[]
  /**
   * The cheapest plan that fits and takes no feature away, and what it would have saved (negative: cost
   * more).
   */
  recommendation: { planId: string; saves: Money } | null
  forecast: {
    /** The usage of the period so far goes on to its end in a straight line. */
    method: 'straight_line'
    /** The day of the period it is; past forecasts are those of the end of the day before. */
    day: number
    days: number
    meters: ({
      meter: string
      used: number
      forecast: number | null
      runsOutAt: LocalDate | null
      /** Units; null is unlimited. */
      included: number | null
      /** What is used above it. */
      overage: number
      overagePolicy: 'bill' | 'block'
      /** The date on which it was used up; null where it was not, or where days do not add up to it. */
      usedUpOn: LocalDate | null
    } & PastForecasts)[]
  } | null
}

/**
 * The last period that is over, rated on every plan on sale by the rules that make invoices, and where the
 * running one is heading. Each plan is taken for the whole period, also the current one, with the discounts
 * the customer has. A fee for longer than a month counts with its days in the period.
 */
export async function getAdvice(engine: Engine, input: { customerId: string }): Promise<Advice> {
  return engine.transaction(
    async (tx) => {
      const state = await readBillingState(tx, input.customerId)
      const { currency } = state.customer
      const current = currentPhase(state)
      if (!current)
        return {
          currency,
          period: null,
          availableFrom: null,
          plans: [],
          recommendation: null,
          forecast: null,
        }
      const running = usagePeriods(state.phases, state.today).at(-1)!
      const tried = periodsToTry(state)
      const rated = lastPeriod(state, current)
      const usage = await dailyUsage(tx, input.customerId, {
        from: [rated, ...tried, running].flatMap((period) => period?.from ?? []).sort()[0]!,
        to: addDays(state.today, 1),
      })
      const plans = rated ? await advisePlans(tx, state, { current, rated, running, usage }) : []
      return {
        currency,
        plans,
        period: rated ? shown(rated) : null,
        availableFrom:
          rated || state.waiting.some((one) => one.change === null && one.at <= running.to)
            ? null
            : running.to,
        recommendation: recommended(plans, current.plan.id),
        forecast: await forecastOf(tx, state, { running, tried, usage }),
      }
    },
    { readOnly: true },
  )
}

/** Of the subscription of now: one before it was of another time. */
function lastPeriod(
  { phases, today }: SubscriptionState,
  { subscriptionId }: Phase,
): LabelledPeriod | undefined {
  const since = phases.find((phase) => phase.subscriptionId === subscriptionId)!.from
  return usagePeriods(phases, today).findLast((period) => period.to <= today && period.from >= since)
}

interface Basis {
  current: Phase
  rated: LabelledPeriod
  running: LabelledPeriod
  usage: DailyUsage[]
}

async function advisePlans(tx: BillingTransaction, state: BillingState, basis: Basis): Promise<PlanAdvice[]> {
  const { discounts } = state
  const offered = await plansFor(tx, { customerId: state.customer.customerId })
  const all = offered
    .filter((plan) => plan.id === basis.current.plan.id || canBePriced(state, basis, plan))
    .map((plan) => advisePlan(tx, state, basis, plan, discounts))
  const now = all.find(({ planId }) => planId === basis.current.plan.id)!.total
  return all.map((one) => ({ ...one, difference: money(one.total - now) }))
}

const maxAmount = 1_000_000_000_000n

/**
 * Usage was let in because it can be billed on the plan it came under. On another it might cost more than can
 * be counted: then that plan is left out.
 */
function canBePriced({ meters }: SubscriptionState, { rated, usage }: Basis, { charges }: Plan): boolean {
  return charges.every(({ meter: key, price }) => {
    const meter = meters.get(key)!
    return !price || maxAmountOf(price, usedOn(usage, meter, rated), meter.decimals) <= maxAmount
  })
}

function advisePlan(
  tx: BillingTransaction,
  state: SubscriptionState,
  { current, rated: period, running, usage }: Basis,
  plan: Plan,
  discounts: readonly Discount[],
): PlanAdvice {
  const wanted = Math.max(current.seats, seatsOf(plan).min)
  const seats = Math.min(wanted, seatsOf(plan).max ?? wanted)
  const onPlan = ({ from, to }: LabelledPeriod) => [
    { id: '', plan, seats, from, to, trial: false, since: from, countsOn: false, raised: false, lost: null },
  ]
  const rated = rateUsage(onPlan(period), period, usage, state.meters)
  const fee = feeLine({ id: '', plan, seats }, period, billingPeriodOf(plan, period))
  const { lines } = discountedBy(discounts, [fee, ...rated.map((one) => usageLine(one, period, tx.at))])
  const { taxTotal: tax, discountTotal: discount, total } = totals(lines, 0)
  const meters = advisedMeters(tx, state, { rated, period, running, usage })
  const obstacles = tooManySeats(plan, wanted)
  return {
    planId: plan.id,
    seats: saidSeats({ plan, seats }),
    fee: fee.amount,
    usage: sum(rated.map((one) => one.rated.amount)),
    discount,
    tax,
    total,
    difference: 0,
    meters,
    obstacles,
    soFar: money(
      fee.amount
        + sum(rateUsage(onPlan(running), running, usage, state.meters).map((one) => one.rated.amount)),
    ),
    loses: current.plan.features.filter((feature) => !plan.features.some(({ en }) => en === feature.en)),
    fits:
      obstacles.length === 0
      && meters.every(
        (meter) =>
          meter.overagePolicy === 'bill' || (meter.overage === 0 && lasts(meter, running, state.today)),
      ),
  }
}

/** The pace of a few days says little about a month: before that nobody is advised against a plan for it. */
const daysThatTell = 7

function lasts({ runsOutAt }: AdvisedMeter, running: LabelledPeriod, today: LocalDate): boolean {
  return runsOutAt === null || daysBetween(running.from, today) < daysThatTell
}

/** The period is a month: so is the billing period of most plans. Longer ones are taken to begin with it. */
function billingPeriodOf(plan: Plan, period: LabelledPeriod): Period {
  return monthsOf(plan) === 1
    ? period
    : periodAt(
        { anchor: period.whole.from, alignment: 'anniversary', months: monthsOf(plan) },
        period.whole.from,
      )
}

/** The meters the plan charges for, then others that were used. */
function advisedMeters(
  tx: BillingTransaction,
  state: SubscriptionState,
  {
    rated,
    period,
    running,
    usage,
  }: {
    rated: readonly RatedUsage[]
    period: LabelledPeriod
    running: LabelledPeriod
    usage: readonly DailyUsage[]
  },
): AdvisedMeter[] {
  const charged = rated.map(
    ({ meter, charge, used, allowance, overage, rated: { amount } }): AdvisedMeter => {
      const units = (steps: number) => unitsFrom(steps, meter.decimals)
      return {
        meter: meter.key,
        used: units(used),
        included: allowance === null ? null : units(allowance),
        overage: units(overage),
        amount,
        overagePolicy: charge.overage,
        runsOutAt:
          charge.included === null
            ? null
            : runsOutOn(
                tx,
                state,
                running,
                wholeUnits(charge.included, meter.decimals),
                usedOn(usage, meter, running),
              ),
      }
    },
  )
  const uncharged = [...state.meters.values()]
    .filter((meter) => !rated.some((one) => one.meter.key === meter.key))
    .flatMap((meter): AdvisedMeter[] => {
      const used = unitsFrom(usedOn(usage, meter, period), meter.decimals)
      return used === 0
        ? []
        : [
            {
              meter: meter.key,
              used,
              included: 0,
              overage: used,
              amount: 0,
              overagePolicy: null,
              runsOutAt: null,
            },
          ]
    })
  return [...charged, ...uncharged]
}

function runsOutOn(
  tx: BillingTransaction,
  state: SubscriptionState,
  running: LabelledPeriod,
  allowance: number,
  used: number,
): LocalDate | null {
  const elapsed = millisecondsOf(tx.at) - millisecondsOf(instantOf(state.zones, running.from))
  // As for any forecast: the first hours tell nothing about a month.
  if (elapsed < 86_400_000 || allowance === 0) return null
  const days = daysUntilUsedUp(allowance - used, used, elapsed)
  if (days === null || days > 366) return null
  const date = later(addDays(state.today, days), running.from)
  return date < running.to ? date : null
}

function recommended(plans: readonly PlanAdvice[], currentId: string): Advice['recommendation'] {
  const now = plans.find(({ planId }) => planId === currentId)
  // What would have been cheaper last time and is dearer already this time is no advice: the customer is
  // being told at the same moment what is used up.
  const fitting = plans.filter(
    (plan) => plan.fits && plan.loses.length === 0 && (!now?.fits || plan.soFar <= now.soFar),
  )
  const best = fitting.toSorted(
    (a, b) => a.total - b.total || Number(b.planId === currentId) - Number(a.planId === currentId),
  )[0]
  return best ? { planId: best.planId, saves: money(-best.difference) } : null
}

/** What the summary forecasts, and how the same way of forecasting would have done before. */
async function forecastOf(
  tx: BillingTransaction,
  { customer, meters, today }: SubscriptionState,
  {
    running,
    tried,
    usage,
  }: { running: LabelledPeriod; tried: readonly LabelledPeriod[]; usage: readonly DailyUsage[] },
): Promise<Advice['forecast']> {
  const day = daysBetween(running.from, today)
  const summary = await getUsageSummary(tx, { customerId: customer.customerId })
  return {
    method: 'straight_line',
    day: day + 1,
    days: daysIn(running),
    meters: summary.meters.flatMap(
      ({ meter, used, forecast, runsOutAt, included, overage, overagePolicy }) =>
        overagePolicy === null
          ? []
          : [
              {
                meter,
                used,
                forecast,
                runsOutAt,
                included,
                overage,
                overagePolicy,
                usedUpOn:
                  included === null || included === 0 || used < included
                    ? null
                    : dateUsedUp(meters.get(meter)!, running, usage, included),
                ...pastForecasts(tried, meters.get(meter)!, usage, Math.max(day, 1)),
              },
            ],
    ),
  }
}

/**
 * The date on which what a meter has included (units) was used up, by its days; null where it was not, or
 * where they do not add up.
 */
function dateUsedUp(
  meter: Meter,
  running: LabelledPeriod,
  usage: readonly DailyUsage[],
  included: number,
): LocalDate | null {
  if (!isAdditive(meter)) return null
  const allowance = wholeUnits(included, meter.decimals)
  for (let date = running.from; date < running.to; date = addDays(date, 1)) {
    if (usedOn(usage, meter, { from: running.from, to: addDays(date, 1) }) >= allowance) return date
  }
  return null
}
