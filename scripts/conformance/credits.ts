import { beginningOfTime, localDateOf } from '../../services/billing/src/values/zone.ts'
import { parseInstant, type Instant } from '../../services/billing/src/values/instant.ts'
import { addDays } from '../../services/billing/src/values/date.ts'
import { unitsFrom } from '../../services/billing/src/values/quantity.ts'
import type { GrantTerms } from '../../services/billing/src/customer/grant.ts'
import { coverUsage, leftOn, type Coverage } from '../../services/billing/src/rating/coverage.ts'
import type { SubscriptionState } from '../../services/billing/src/subscription/state.ts'
import type { Meter } from '../../services/billing/src/catalogue/meter.ts'
import { has, objects, oneOf, text, Unsupported, type Adapter, type Input } from './case.ts'
import { meterDecimals } from './decimal.ts'
import { meterOf, someDate, stepsOf } from './subscription.ts'

const zones = [{ from: beginningOfTime, timezone: 'UTC' }]
const never = '9999-12-31T00:00:00Z'

interface Used {
  at: Instant
  quantity: number
}

/** Grants of a customer without a subscription: all that is used draws on them. */
export const creditAdapters: Record<string, Adapter> = {
  burn_down(input) {
    for (const key of ['resets', 'preserve_overage'])
      if (has(input, key)) throw new Unsupported(`${key}: a grant is not set back`)
    const given = objects(input, 'grants')
    const usage = objects(input, 'usage')
    const amounts = [...given, ...usage].map((one) => text(one, 'amount'))
    const meter = meterOf(meterDecimals(amounts))
    const used = usage.map((one): Used => ({
      at: instantIn(text(one, 'at')),
      quantity: stepsOf(text(one, 'amount'), meter),
    }))
    const start = instantIn(text(input, 'start_at'))
    if (used.some(({ at }) => at < start)) throw new Unsupported('usage before the start is not asked for')
    let grants = given.map((one, index) => grantOf(one, index, meter, used))
    // In the order of the voids: each keeps what was drawn by then.
    const ends = given
      .map((one, index) => ({ index, at: endOf(one) }))
      .filter(({ at }) => at !== undefined)
      .sort((a, b) => (a.at! < b.at! ? -1 : 1))
    for (const { index, at } of ends) {
      const by = cover(
        grants,
        meter,
        used.filter((one) => one.at < at!),
      )
      const { id, quantity } = grants[index]!
      const change = { on: dateOf(at!), expiresOn: null, keeps: quantity - by.left.get(id)! }
      grants = grants.map((grant) => (grant.id === id ? { ...grant, changes: [change] } : grant))
    }
    const covered = cover(grants, meter, used)
    const today = dateOf(instantIn(text(input, 'evaluate_at')))
    const units = (steps: number) => unitsFrom(steps, meter.decimals)
    const left = (one: readonly GrantTerms[]) => units(leftOn(one, covered.left, meter.key, today))
    const drawn = covered.draws.reduce((sum, { quantity }) => sum + quantity, 0)
    return {
      digits: meter.decimals,
      values: {
        balances: Object.fromEntries(grants.map((grant) => [grant.id, left([grant])])),
        total: left(grants),
        overage: units(used.reduce((sum, { quantity }) => sum + quantity, 0) - drawn),
      },
    }
  },

  meter_balance(input) {
    const events = objects(input, 'events').map((event) => ({
      type: oneOf(event, 'type', ['usage', 'credit']),
      amount: text(event, 'amount'),
    }))
    const meter = meterOf(meterDecimals(events.map(({ amount }) => amount)))
    const at = instantIn(`${someDate}T00:00:00Z`)
    const amounts = (type: string) =>
      events.filter((event) => event.type === type).map(({ amount }) => stepsOf(amount, meter))
    const grants = amounts('credit').map((quantity, index) => termsOf(String(index), index, meter, quantity))
    const used = amounts('usage').map((quantity): Used => ({ at, quantity }))
    const covered = cover(grants, meter, used)
    const units = (steps: number) => unitsFrom(steps, meter.decimals)
    const sum = (steps: readonly number[]) => units(steps.reduce((total, one) => total + one, 0))
    return {
      digits: meter.decimals,
      values: {
        consumed: sum(amounts('usage')),
        credited: sum(amounts('credit')),
        balance: units(leftOn(grants, covered.left, meter.key, someDate)),
      },
    }
  },
}

function grantOf(input: Input, index: number, meter: Meter, used: readonly Used[]): GrantTerms {
  for (const key of ['recurrence', 'rollover_min', 'rollover_max', 'balance_at_start'])
    if (has(input, key)) throw new Unsupported(`${key}: a grant is of one total`)
  const from = instantIn(text(input, 'effective_at'))
  const to = instantIn(has(input, 'expires_at') ? text(input, 'expires_at') : never)
  // A grant is valid on whole dates: the same where nothing is used on the rest of them.
  const isCut = used.some(
    ({ at }) =>
      (dateOf(at) === dateOf(from) && at < from)
      || (dateOf(at) === dateOf(to) && !isMidnight(to) && at >= to),
  )
  if (isCut) throw new Unsupported('a grant begins and ends with a date')
  return {
    ...termsOf(text(input, 'id'), index, meter, stepsOf(text(input, 'amount'), meter)),
    priority: has(input, 'priority') ? Number(text(input, 'priority')) : 100,
    effectiveOn: dateOf(from),
    expiresOn: has(input, 'expires_at') ? (isMidnight(to) ? addDays(dateOf(to), -1) : dateOf(to)) : null,
  }
}

const termsOf = (id: string, sequence: number, { key }: Meter, quantity: number): GrantTerms => ({
  id,
  meter: key,
  quantity,
  priority: 50,
  category: 'paid',
  effectiveOn: someDate,
  expiresOn: null,
  sequence,
  changes: [],
})

function endOf(input: Input): Instant | undefined {
  const key = ['voided_at', 'deleted_at'].find((name) => has(input, name))
  return key && instantIn(text(input, key))
}

/** What was used of dates, covered by grants as the engine does it. */
function cover(grants: readonly GrantTerms[], meter: Meter, used: readonly Used[]): Coverage {
  const days = new Map<string, number>()
  for (const { at, quantity } of used) days.set(dateOf(at), (days.get(dateOf(at)) ?? 0) + quantity)
  const usage = [...days]
    .map(([date, quantity]) => ({ meter: meter.key, date, quantity, events: 1 }))
    .sort((a, b) => (a.date < b.date ? -1 : 1))
  const first = grants.reduce((date, { effectiveOn }) => (effectiveOn < date ? effectiveOn : date), someDate)
  const state: Partial<SubscriptionState> = {
    zones,
    phases: [],
    meters: new Map([[meter.key, meter]]),
    deficits: [],
    grants: [...grants],
    drawsSettledOn: first,
    today: usage.at(-1)?.date ?? first,
  }
  return coverUsage(state as SubscriptionState, usage, [], '9999-12-31', () => new Map())
}

const dateOf = (instant: Instant) => localDateOf(zones, instant)
const isMidnight = (instant: Instant) => instant.slice(11, 19) === '00:00:00'

function instantIn(value: string): Instant {
  const instant = parseInstant(value)
  if (!instant) throw new Unsupported(`'${value}' is no instant`)
  return instant
}
