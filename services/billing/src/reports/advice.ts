import type { Engine, BillingTransaction } from '../engine.ts'
import { readBillingState, type BillingState, type SubscriptionState } from '../subscription/state.ts'
import type { Discount } from '../customer/discount.ts'
import { feeLine, usageLine } from '../invoicing/document/line.ts'
import { minimumSpendLine } from '../invoicing/document/minimum-spend.ts'
import { prorate } from '../pricing/proration.ts'
import { discountedBy } from '../invoicing/document/discounted.ts'
import { isAdditive, type Meter } from '../catalogue/meter.ts'
import { monthsOf, seatsOf, type Plan } from '../catalogue/plan.ts'
import { addDays, daysBetween, later, type LocalDate } from '../values/date.ts'
import { daysUntilUsedUp } from './usage/forecast.ts'
import { taxOn, totals } from '../pricing/totals.ts'
import { millisecondsOf } from '../values/instant.ts'
import { money, sum, type Money } from '../values/money.ts'
import { daysIn, periodAt, shown, type LabelledPeriod, type Period } from '../values/period.ts'
import { maxAmountOf } from '../pricing/price.ts'
import { unitsFrom, wholeUnits } from '../values/quantity.ts'
import { instantOf } from '../values/zone.ts'
import type { LocalizedText, Notice } from '../values/localized-text.ts'
import { usagePeriods } from '../subscription/timeline.ts'
import { pastForecasts, periodsToTry, type PastForecasts } from './usage/past-forecasts.ts'
import { dailyUsage, rateUsage, usedOn, type DailyUsage, type RatedUsage } from '../rating/rated-usage.ts'
import { getUsageSummary } from './usage/summary.ts'
import { currentPhase, type Phase } from '../subscription/phase.ts'
import { plansFor, shownSeats, tooManySeats, type OfferedPlan } from '../subscription/offered-plans.ts'

/** One meter of the period on one plan. Units; `included` null is unlimited. */
export interface AdvisedMeter {
  meter: string
  used: number
  included: number | null
  overage: number
  amount: Money
  /** How the plan treats overage: null where it has no charge for the meter. */
  overagePolicy: 'bill' | 'block' | null
  /**
   * The date in the running period on which this plan's allowance runs out at the current pace, also a past
   * one; null where it lasts.
   */
  runsOutAt: LocalDate | null
}

/** What the period would have cost on a plan with the current seats, as far as it allows them. */
export interface PlanAdvice {
  planId: string
  /** Null on a plan without seats. */
  seats: number | null
  fee: Money
  usage: Money
  /** What brings fee and usage to the plan's minimum spend. */
  minimumSpend: Money
  discount: Money
  tax: Money
  total: Money
  /** Compared with the current plan: negative is less. */
  difference: Money
  meters: AdvisedMeter[]
  /** What currently blocks a change to the plan. */
  obstacles: Notice[]
  /** Features of the current plan that it lacks. */
  loses: LocalizedText[]
  /**
   * The amount of the running period on it so far: a whole fee and the usage, its minimum spend at least,
   * before discounts and tax.
   */
  soFar: Money
  /**
   * Whether all usage of the period would have been possible on it, and usage at the current pace is until
   * the running period ends.
   */
  fits: boolean
}

export interface Advice {
  currency: string
  /** The rated period, the last one that ended; null where there is none. */
  period: { start: LocalDate; end: LocalDate; label: string } | null
  /** Where no period has ended: the date from which one has. */
  availableFrom: LocalDate | null
  plans: PlanAdvice[]
  /**
   * The cheapest plan that fits and lacks no feature, a setup fee still due included, and what it would have
   * saved (negative: cost more).
   */
  recommendation: { planId: string; saves: Money } | null
  forecast: {
    /** Extends the usage so far to the end of the period in a straight line. */
    method: 'straight_line'
    /** The day of the period; past forecasts are those at the end of the day before. */
    day: number
    days: number
    meters: ({
      meter: string
      used: number
      forecast: number | null
      runsOutAt: LocalDate | null
      /** Units; null is unlimited. */
      included: number | null
      /** Units above the allowance. */
      overage: number
      overagePolicy: 'bill' | 'block'
      /** The date on which the allowance ran out; null where it did not, or where days cannot be added up. */
      usedUpOn: LocalDate | null
    } & PastForecasts)[]
  } | null
}

/**
 * Rates the last ended period on every active plan by the code that makes invoices, and forecasts the running
 * one. Each plan, the current one too, is rated for the whole period with the customer's discounts. A fee for
 * longer than a month counts by its days in the period.
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
      const offered = rated ? await plansFor(tx, { customerId: input.customerId }) : []
      const plans = rated ? advisePlans(tx, state, { current, rated, running, usage, offered }) : []
      return {
        currency,
        plans,
        period: rated ? shown(rated) : null,
        availableFrom:
          rated || state.waiting.some((request) => request.change === null && request.at <= running.to)
            ? null
            : running.to,
        recommendation: recommended(plans, current.plan.id, offered),
        forecast: await forecastOf(tx, state, { running, tried, usage }),
      }
    },
    { readOnly: true },
  )
}

/** Of the current subscription only: an earlier one was of another time. */
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
  offered: OfferedPlan[]
}

function advisePlans(tx: BillingTransaction, state: BillingState, basis: Basis): PlanAdvice[] {
  const { discounts } = state
  const all = basis.offered
    .filter((plan) => plan.id === basis.current.plan.id || canBePriced(state, basis, plan))
    .map((plan) => advisePlan(tx, state, basis, plan, discounts))
  const now = all.find(({ planId }) => planId === basis.current.plan.id)!.total
  return all.map((advice) => ({ ...advice, difference: money(advice.total - now) }))
}

const maxAmount = 1_000_000_000_000n

/**
 * Usage was accepted because it can be billed on its own plan. A plan on which it would cost more than can be
 * counted is left out.
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
  const requestedSeats = Math.max(current.seats, seatsOf(plan).min)
  const seats = Math.min(requestedSeats, seatsOf(plan).max ?? requestedSeats)
  const onPlan = ({ from, to }: LabelledPeriod) => [
    { id: '', plan, seats, from, to, trial: false, since: from, countsOn: false, raised: false, lost: null },
  ]
  const rated = rateUsage(onPlan(period), period, usage, state.meters)
  const fee = feeLine({ id: '', plan, seats }, period, billingPeriodOf(plan, period))
  const spentIn = (all: readonly RatedUsage[]) => sum([fee.amount, ...all.map((one) => one.rated.amount)])
  const minimum = minimumSpendLine(
    {
      phaseId: '',
      plan,
      dates: period,
      minimum: prorate(plan.minimumSpend, period, period.whole),
      spent: spentIn(rated),
    },
    period,
  )
  const drafts = [
    fee,
    ...rated.map((one) => usageLine(one, period, tx.at)),
    ...(minimum.amount > 0 ? [minimum] : []),
  ]
  const { lines } = discountedBy(discounts, drafts, { phases: state.phases, plan })
  const { taxTotal: tax, discountTotal: discount, total } = totals(lines, 0)
  const meters = advisedMeters(tx, state, { rated, period, running, usage })
  const obstacles = tooManySeats(plan, requestedSeats)
  return {
    planId: plan.id,
    seats: shownSeats({ plan, seats }),
    fee: fee.amount,
    usage: sum(rated.map((one) => one.rated.amount)),
    minimumSpend: minimum.amount,
    discount,
    tax,
    total,
    difference: 0,
    meters,
    obstacles,
    soFar: money(
      Math.max(plan.minimumSpend, spentIn(rateUsage(onPlan(running), running, usage, state.meters))),
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

/** Minimum number of days for a pace: fewer say little about a month, and rule no plan out. */
const minPaceDays = 7

function lasts({ runsOutAt }: AdvisedMeter, running: LabelledPeriod, today: LocalDate): boolean {
  return runsOutAt === null || daysBetween(running.from, today) < minPaceDays
}

/** The period is a month, as is the billing period of most plans. Longer ones are taken to start with it. */
function billingPeriodOf(plan: Plan, period: LabelledPeriod): Period {
  return monthsOf(plan) === 1
    ? period
    : periodAt(
        { anchor: period.whole.from, alignment: 'anniversary', months: monthsOf(plan) },
        period.whole.from,
      )
}

/** Returns the meters the plan charges, then other used ones. */
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
  // As for any forecast: the first hours say little about a month.
  if (elapsed < 86_400_000 || allowance === 0) return null
  const days = daysUntilUsedUp(allowance - used, used, elapsed)
  if (days === null || days > 366) return null
  const date = later(addDays(state.today, days), running.from)
  return date < running.to ? date : null
}

const withTax = (amount: Money, { taxRate, taxMode }: Plan): Money =>
  taxMode === 'inclusive' ? amount : sum([amount, taxOn(amount, taxRate, taxMode)])

function recommended(
  plans: readonly PlanAdvice[],
  currentId: string,
  offered: readonly OfferedPlan[],
): Advice['recommendation'] {
  const costOf = ({ planId, total }: PlanAdvice) => {
    const plan = offered.find(({ id }) => id === planId)
    return plan ? sum([total, withTax(plan.setupFeeDue, plan)]) : total
  }
  const now = plans.find(({ planId }) => planId === currentId)
  // A plan that was cheaper last time but is dearer this time is not recommended: the same page shows what
  // has run out.
  const fitting = plans.filter(
    (plan) => plan.fits && plan.loses.length === 0 && (!now?.fits || plan.soFar <= now.soFar),
  )
  const best = fitting.toSorted(
    (a, b) => costOf(a) - costOf(b) || Number(b.planId === currentId) - Number(a.planId === currentId),
  )[0]
  return best ? { planId: best.planId, saves: money(-best.difference - (costOf(best) - best.total)) } : null
}

/** Returns the forecast of the summary with the errors of the same method in earlier periods. */
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
 * Returns the date on which a meter's included units ran out, by its days; null where they did not, or where
 * days cannot be added up.
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
