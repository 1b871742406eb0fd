import type { BillingTransaction } from '../engine.ts'
import { readSubscriptionState } from './state.ts'
import { addMonths, firstOfMonth } from '../values/date.ts'
import { startOfDay, zoneOn } from '../values/zone.ts'
import { usagePeriods } from './timeline.ts'
import { phasesAhead } from './schedule.ts'

export async function changeTimeZone(
  tx: BillingTransaction,
  customerId: string,
  timezone: string,
): Promise<void> {
  const state = await readSubscriptionState(tx, customerId)
  const { today } = state
  await tx.query('delete from customer_timezones where customer_id = $1 and from_on > $2', [
    customerId,
    today,
  ])
  if (zoneOn(state.zones, today) === timezone) return
  if (state.phases.length === 0 && !(await hasUsage(tx, customerId))) {
    // Nothing has been counted by date yet, so there is no period to wait for.
    await tx.query('update customer_timezones set timezone = $2 where customer_id = $1', [
      customerId,
      timezone,
    ])
    return
  }
  const current = usagePeriods(state.phases, today).at(-1)
  const soonest = current && current.to > today ? current.to : addMonths(firstOfMonth(today), 1)
  // Far to the east that date may have started already, and usage counted since would change its date.
  const following =
    current && soonest === current.to ? usagePeriods(phasesAhead(state), soonest).at(-1)!.to : soonest
  const after = following > soonest ? following : addMonths(soonest, 1)
  const from = startOfDay(soonest, timezone) > tx.at ? soonest : after
  await tx.query('insert into customer_timezones (customer_id, from_on, timezone) values ($1, $2, $3)', [
    customerId,
    from,
    timezone,
  ])
}

async function hasUsage(tx: BillingTransaction, customerId: string): Promise<boolean> {
  return (
    (
      await tx.query(
        `select 1
          from usage_daily
          where customer_id = $1
          union all
          select 1
          from historical_daily
          where customer_id = $1
          limit 1`,
        [customerId],
      )
    ).length > 0
  )
}

/**
 * A zone requested before the subscription, or its new periods, was due on another date; moves it to the end
 * of the period it would have started in.
 */
export async function keepZoneInPeriods(tx: BillingTransaction, customerId: string): Promise<void> {
  const state = await readSubscriptionState(tx, customerId)
  const next = state.zones.at(-1)!
  const { subscriptionId } = state.phases.at(-1)!
  if (next.from <= state.phases.find((phase) => phase.subscriptionId === subscriptionId)!.from) return
  const period = usagePeriods(phasesAhead(state), next.from).find(
    (one) => one.from <= next.from && next.from < one.to,
  )
  if (!period || period.from === next.from) return
  await tx.query('delete from customer_timezones where customer_id = $1 and from_on = $2', [
    customerId,
    next.from,
  ])
  await tx.query('insert into customer_timezones (customer_id, from_on, timezone) values ($1, $2, $3)', [
    customerId,
    period.to,
    next.timezone,
  ])
}
