import { sql } from '@customer-portal/database'
import { historyVersion } from '../usage/totals/state-version.ts'
import { ownedBy, type Engine, type BillingTransaction } from '../engine.ts'
import { BillingError } from '../errors.ts'
import type { Instant } from '../values/instant.ts'
import { stepsFrom, unitsFrom } from '../values/quantity.ts'
import { groupQueue } from '../sharing/group-queue.ts'
import {
  available,
  countersFrom,
  countersQuery,
  isPlain,
  readCounters,
  type RequestedWindow,
  type CounterRow,
  type QuotaCounter,
} from './counter.ts'
import {
  cachedContext,
  contextCacheOf,
  quotaContextsOf,
  type ContextCache,
  type QuotaContext,
} from './context.ts'
import { meterNotFound } from './group.ts'
import { isStorable } from '../values/storable.ts'

/**
 * What a customer may still use of a meter now. Quantities are units; `included` and `remaining` are null
 * when unlimited. `remaining` is `included` and `granted` less `used`, `deficit` and `reserved`.
 */
export interface Quota {
  allowed: boolean
  included: number | null
  /** What grants add: what they cover of `used` and `reserved`, and what they have left today. */
  granted: number
  used: number
  /** The deficit of earlier periods, which counts as used. */
  deficit: number
  reserved: number
  remaining: number | null
  overagePolicy: 'bill' | 'block' | null
  resetsAt: Instant | null
}

/** Returns whether `quantity` units (default 1) may be used now. A plan without the meter allows none. */
export async function checkQuota(
  engine: Engine,
  input: { customerId: string; meter: string; quantity?: number | string },
): Promise<Quota> {
  const [found] =
    'query' in engine ? await readQuotas(engine, [input]) : await ownedBy(engine, readsOf)([input])
  if (found instanceof BillingError) throw found
  return quotaFor(found!, quantityAsked(found!, input))
}

/**
 * Returns the units left of a meter's allowance in this usage period: null when unlimited, 0 when used up.
 */
export async function getRemainingQuota(
  engine: Engine,
  input: { customerId: string; meter: string },
): Promise<number | null> {
  return (await checkQuota(engine, input)).remaining
}

/** Parses the requested quantity and rejects what consume would reject. */
function quantityAsked(
  found: Exclude<Found, BillingError>,
  { meter, quantity = 1 }: { meter: string; quantity?: number | string },
): number {
  if (found === 'no charge') return Number(quantity)
  const { decimals } = found.window.meter
  const steps = stepsFrom(quantity, decimals)
  if (typeof steps === 'string')
    throw new BillingError(steps, {
      pointer: '?quantity',
      message: `quantity ${quantity} cannot be granted of meter '${meter}', which has ${decimals} decimals`,
    })
  return unitsFrom(steps, decimals)
}

interface Question {
  customerId: string
  meter: string
}
type Found = QuotaCounter | 'no charge' | BillingError

const maxBatchSize = 500

const readsOf = (engine: Engine) =>
  groupQueue<Question, Found>({
    limits: { perGroup: maxBatchSize, waiting: 20 * maxBatchSize, shared: 2 },
    run: (questions) => readQuotas(engine, questions),
    words: { items: 'questions', remedy: 'try again in a moment' },
  })

/** Answers several quota requests in one transaction. */
async function readQuotas(engine: Engine, questions: readonly Question[]): Promise<Found[]> {
  return engine.transaction((tx) => countersFor(tx, contextCacheOf(engine), questions), {
    readOnly: true,
    keepPlans: true,
  })
}

/**
 * Trusts the cached contexts and reads their counters together with the customers' versions; only contexts
 * whose version changed are read again.
 */
async function countersFor(
  tx: BillingTransaction,
  known: ContextCache,
  questions: readonly Question[],
): Promise<Found[]> {
  const believed = questions.map(({ customerId, meter }) => {
    const facts = cachedContext(known, customerId, tx.at)
    const window = facts?.windows.get(meter)
    return window && isPlain(window) ? { customerId, window, version: facts!.version } : undefined
  })
  const counters = (
    await currentCounters(
      tx,
      believed.flatMap((one) => one ?? []),
    )
  ).values()
  const found = believed.map((one) => one && counters.next().value)
  const others = (
    await requestedCounters(
      tx,
      known,
      questions.filter((_, place) => !found[place]),
    )
  ).values()
  return found.map((counter) => counter ?? others.next().value!)
}

/**
 * Returns the counters of windows, in order; undefined where the customer's state has another version by now.
 */
async function currentCounters(
  tx: BillingTransaction,
  requested: readonly (RequestedWindow & { version: number })[],
): Promise<(QuotaCounter | undefined)[]> {
  if (requested.length === 0) return []
  const rows = await tx.query<CounterRow>(countersQuery(requested, tx.at))
  const counters: (QuotaCounter | undefined)[] = countersFrom(rows, requested)
  for (const { ordinal, version } of rows)
    if (version !== requested[ordinal]!.version) counters[ordinal] = undefined
  return counters
}

async function requestedCounters(
  tx: BillingTransaction,
  known: ContextCache,
  questions: readonly Question[],
): Promise<Found[]> {
  if (questions.length === 0) return []
  const facts = await quotaContextsOf(tx, known, await versionsOf(tx, questions), questions)
  const windows = questions.map((question) => windowFor(question, facts.get(question.customerId)))
  const requested = windows.flatMap((window, index) =>
    typeof window === 'string' || window instanceof BillingError
      ? []
      : [{ customerId: questions[index]!.customerId, window }],
  )
  const counters = (await readCounters(tx, requested)).values()
  return windows.map((window) =>
    typeof window === 'string' || window instanceof BillingError ? window : counters.next().value!,
  )
}

async function versionsOf(
  tx: BillingTransaction,
  questions: readonly Question[],
): Promise<Map<string, number>> {
  const customerIds = [...new Set(questions.map(({ customerId }) => customerId))].filter(isStorable)
  const rows = await tx.query<{ customerId: string; version: number }>(sql`
    select customer_id as "customerId", ${historyVersion} as version
    from customers
    where customer_id = any(${customerIds})`)
  return new Map(rows.map(({ customerId, version }) => [customerId, version]))
}

function windowFor({ customerId, meter }: Question, facts: QuotaContext | undefined) {
  if (facts ? !facts.meters.has(meter) : false) return meterNotFound(meter)
  if (!facts)
    return new BillingError('customer_not_found', {
      customerId,
      message: `there is no customer '${customerId}'`,
    })
  const window = facts.windows.get(meter)
  if (window) return window
  if (!facts.subscribed)
    return new BillingError('no_active_subscription', {
      message: `customer '${customerId}' has no active subscription`,
    })
  return 'no charge'
}

/** Returns the quota of a counter for a request of `quantity` units. */
export function quotaFor(found: Exclude<Found, BillingError>, quantity: number): Quota {
  if (found === 'no charge')
    return {
      allowed: false,
      included: 0,
      granted: 0,
      used: 0,
      deficit: 0,
      reserved: 0,
      remaining: 0,
      overagePolicy: null,
      resetsAt: null,
    }
  const { meter, policy, resetsAt, allowance } = found.window
  const units = (steps: number) => unitsFrom(steps, meter.decimals)
  const free = available(found)
  const remaining = free === null ? null : units(Math.max(0, free))
  return {
    // For a meter of the largest or latest quantity, the new value counts, not the sum.
    allowed:
      remaining === null
      || policy === 'bill'
      || quantity
        <= (meter.aggregation === 'max' || meter.aggregation === 'last' ? units(allowance!) : remaining),
    included: allowance === null ? null : units(allowance),
    granted: units(found.granted),
    used: units(found.counts.used),
    deficit: units(found.counts.deficit),
    reserved: units(found.counts.reserved),
    remaining,
    overagePolicy: policy,
    resetsAt,
  }
}
