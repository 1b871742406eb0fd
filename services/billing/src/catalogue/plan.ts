import type { Engine } from '../engine.ts'
import { BillingError } from '../errors.ts'
import { feeFrom, isPerSeat, storedFee, type Fee, type FeeInput } from './fee.ts'
import { findMeter } from './meter.ts'
import { canonicalJson } from '../values/canonical-json.ts'
import { chargeMistake, type ChargePrice } from '../pricing/charge.ts'
import type { TaxMode } from '../pricing/totals.ts'
import { isCurrency, type Money } from '../values/money.ts'
import type { Cycle } from '../values/period.ts'
import { localized, type LocalizedText } from '../values/localized-text.ts'

/**
 * How a plan charges one meter. `included: null` is unlimited; `price` applies to units above `included`
 * where overage is billed. `minimum` and `maximum` bound the amount of a usage period.
 */
export interface Charge extends ChargePrice {
  meter: string
  /** Whether `included` is per subscription (the default) or per seat. */
  includedPer?: 'subscription' | 'seat'
  /**
   * What an upgrade to this plan gives in the running usage period: the share of the days left, or the whole
   * allowance.
   */
  onUpgrade?: 'prorated' | 'full'
}

/**
 * One version of a plan. Versions never change, and a subscriber stays on theirs. Amounts are minor units of
 * `currency`.
 */
export interface Plan {
  id: string
  version: number
  name: LocalizedText
  /** Null where the vendor gives none. */
  description: LocalizedText | null
  features: LocalizedText[]
  recommended: boolean
  archived: boolean
  rank: number
  currency: string
  fee: Fee
  /** Due once per customer, with the first fee; 0: none. */
  setupFee: Money
  /** What fee and usage of a usage period come to at least, before discounts and tax; 0: no minimum. */
  minimumSpend: Money
  interval: 'month' | 'year'
  intervalCount: number
  alignment: Cycle['alignment']
  /** Null: the plan has no seats. */
  seats: SeatRange | null
  trialDays: number
  taxRate: string
  taxMode: TaxMode
  paymentTermsDays: number
  graceHours: number
  charges: Charge[]
}

/** The allowed number of seats; `max` null: up to `maxSeats`. */
export interface SeatRange {
  min: number
  max: number | null
}

/**
 * Returns the seats a subscription to a plan may have. A plan without seats allows any number, so that a move
 * to a plan with seats keeps the number from before.
 */
export const seatsOf = (plan: Pick<Plan, 'seats'>): SeatRange => plan.seats ?? { min: 1, max: null }

/** Maximum length of a trial in days, two years. */
export const maxTrialDays = 730

/** Returns whether a number of days is a valid trial (0: no trial). */
export function isTrial(days: number): boolean {
  return Number.isInteger(days) && days >= 0 && days <= maxTrialDays
}

type Text = string | LocalizedText

/** Maximum number of seats where a plan sets none. */
export const maxSeats = 1_000_000

/** The input for a plan; omitted fields have the defaults of the documentation. */
export interface PlanInput extends Partial<
  Omit<Plan, 'version' | 'name' | 'description' | 'features' | 'seats' | 'fee'>
> {
  id: string
  name: Text
  description?: Text
  features?: Text[]
  seats?: { min?: number; max?: number | null } | null
  fee: FeeInput
}

/** Adds a version of a plan. The same content changes nothing and returns the existing version. */
export async function putPlan(engine: Engine, input: PlanInput): Promise<Plan> {
  const spec = specOf(input)
  const { setupFee, minimumSpend, ...others } = spec
  // A plan without a setup fee or a minimum spend is stored as versions before had it.
  const stored = {
    ...others,
    fee: storedFee(spec.fee),
    ...(setupFee > 0 ? { setupFee } : {}),
    ...(minimumSpend > 0 ? { minimumSpend } : {}),
  }
  return engine.transaction(async (tx) => {
    await tx.query('select pg_advisory_xact_lock(hashtext($1))', [`plan ${input.id}`])
    for (const [index, charge] of spec.charges.entries()) {
      const meter = await findMeter(tx, charge.meter)
      if (!meter) {
        throw new BillingError('meter_not_found', {
          pointer: `/charges/${index}/meter`,
          meter: charge.meter,
          message: `there is no meter '${charge.meter}': create it first with PUT /meters/${charge.meter}`,
        })
      }
      if (charge.price?.model === 'percentage' && (meter.decimals > 0 || meter.aggregation !== 'sum')) {
        throw new BillingError('invalid_plan', {
          pointer: `/charges/${index}/price/model`,
          message:
            `a percentage is of a meter that sums whole minor units: '${charge.meter}' `
            + `${meter.decimals > 0 ? `has ${meter.decimals} decimals` : meter.aggregation === 'count' ? 'counts events' : 'does not add them up'}`,
        })
      }
      const seats = charge.includedPer === 'seat' ? (seatsOf(spec).max ?? maxSeats) : 1
      const maxIncluded = Math.floor(Number.MAX_SAFE_INTEGER / 10 ** meter.decimals / seats)
      if (charge.included !== null && charge.included > maxIncluded) {
        throw new BillingError('invalid_plan', {
          pointer: `/charges/${index}/included`,
          message:
            `included ${charge.included} is more than can be counted exactly: `
            + `at most ${maxIncluded} units${seats > 1 ? ' a seat' : ''} of a meter with `
            + `${meter.decimals} decimals`,
        })
      }
    }
    const [latest] = await tx.query<PlanRow>(latestPlan, [input.id])
    if (latest && canonicalJson(latest.spec) === canonicalJson(stored)) return planFrom(latest)
    const version = (latest?.version ?? 0) + 1
    await tx.query('insert into plans (id, version, spec, created_at) values ($1, $2, $3, $4)', [
      input.id,
      version,
      JSON.stringify(stored),
      tx.at,
    ])
    return { id: input.id, version, ...spec }
  })
}

/**
 * Lists the newest version of every plan, lowest rank first; archived ones only on request. At most 200,
 * active plans before archived ones.
 */
export async function getAllPlans(
  engine: Engine,
  options: { includeArchived?: boolean } = {},
): Promise<Plan[]> {
  const rows = await engine.transaction(
    (tx) =>
      tx.query<PlanRow>(
        `select id, version, spec
          from (select distinct on (id) id, version, spec from plans order by id, version desc) latest
          where $1 or not (spec->>'archived')::boolean
          order by (spec->>'archived')::boolean, (spec->>'rank')::int, id
          limit ${maxPlansListed}`,
        [options.includeArchived ?? false],
      ),
    { readOnly: true },
  )
  return rows.map(planFrom).sort((a, b) => a.rank - b.rank || (a.id < b.id ? -1 : 1))
}

/** Returns one plan: the newest version unless one is given. Throws plan_not_found. */
export async function getPlan(engine: Engine, input: { planId: string; version?: number }): Promise<Plan> {
  return engine.transaction(
    async (tx) => {
      const [row] =
        input.version === undefined
          ? await tx.query<PlanRow>(latestPlan, [input.planId])
          : await tx.query<PlanRow>('select id, version, spec from plans where id = $1 and version = $2', [
              input.planId,
              input.version,
            ])
      if (!row)
        throw new BillingError('plan_not_found', {
          planId: input.planId,
          pointer: '/planId',
          message: `there is no plan '${input.planId}'`,
        })
      return planFrom(row)
    },
    { readOnly: true },
  )
}

export interface PlanRow {
  id: string
  version: number
  spec: Omit<Plan, 'id' | 'version' | 'fee' | 'setupFee' | 'minimumSpend'> & {
    fee: FeeInput
    setupFee?: Money
    minimumSpend?: Money
  }
}

export function planFrom({ id, version, spec }: PlanRow): Plan {
  return {
    id,
    version,
    ...spec,
    setupFee: spec.setupFee ?? 0,
    minimumSpend: spec.minimumSpend ?? 0,
    fee: feeFrom(spec.fee, seatsOf(spec).min),
  }
}

const maxPlansListed = 200

const latestPlan = 'select id, version, spec from plans where id = $1 order by version desc limit 1'

/** Returns the months from one fee to the next. */
export function monthsOf(plan: Plan): number {
  return plan.intervalCount * (plan.interval === 'year' ? 12 : 1)
}

/**
 * Returns a plan with its defaults filled in. Throws invalid_plan and invalid_currency for a plan that cannot
 * be billed.
 */
export function specOf(input: PlanInput): Omit<Plan, 'id' | 'version'> {
  const seats = input.seats === null ? null : { min: input.seats?.min ?? 1, max: input.seats?.max ?? null }
  const spec = {
    name: localized(input.name),
    description: input.description === undefined ? null : localized(input.description),
    features: (input.features ?? []).map(localized),
    recommended: input.recommended ?? false,
    archived: input.archived ?? false,
    rank: input.rank ?? 0,
    currency: input.currency ?? 'CNY',
    fee: feeFrom(input.fee, seats?.min ?? 1),
    setupFee: input.setupFee ?? 0,
    minimumSpend: input.minimumSpend ?? 0,
    interval: input.interval ?? 'month',
    intervalCount: input.intervalCount ?? 1,
    alignment: input.alignment ?? 'anniversary',
    seats,
    trialDays: input.trialDays ?? 0,
    // Tax is rounded once per rate, so each rate needs one spelling.
    taxRate: (input.taxRate ?? '6')
      .replace(/(\.\d*?)0+$/, '$1')
      .replace(/\.$/, '')
      .replace(/^0+(?=\d)/, ''),
    taxMode: input.taxMode ?? 'exclusive',
    paymentTermsDays: input.paymentTermsDays ?? 15,
    graceHours: input.graceHours ?? 1,
    // Defaults are left out, so a charge that spells them out equals one that does not.
    charges: (input.charges ?? []).map(({ includedPer, onUpgrade, ...charge }) => ({
      ...charge,
      ...(includedPer === 'seat' ? { includedPer } : {}),
      ...(onUpgrade === 'full' ? { onUpgrade } : {}),
    })),
  }
  checkSpec(spec)
  return spec
}

function checkSpec(spec: Omit<Plan, 'id' | 'version'>): void {
  const refuse = (pointer: string, message: string): never => {
    throw new BillingError('invalid_plan', { pointer, message })
  }
  if (!isCurrency(spec.currency))
    throw new BillingError('invalid_currency', {
      pointer: '/currency',
      currency: spec.currency,
      message: `'${spec.currency}' is not an ISO 4217 currency`,
    })
  if (spec.seats === null && isPerSeat(spec.fee)) refuse('/seats', 'a fee per seat needs seats')
  const { min, max } = seatsOf(spec)
  const mostSeats = max ?? maxSeats
  const { base, perSeat } = spec.fee
  if (perSeat > 0 && BigInt(base) + BigInt(perSeat) * BigInt(mostSeats) > 100_000_000_000_000n) {
    refuse(
      spec.fee.per === 'seat' ? '/fee/amount' : '/fee/perSeat',
      `a fee of ${perSeat} for each of ${mostSeats} seats is more than an invoice can `
        + 'hold: lower the fee or set seats.max',
    )
  }
  if (max !== null && max < min) refuse('/seats/max', `seats.max ${max} is below seats.min ${min}`)
  if (!/^\d{1,3}(\.\d{1,4})?$/.test(spec.taxRate))
    refuse('/taxRate', `'${spec.taxRate}' is not a percentage such as "6" or "13.5"`)
  if (!isTrial(spec.trialDays))
    refuse('/trialDays', `a trial has 0 to ${maxTrialDays} days, not ${spec.trialDays}`)
  const meters = new Set<string>()
  for (const [index, charge] of spec.charges.entries()) {
    const at = `/charges/${index}`
    if (meters.has(charge.meter))
      refuse(`${at}/meter`, `meter '${charge.meter}' is charged twice in this plan`)
    meters.add(charge.meter)
    if (charge.includedPer === 'seat' && !isPerSeat(spec.fee))
      refuse(`${at}/includedPer`, 'what is included per seat needs a fee per seat: fee.perSeat')
    const mistake = chargeMistake(charge)
    if (mistake) refuse(`${at}${mistake.pointer}`, mistake.message)
  }
}
