import type { Billing, BillingTransaction } from '../billing.ts'
import { BillingError } from '../failure.ts'
import { lockCustomer, readHistory, stretchOn, type History } from '../history.ts'
import { findMeter, isAdditive, type Meter } from '../meter.ts'
import { later, type LocalDate } from '../rules/date.ts'
import type { Instant } from '../rules/instant.ts'
import { unitsFrom } from '../rules/quantity.ts'
import { instantOf, localDateOf } from '../rules/zone.ts'
import { usagePeriods } from '../timeline.ts'
import { checkEvent } from './event.ts'
import { allowanceOf, chargesOf, dailyUsage, usageStretches, usedOn } from './rating.ts'
import { overflowDetail, tooLarge } from './overflow.ts'
import { findRecorded, storeEvents } from './record.ts'

/** What a customer may still use of a meter now. Quantities are units; `included` and `remaining` are null when unlimited. */
export interface Quota {
  allowed: boolean
  included: number | null
  used: number
  remaining: number | null
  overagePolicy: 'bill' | 'block' | null
  resetsAt: Instant | null
}

/** Whether `quantity` units (default 1) may be used now. A plan without this meter allows nothing of it. */
export async function checkQuota(billing: Billing, input: { customerId: string; meter: string; quantity?: number }): Promise<Quota> {
  return billing.transaction(async (tx) => {
    const meter = await meterOf(tx, input.meter)
    return quotaFor(await counterOf(tx, await readHistory(tx, input.customerId), meter), meter, input.quantity ?? 1)
  }, { readOnly: true })
}

/** The units left of a meter's allowance in this usage period: null when unlimited, 0 when used up. */
export async function getRemainingQuota(billing: Billing, input: { customerId: string; meter: string }): Promise<number | null> {
  return (await checkQuota(billing, input)).remaining
}

/** What `consume` answers. Quantities are units; `overage` is the part of this grant above the allowance. */
export interface Consumed {
  granted: number
  remaining: number | null
  overage: number
  duplicate: boolean
}

/**
 * Checks and records in one step. Where overage is blocked, at most the remaining allowance is granted, whatever runs at
 * the same time; where it is billed, everything. Nothing granted records nothing, so the id stays free. The same id again
 * answers the same grant.
 */
export async function consume(
  billing: Billing,
  input: { customerId: string; meter: string; id: string; quantity?: number; properties?: Record<string, unknown> },
): Promise<Consumed> {
  return billing.transaction(async (tx) => {
    const meter = await meterOf(tx, input.meter)
    // Each consumption is one event: granting five for what is counted once would sell the limit five times.
    if (!isAdditive(meter)) throw new BillingError('validation_failed', { pointer: '/meter', message: `meter '${meter.key}' does not add up what is used (${meter.aggregation}): record events, and read the quota` })
    if (meter.aggregation === 'count' && (input.quantity ?? 1) !== 1) throw new BillingError('validation_failed', { pointer: '/quantity', message: `meter '${meter.key}' counts events: consume one at a time` })
    await lockCustomer(tx, input.customerId)
    const history = await readHistory(tx, input.customerId)
    const event = checkEvent(input, meter, tx.at)
    if ('code' in event) throw new BillingError(event.code, { pointer: '/quantity', message: event.detail })
    const counter = await counterOf(tx, history, meter)
    const known = await findRecorded(tx, input.customerId, input.id)
    if (known) {
      if (known.bodyHash !== event.bodyHash) throw new BillingError('event_conflict', { pointer: '/id', message: `id '${input.id}' was used before with other content` })
      return answer(meter, { granted: known.quantity, overage: known.overage ?? 0, remaining: counter?.remaining ?? null, duplicate: true })
    }
    if (!counter) return answer(meter, { granted: 0, overage: 0, remaining: 0, duplicate: false })
    const { remaining, policy } = counter
    const granted = remaining === null || policy === 'bill' ? event.quantity : Math.min(event.quantity, remaining)
    const left = remaining === null ? null : Math.max(0, remaining - granted)
    const overage = remaining === null ? 0 : Math.max(0, granted - remaining)
    if (granted > 0) {
      const placed = [{ ...event, quantity: granted, index: 0, localDate: localDateOf(history.zones, event.time) }]
      await storeEvents(tx, placed, overage)
      if (await tooLarge(tx, placed)) throw new BillingError('quantity_overflow', { pointer: '/quantity', message: overflowDetail })
    }
    return answer(meter, { granted, overage, remaining: left, duplicate: false })
  })
}

/** A meter's counter in the current stretch and usage period, in steps. */
interface Counter {
  included: number | null
  used: number
  remaining: number | null
  policy: 'bill' | 'block'
  resetsAt: Instant
}

async function counterOf(tx: BillingTransaction, history: History, meter: Meter): Promise<Counter | undefined> {
  const stretch = stretchOn(history.stretches, history.today)
  if (!stretch) throw new BillingError('no_active_subscription', { message: `customer '${history.customer.customerId}' has no active subscription` })
  const counted = usageStretches(history.stretches).find((one) => one.id === stretch.usageId)!
  const charge = chargesOf(counted).find((one) => one.meter === meter.key)
  if (!charge) return undefined
  const period = usagePeriods(history.stretches, history.today).at(-1)!
  const start: LocalDate = later(counted.from, period.from)
  const dates = { from: start, to: period.to }
  const used = usedOn(await dailyUsage(tx, history.customer.customerId, dates, meter.key), meter, dates)
  const { allowance } = allowanceOf(charge, meter, used, start, period)
  return { included: allowance, used, remaining: allowance === null ? null : Math.max(0, allowance - used), policy: charge.overage, resetsAt: instantOf(history.zones, period.to) }
}

function quotaFor(counter: Counter | undefined, meter: Meter, quantity: number): Quota {
  if (!counter) return { allowed: false, included: 0, used: 0, remaining: 0, overagePolicy: null, resetsAt: null }
  const units = (steps: number | null) => (steps === null ? null : unitsFrom(steps, meter.decimals))
  const remaining = units(counter.remaining)
  return {
    // Of the largest or latest quantity it matters how large it would be, not how much it would add.
    allowed: remaining === null || counter.policy === 'bill' || quantity <= (meter.aggregation === 'max' || meter.aggregation === 'last' ? units(counter.included)! : remaining),
    included: units(counter.included), used: unitsFrom(counter.used, meter.decimals), remaining, overagePolicy: counter.policy, resetsAt: counter.resetsAt,
  }
}

function answer(meter: Meter, steps: { granted: number; overage: number; remaining: number | null; duplicate: boolean }): Consumed {
  const units = (value: number) => unitsFrom(value, meter.decimals)
  return { granted: units(steps.granted), overage: units(steps.overage), remaining: steps.remaining === null ? null : units(steps.remaining), duplicate: steps.duplicate }
}

async function meterOf(tx: BillingTransaction, key: string): Promise<Meter> {
  const meter = await findMeter(tx, key)
  if (!meter) throw new BillingError('meter_not_found', { pointer: '/meter', meter: key, message: `there is no meter '${key}'` })
  return meter
}
