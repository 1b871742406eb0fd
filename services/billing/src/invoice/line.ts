import type { Stretch } from '../history.ts'
import type { Meter } from '../meter.ts'
import { feeOf, type Plan } from '../plan.ts'
import { daysBetween, type DateRange, type LocalDate } from '../rules/date.ts'
import type { Instant } from '../rules/instant.ts'
import { inProportion } from '../rules/document-totals.ts'
import type { TaxMode } from '../rules/invoicing.ts'
import { money, type Money } from '../rules/money.ts'
import { daysIn, type LabelledPeriod, type Period } from '../rules/period.ts'
import { prorate } from '../rules/proration.ts'
import { creditWithin } from '../rules/share.ts'
import type { Explanation, Rate } from '../rules/pricing.ts'
import { unitsFrom } from '../rules/quantity.ts'
import { inChinese, type LocalizedText } from '../text.ts'
import type { RatedUsage } from '../usage/rating.ts'

export type LineKind = 'fee' | 'usage' | 'credit' | 'adjustment'

/** One part of an explanation, quantities in units. The amounts of the parts add up to the line's. */
export type LineExplanation = Explanation

/** A line of an invoice: what the customer sees, and below it what later computations need to know. Quantities are units. */
export interface Line {
  id: string
  kind: LineKind
  description: LocalizedText
  meter?: string
  quantity: number
  unit?: LocalizedText
  included?: number | null
  rate?: Rate
  amount: Money
  /** What discounts took off it; absent where that is nothing. A line that gives money back is net of them itself. */
  discount?: Money
  taxRate: string
  taxMode: TaxMode
  period: { start: LocalDate; end: LocalDate }
  explain: LineExplanation[]
  days?: { billed: number; of: number }
  /** The stretch (for usage: the one whose counter it is). */
  stretchId: string
  /** Fee lines: the fee of the whole fee period, and its dates, from which shares are taken. */
  whole?: { fee: Money; start: LocalDate; end: LocalDate }
  /** Usage lines: the usage period's first date, and which events were counted, by when they were stored. */
  usagePeriod?: LocalDate
  counted?: { after: Instant | null; until: Instant }
  /** An adjustment that gives back less than its rating says, since that was not paid in full: what its rating says. */
  rated?: Money
  /** Lines of a credit note: the line of the invoice, and how much of it, in its own terms, is given back. */
  credited?: { lineId: string; gross: Money }
}

/** A line before it has its number on the document. */
export type LineDraft = Omit<Line, 'id'>

const seat: LocalizedText = { 'zh-CN': '席位', en: 'seats' }

/** The fee of a stretch for some dates of a fee period. */
export function feeLine(stretch: Pick<Stretch, 'id' | 'plan' | 'seats'>, dates: DateRange, period: Period): LineDraft {
  const { plan, seats } = stretch
  const fee = feeOf(plan, seats)
  const billed = daysIn(dates)
  const of = daysIn(period.whole)
  const perSeat = plan.fee.per === 'seat'
  return {
    kind: 'fee',
    description: { 'zh-CN': inChinese(plan.name, perSeat ? '席位费' : '套餐费'), en: `${plan.name.en} ${perSeat ? 'seats' : 'plan fee'}` },
    quantity: perSeat ? seats : 1,
    ...(perSeat ? { unit: seat } : {}),
    rate: { amount: plan.fee.amount, per: 1 },
    amount: prorate(fee, dates, period.whole),
    ...taxOf(plan), period: rangeOf(dates), explain: [],
    ...(billed === of ? {} : { days: { billed, of } }),
    stretchId: stretch.id,
    whole: { fee, start: period.whole.from, end: period.whole.to },
  }
}

/** What was billed for a line and is still paid for: less its discount, and less what credit notes gave back of it. */
export interface BilledLine extends Line {
  left: Money
}

/**
 * Gives back what a fee line billed for some of its dates: a share of the same fee, so that the two parts add up to it. Of a fee that was lowered by
 * discounts or credit notes it is a share of what is left, and the parts add up to that: never more than is left with what was `given` back before.
 */
export function creditLine(line: BilledLine, planName: LocalizedText, dates: DateRange, given: Money = 0): LineDraft {
  const whole = { from: line.whole!.start, to: line.whole!.end }
  const share = prorate(line.whole!.fee, dates, whole)
  const wanted = line.left === line.amount ? share : prorate(line.left, dates, { from: line.period.start, to: line.period.end })
  const amount = creditWithin(wanted, line.left, given)
  return {
    kind: 'credit',
    description: { 'zh-CN': inChinese(planName, '未用天数退差'), en: `Unused time on ${planName.en}` },
    quantity: line.quantity,
    ...(line.unit ? { unit: line.unit } : {}),
    ...(line.rate ? { rate: line.rate } : {}),
    amount: money(-amount),
    taxRate: line.taxRate, taxMode: line.taxMode, period: rangeOf(dates), explain: lessTakenOff(money(-share), money(-amount)),
    days: { billed: daysIn(dates), of: daysIn(whole) },
    stretchId: line.stretchId,
  }
}

/** Why less is given back than a line would say: what discounts and credit notes had taken off already. Empty where that is nothing. */
export function lessTakenOff(said: Money, given: Money): LineExplanation[] {
  if (said === given) return []
  const part = { upTo: null, quantity: 0, rate: null, flat: 0 }
  return [{ ...part, kind: 'gross', amount: said }, { ...part, kind: 'taken_off', amount: money(given - said) }]
}

/** What one meter cost in one stretch and usage period. */
export function usageLine(usage: RatedUsage, period: LabelledPeriod, until: Instant): LineDraft {
  const units = (steps: number) => unitsFrom(steps, usage.meter.decimals)
  const { price } = usage.charge
  return {
    kind: 'usage',
    description: usageDescription(usage.meter, usage.stretch.plan),
    meter: usage.meter.key,
    quantity: units(usage.used),
    unit: usage.meter.unit,
    included: usage.allowance === null ? null : units(usage.allowance),
    ...(price?.model === 'per_unit' ? { rate: price.rate } : {}),
    amount: usage.rated.amount,
    ...taxOf(usage.stretch.plan), period: rangeOf(usage.dates),
    explain: usage.rated.explain.map((tier) => ({ ...tier, quantity: units(tier.quantity) })),
    stretchId: usage.stretch.id, usagePeriod: period.from, counted: { after: null, until },
  }
}

/** What was billed so far for one meter in one stretch and usage period. */
export interface BilledUsage {
  /** What the ratings said, before discounts. */
  amount: Money
  /** After discounts. */
  net: Money
  /** What is left of that after credit notes. */
  left: Money
  /** Steps. */
  quantity: number
  /** Events stored later were not counted. */
  until: Instant | null
}

/**
 * Usage that arrived after its period was billed: all that is known now, less what was billed for it so far. It may be negative, and then gives back
 * what was paid for it: in the proportion discounts left of what was billed, and never more than credit notes left of that.
 */
export function adjustmentLine(usage: RatedUsage, period: LabelledPeriod, billed: BilledUsage, until: Instant): LineDraft {
  const line = usageLine(usage, period, until)
  const rated = money(line.amount - billed.amount)
  const amount = rated < 0 ? money(-creditWithin(inProportion(-rated, billed.net, billed.amount), billed.left, 0)) : rated
  return {
    ...line,
    kind: 'adjustment',
    description: { 'zh-CN': inChinese(usage.meter.name, `用量调整（${period.label}）`), en: `${usage.meter.name.en} usage adjustment (${period.label})` },
    quantity: unitsFrom(usage.used - billed.quantity, usage.meter.decimals),
    amount,
    explain: [
      ...line.explain,
      { upTo: null, quantity: -unitsFrom(billed.quantity, usage.meter.decimals), rate: null, flat: 0, amount: money(-billed.amount) },
      ...lessTakenOff(rated, amount).slice(1),
    ],
    counted: { after: billed.until, until },
    ...(amount === rated ? {} : { rated }),
  }
}

function usageDescription(meter: Meter, plan: Plan): LocalizedText {
  return { 'zh-CN': inChinese(meter.name, `用量（${plan.name['zh-CN']}）`), en: `${meter.name.en} usage (${plan.name.en})` }
}

function taxOf(plan: Plan): { taxRate: string; taxMode: TaxMode } {
  return { taxRate: plan.taxRate, taxMode: plan.taxMode }
}

function rangeOf(dates: DateRange): { start: LocalDate; end: LocalDate } {
  return { start: dates.from, end: dates.to }
}

/** Whether a line bills something from `date` on. */
export function reachesPast(line: Line, date: LocalDate): boolean {
  return daysBetween(date, line.period.end) > 0
}
