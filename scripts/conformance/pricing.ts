import { billedFor } from '../../services/billing/src/invoicing/document/billed.ts'
import {
  adjustmentLine,
  feeLine,
  usageLine,
  type LineDraft,
} from '../../services/billing/src/invoicing/document/line.ts'
import { discountedBy } from '../../services/billing/src/invoicing/document/discounted.ts'
import type { Meter } from '../../services/billing/src/catalogue/meter.ts'
import type { Phase } from '../../services/billing/src/subscription/phase.ts'
import type { Charge } from '../../services/billing/src/catalogue/plan.ts'
import { totals } from '../../services/billing/src/pricing/totals.ts'
import type { LabelledPeriod } from '../../services/billing/src/values/period.ts'
import type { Price } from '../../services/billing/src/pricing/price.ts'
import { startOfDay } from '../../services/billing/src/values/zone.ts'
import { billingPeriodAt, usagePeriods } from '../../services/billing/src/subscription/timeline.ts'
import { rateUsage, usagePhases, type RatedUsage } from '../../services/billing/src/rating/rated-usage.ts'
import {
  always,
  has,
  object,
  objects,
  oneOf,
  text,
  textOr,
  texts,
  Unsupported,
  type Adapter,
  type Input,
} from './case.ts'
import {
  basisPoints,
  currencyOf,
  meterDecimals,
  percentRate,
  rateOf,
  whole,
  type Currency,
} from './decimal.ts'
import { discountOf, meterOf, phaseOf, planOf, someDate, stepsOf } from './subscription.ts'
import type { Tier } from '../../services/billing/src/pricing/tiers.ts'

const models = [
  'per_unit',
  'dynamic',
  'graduated',
  'volume',
  'package',
  'percentage',
  'graduated_percentage',
  'flat',
] as const
type Model = (typeof models)[number]

const elsewhere: Record<string, string> = {
  graduated_package: 'tiers price units, and packages have one price',
  volume_package: 'tiers price units, and packages have one price',
  minimum_commitment: 'a minimum is of one charge, not of all fees of a subscription',
}

/** A used quantity, in a number of events. */
interface Used {
  quantity: string
  events: number
}

/** The charge and its meter, and the meter's quantity for a quantity of the case. */
interface Setting {
  phase: Phase
  meter: Meter
  counted: (quantity: string) => string
}

/** Prices usage as a subscription's invoice would, discounts included. */
export const pricingAdapter: Adapter = (input) => {
  const model = modelOf(input)
  const currency = currencyOf(input)
  always(input, 'round_to_currency', true, 'each line is rounded to the minor unit')
  const discounts = has(input, 'discount_percent')
    ? [
        discountOf('percent', {
          kind: 'percent',
          value: text(input, 'discount_percent'),
          appliesTo: model === 'flat' ? 'all' : 'usage',
        }),
      ]
    : []
  const drafts = model === 'flat' ? flatLines(input, currency) : chargedLines(input, model, currency)
  const discounted = discountedBy(discounts, drafts)
  const { total } = totals(discounted.lines, 0, discounted.discounts)
  return { digits: currency.digits, values: { amount: currency.written(total) } }
}

function modelOf(input: Input): Model {
  const model = text(input, 'model')
  if (elsewhere[model] !== undefined) throw new Unsupported(`model ${model}: ${elsewhere[model]}`)
  return oneOf(input, 'model', models)
}

/** A fee per period, whatever the quantity. */
function flatLines(input: Input, currency: Currency): LineDraft[] {
  const seats = whole(textOr(input, 'quantity', '1'), 'a number of seats')
  const fee = { amount: currency.amount(text(input, 'flat_amount')), per: 'subscription' } as const
  return feeLines(phaseOf(planOf({ currency: currency.code, fee }), someDate, { seats }))
}

function feeLines(phase: Phase): LineDraft[] {
  const period = billingPeriodAt(phase, phase.from)
  return [feeLine(phase, period, period)]
}

function chargedLines(input: Input, model: Model, currency: Currency): LineDraft[] {
  const charge = chargeOf(input, model, currency)
  const fee = {
    amount: has(input, 'base_fee') ? currency.amount(text(input, 'base_fee')) : 0,
    per: 'subscription',
  } as const
  const phase = phaseOf(planOf({ currency: currency.code, fee, charges: [charge] }), someDate)
  const buckets = Array.isArray(input.bucket_quantities)
  const used = buckets
    ? texts(input, 'bucket_quantities').map((quantity) => ({ quantity, events: 1 }))
    : usedIn(input, model)
  const before = has(input, 'previous') ? textOr(object(input.previous), 'quantity', '0') : '0'
  const decimals = isOfAmounts(model) ? 0 : meterDecimals([before, ...used.map((one) => one.quantity)])
  const counted = (quantity: string) => (isOfAmounts(model) ? String(currency.amount(quantity)) : quantity)
  const setting = { phase, meter: meterOf(decimals), counted }
  const fees = has(input, 'base_fee') ? feeLines(phase) : []
  if (buckets) return [...fees, ...bucketLines(input, setting, used)]
  const billed = billedBefore(input, currency)
  const [period] = usagePeriods([phase], phase.from)
  if (billed === undefined)
    return [...fees, usageLine(rated(setting, used, period!), period!, endOf(period!))]
  return [
    ...fees,
    adjustmentLines(setting, period!, { used, before: { quantity: before, events: 0 }, billed }),
  ]
}

/** Rates each bucket on its own, as a usage period. */
function bucketLines(input: Input, setting: Setting, buckets: readonly Used[]): LineDraft[] {
  for (const key of ['previous', 'already_invoiced', 'minimum_amount', 'maximum_amount']) {
    if (has(input, key)) throw new Unsupported(`${key} with buckets: each usage period has its own`)
  }
  let next = setting.phase.from
  return buckets.map((bucket) => {
    const period = usagePeriods([setting.phase], next).at(-1)!
    next = period.to
    return usageLine(rated(setting, [bucket], period), period, endOf(period))
  })
}

/** Everything known of a period, less what was billed of it, as late usage is invoiced. */
function adjustmentLines(
  setting: Setting,
  period: LabelledPeriod,
  { used, before, billed }: { used: Used[]; before: Used; billed: number },
): LineDraft {
  const line = usageLine(rated(setting, [before], period), period, endOf(period))
  const lines = [{ ...line, id: 'line_1', invoiceId: 'inv_1', amount: billed, left: billed, givenBack: 0 }]
  const all = rated(setting, [before, ...used], period)
  return adjustmentLine(
    all,
    period,
    billedFor(lines, all.phase.id, setting.meter, period.from),
    endOf(period),
  )
}

function billedBefore(input: Input, currency: Currency): number | undefined {
  if (has(input, 'previous') && has(input, 'already_invoiced'))
    throw new Unsupported('previous with already_invoiced: which of them was billed is not said')
  if (has(input, 'previous')) return currency.amount(textOr(object(input.previous), 'billed_amount', '0'))
  return has(input, 'already_invoiced') ? currency.amount(text(input, 'already_invoiced')) : undefined
}

const endOf = (period: LabelledPeriod) => startOfDay(period.to, 'UTC')

/** Some usage on the first date of a period, rated as the period's invoice rates it. */
function rated(
  { phase, meter, counted }: Setting,
  used: readonly Used[],
  period: LabelledPeriod,
): RatedUsage {
  const days = used.map(({ quantity, events }) => ({
    meter: meter.key,
    date: period.from,
    quantity: stepsOf(counted(quantity), meter),
    events,
  }))
  return rateUsage(usagePhases([phase]), period, days, new Map([[meter.key, meter]]))[0]!
}

/** The charge: at most one of the fields for the included amount, a price, and its bounds. */
function chargeOf(input: Input, model: Model, currency: Currency): Charge {
  const included = ['free_units', 'allowance', 'free_volume'].filter((key) => has(input, key))
  if (included.length > 1)
    throw new Unsupported(`${included.join(' with ')}: a charge has one quantity that is included`)
  const units = (key: string) =>
    isOfAmounts(model) ? currency.amount(text(input, key)) : whole(text(input, key), key)
  const amount = (key: string) => currency.amount(text(input, key))
  return {
    meter: 'units',
    included: included.length === 0 ? 0 : units(included[0]!),
    overage: 'bill',
    price: priceOf(input, model, currency),
    ...(has(input, 'minimum_amount') ? { minimum: amount('minimum_amount') } : {}),
    ...(has(input, 'maximum_amount') ? { maximum: amount('maximum_amount') } : {}),
  }
}

function priceOf(input: Input, model: Model, currency: Currency): Price {
  if (model === 'package') {
    startedOnesCount(input)
    return {
      model,
      size: whole(text(input, 'package_size'), 'package_size'),
      amount: currency.amount(text(input, 'package_amount')),
    }
  }
  if (model === 'percentage') return percentageOf(input, currency)
  if (model === 'per_unit' && has(input, 'unit_conversion')) return convertedPrice(input, currency)
  if (model === 'per_unit') return { model, rate: rateOf(text(input, 'unit_amount'), currency.digits) }
  if (model === 'dynamic')
    return { model: 'per_unit', rate: rateOf(text(input, 'multiplier'), currency.digits) }
  const tiers = objects(input, 'tiers').map((tier) => tierOf(tier, model, currency))
  return { model: model === 'volume' ? 'volume' : 'graduated', tiers }
}

/** Several units make one: a package when started ones count in full, otherwise a rate per unit. */
function convertedPrice(input: Input, currency: Currency): Price {
  const conversion = object(input.unit_conversion)
  const per = whole(text(conversion, 'divide_by'), 'divide_by')
  const amount = currency.amount(text(input, 'unit_amount'))
  if (textOr(conversion, 'rounding', 'none') === 'none') return { model: 'per_unit', rate: { amount, per } }
  startedOnesCount(conversion)
  return { model: 'package', size: per, amount }
}

function startedOnesCount(input: Input): void {
  always(input, 'rounding', 'up', 'a package that is started is charged')
}

/** For a percentage of an amount the bounds are in minor units. */
function tierOf(tier: Input, model: Model, currency: Currency): Tier {
  const percents = model === 'graduated_percentage'
  const bound = () =>
    percents ? currency.amount(text(tier, 'up_to')) : whole(text(tier, 'up_to'), 'the bound of a tier')
  return {
    upTo: has(tier, 'up_to') ? bound() : null,
    rate: percents
      ? percentRate(text(tier, 'rate_percent'))
      : rateOf(textOr(tier, 'unit_amount', '0'), currency.digits),
    flat: currency.amount(textOr(tier, 'flat_amount', '0')),
  }
}

function percentageOf(input: Input, currency: Currency): Price {
  const perEvent = has(input, 'fixed_fee_per_event') ? currency.amount(text(input, 'fixed_fee_per_event')) : 0
  return {
    model: 'percentage',
    basisPoints: basisPoints(text(input, 'rate_percent')),
    ...(perEvent > 0 ? { perEvent } : {}),
  }
}

/** The usage of a case without buckets: amounts of events, one amount for several events, or a quantity. */
function usedIn(input: Input, model: Model): Used[] {
  if (model !== 'percentage') return [{ quantity: text(input, 'quantity'), events: 1 }]
  if (has(input, 'events')) return texts(input, 'events').map((quantity) => ({ quantity, events: 1 }))
  return [
    {
      quantity: text(input, 'volume'),
      events: whole(textOr(input, 'event_count', '1'), 'a number of events'),
    },
  ]
}

/** Whether amounts are counted; the meter then counts minor units. */
function isOfAmounts(model: Model): boolean {
  return model === 'percentage' || model === 'graduated_percentage'
}
