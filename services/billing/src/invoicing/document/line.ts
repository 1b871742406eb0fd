import type { Meter } from '../../catalogue/meter.ts'
import { feeOf, type Plan } from '../../catalogue/plan.ts'
import type { DateRange, LocalDate } from '../../values/date.ts'
import type { Instant } from '../../values/instant.ts'
import { netOf, type TaxMode } from '../../pricing/totals.ts'
import { money, sum, type Money } from '../../values/money.ts'
import { daysIn, type LabelledPeriod, type Period } from '../../values/period.ts'
import { creditWithin, prorated, prorate } from '../../pricing/proration.ts'
import type { BreakdownStep, Rate } from '../../pricing/price.ts'
import { unitsFrom } from '../../values/quantity.ts'
import { inChinese, type LocalizedText, type Unit } from '../../values/localized-text.ts'
import type { RatedUsage } from '../../rating/rated-usage.ts'
import type { Phase } from '../../subscription/phase.ts'

export type LineKind = 'fee' | 'usage' | 'unused_time' | 'adjustment' | 'charge' | 'credit_note'

/** One part of an explanation, quantities in units. The amounts of the parts add up to the line's. */
export type LineBreakdown = BreakdownStep

/**
 * A line of an invoice: what the customer sees, and below it what later computations need to know. Quantities
 * are units.
 */
export interface Line {
  id: string
  kind: LineKind
  description: LocalizedText
  meter?: string
  quantity: number
  unit?: Unit
  included?: number | null
  rate?: Rate
  amount: Money
  /**
   * What discounts took off it; absent where that is nothing. A line that gives money back is net of them
   * itself.
   */
  discount?: Money
  /** Which discounts that were. Of a line that gives a fee back, what it gives back of them, below zero. */
  discounts?: DiscountOnLine[]
  taxRate: string
  taxMode: TaxMode
  period: { start: LocalDate; end: LocalDate }
  breakdown: LineBreakdown[]
  days?: { billed: number; of: number }
  /** The phase (for usage: the one whose counter it is). */
  phaseId: string
  /**
   * Fee lines: the fee of the whole billing period, and its dates, from which shares are taken; and when the
   * period itself begins.
   */
  whole?: { fee: Money; start: LocalDate; end: LocalDate }
  billingPeriod?: LocalDate
  /**
   * Usage lines: the usage period's first date, its days (fewer where it is short or cut), and which events
   * were counted, by when they were stored.
   */
  usagePeriod?: LocalDate
  usageDays?: { billed: number; of: number }
  counted?: { after: Instant | null; until: Instant }
  /**
   * An adjustment that gives back less than its rating says, since that was not paid in full: what its rating
   * says.
   */
  rated?: Money
  /**
   * Lines that give back what other documents billed, credit notes apart: of which lines, and how much of
   * what was left of each after discounts.
   */
  givesBack?: GivenBack[]
  /** Lines of a credit note: the line of the invoice, and how much of it, in its own terms, is given back. */
  credited?: { lineId: string; gross: Money }
}

/**
 * What one discount took off a line. `period`: the first date of the period a fixed one is an amount for.
 * `whole`: that amount, where the line has the share of its days.
 */
export interface DiscountOnLine {
  id: string
  amount: Money
  period?: LocalDate
  whole?: Money
}

/** What a change, an ending or an adjustment gives back of a line of another document, without tax. */
export interface GivenBack {
  invoiceId: string
  lineId: string
  amount: Money
}

/** A line before it has its number on the document. */
export type LineDraft = Omit<Line, 'id'>

const seat: Unit = { 'zh-CN': '席位', en: 'seats', one: 'seat' }

/** The fee of a phase for some dates of a billing period. */
export function feeLine(
  phase: Pick<Phase, 'id' | 'plan' | 'seats'>,
  dates: DateRange,
  period: Period,
): LineDraft {
  const { plan, seats } = phase
  const fee = feeOf(plan, seats)
  const billed = daysIn(dates)
  const of = daysIn(period.whole)
  const perSeat = plan.fee.per === 'seat'
  return {
    kind: 'fee',
    description: {
      'zh-CN': inChinese(plan.name, perSeat ? '席位费' : '套餐费'),
      en: `${plan.name.en} ${perSeat ? 'seats' : 'plan fee'}`,
    },
    quantity: perSeat ? seats : 1,
    ...(perSeat ? { unit: seat } : {}),
    rate: { amount: plan.fee.amount, per: 1 },
    amount: prorate(fee, dates, period.whole),
    ...taxOf(plan),
    period: rangeOf(dates),
    breakdown: [],
    ...(billed === of ? {} : { days: { billed, of } }),
    phaseId: phase.id,
    whole: { fee, start: period.whole.from, end: period.whole.to },
    billingPeriod: period.from,
  }
}

/**
 * A line of an issued document with what is left of it: less its discount, and less what credit notes gave
 * back. `givenBack`: what other documents did.
 */
export interface BilledLine extends Line {
  invoiceId: string
  left: Money
  givenBack: Money
}

/**
 * Gives back what a fee line billed for some of its dates: the share of the fee less the shares of its
 * discounts and of what credit notes gave back, each by the same formula, so that what is kept and what is
 * given back add up to each of them. Never more than is left with what was `given` back before.
 */
export function creditLine(
  line: BilledLine,
  planName: LocalizedText,
  dates: DateRange,
  given: Money = 0,
): LineDraft {
  const whole = { from: line.whole!.start, to: line.whole!.end }
  const billed = { from: line.period.start, to: line.period.end }
  const share = prorate(line.whole!.fee, dates, whole)
  const discounts = (line.discounts ?? []).map((one): DiscountOnLine => ({
    ...one,
    amount: one.whole === undefined ? prorate(-one.amount, dates, billed) : prorate(-one.whole, dates, whole),
  }))
  const noted = prorate(money(netOf(line) - line.left), dates, billed)
  const amount = creditWithin(
    money(share + sum(discounts.map((one) => one.amount)) - noted),
    line.left,
    given,
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
    breakdown: lessTakenOff(money(-share), money(-amount)),
    days: { billed: daysIn(dates), of: daysIn(whole) },
    phaseId: line.phaseId,
    ...(discounts.length > 0 ? { discounts } : {}),
    ...(amount > 0 ? { givesBack: [{ invoiceId: line.invoiceId, lineId: line.id, amount }] } : {}),
  }
}

/**
 * Why less is given back than a line would say: what discounts and credit notes had taken off already. Empty
 * where that is nothing.
 */
export function lessTakenOff(said: Money, given: Money): LineBreakdown[] {
  if (said === given) return []
  const part = { upTo: null, quantity: 0, rate: null, flat: 0 }
  return [
    { ...part, kind: 'gross', amount: said },
    { ...part, kind: 'taken_off', amount: money(given - said) },
  ]
}

/** What one meter cost in one phase and usage period. */
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
  /** What the ratings said, before discounts. */
  amount: Money
  /** After discounts. */
  net: Money
  /** What is left of that after credit notes. */
  left: Money
  /** What discounts took off it, less what was given back of them. */
  discounts: DiscountOnLine[]
  /** The lines that have something left to give back, newest first. */
  from: GivenBack[]
  /** Steps. */
  quantity: number
  /** Events stored later were not counted. */
  until: Instant | null
}

/**
 * Usage that arrived after its period was billed: all that is known now, less what was billed for it so far.
 * It may be negative, and then gives back what was paid for it: percentages are of what is left to bill, a
 * fixed discount stays as far as that reaches, and never more than credit notes left of it.
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
      ? money(-creditWithin(money(-rated + sum(discounts.map((one) => one.amount))), billed.left, 0))
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

/** An amount taken from lines in their order, from each as far as something is left of it. */
function takenFrom(lines: readonly GivenBack[], amount: Money): GivenBack[] {
  let wanted = amount
  return lines.flatMap((line) => {
    const part = Math.min(wanted, line.amount)
    wanted = money(wanted - part)
    return part > 0 ? [{ ...line, amount: part }] : []
  })
}

/** What is given back of the discounts on usage that costs less now than was billed, below zero. */
function discountsGivenBack({ amount, discounts }: BilledUsage, now: Money): DiscountOnLine[] {
  let room = now
  const kept = (one: DiscountOnLine) => {
    const part = Math.min(room, one.period === undefined ? prorated(one.amount, now, amount) : one.amount)
    room = money(room - part)
    return part
  }
  return [
    ...discounts.filter((one) => one.period === undefined),
    ...discounts.filter((one) => one.period !== undefined),
  ]
    .map((one) => ({ ...one, amount: money(kept(one) - one.amount) }))
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
