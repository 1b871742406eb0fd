import {
  aboveIncluded, amountDecimal, basisPointsOf, coversQuantity, currencyDigits, decimalsOf, keepWithin, parseAmount, parsePercent, parseRate, parseSteps, percentOf, rate, stillToBill, sum,
  type Price, type Rated, type Tier,
} from '@customer-portal/billing'
import { has, list, object, oneOf, RefusedByEngine, refuseModifiers, text, textOr, texts, Unsupported, type Adapter, type Input } from './case.ts'

/** The numbers of a case on one scale: `digits` for amounts (finer than the currency where the case is), `decimals` for quantities. */
interface Scale {
  digits: number
  decimals: number
}

const models = ['per_unit', 'dynamic', 'graduated', 'volume', 'package', 'percentage', 'graduated_percentage', 'flat', 'minimum_commitment'] as const
type Model = (typeof models)[number]
const ofAnAmount = ['percentage', 'graduated_percentage']

const reasons = {
  tier_quantity: 'tiers are picked by the quantity that is rated',
  free_events: 'what is included is a quantity, not a number of events',
  per_transaction_min: 'a minimum is of a charge and period, not of each event',
  per_transaction_max: 'a maximum is of a charge and period, not of each event',
  running_total: 'what is included is a quantity, whatever the order of events',
  window_commitment: 'a commitment is the minimum of a charge for a usage period, not for each window',
  free_units_after_conversion: 'what is included is in the units of the meter, before packages are counted',
  allow_negative: 'a quantity is never negative',
}

/** Rates by the engine; every result adds up by the engine too. */
export const ratePricingCase: Adapter = (input) => {
  const model = modelOf(input)
  refuseModifiers(input, reasons)
  const scale = scaleOf(input, model)
  const digits = currencyDigits(textOr(input, 'currency', 'USD'))
  const answer = (amount: number) => ({ digits, values: { amount: amountDecimal(amount, scale.digits) } })
  const amountOf = (key: string) => parseAmount(text(input, key), scale.digits)
  const bounds = { ...(has(input, 'minimum_amount') ? { minimum: amountOf('minimum_amount') } : {}), ...(has(input, 'maximum_amount') ? { maximum: amountOf('maximum_amount') } : {}) }
  const rated = keepWithin(ratedBy(input, model, scale), bounds)
  const previous = has(input, 'previous') ? parseAmount(textOr(object(input.previous), 'billed_amount', '0'), scale.digits) : 0
  const left = stillToBill(rated, has(input, 'already_invoiced') ? amountOf('already_invoiced') : previous)
  const discounted = has(input, 'discount_percent') ? sum([left, -percentOf(left, text(input, 'discount_percent'))]) : left
  return answer(has(input, 'base_fee') ? sum([amountOf('base_fee'), discounted]) : discounted)
}

function modelOf(input: Input): Model {
  const model = text(input, 'model')
  if (model === 'volume_package' || model === 'graduated_package') throw new Unsupported(`model ${model}: tiers price units, and packages have one price`)
  return oneOf(input, 'model', models)
}

/** One price for all quantities of the case. A model of the engine's own, or one that is another name for it. */
function ratedBy(input: Input, model: Model, scale: Scale): Rated {
  if (model === 'flat') return { amount: parseAmount(text(input, 'flat_amount'), scale.digits), explain: [] }
  if (model === 'minimum_commitment') {
    const fees = { amount: sum(texts(input, 'period_fees').map((fee) => parseAmount(fee, scale.digits))), explain: [] }
    const due = keepWithin(fees, { minimum: parseAmount(text(input, 'commitment_amount'), scale.digits) })
    return { amount: stillToBill(due, fees.amount), explain: due.explain }
  }
  if (model === 'percentage') return percentageOf(input, scale)
  const price = priceOf(input, model, scale)
  const quantities = has(input, 'bucket_quantities') || Array.isArray(input.bucket_quantities) ? texts(input, 'bucket_quantities') : [text(input, 'quantity')]
  const parts = quantities.map((quantity) => {
    const used = usedOf(input, quantity, scale)
    if (!coversQuantity(price, used, 0)) throw new RefusedByEngine('a price must cover every quantity: its last tier has no bound')
    return rate(price, used, 0)
  })
  return { amount: sum(parts.map((part) => part.amount)), explain: parts.flatMap((part) => part.explain) }
}

/** The quantity above what is included, with what was billed for before: the engine rates all that is known. */
function usedOf(input: Input, quantity: string, scale: Scale): number {
  const before = has(input, 'previous') ? textOr(object(input.previous), 'quantity', '0') : '0'
  const used = sum([quantity, before].map((one) => parseSteps(one, scale.decimals)))
  if (used < 0) throw new RefusedByEngine('a negative quantity is refused')
  const included = sum(['free_units', 'allowance', 'free_volume'].filter((key) => has(input, key)).map((key) => parseSteps(text(input, key), scale.decimals)))
  return aboveIncluded(used, included)
}

function priceOf(input: Input, model: Model, scale: Scale): Price {
  if (model === 'package') {
    roundsUp(input)
    return { model, size: parseSteps(text(input, 'package_size'), scale.decimals), amount: parseAmount(text(input, 'package_amount'), scale.digits) }
  }
  if (model === 'per_unit' && has(input, 'unit_conversion')) return convertedPrice(input, scale)
  refuseModifiers(input, { unit_conversion: 'units are converted by a rate or by packages, not before tiers' })
  if (model === 'per_unit' || model === 'dynamic') return { model: 'per_unit', rate: parseRate(text(input, model === 'dynamic' ? 'multiplier' : 'unit_amount'), scale.digits, scale.decimals) }
  const tiers = list(input, 'tiers').map((tier) => tierOf(object(tier), model, scale))
  return { model: model === 'volume' ? 'volume' : 'graduated', tiers }
}

/** So many units make one: a package of them where started ones count, and else a rate for them. */
function convertedPrice(input: Input, scale: Scale): Price {
  const conversion = object(input.unit_conversion)
  const per = parseSteps(text(conversion, 'divide_by'), scale.decimals)
  if (has(conversion, 'rounding') && text(conversion, 'rounding') !== 'none') {
    roundsUp(conversion)
    return { model: 'package', size: per, amount: parseAmount(text(input, 'unit_amount'), scale.digits) }
  }
  return { model: 'per_unit', rate: { amount: parseAmount(text(input, 'unit_amount'), scale.digits), per } }
}

function tierOf(tier: Input, model: Model, scale: Scale): Tier {
  return {
    upTo: has(tier, 'up_to') ? parseSteps(text(tier, 'up_to'), scale.decimals) : null,
    rate: model === 'graduated_percentage' ? parsePercent(text(tier, 'rate_percent')) : parseRate(textOr(tier, 'unit_amount', '0'), scale.digits, scale.decimals),
    flat: parseAmount(textOr(tier, 'flat_amount', '0'), scale.digits),
  }
}

/** A percentage finer than a basis point is a rate of minor units. */
function percentageOf(input: Input, scale: Scale): Rated {
  const events = texts(input, 'events')
  const used = sum((has(input, 'volume') ? [text(input, 'volume')] : events).map((amount) => parseSteps(amount, scale.decimals)))
  const overage = usedOf(input, amountDecimal(used, scale.decimals), scale)
  const count = has(input, 'event_count') ? Number(text(input, 'event_count')) : events.length
  const perEvent = has(input, 'fixed_fee_per_event') ? parseAmount(text(input, 'fixed_fee_per_event'), scale.digits) : 0
  if (perEvent > 0 && has(input, 'free_volume')) throw new Unsupported('free_volume with fixed_fee_per_event: an included amount does not say which events it covers')
  const basisPoints = basisPointsOf(text(input, 'rate_percent'))
  if (basisPoints !== undefined) return rate({ model: 'percentage', basisPoints, perEvent }, overage, 0, count)
  const ofAmount = rate({ model: 'per_unit', rate: parsePercent(text(input, 'rate_percent')) }, overage, 0)
  const ofEvents = rate({ model: 'percentage', basisPoints: 0, perEvent }, 0, 0, count)
  return { amount: sum([ofAmount.amount, ofEvents.amount]), explain: [...ofAmount.explain, ...ofEvents.explain] }
}

function roundsUp(input: Input): void {
  const rounding = textOr(input, 'rounding', 'up')
  if (rounding !== 'up') throw new Unsupported(`rounding ${rounding}: a package that is started is charged`)
}

const amountKeys = [
  'flat_amount', 'package_amount', 'fixed_fee_per_event', 'minimum_amount', 'maximum_amount', 'base_fee', 'already_invoiced', 'commitment_amount',
] as const
const quantityKeys = ['quantity', 'package_size', 'free_units', 'allowance', 'free_volume', 'volume'] as const

/** Fine enough for every number of the case. Percentages are of amounts: there quantities are amounts. */
function scaleOf(input: Input, model: Model): Scale {
  const at = (from: Input, keys: readonly string[]) => keys.filter((key) => has(from, key)).map((key) => text(from, key))
  const tiers = list(input, 'tiers').map(object)
  const previous = has(input, 'previous') ? [object(input.previous)] : []
  const conversion = has(input, 'unit_conversion') ? [object(input.unit_conversion)] : []
  const converted = conversion.length > 0 ? ['unit_amount'] : []
  const amounts = [
    ...at(input, [...amountKeys, ...converted]), ...texts(input, 'period_fees'), ...tiers.flatMap((tier) => at(tier, ['flat_amount'])), ...previous.flatMap((one) => at(one, ['billed_amount'])),
  ]
  const quantities = [
    ...at(input, quantityKeys), ...texts(input, 'bucket_quantities'), ...texts(input, 'events'), ...tiers.flatMap((tier) => at(tier, ['up_to'])),
    ...previous.flatMap((one) => at(one, ['quantity'])), ...conversion.flatMap((one) => at(one, ['divide_by'])),
  ]
  const digits = Math.max(currencyDigits(textOr(input, 'currency', 'USD')), decimalsOf(amounts))
  if (!ofAnAmount.includes(model)) return { digits, decimals: decimalsOf(quantities) }
  const common = Math.max(digits, decimalsOf(quantities))
  return { digits: common, decimals: common }
}
