import type { Meter } from '../../catalogue/meter.ts'
import { feeOf, isPerSeat } from '../../catalogue/fee.ts'
import type { Plan } from '../../catalogue/plan.ts'
import { addDays, type DateRange, type LocalDate } from '../../values/date.ts'
import type { Instant } from '../../values/instant.ts'
import { netOf, type TaxMode } from '../../pricing/totals.ts'
import { money, sum, type Money } from '../../values/money.ts'
import { daysIn, type LabelledPeriod, type Period } from '../../values/period.ts'
import { percentOf } from '../../pricing/discount.ts'
import { creditWithin, prorated, prorate } from '../../pricing/proration.ts'
import { unitsFrom } from '../../values/quantity.ts'
import { inChinese, type LocalizedText, type Unit } from '../../values/localized-text.ts'
import type { RatedUsage } from '../../rating/rated-usage.ts'
import type { Phase } from '../../subscription/phase.ts'
import type { BreakdownStep, Rate } from '../../pricing/breakdown.ts'

export type LineKind =
  'fee' | 'usage' | 'minimum_spend' | 'unused_time' | 'adjustment' | 'charge' | 'credit_note'

/** One step of a breakdown, with quantities in units. The amounts of the steps add up to the line's. */
export type LineBreakdown = BreakdownStep

/** An invoice line: what customers see, then what later computations need. Quantities are units. */
export interface Line {
  id: string
  kind: LineKind
  description: LocalizedText
  meter?: string
  /** The one-off charge that the line bills. */
  chargeId?: string
  quantity: number
  unit?: Unit
  included?: number | null
  /** Units above the included ones that a grant covered, at no cost; absent where none did. */
  covered?: number
  rate?: Rate
  amount: Money
  /** The amount discounts took off it; absent where 0. A line that gives money back is already net. */
  discount?: Money
  /** Which discounts those were. On a line that credits a fee, the part it gives back of them, negative. */
  discounts?: DiscountOnLine[]
  taxRate: string
  taxMode: TaxMode
  period: { start: LocalDate; end: LocalDate }
  breakdown: LineBreakdown[]
  days?: { billed: number; of: number }
  /** The phase; for usage, the phase whose counter it is. */
  phaseId: string
  /**
   * Fee lines: the fee and the dates of the whole billing period, from which shares are computed, and when
   * the period itself starts. `base`: what the subscription costs of a fee that also has a part per seat.
   */
  whole?: { fee: Money; base?: Money; start: LocalDate; end: LocalDate }
  billingPeriod?: LocalDate
  /**
   * Usage lines: the usage period's first date, its days (fewer where it is short or cut), and the instant up
   * to which stored events were counted.
   */
  usagePeriod?: LocalDate
  usageDays?: { billed: number; of: number }
  counted?: { after: Instant | null; until: Instant }
  /** On an adjustment that gives back less than its rating, since less was paid: the rated amount. */
  rated?: Money
  /**
   * Lines that give back what other documents billed, credit notes excluded: which lines, and how much of
   * what discounts left of each.
   */
  givesBack?: GivenBack[]
  /** The setup fee, of which a customer has one in all. */
  setup?: true
  /** Credit note lines: the credited invoice line and its credited amount before the discount. */
  credited?: { lineId: string; gross: Money }
}

/**
 * What one discount took off a line. `period`: the first date of the period a fixed discount, or a percentage
 * with a maximum, applies to. `whole`: the amount per period, where the line has the share of its days.
 * `percent`: the percentage that has the maximum.
 */
export interface DiscountOnLine {
  id: string
  amount: Money
  period?: LocalDate
  whole?: Money
  percent?: string
}

/** What a change, ending or adjustment gives back of another document's line, without tax. */
export interface GivenBack {
  invoiceId: string
  lineId: string
  amount: Money
}

/** A line before its document numbers it. */
export type LineDraft = Omit<Line, 'id'>

const seat: Unit = { 'zh-CN': '席位', en: 'seats', one: 'seat' }

/** Returns the line for the fee of a phase for some dates of a billing period. */
export function feeLine(
  phase: Pick<Phase, 'id' | 'plan' | 'seats'>,
  dates: DateRange,
  period: Period,
): LineDraft {
  const { plan, seats } = phase
  const fee = feeOf(plan, seats)
  const billed = daysIn(dates)
  const of = daysIn(period.whole)
  const ofSeats = isPerSeat(plan.fee)
  const { base, perSeat } = plan.fee
  const ofBoth = base > 0 && perSeat > 0
  return {
    kind: 'fee',
    description: {
      'zh-CN': inChinese(plan.name, ofBoth ? '套餐费与席位费' : ofSeats ? '席位费' : '套餐费'),
      en: `${plan.name.en} ${ofBoth ? 'plan fee and seats' : ofSeats ? 'seats' : 'plan fee'}`,
    },
    quantity: ofSeats ? seats : 1,
    ...(ofSeats ? { unit: seat } : {}),
    ...(ofBoth ? {} : { rate: { amount: plan.fee.amount, per: 1 } }),
    amount: prorate(fee, dates, period.whole),
    ...taxOf(plan),
    period: rangeOf(dates),
    breakdown: ofBoth ? partsOfFee({ fee, base, seats }, dates, period.whole) : [],
    ...(billed === of ? {} : { days: { billed, of } }),
    phaseId: phase.id,
    whole: { fee, ...(ofBoth ? { base } : {}), start: period.whole.from, end: period.whole.to },
    billingPeriod: period.from,
  }
}

/** Returns the line for a phase's setup fee; none where it is 0. It is never prorated or discounted. */
export function setupLine(
  { id, plan }: Pick<Phase, 'id' | 'plan'>,
  amount: Money,
  date: LocalDate,
): LineDraft[] {
  if (amount === 0) return []
  return [
    {
      kind: 'charge',
      description: { 'zh-CN': inChinese(plan.name, '开通费'), en: `${plan.name.en} setup fee` },
      quantity: 1,
      rate: { amount, per: 1 },
      amount,
      ...taxOf(plan),
      period: { start: date, end: addDays(date, 1) },
      breakdown: [],
      phaseId: id,
      setup: true,
    },
  ]
}

/**
 * Returns the shares of both parts of a fee for some dates: what the subscription costs, and its seats. Each
 * part adds up over the dates of a period, and both to the share of the fee.
 */
function partsOfFee(
  { fee, base, seats }: { fee: Money; base: Money; seats: number },
  dates: DateRange,
  whole: DateRange,
): BreakdownStep[] {
  const ofBase = prorate(base, dates, whole)
  const part = (kind: 'base' | 'seats', quantity: number, price: Money, amount: Money): BreakdownStep => ({
    kind,
    upTo: null,
    quantity,
    rate: { amount: price, per: 1 },
    flat: 0,
    amount,
  })
  return [
    part('base', 1, base, ofBase),
    part('seats', seats, money((fee - base) / seats), money(prorate(fee, dates, whole) - ofBase)),
  ]
}

/**
 * An issued line with what is left of it after its discount and credit notes. `givenBack`: what other
 * documents gave back.
 */
export interface BilledLine extends Line {
  invoiceId: string
  left: Money
  givenBack: Money
}

/**
 * Credits some dates of a billed fee line: the share of the fee less the shares of its discounts and credit
 * notes, each by the same formula, so that kept and credited parts add up to each of them. At most what is
 * left after the amount `given` back before.
 */
export function creditLine(
  line: BilledLine,
  planName: LocalizedText,
  dates: DateRange,
  givenBack: Money = 0,
): LineDraft {
  const whole = { from: line.whole!.start, to: line.whole!.end }
  const billed = { from: line.period.start, to: line.period.end }
  const share = prorate(line.whole!.fee, dates, whole)
  const discounts = (line.discounts ?? []).map((discount): DiscountOnLine => ({
    ...discount,
    amount:
      discount.whole === undefined
        ? prorate(-discount.amount, dates, billed)
        : prorate(-discount.whole, dates, whole),
  }))
  const { base } = line.whole!
  const parts =
    base === undefined
      ? []
      : partsOfFee({ fee: line.whole!.fee, base, seats: line.quantity }, dates, whole).map((part) => ({
          ...part,
          amount: money(-part.amount),
        }))
  const noted = prorate(money(netOf(line) - line.left), dates, billed)
  const amount = creditWithin(
    money(share + sum(discounts.map((discount) => discount.amount)) - noted),
    line.left,
    givenBack,
  )
  return {
    kind: 'unused_time',
    description: { 'zh-CN': inChinese(planName, '未用天数退差'), en: `Unused time on ${planName.en}` },
    quantity: line.quantity,
    ...(line.unit ? { unit: line.unit } : {}),
    ...(line.rate ? { rate: line.rate } : {}),
    amount: money(-amount),
    taxRate: line.taxRate,
    taxMode: line.taxMode,
    period: rangeOf(dates),
    breakdown: [
      ...parts,
      ...lessTakenOff(money(-share), money(-amount)).filter(
        (part) => parts.length === 0 || part.kind !== 'gross',
      ),
    ],
    days: { billed: daysIn(dates), of: daysIn(whole) },
    phaseId: line.phaseId,
    ...(discounts.length > 0 ? { discounts } : {}),
    ...(amount > 0 ? { givesBack: [{ invoiceId: line.invoiceId, lineId: line.id, amount }] } : {}),
  }
}

/**
 * Explains a credit below the line's share: what discounts and credit notes had taken off before. Empty where
 * that is 0.
 */
export function lessTakenOff(full: Money, credited: Money): LineBreakdown[] {
  if (full === credited) return []
  const part = { upTo: null, quantity: 0, rate: null, flat: 0 }
  return [
    { ...part, kind: 'gross', amount: full },
    { ...part, kind: 'taken_off', amount: money(credited - full) },
  ]
}

/** Returns the line for one meter in one phase and usage period. */
export function usageLine(usage: RatedUsage, period: LabelledPeriod, until: Instant): LineDraft {
  const units = (steps: number) => unitsFrom(steps, usage.meter.decimals)
  const { price } = usage.charge
  return {
    kind: 'usage',
    description: usageDescription(usage.meter, usage.phase.plan),
    meter: usage.meter.key,
    quantity: units(usage.used),
    unit: usage.meter.unit,
    included: usage.allowance === null ? null : units(usage.allowance),
    ...(usage.covered === 0 ? {} : { covered: units(usage.covered) }),
    ...(price?.model === 'per_unit' ? { rate: price.rate } : {}),
    amount: usage.rated.amount,
    ...taxOf(usage.phase.plan),
    period: rangeOf(usage.dates),
    breakdown: usage.rated.breakdown.map((tier) => ({ ...tier, quantity: units(tier.quantity) })),
    phaseId: usage.phase.id,
    usagePeriod: period.from,
    usageDays: { billed: daysIn(period), of: daysIn(period.whole) },
    counted: { after: null, until },
  }
}

/** What was billed so far for one meter in one phase and usage period. */
export interface BilledUsage {
  /** The rated amounts, before discounts. */
  amount: Money
  /** After discounts. */
  net: Money
  /** What credit notes left of `net`. */
  left: Money
  /** What discounts took off, less what was given back of them. */
  discounts: DiscountOnLine[]
  /** The lines with something left to give back, newest first. */
  from: GivenBack[]
  /** Steps. */
  quantity: number
  /** Events stored after this instant were not counted. */
  until: Instant | null
}

/**
 * Bills usage that arrived after its period was billed: the rating of all usage known now, less what was
 * billed. A negative line gives back what was paid: percentages apply to what is left to bill, a fixed
 * discount stays as far as that reaches, and never more than credit notes left.
 */
export function adjustmentLine(
  usage: RatedUsage,
  period: LabelledPeriod,
  billed: BilledUsage,
  until: Instant,
): LineDraft {
  const line = usageLine(usage, period, until)
  const rated = money(line.amount - billed.amount)
  const discounts = rated < 0 ? discountsGivenBack(billed, line.amount) : []
  const amount =
    rated < 0
      ? money(
          -creditWithin(money(-rated + sum(discounts.map((discount) => discount.amount))), billed.left, 0),
        )
      : rated
  return {
    ...line,
    ...(discounts.length > 0 ? { discounts } : {}),
    ...(amount < 0 ? { givesBack: takenFrom(billed.from, money(-amount)) } : {}),
    kind: 'adjustment',
    description: {
      'zh-CN': inChinese(usage.meter.name, `用量调整（${period.label}）`),
      en: `${usage.meter.name.en} usage adjustment (${period.label})`,
    },
    quantity: unitsFrom(usage.used - billed.quantity, usage.meter.decimals),
    amount,
    breakdown: [
      ...line.breakdown,
      {
        upTo: null,
        quantity: -unitsFrom(billed.quantity, usage.meter.decimals),
        rate: null,
        flat: 0,
        amount: money(-billed.amount),
      },
      ...lessTakenOff(rated, amount).slice(1),
    ],
    counted: { after: billed.until, until },
    ...(amount === rated ? {} : { rated }),
  }
}

/** Takes an amount from lines in their order, from each at most what is left of it. */
export function takenFrom(lines: readonly GivenBack[], amount: Money): GivenBack[] {
  let remaining = amount
  return lines.flatMap((line) => {
    const part = Math.min(remaining, line.amount)
    remaining = money(remaining - part)
    return part > 0 ? [{ ...line, amount: part }] : []
  })
}

/** Returns what is given back of the discounts on usage that now costs less than was billed, negative. */
function discountsGivenBack({ amount, discounts }: BilledUsage, now: Money): DiscountOnLine[] {
  let room = now
  const kept = (discount: DiscountOnLine) => {
    const { percent, period } = discount
    const whole =
      percent === undefined ? discount.amount : Math.min(percentOf(room, percent), discount.amount)
    const part = Math.min(room, period === undefined ? prorated(discount.amount, now, amount) : whole)
    room = money(room - part)
    return part
  }
  return [
    ...discounts.filter((discount) => discount.period === undefined),
    ...discounts.filter((discount) => discount.period !== undefined),
  ]
    .map((discount) => ({ ...discount, amount: money(kept(discount) - discount.amount) }))
    .filter((one) => one.amount !== 0)
}

function usageDescription(meter: Meter, plan: Plan): LocalizedText {
  return {
    'zh-CN': inChinese(meter.name, `用量（${plan.name['zh-CN']}）`),
    en: `${meter.name.en} usage (${plan.name.en})`,
  }
}

function taxOf(plan: Plan): { taxRate: string; taxMode: TaxMode } {
  return { taxRate: plan.taxRate, taxMode: plan.taxMode }
}

function rangeOf(dates: DateRange): { start: LocalDate; end: LocalDate } {
  return { start: dates.from, end: dates.to }
}
