import type { Engine, BillingTransaction } from '../../engine.ts'
import { onCustomer } from '../../billing-run/run.ts'
import { BillingError } from '../../errors.ts'
import { readSubscriptionState, type SubscriptionState } from '../../subscription/state.ts'
import { addDays, type LocalDate } from '../../values/date.ts'
import { stepsFrom, unitsFrom } from '../../values/quantity.ts'
import { usagePeriods } from '../../subscription/timeline.ts'
import { addDeficit, readUsage } from '../../rating/deficit.ts'
import { currentPhase, phaseOn } from '../../subscription/phase.ts'

/** Usage of a meter above allowances that were reduced later; it counts as used until worked off. Units. */
export interface Deficit {
  meter: string
  deficit: number
}

/**
 * Lists the deficits of a customer that count in the current usage period or the next. Throws
 * customer_not_found.
 */
export async function listDeficits(
  engine: Engine,
  input: { customerId: string },
): Promise<{ data: Deficit[] }> {
  return engine.transaction(
    async (tx) => {
      const state = await readSubscriptionState(tx, input.customerId)
      const { carried } = await standing(tx, state)
      return {
        data: [...state.meters.values()]
          .filter(({ key }) => carried.has(key))
          .map(({ key, decimals }) => ({ meter: key, deficit: unitsFrom(carried.get(key)!, decimals) })),
      }
    },
    { readOnly: true },
  )
}

/**
 * Forgives a deficit for the vendor: all of it, or `quantity` units. Throws meter_not_found, and
 * validation_failed where the deficit is smaller.
 */
export async function forgiveDeficit(
  engine: Engine,
  input: { customerId: string; meter: string; quantity?: number; reason: string },
): Promise<Deficit> {
  return onCustomer(engine, input.customerId, {}, async (tx, state) => {
    const meter = state.meters.get(input.meter)
    if (!meter)
      throw new BillingError('meter_not_found', {
        pointer: '/meter',
        meter: input.meter,
        message: `there is no meter '${input.meter}'`,
      })
    const { from, carried } = await standing(tx, state)
    const stands = carried.get(meter.key) ?? 0
    const forgiven = input.quantity === undefined ? stands : stepsFrom(input.quantity, meter.decimals)
    if (typeof forgiven === 'string')
      throw new BillingError(forgiven, {
        pointer: '/quantity',
        message: `quantity ${input.quantity} is no quantity of meter '${meter.key}'`,
      })
    if (forgiven === 0 || forgiven > stands) {
      throw new BillingError('validation_failed', {
        pointer: '/quantity',
        message: `the deficit of '${meter.key}' is ${unitsFrom(stands, meter.decimals)}: there is no more to forgive`,
      })
    }
    await addDeficit(tx, state, {
      meter: meter.key,
      period: from,
      quantity: -forgiven,
      forgiven: true,
      reason: input.reason,
    })
    return { meter: meter.key, deficit: unitsFrom(stands - forgiven, meter.decimals) }
  })
}

/**
 * Returns the deficits that count from the running usage period on, or from the next one without a
 * subscription. One ended at once counts until the end of its last date, unless another starts on it.
 */
async function standing(
  tx: BillingTransaction,
  state: SubscriptionState,
): Promise<{ from: LocalDate; carried: ReadonlyMap<string, number> }> {
  const { phases, today } = state
  const running = currentPhase(state) && usagePeriods(phases, today).at(-1)
  if (running)
    return { from: running.from, carried: (await readUsage(tx, state, running)).carriedInto(running) }
  const from = phaseOn(phases, today) ? addDays(today, 1) : today
  const next = { from, to: addDays(from, 1) }
  return { from: today, carried: (await readUsage(tx, state, next)).carriedInto({ ...next, whole: next }) }
}
