import { feeLine, type LineDraft } from '../../services/billing/src/invoicing/document/line.ts'
import type { Phase } from '../../services/billing/src/subscription/phase.ts'
import type { Plan, PlanInput } from '../../services/billing/src/catalogue/plan.ts'
import {
  addDays,
  daysBetween,
  type DateRange,
  type LocalDate,
} from '../../services/billing/src/values/date.ts'
import { totals } from '../../services/billing/src/pricing/totals.ts'
import { amountDecimal, money, sum, type Money } from '../../services/billing/src/values/money.ts'
import type { Period } from '../../services/billing/src/values/period.ts'
import { creditWithin } from '../../services/billing/src/pricing/proration.ts'
import {
  clockTimeWithOffset,
  instantOf,
  zoneOn,
  type ZoneChange,
} from '../../services/billing/src/values/zone.ts'
import { isSameGrid, nextPhase } from '../../services/billing/src/subscription/schedule.ts'
import { billingPeriodAt } from '../../services/billing/src/subscription/timeline.ts'
import {
  always,
  has,
  object,
  oneOf,
  text,
  textOr,
  unsupported,
  Unsupported,
  type Adapter,
  type Input,
  type Json,
} from './case.ts'
import { currencyOf, whole, writtenBy, type Currency } from './decimal.ts'
import { billedIn, phaseBilledOn } from './periods.ts'
import {
  dateAt,
  dateFrom,
  intervalOf,
  issued,
  namesDate,
  phaseOf,
  planOf,
  wholePeriod,
  zonesOf,
} from './subscription.ts'
import { creditsOf } from '../../services/billing/src/invoicing/document/unused-time.ts'

/** Decimals of a fee of 1 for a whole cycle, whose prorated fee then gives the fraction to nine decimals. */
const cycleDigits = 9
const cycleFee = { amount: 10 ** cycleDigits, per: 'subscription' } as const

export const prorationAdapters: Record<string, Adapter> = {
  plan_change(input) {
    const currency = currencyOf(input)
    const setting = settingOf(input, currency)
    const at = changeDate(input, setting)
    const before = phaseFor(input.old, setting)
    const credits = before
      ? creditsOf([issued(feeLine(before, setting.period, setting.period))], [before], { from: at, to: null })
      : []
    const charges = chargesOf(input, setting, at)
    const totalOf = (lines: readonly LineDraft[]) => totals(lines, 0).total
    const values = {
      credit: money(-totalOf(credits)),
      charge: totalOf(charges),
      net: totalOf([...credits, ...charges]),
    }
    return { digits: currency.digits, values: writtenBy(currency, values) }
  },

  plan_change_multi_item: unsupported('a subscription has one plan, not several items'),

  partial_period(input) {
    const currency = feeCurrency(input)
    const { zones, period, interval } = settingOf(input, currency)
    const dates = { from: dateFrom(input, 'service_start', zones), to: dateFrom(input, 'service_end', zones) }
    if (dates.from < period.from || dates.to > period.to)
      throw new Unsupported('the service lies in another period')
    checkDays(input, [period.from, dates.from, dates.to, period.to], zones)
    checkCause(input, dates, zones)
    const fee = { amount: currency.amount(text(input, 'amount')), per: 'subscription' } as const
    const line = feeLine(
      phaseOf(planOf({ currency: currency.code, ...interval, fee }), period.from),
      dates,
      period,
    )
    return { digits: currency.digits, values: { amount: currency.written(totals([line], 0).total) } }
  },

  cycle_count(input) {
    const lines = billedIn(input, cycleFee).map(({ phase, dates, period }) => feeLine(phase, dates, period))
    const stubs = lines.flatMap(({ days }) => (days ? [{ days: days.billed, of_days: days.of }] : []))
    const cycles = sum(lines.map((line) => line.amount))
    return {
      digits: cycleDigits,
      values: { whole_cycles: lines.length - stubs.length, stubs, cycles: cyclesText(cycles) },
    }
  },

  stub_fraction(input) {
    oneOf(input, 'day_count', ['actual'], 'actual')
    const next = text(input, 'next_bill_date')
    const phase = phaseBilledOn(text(input, 'start_date'), Number(next.slice(8)), {
      ...intervalOf(input),
      fee: cycleFee,
    })
    const period = billingPeriodAt(phase, phase.from)
    if (period.to !== next) throw new Unsupported('next_bill_date: the first period ends on another date')
    const { amount, days } = feeLine(phase, period, period)
    if (!days) throw new Unsupported('a stub is shorter than a period')
    return {
      digits: cycleDigits,
      values: { days: days.billed, of_days: days.of, fraction: cyclesText(amount) },
    }
  },

  day_count(input) {
    const zones = zonesOf(input)
    return {
      digits: 0,
      values: { days: daysBetween(dateAt(input, 'start', zones), dateAt(input, 'end', zones)) },
    }
  },

  credit_cap(input) {
    const { digits, amount, written } = currencyOf(input)
    const [wanted, paid, credited] = ['potential_credit', 'original_amount_paid', 'previous_credits'].map(
      (key) => amount(textOr(input, key, '0')),
    )
    return { digits, values: { credit: written(creditWithin(wanted!, paid!, credited!)) } }
  },
}

function cyclesText(amount: Money): string {
  return amountDecimal(amount, cycleDigits)
}

/** The currency of a fee, to whose minor units it is rounded. */
function feeCurrency(input: Input): Currency {
  if (input.currency === null) throw new Unsupported('currency: an amount without one is no fee')
  const currency = currencyOf(input)
  always(input, 'scale', currency.digits, 'a fee is rounded to the minor unit')
  return currency
}

interface Setting {
  currency: Currency
  zones: readonly ZoneChange[]
  interval: Pick<PlanInput, 'interval' | 'intervalCount'>
  period: Period
}

function settingOf(input: Input, currency: Currency): Setting {
  const zones = zonesOf(input)
  const [from, to] = [dateFrom(input, 'period_start', zones), dateFrom(input, 'period_end', zones)]
  if (!namesDate(input, 'source_period_end_inclusive', addDays(to, -1), zones))
    throw new Unsupported('source_period_end_inclusive: the period has another last date')
  return { currency, zones, ...wholePeriod(from, to) }
}

/** The date of a change. A share by seconds equals one by days while the clocks do not change. */
function changeDate(input: Input, { period, zones }: Setting): LocalDate {
  const at =
    granularityOf(input) === 'second'
      ? dateFrom(input, 'change_at', zones)
      : dateAt(input, 'change_at', zones)
  if (at < period.from || at >= period.to) throw new Unsupported('change_at lies in another period')
  checkDays(input, [period.from, at, period.to], zones)
  return at
}

function checkDays(input: Input, dates: readonly LocalDate[], zones: readonly ZoneChange[]): void {
  const offsets = new Set(
    dates.map((date) => clockTimeWithOffset(zoneOn(zones, date), instantOf(zones, date)).slice(-6)),
  )
  if (granularityOf(input) === 'second' && offsets.size > 1)
    throw new Unsupported('granularity second: days count, also those of 23 or 25 hours')
}

function granularityOf(input: Input): 'second' | 'day' {
  return oneOf(input, 'granularity', ['second', 'day'], 'second')
}

/** Throws unless the case's reason for prorating a period applies in the engine too. */
function checkCause(input: Input, { from, to }: DateRange, zones: readonly ZoneChange[]): void {
  const isChange = namesDate(input, 'change_at', from, zones) || namesDate(input, 'change_at', to, zones)
  if (!isChange) throw new Unsupported('change_at: the date of a change is the first of the new plan')
  if (!namesDate(input, 'started_at', from, zones))
    throw new Unsupported('started_at: a subscription begins with its date')
  if (!namesDate(input, 'terminated_at', addDays(from, -1), zones))
    throw new Unsupported('terminated_at: the date of an ending is the last that is paid for')
}

/** A subscription to one item for a whole period, or none. */
function phaseFor(item: Json | undefined, { currency, interval, period }: Setting): Phase | undefined {
  if (item === null || item === undefined) return undefined
  const { plan, seats } = itemOf(object(item), currency, interval)
  return phaseOf(plan, period.from, { seats })
}

function itemOf(
  item: Input,
  currency: Currency,
  interval: Setting['interval'],
): { plan: Plan; seats: number } {
  const seats = whole(textOr(item, 'quantity', '1'), 'a number of seats')
  if (seats < 1) throw new Unsupported('a subscription has at least one seat')
  return {
    plan: planOf({
      currency: currency.code,
      ...interval,
      fee: { amount: currency.amount(text(item, 'unit_amount')), per: 'seat' },
    }),
    seats,
  }
}

/** The fee of the new item from the change on. Only another interval starts new periods. */
function chargesOf(input: Input, setting: Setting, at: LocalDate): LineDraft[] {
  if (!has(input, 'new')) return []
  const { currency, interval, period } = setting
  const newInterval = has(input, 'new_interval')
    ? intervalOf({ interval: text(input, 'new_interval') })
    : interval
  const to = itemOf(object(input.new), currency, newInterval)
  const before =
    phaseFor(input.old, setting) ?? phaseOf(planOf({ currency: currency.code, ...interval }), period.from)
  const next = nextPhase(before, { id: 'next', ...to, from: at, scheduled: false })
  always(
    input,
    'reset_cycle',
    !isSameGrid(before, next),
    'a change begins new periods where it is to another interval',
  )
  const billed = billingPeriodAt(next, at)
  return [feeLine(next, { from: at, to: billed.to }, billed)]
}
