import {
  amountDecimal, changeAmounts, creditWithin, currencyDigits, decimal, decimalsOf, decimalText, fraction, inMinorUnits, localDays, parseAmount, percentOf, round, scale, shareOfPeriod, sum, times, total,
  billedPeriods, type Fraction,
} from '@customer-portal/billing'
import { has, list, object, oneOf, refuseModifiers, text, textOr, Unsupported, type Adapter, type Input, type Json } from './case.ts'
import { billedIn, instant, monthsOf } from './periods.ts'

const nothing = fraction(0n, 1n)
const cycleDigits = 9

export const prorationAdapters: Record<string, Adapter> = {
  plan_change(input) {
    const digits = digitsOf(input)
    const change = changeAmounts({ old: priceOf(input.old, digits), new: priceOf(input.new, digits), left: leftOf(input), restarts: restarts(input) })
    const paid = has(input, 'amount_paid') ? creditWithin(change.credit, parseAmount(text(input, 'amount_paid'), digits), 0) : change.credit
    const credit = input.credit_unused === false ? 0 : paid
    const written = (amount: number) => amountDecimal(amount, digits)
    return { digits, values: { credit: written(credit), charge: written(change.charge), net: written(sum([change.charge, -credit])) } }
  },

  plan_change_multi_item(input) {
    const digits = digitsOf(input)
    const [left, restart] = [leftOf(input), restarts(input)]
    const discounted = (item: Json) => lessDiscount(priceOf(item, digits), input)
    const credits = list(input, 'old_items').map((item) => changeAmounts({ old: discounted(item), new: nothing, left }).credit)
    const charges = list(input, 'new_items').map((item) => changeAmounts({ old: nothing, new: discounted(item), left, restarts: restart }).charge)
    const written = (amounts: readonly number[]) => amounts.map((amount) => amountDecimal(amount, digits))
    return { digits, values: { credits: written(credits), charges: written(charges), net: amountDecimal(sum([...charges, ...credits.map((credit) => -credit)]), digits) } }
  },

  partial_period(input) {
    const digits = has(input, 'scale') ? Number(text(input, 'scale')) : digitsOf(input)
    const share = shareOfPeriod(
      { start: instant(input, 'service_start'), end: instant(input, 'service_end') }, { start: instant(input, 'period_start'), end: instant(input, 'period_end') },
      { granularity: granularityOf(input), timezone: textOr(input, 'timezone', 'UTC') },
    )
    return { digits, values: { amount: decimalText(times(decimal(text(input, 'amount')), share), digits) } }
  },

  cycle_count(input) {
    const periods = billedIn(input)
    const stubs = periods.filter((period) => period.days !== period.ofDays)
    const whole = periods.filter((period) => period.days === period.ofDays)
    const one = parseAmount('1', cycleDigits)
    const cycles = sum(periods.map((period) => scale(one, period.days, period.ofDays)))
    return {
      digits: cycleDigits,
      values: { whole_cycles: whole.length, stubs: stubs.map(({ days, ofDays }) => ({ days, of_days: ofDays })), cycles: amountDecimal(cycles, cycleDigits) },
    }
  },

  stub_fraction(input) {
    oneOf(input, 'day_count', ['actual'], 'actual')
    const next = text(input, 'next_bill_date')
    const [stub] = billedPeriods({ start: text(input, 'start_date'), end: next, day: Number(next.slice(8)), months: monthsOf(input) }, 'in_advance', next)
    if (!stub) throw new Unsupported('a stub begins before the next bill date')
    return { digits: cycleDigits, values: { days: stub.days, of_days: stub.ofDays, fraction: decimalText(fraction(BigInt(stub.days), BigInt(stub.ofDays)), cycleDigits) } }
  },

  day_count(input) {
    return { digits: 0, values: { days: localDays({ start: instant(input, 'start'), end: instant(input, 'end') }, textOr(input, 'timezone', 'UTC')) } }
  },

  credit_cap(input) {
    const keys = ['potential_credit', 'original_amount_paid', 'previous_credits'] as const
    const digits = Math.max(digitsOf(input), decimalsOf(keys.map((key) => textOr(input, key, '0'))))
    const [wanted, paid, credited] = keys.map((key) => parseAmount(textOr(input, key, '0'), digits))
    return { digits, values: { credit: amountDecimal(creditWithin(wanted!, paid!, credited!), digits) } }
  },
}

function digitsOf(input: Input): number {
  return currencyDigits(textOr(input, 'currency', 'USD'))
}

function granularityOf(input: Input): 'second' | 'day' {
  return oneOf(input, 'granularity', ['second', 'day'], 'second')
}

/** What one item costs for a whole period, in exact minor units; nothing where there is none. */
function priceOf(item: Json | undefined, digits: number): Fraction {
  if (item === null || item === undefined) return nothing
  const one = object(item)
  return inMinorUnits(times(decimal(text(one, 'unit_amount')), decimal(textOr(one, 'quantity', '1'))), digits)
}

function lessDiscount(price: Fraction, input: Input): Fraction {
  if (!has(input, 'discount')) return price
  const discount = object(input.discount)
  oneOf(discount, 'type', ['percentage', 'percent'])
  const whole = round(price)
  return total([price, fraction(BigInt(-percentOf(whole, text(discount, 'percent'))), 1n)])
}

function leftOf(input: Input): Fraction {
  refuseModifiers(input, { trial_days: 'a trial moves the first fee, it is no part of a proration' })
  const end = instant(input, 'period_end')
  return shareOfPeriod({ start: instant(input, 'change_at'), end }, { start: instant(input, 'period_start'), end }, { granularity: granularityOf(input), timezone: textOr(input, 'timezone', 'UTC') })
}

/** Another interval starts a new period, billed in full. */
function restarts(input: Input): boolean {
  return input.reset_cycle === true || (has(input, 'new_interval') && input.reset_cycle !== false)
}

