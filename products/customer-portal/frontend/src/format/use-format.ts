import {
  formatDate,
  formatPeriodLabel,
  formatRange,
  formatTime,
  formatZone,
  isMonth,
  localDate,
} from '@customer-portal/ui/format/date.ts'
import { formatMoney, formatRate } from '@customer-portal/ui/format/money.ts'
import { formatExact, formatQuantity } from '@customer-portal/ui/format/quantity.ts'
import { ref } from 'vue'
import type { LocalizedText, Plan, Unit } from '@customer-portal/portal-api/contract'
import { locale } from '../preferences.ts'
import { isPaidAsUsed } from './plan-price.ts'
import { useTexts } from '../texts/index.ts'

/** The customer's time zone, in which every instant is shown. */
export const zone = ref('Asia/Shanghai')

/** Formats in the reader's language and the customer's time zone. */
export function useFormat() {
  const { t } = useTexts()
  const text = (both: LocalizedText) => both[locale.value]
  /** The unit's word for a quantity: 1 answer, 2 answers. */
  const unitFor = (unit: Unit, quantity: number) =>
    locale.value === 'en' && quantity === 1 && unit.one ? unit.one : text(unit)
  const quantity = (amount: number) => formatQuantity(amount, locale.value)
  const exact = (amount: number) => formatExact(amount, locale.value)
  const money = (amount: number, currency: string, trim = false) =>
    formatMoney(amount, currency, locale.value, { trim })

  function rate(of: { amount: number; per: number }, currency: string, unit: string): string {
    const { price, per } = formatRate(of, currency, locale.value)
    return per ? t('unit.ratePer', { price, per, unit }) : t('unit.rate', { price, unit })
  }

  function interval(plan: Pick<Plan, 'interval' | 'intervalCount'>): string {
    const year = plan.interval === 'year'
    if (plan.intervalCount === 1) return t(year ? 'unit.perYear' : 'unit.perMonth')
    return t(year ? 'unit.perYears' : 'unit.perMonths', { n: plan.intervalCount })
  }

  /** The parts of a plan's price: ¥599 and /月, with the seat when the fee is per seat; or ¥599 and /月 + ¥99/席位/月. */
  function fee(plan: Plan): { price: string; per: string } {
    if (plan.fee.amount === 0)
      return { price: t(isPaidAsUsed(plan) ? 'quota.payAsYouGo' : 'unit.free'), per: '' }
    const { base, perSeat } = plan.fee
    const each = interval(plan)
    const seats = `${money(perSeat, plan.currency, true)}${t('unit.perSeat')}${each}`
    if (base > 0 && perSeat > 0) return { price: money(base, plan.currency, true), per: `${each} + ${seats}` }
    const seat = plan.fee.per === 'seat' ? t('unit.perSeat') : ''
    return { price: money(plan.fee.amount, plan.currency, true), per: `${seat}${each}` }
  }

  /** A plan's price on one line; for pay-as-you-go also the amount so far, when known. */
  function priceLine(plan: Plan, soFar?: number): string {
    if (soFar !== undefined && isPaidAsUsed(plan))
      return t('quota.soFar', { amount: money(soFar, plan.currency) })
    const { price, per } = fee(plan)
    return price + per
  }

  /** A quantity with its unit: "3,000 次", "500 万个", "5 M tokens", "1 user". `write` formats the number. */
  function counted(
    amount: number,
    unit: Unit | undefined,
    write: (amount: number) => string = quantity,
  ): string {
    const number = write(amount)
    const word = unit ? unitFor(unit, amount) : ''
    // Chinese has no space between 万 and the unit.
    return /[万亿]$/.test(number) && /^\p{Script=Han}/u.test(word)
      ? number + word
      : `${number} ${word}`.trim()
  }

  /** A date inside a sentence, or "today". */
  function dayOn(date: string, today: string | undefined): string {
    if (date === today) return t('usage.today')
    const day = formatDate(date, locale.value, 'day')
    return locale.value === 'zh-CN' ? ` ${day} ` : day
  }

  return {
    text,
    unitFor,
    money,
    rate,
    interval,
    fee,
    priceLine,
    counted,
    dayOn,
    quantity,
    exact,
    percent: (percent: number) => `${percent}%`,
    day: (date: string) => formatDate(date, locale.value, 'day'),
    date: (date: string) => formatDate(date, locale.value, 'date'),
    numeric: (date: string) => formatDate(date, locale.value, 'numeric'),
    month: (date: string) => formatDate(date, locale.value, 'month'),
    weekday: (date: string) => formatDate(date, locale.value, 'weekday'),
    range: (range: { start: string; end: string }) => formatRange(range, locale.value),
    dateOf: (instant: string) => formatDate(localDate(instant, zone.value), locale.value, 'date'),
    dayOf: (instant: string) => formatDate(localDate(instant, zone.value), locale.value, 'day'),
    localDate: (instant: string) => localDate(instant, zone.value),
    time: (instant: string, seconds = false) => formatTime(instant, zone.value, { seconds }),
    /** A usage period: 2026年11月 for a whole month, else its dates. */
    period: (period: { start: string; end: string; label: string }) =>
      isMonth(period)
        ? formatPeriodLabel(period.start.slice(0, 7), locale.value)
        : formatRange(period, locale.value),
    zoneName: () => formatZone(zone.value, locale.value),
    days: (n: number) => t('unit.days', { n }, n),
    seats: (n: number) => t('unit.seats', { n }, n),
  }
}
