import { sql } from '@customer-portal/database'
import type { Engine, BillingTransaction } from '../../engine.ts'
import { BillingError } from '../../errors.ts'
import {
  changesOf,
  lastDateOf,
  voidOfGrant,
  type GrantCategory,
  type GrantSource,
  type GrantTerms,
} from '../../customer/grant.ts'
import { coverageNow } from '../../rating/coverage-now.ts'
import { readSubscriptionState, type SubscriptionState } from '../../subscription/state.ts'
import { decodeCursor, encodeCursor, pageLimit, type Page } from '../../values/cursor.ts'
import type { LocalDate } from '../../values/date.ts'
import type { Instant } from '../../values/instant.ts'
import { unitsFrom } from '../../values/quantity.ts'

export type GrantStatus = 'scheduled' | 'valid' | 'used_up' | 'expired' | 'voided'

/**
 * Units of a meter beside what a plan includes. `units` = `drawn` + `left` + `expired` + `voided`. Both dates
 * are in.
 */
export interface Grant {
  id: string
  meter: string
  status: GrantStatus
  units: number
  drawn: number
  left: number
  expired: number
  voided: number
  priority: number
  category: GrantCategory
  source: GrantSource
  reason: string | null
  effectiveOn: LocalDate
  expiresOn: LocalDate | null
  createdAt: Instant
  /** Oldest first. `before`: the last date until then. */
  changes: {
    kind: 'expiry' | 'void'
    at: Instant
    before: LocalDate | null
    expiresOn: LocalDate | null
    reason: string
  }[]
}

/** A grant with what each date drew on it, the last first. */
export interface GrantWithDraws extends Grant {
  draws: { date: LocalDate; units: number }[]
}

const maxDraws = 400

/**
 * Lists a customer's grants, the last made first, with what is left of them. Throws customer_not_found,
 * meter_not_found.
 */
export async function listGrants(
  engine: Engine,
  input: { customerId: string; meter?: string; status?: GrantStatus; cursor?: string; limit?: number },
): Promise<Page<Grant>> {
  const limit = pageLimit(input.limit)
  const [, before] = decodeCursor(input.cursor, 2) ?? []
  return engine.transaction(
    async (tx) => {
      const state = await readSubscriptionState(tx, input.customerId)
      if (input.meter !== undefined && !state.meters.has(input.meter))
        throw new BillingError('meter_not_found', {
          pointer: '?meter',
          meter: input.meter,
          message: `there is no meter '${input.meter}'`,
        })
      const found = (await readGrants(tx, state)).filter(
        ({ meter, status, sequence }) =>
          (input.meter === undefined || meter === input.meter)
          && (input.status === undefined || status === input.status)
          && (before === undefined || sequence < Number(before)),
      )
      const page = found.slice(0, limit)
      const last = page.at(-1)
      return {
        data: page.map(({ sequence: _sequence, draws: _draws, ...grant }) => grant),
        nextCursor:
          last && found.length > limit ? encodeCursor([last.createdAt, String(last.sequence)]) : null,
      }
    },
    { readOnly: true },
  )
}

/** Returns a grant with its draws. Throws customer_not_found, grant_not_found. */
export async function getGrant(
  engine: Engine,
  input: { customerId: string; grantId: string },
): Promise<GrantWithDraws> {
  return engine.transaction(
    async (tx) => findGrant(tx, await readSubscriptionState(tx, input.customerId), input.grantId),
    { readOnly: true },
  )
}

/** Returns a grant with its draws. Throws grant_not_found. */
export async function findGrant(
  tx: BillingTransaction,
  state: SubscriptionState,
  grantId: string,
): Promise<GrantWithDraws> {
  const found = (await readGrants(tx, state)).find(({ id }) => id === grantId)
  if (!found)
    throw new BillingError('grant_not_found', {
      grantId,
      message: `customer '${state.customer.customerId}' has no grant '${grantId}'`,
    })
  const { sequence: _, ...grant } = found
  return { ...grant, draws: grant.draws.slice(0, maxDraws) }
}

type GrantRow = GrantTerms & {
  source: GrantSource
  reason: string | null
  createdAt: Instant
  written: { date: LocalDate; quantity: number }[]
  why: { at: Instant; reason: string }[]
}

async function readGrants(
  tx: BillingTransaction,
  state: SubscriptionState,
): Promise<(GrantWithDraws & { sequence: number })[]> {
  const { customerId } = state.customer
  const rows = await tx.query<GrantRow>(sql`
    select g.id, g.meter, g.quantity, g.priority, g.category, g.source, g.reason,
      g.effective_on as "effectiveOn", g.expires_on as "expiresOn", g.sequence,
      g.created_at as "createdAt", ${changesOf(sql`g`)} as changes,
      (
        select coalesce(
          json_agg(
            json_build_object(
              'at', to_char(c.at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'reason', c.reason
            )
            order by c.sequence
          ),
          '[]'
        )
        from grant_changes c
        where (c.customer_id, c.grant_id) = (g.customer_id, g.id)
      ) as why,
      (
        select coalesce(json_agg(d), '[]')
        from (
          select local_date as date, sum(quantity)::bigint as quantity
          from grant_draws d
          where (d.customer_id, d.grant_id) = (g.customer_id, g.id)
          group by 1
        ) d
      ) as written
    from grants g
    where g.customer_id = ${customerId}
    order by g.sequence desc`)
  if (rows.length === 0) return []
  const { draws, since } = await coverageNow(tx, state)
  const counted = new Set(state.grants.map(({ id }) => id))
  return rows.map((row) => {
    const { decimals } = state.meters.get(row.meter)!
    const units = (steps: number) => unitsFrom(steps, decimals)
    // What is written of dates that still count is computed again with what was used or taken back since.
    const written = row.written.filter(({ date }) => date < since || !counted.has(row.id))
    const byDate = [...written, ...draws.filter(({ grantId }) => grantId === row.id)]
      .filter(({ quantity }) => quantity !== 0)
      .sort((a, b) => (a.date < b.date ? 1 : -1))
    const drawn = byDate.reduce((sum, { quantity }) => sum + quantity, 0)
    const rest = units(row.quantity - drawn)
    const status = statusOf(row, drawn, state.today)
    const { quantity, written: _written, why, changes, ...terms } = row
    return {
      ...terms,
      status,
      units: units(quantity),
      drawn: units(drawn),
      left: status === 'valid' || status === 'scheduled' ? rest : 0,
      expired: status === 'expired' ? rest : 0,
      voided: status === 'voided' ? rest : 0,
      expiresOn: lastDateOf(row),
      changes: changes.map(({ expiresOn, keeps }, index) => ({
        kind: keeps === null ? ('expiry' as const) : ('void' as const),
        ...why[index]!,
        before: lastDateOf({ ...row, changes: changes.slice(0, index) }),
        expiresOn: keeps === null ? expiresOn : lastDateOf(row),
      })),
      draws: byDate.map(({ date, quantity: steps }) => ({ date, units: units(steps) })),
    }
  })
}

function statusOf(grant: GrantTerms, drawn: number, today: LocalDate): GrantStatus {
  if (voidOfGrant(grant)) return 'voided'
  if (drawn >= grant.quantity) return 'used_up'
  const last = lastDateOf(grant)
  if (last !== null && last < today) return 'expired'
  return grant.effectiveOn > today ? 'scheduled' : 'valid'
}
