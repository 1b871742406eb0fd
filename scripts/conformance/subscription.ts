import { discountFrom, type DiscountInput } from '../../services/billing/src/commands/account/discount.ts'
import { BillingError } from '../../services/billing/src/errors.ts'
import type { Discount } from '../../services/billing/src/customer/discount.ts'
import type { BilledLine, LineDraft } from '../../services/billing/src/invoicing/document/line.ts'
import type { Meter } from '../../services/billing/src/catalogue/meter.ts'
import type { Phase } from '../../services/billing/src/subscription/phase.ts'
import { specOf, type Plan, type PlanInput } from '../../services/billing/src/catalogue/plan.ts'
import { monthsBetween, type LocalDate } from '../../services/billing/src/values/date.ts'
import { parseInstant, type Instant } from '../../services/billing/src/values/instant.ts'
import { netOf } from '../../services/billing/src/pricing/totals.ts'
import type { Period } from '../../services/billing/src/values/period.ts'
import { stepsFrom, type Steps } from '../../services/billing/src/values/quantity.ts'
import {
  beginningOfTime,
  instantOf,
  isTimeZone,
  localDateOf,
  type ZoneChange,
} from '../../services/billing/src/values/zone.ts'
import { billingPeriodAt } from '../../services/billing/src/subscription/timeline.ts'
import { has, oneOf, RefusedByEngine, text, textOr, Unsupported, type Input } from './case.ts'

/** The start date for cases that give the length of a period but no dates. */
export const someDate: LocalDate = '2026-01-01'
const maxIntervals = 36

/** A plan with a vendor's input. Throws Unsupported with the reason when the engine rejects it. */
export function planOf(input: Partial<PlanInput>): Plan {
  const fee = { amount: 0, per: 'subscription' } as const
  return {
    id: 'plan',
    version: 1,
    ...accepted(() => specOf({ id: 'plan', name: 'Plan', taxRate: '0', fee, ...input })),
  }
}

/** A discount with a vendor's input, from the start date of cases on. */
export function discountOf(id: string, input: Pick<DiscountInput, 'kind' | 'value' | 'appliesTo'>): Discount {
  return accepted(() => discountFrom({ customerId: 'customer', discountId: id, from: someDate, ...input }))
}

function accepted<T>(stated: () => T): T {
  try {
    return stated()
  } catch (error) {
    if (error instanceof BillingError)
      throw new Unsupported(`the engine takes no such plan or discount: ${error.message}`)
    throw error
  }
}

/** An open subscription to one plan. */
export function phaseOf(plan: Plan, from: LocalDate, changes: Partial<Phase> = {}): Phase {
  return {
    id: 'phase',
    subscriptionId: 'subscription',
    plan,
    seats: 1,
    from,
    to: null,
    anchor: from,
    alignment: plan.alignment,
    scheduled: false,
    trialEnds: null,
    ...changes,
  }
}

/** A meter that sums quantities. */
export function meterOf(decimals: number): Meter {
  const named = { 'zh-CN': 'Units', en: 'units' }
  return { key: 'units', name: named, unit: named, decimals, aggregation: 'sum' }
}

/** A quantity in the engine's units. */
export function stepsOf(quantity: string, { decimals }: Meter): Steps {
  const steps = stepsFrom(quantity, decimals)
  if (typeof steps === 'string') throw new RefusedByEngine(`the quantity ${quantity} is refused: ${steps}`)
  return steps
}

/** A line as it is on an issued invoice. */
export function issued(line: LineDraft): BilledLine {
  return { ...line, id: 'line_1', invoiceId: 'inv_1', left: netOf(line), givenBack: 0 }
}

/** An interval in the fields of a plan. */
export function intervalOf(input: Input): Pick<PlanInput, 'interval' | 'intervalCount'> {
  const word = oneOf(input, 'interval', ['month', 'quarter', 'year'], 'month')
  const count = Number(textOr(input, 'interval_count', '1'))
  if (!Number.isInteger(count) || count < 1 || count > maxIntervals)
    throw new Unsupported(`interval_count ${count}: a plan has 1 to ${maxIntervals}`)
  return word === 'quarter'
    ? { interval: 'month', intervalCount: count * 3 }
    : { interval: word, intervalCount: count }
}

/** The billing period between two dates, and its interval. */
export function wholePeriod(
  from: LocalDate,
  to: LocalDate,
): { interval: Pick<PlanInput, 'interval' | 'intervalCount'>; period: Period } {
  const months = monthsBetween(from, to)
  if (months < 1 || months > maxIntervals) throw new Unsupported(notWhole)
  const interval = { interval: 'month', intervalCount: months } as const
  const period = billingPeriodAt(phaseOf(planOf(interval), from), from)
  if (period.to !== to) throw new Unsupported(notWhole)
  return { interval, period }
}

const notWhole = 'a fee period is whole months from the date it begins on'

/** The time zone of a case, as a customer has it. */
export function zonesOf(input: Input): ZoneChange[] {
  const timezone = textOr(input, 'timezone', 'UTC')
  if (!isTimeZone(timezone)) throw new Unsupported(`'${timezone}' is no time zone`)
  return [{ from: beginningOfTime, timezone }]
}

function instant(input: Input, key: string): Instant {
  const parsed = parseInstant(text(input, key))
  if (parsed === undefined) throw new Unsupported(`'${key}' is not an instant`)
  return parsed
}

/** The local date of an instant. */
export function dateAt(input: Input, key: string, zones: readonly ZoneChange[]): LocalDate {
  return localDateOf(zones, instant(input, key))
}

/** The local date that begins at an instant. */
export function dateFrom(input: Input, key: string, zones: readonly ZoneChange[]): LocalDate {
  const date = dateAt(input, key, zones)
  if (instantOf(zones, date) !== instant(input, key))
    throw new Unsupported(`${key} is no local midnight: periods are of whole dates`)
  return date
}

/** Whether a field has the given date; true when the case has no such field. */
export function namesDate(input: Input, key: string, date: LocalDate, zones: readonly ZoneChange[]): boolean {
  return !has(input, key) || dateAt(input, key, zones) === date
}
