import { sql } from '@customer-portal/database'
import type { Engine, BillingTransaction } from '../../engine.ts'
import { onCustomer } from '../../billing-run/run.ts'
import { isAdditive } from '../../catalogue/meter.ts'
import {
  capacityOf,
  isOverAfter,
  lastDateOf,
  voidOfGrant,
  type GrantCategory,
  type GrantSource,
  type GrantTerms,
} from '../../customer/grant.ts'
import { BillingError, type Code } from '../../errors.ts'
import { withOpenReservations } from '../../quota/counter.ts'
import { coverageNow } from '../../rating/coverage-now.ts'
import { findGrant, type Grant } from '../../reports/usage/grant.ts'
import { readBillingState, type BillingState } from '../../subscription/state.ts'
import { addDays, isDate, type LocalDate } from '../../values/date.ts'
import { stepsFrom } from '../../values/quantity.ts'

export interface GrantInput {
  customerId: string
  id?: string
  meter: string
  units: number
  priority?: number
  category: GrantCategory
  source: GrantSource
  effectiveOn?: LocalDate
  expiresOn?: LocalDate | null
  reason?: string
}

/** Grants of a customer that are not over; each is drawn on in turn. */
const maxGrants = 100
/** The steps of one grant: 100 of them can still be added up exactly. */
const maxSteps = 10_000_000_000_000
const maxDaysAhead = 366
const maxDays = 3_660

/**
 * Gives a customer units of a meter beside what a plan includes, from today or a later date on. The same id
 * with the same content returns the grant as it is. Throws meter_not_found, grant_exists, too_many_grants.
 */
export async function createGrant(engine: Engine, input: GrantInput): Promise<Grant> {
  return onCustomer(engine, input.customerId, {}, async (tx, state) => {
    const known = input.id === undefined ? undefined : await grantWithId(tx, input.customerId, input.id)
    if (known) return sameGrant(tx, state, input, known)
    const terms = checked(state, input)
    const open = state.grants.filter((grant) => !isOverAfter(grant, addDays(state.today, -1)))
    if (open.length >= maxGrants)
      throw new BillingError('too_many_grants', {
        most: maxGrants,
        message: `a customer has at most ${maxGrants} grants that are not over: void those that are used up`,
      })
    const id = input.id ?? tx.newId('grant')
    await tx.query(
      `insert into grants (
          customer_id, id, meter, quantity, priority, category, source, reason, effective_on, expires_on,
          created_at
        )
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
      [
        input.customerId,
        id,
        input.meter,
        terms.quantity,
        terms.priority,
        input.category,
        input.source,
        input.reason ?? null,
        terms.effectiveOn,
        terms.expiresOn,
        tx.at,
      ],
    )
    return grantIn(tx, await readBillingState(tx, input.customerId), id)
  })
}

/** Ends a grant: what usage has drawn and reservations hold stays, the rest is void. Throws grant_not_found, grant_over. */
export async function voidGrant(
  engine: Engine,
  input: { customerId: string; grantId: string; reason: string },
): Promise<Grant> {
  // Consuming holds this lock too: what it was granted on the grant is in the database.
  return changeGrant(engine, input, async (tx, state, grant) => {
    const { left } = await coverageNow(tx, state, (usage) =>
      withOpenReservations(tx, input.customerId, usage),
    )
    return { expiresOn: null, keeps: capacityOf(grant) - left.get(grant.id)! }
  })
}

/**
 * Moves the last date of a grant: earlier, today at the earliest, or later. It holds from tomorrow on. Throws
 * grant_not_found, grant_over.
 */
export async function moveGrantExpiry(
  engine: Engine,
  input: {
    customerId: string
    grantId: string
    to: 'earlier' | 'later'
    expiresOn?: LocalDate | null
    reason: string
  },
): Promise<Grant> {
  return changeGrant(engine, input, async (_tx, { today }, grant) => {
    const { expiresOn = today } = input
    const last = lastDateOf(grant)
    const refuse = (rule: string) => {
      throw new BillingError('validation_failed', {
        pointer: '/expiresOn',
        message: `the grant's last date is ${last ?? 'not set'}: ${rule}`,
      })
    }
    if (expiresOn !== null && !isDate(expiresOn)) refuse(`'${expiresOn}' is not a date YYYY-MM-DD`)
    if (input.to === 'earlier' && (expiresOn === null || (last !== null && expiresOn >= last)))
      refuse('expiring early takes an earlier one')
    if (expiresOn !== null && expiresOn < today) refuse(`it can be moved to today (${today}) at the earliest`)
    if (input.to === 'later' && (last === null || (expiresOn !== null && expiresOn <= last)))
      refuse('extending takes a later one, or null')
    if (expiresOn !== null && expiresOn > addDays(today, maxDays))
      refuse(`it can be at most ${maxDays} days ahead`)
    return { expiresOn, keeps: null }
  })
}

async function changeGrant(
  engine: Engine,
  input: { customerId: string; grantId: string; reason: string },
  change: (
    tx: BillingTransaction,
    state: BillingState,
    grant: GrantTerms,
  ) => Promise<{ expiresOn: LocalDate | null; keeps: number | null }>,
): Promise<Grant> {
  return onCustomer(engine, input.customerId, { countsUsage: true }, async (tx, state) => {
    const grant = state.grants.find(({ id }) => id === input.grantId)
    if (!grant) await findGrant(tx, state, input.grantId)
    if (!grant || voidOfGrant(grant) || isOverAfter(grant, addDays(state.today, -1)))
      throw new BillingError('grant_over', {
        message: `grant '${input.grantId}' is ${grant && voidOfGrant(grant) ? 'void' : 'over'}: make another`,
      })
    const { expiresOn, keeps } = await change(tx, state, grant)
    await tx.query(
      `insert into grant_changes (customer_id, id, grant_id, on_date, expires_on, keeps, reason, at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [input.customerId, tx.newId('gch'), grant.id, state.today, expiresOn, keeps, input.reason, tx.at],
    )
    return grantIn(tx, await readBillingState(tx, input.customerId), grant.id)
  })
}

function checked(
  { meters, today }: BillingState,
  { meter: key, units, priority = 50, effectiveOn = today, expiresOn = null }: GrantInput,
): Pick<GrantTerms, 'quantity' | 'priority' | 'effectiveOn' | 'expiresOn'> {
  const refuse = (code: Code, pointer: string, message: string): never => {
    throw new BillingError(code, { pointer, message })
  }
  const meter = meters.get(key)
  if (!meter) return refuse('meter_not_found', '/meter', `there is no meter '${key}'`)
  if (!isAdditive(meter))
    refuse(
      'validation_failed',
      '/meter',
      `meter '${key}' does not add up what is used (${meter.aggregation}): grants are for meters that do`,
    )
  const quantity = stepsFrom(units, meter.decimals)
  if (typeof quantity === 'string')
    return refuse(quantity, '/units', `units ${units} is no quantity of meter '${key}'`)
  if (quantity <= 0 || quantity > maxSteps || (meter.aggregation === 'count' && !Number.isInteger(units)))
    refuse(
      'validation_failed',
      '/units',
      `units are above 0 and at most ${maxSteps / 10 ** meter.decimals} of meter '${key}', not ${units}`,
    )
  if (!isDate(effectiveOn) || effectiveOn < today || effectiveOn > addDays(today, maxDaysAhead))
    refuse(
      'validation_failed',
      '/effectiveOn',
      `effectiveOn is a date from today (${today}) to ${maxDaysAhead} days ahead, not '${effectiveOn}'`,
    )
  if (
    expiresOn !== null
    && (!isDate(expiresOn) || expiresOn < effectiveOn || expiresOn > addDays(effectiveOn, maxDays))
  )
    refuse(
      'validation_failed',
      '/expiresOn',
      `expiresOn is the last date, from effectiveOn (${effectiveOn}) to ${maxDays} days after it, `
        + `not '${expiresOn}'`,
    )
  return { quantity, priority, effectiveOn, expiresOn }
}

async function grantIn(tx: BillingTransaction, state: BillingState, id: string): Promise<Grant> {
  const { draws: _, ...grant } = await findGrant(tx, state, id)
  return grant
}

async function grantWithId(tx: BillingTransaction, customerId: string, id: string) {
  const [row] = await tx.query<{ id: string }>(
    sql`select id from grants where customer_id = ${customerId} and id = ${id}`,
  )
  return row?.id
}

/** Returns a grant that was made before by the same request. */
async function sameGrant(
  tx: BillingTransaction,
  state: BillingState,
  { customerId: _, ...asked }: GrantInput,
  id: string,
): Promise<Grant> {
  const grant = await grantIn(tx, state, id)
  const given = grant.changes.find(({ kind }) => kind === 'expiry')
  const made: Omit<GrantInput, 'customerId'> = {
    id,
    meter: grant.meter,
    units: grant.units,
    priority: grant.priority,
    category: grant.category,
    source: grant.source,
    effectiveOn: grant.effectiveOn,
    expiresOn: given ? given.before : grant.expiresOn,
    ...(grant.reason === null ? {} : { reason: grant.reason }),
  }
  const differs = (Object.keys(asked) as (keyof typeof asked)[]).filter(
    (key) => asked[key] !== undefined && asked[key] !== made[key],
  )
  if (differs.length > 0)
    throw new BillingError('grant_exists', {
      pointer: '/id',
      message: `grant '${id}' was made before with other content: ${differs.join(', ')}`,
    })
  return grant
}
