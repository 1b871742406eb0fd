import { sql } from '@customer-portal/database'
import type { Engine } from '../engine.ts'
import { decodeCursor, encodeCursor, pageLimit, type Page } from '../values/cursor.ts'
import { BillingError } from '../errors.ts'
import { readSubscriptionState } from '../subscription/state.ts'
import type { Instant } from '../values/instant.ts'
import { unitsFrom } from '../values/quantity.ts'
import { knownSince } from '../usage/record/reservation-row.ts'

export const reservationStates = ['open', 'expired', 'settled', 'released'] as const
export type ReservationState = (typeof reservationStates)[number]

/** A reservation of part of an allowance, in units. */
export interface ListedReservation {
  id: string
  meter: string
  state: ReservationState
  reserved: number
  reservedAt: Instant
  expiresAt: Instant
  closedAt: Instant | null
  /** The quantity reported at settlement; null unless it is settled. */
  settled: number | null
  granted: number | null
  overage: number | null
}

/**
 * Lists a customer's reservations that can still be settled or were closed in the last 35 days, newest first.
 * Throws customer_not_found, meter_not_found.
 */
export async function listReservations(
  engine: Engine,
  input: { customerId: string; meter?: string; state?: ReservationState; cursor?: string; limit?: number },
): Promise<Page<ListedReservation>> {
  const limit = pageLimit(input.limit)
  const after = decodeCursor(input.cursor, 2)
  return engine.transaction(
    async (tx) => {
      const { meters } = await readSubscriptionState(tx, input.customerId)
      if (input.meter !== undefined && !meters.has(input.meter)) {
        throw new BillingError('meter_not_found', {
          pointer: '?meter',
          meter: input.meter,
          message: `there is no meter '${input.meter}'`,
        })
      }
      const state = stateAt(tx.at)
      const rows = await tx.query<ListedReservation>(sql`
        select id, meter, ${state} as state, held as reserved, reserved_at as "reservedAt",
          expires_at as "expiresAt", closed_at as "closedAt", settled, granted, overage
        from reservations
        where ${sql.and(
          sql`customer_id = ${input.customerId}`,
          sql`reserved_at > ${knownSince(tx.at)}`,
          input.meter !== undefined && sql`meter = ${input.meter}`,
          input.state !== undefined && sql`${state} = ${input.state}`,
          after && sql`(reserved_at, id) < (${sql.join(after)})`,
        )}
        order by reserved_at desc, id desc
        limit ${limit + 1}`)
      const shown = rows.slice(0, limit)
      const last = shown.at(-1)
      const data = shown.map((row) => {
        const { decimals } = meters.get(row.meter)!
        const units = (steps: number | null) => (steps === null ? null : unitsFrom(steps, decimals))
        return {
          ...row,
          reserved: unitsFrom(row.reserved, decimals),
          settled: units(row.settled),
          granted: units(row.granted),
          overage: units(row.overage),
        }
      })
      return {
        data,
        nextCursor: rows.length > limit && last ? encodeCursor([last.reservedAt, last.id]) : null,
      }
    },
    { readOnly: true },
  )
}

/** SQL: the state of a reservation. An expired one reserves nothing; it can still be settled. */
const stateAt = (now: Instant) => sql`case
  when settled is not null then 'settled'
  when closed_at is not null then 'released'
  when expires_at <= ${now} then 'expired'
  else 'open' end`
