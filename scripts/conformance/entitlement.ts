import type { SubscriptionState } from '../../services/billing/src/subscription/state.ts'
import type { Meter } from '../../services/billing/src/catalogue/meter.ts'
import type { Phase } from '../../services/billing/src/subscription/phase.ts'
import { sum } from '../../services/billing/src/values/money.ts'
import { unitsFrom, type Steps } from '../../services/billing/src/values/quantity.ts'
import { beginningOfTime, startOfDay } from '../../services/billing/src/values/zone.ts'
import { usagePeriods } from '../../services/billing/src/subscription/timeline.ts'
import { countersFrom, type QuotaCounter } from '../../services/billing/src/quota/counter.ts'
import { decide } from '../../services/billing/src/quota/decide.ts'
import { quotaWindows } from '../../services/billing/src/quota/window.ts'
import { quotaFor } from '../../services/billing/src/quota/check.ts'
import { metersInPeriod, usagePhases } from '../../services/billing/src/rating/rated-usage.ts'
import { takenTimes } from '../../services/billing/src/usage/totals/taken-times.ts'
import {
  always,
  has,
  object,
  objects,
  oneOf,
  RefusedByEngine,
  text,
  WrongAnswer,
  type Adapter,
  type Input,
  type Json,
} from './case.ts'
import { meterDecimals, whole } from './decimal.ts'
import { meterOf, phaseOf, planOf, someDate, stepsOf } from './subscription.ts'

const at = startOfDay(someDate, 'UTC')
const customerId = 'customer'

/** One meter of a subscription in its first usage period. */
interface Feature {
  meter: Meter
  phase: Phase
  /** What is granted of a quantity when not all of it is left. */
  mode: 'partial' | 'all'
}

export const entitlementAdapters: Record<string, Adapter> = {
  sequence(input) {
    const steps = objects(input, 'steps')
    const quantities = steps.flatMap((step) =>
      ['value', 'required'].filter((key) => has(step, key)).map((key) => text(step, key)),
    )
    const feature = featureOf(object(input.feature), meterDecimals(quantities))
    const wrong: string[] = []
    let recorded: Steps = 0
    let allowed: boolean | undefined
    for (const step of steps) {
      const agrees = (key: string, answer: boolean) => {
        if (has(step, key) && step[key] !== answer)
          wrong.push(`${key} is ${answer}, expected ${String(step[key])}`)
      }
      const op = oneOf(step, 'op', ['track', 'check', 'ingest'])
      if (op === 'check') {
        allowed = isAllowed(feature, recorded, text(step, 'required'))
        agrees('expect_allowed', allowed)
        continue
      }
      const wanted = stepsOf(text(step, 'value'), feature.meter)
      const taken = op === 'track' ? granted(feature, recorded, text(step, 'value')) : wanted
      if (op === 'track') agrees('expect_accepted', taken === wanted)
      recorded = sum([recorded, taken])
    }
    // Not earlier: every step must have been read.
    if (wrong.length > 0) throw new WrongAnswer(wrong[0])
    return {
      digits: feature.meter.decimals,
      values: { ...counterAnswer(feature, recorded), ...(allowed === undefined ? {} : { allowed }) },
    }
  },
}

function featureOf(input: Input, decimals: number): Feature {
  oneOf(input, 'type', ['metered'])
  always(input, 'reset_interval', 'month', 'an allowance is for a usage period, which is a month')
  const meter = meterOf(decimals)
  const overage = input.overage_allowed === true ? 'bill' : 'block'
  const price =
    overage === 'bill' ? ({ price: { model: 'per_unit', rate: { amount: 1, per: 1 } } } as const) : {}
  const charge = {
    meter: meter.key,
    included: whole(text(input, 'included'), 'included'),
    overage,
    ...price,
  } as const
  const mode = oneOf(input, 'overflow', ['partial', 'reject'], 'partial') === 'partial' ? 'partial' : 'all'
  return { meter, phase: phaseOf(planOf({ charges: [charge] }), someDate), mode }
}

/** The granted part of a requested quantity. */
function granted({ meter, phase, mode }: Feature, recorded: Steps, quantity: string): Steps {
  const command = { kind: 'consume', customerId, meter: meter.key, id: 'event', quantity, mode } as const
  const { event, outcome } = decide(
    { command, times: takenTimes(at), meter, today: someDate, ids: new Map() },
    counterOf({ meter, phase }, recorded),
  )
  if (typeof outcome === 'object' && 'error' in outcome) throw new RefusedByEngine(outcome.error.message)
  return event?.quantity ?? 0
}

function isAllowed({ meter, phase }: Feature, recorded: Steps, required: string): boolean {
  const units = unitsFrom(stepsOf(required, meter), meter.decimals)
  return quotaFor(counterOf({ meter, phase }, recorded), units).allowed
}

/** The usage period's totals, and what is left of it. */
function counterAnswer(feature: Feature, recorded: Steps): { [key: string]: Json } {
  const { meter, phase } = feature
  const [period] = usagePeriods([phase], someDate)
  const days = [{ meter: meter.key, date: someDate, quantity: recorded, events: 1 }]
  const [counted] = metersInPeriod(usagePhases([phase]), period!, days, new Map([[meter.key, meter]]))
  const units = (steps: Steps) => unitsFrom(steps, meter.decimals)
  return {
    usage: units(counted!.used),
    overage: units(sum(counted!.lines.map((line) => line.overage))),
    balance: quotaFor(counterOf(feature, recorded), 0).remaining,
  }
}

/** The counter of the usage period after this much has been recorded in it. */
function counterOf({ meter, phase }: Pick<Feature, 'meter' | 'phase'>, recorded: Steps): QuotaCounter {
  const history: Partial<SubscriptionState> = {
    zones: [{ from: beginningOfTime, timezone: 'UTC' }],
    phases: [phase],
    meters: new Map([[meter.key, meter]]),
    deficits: [],
    grants: [],
    drawsSettledOn: null,
    today: someDate,
    endedAt: null,
  }
  const window = quotaWindows(history as SubscriptionState, someDate).windows.get(meter.key)!
  const row = { ordinal: 0, quantity: recorded, events: 1, busiest: recorded, held: 0, open: 0, version: 0 }
  return countersFrom([row], [{ customerId, window }])[0]!
}
