import type { Engine } from '../engine.ts'
import { decodeCursor, encodeCursor, pageLimit, type Page } from '../values/cursor.ts'
import { BillingError } from '../errors.ts'
import { readSubscriptionState } from '../subscription/state.ts'
import type { Instant } from '../values/instant.ts'
import { unitsFrom } from '../values/quantity.ts'
import { knownSince } from '../usage/record/reservation-row.ts'
import { parameters } from '../values/parameters.ts'

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
      const params = parameters(tx.at, input.customerId, knownSince(tx.at))
      const conditions = [
        'customer_id = $2 and reserved_at > $3',
        ...(input.meter === undefined ? [] : [`meter = ${params.add(input.meter)}`]),
        ...(input.state === undefined ? [] : [`${stateOf} = ${params.add(input.state)}`]),
        ...(after
          ? [`(reserved_at, id) < (${params.add(after[0])}::timestamptz, ${params.add(after[1])})`]
          : []),
      ]
      const rows = await tx.query<ListedReservation>(
        `select id, meter, ${stateOf} as state, held as reserved, reserved_at as "reservedAt",
            expires_at as "expiresAt", closed_at as "closedAt", settled, granted, overage
          from reservations
          where ${conditions.join(' and ')}
          order by reserved_at desc, id desc
          limit ${limit + 1}`,
        params.values,
      )
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

/** An expired reservation reserves nothing; it can still be settled. */
const stateOf =
  "case when settled is not null then 'settled' when closed_at is not null then 'released' when "
  + "expires_at <= $1 then 'expired' else 'open' end"
