import type { Engine } from '../engine.ts'
import { BillingError } from '../errors.ts'
import type { Released, Reserved, Settled } from './command.ts'
import { runQuotaCommand } from './transactions.ts'

/** Maximum lifetime of a reservation, in seconds: one day. */
export const maxReservationSeconds = 86_400

/**
 * Reserves up to `quantity` units for work whose size is known later, for `ttlSeconds` (1 to 86,400), by the
 * rules of consume. Reserved units count as used for others until settled, released or expired. A reservation
 * of 0 stores nothing, so the id stays free.
 */
export async function reserve(
  engine: Engine,
  input: {
    customerId: string
    meter: string
    id: string
    quantity: number | string
    ttlSeconds: number
    properties?: Record<string, unknown>
  },
): Promise<Reserved> {
  if (
    !Number.isInteger(input.ttlSeconds)
    || input.ttlSeconds < 1
    || input.ttlSeconds > maxReservationSeconds
  ) {
    throw new BillingError('validation_failed', {
      pointer: '/ttlSeconds',
      message: `ttlSeconds ${input.ttlSeconds} is not a whole number from 1 to ${maxReservationSeconds}`,
    })
  }
  return runQuotaCommand(engine, { kind: 'reserve', ...input })
}

/**
 * Records what the reserved work used as one event with the reservation's id and time: it counts where it was
 * reserved, also if period or plan changed since. More than was reserved: all of it where overage is billed;
 * where it is blocked, the reserved and remaining units, and the rest (`excess`) is stored as rejected. An
 * expired reservation reserves nothing but can be settled for 35 days. Throws reservation_not_found,
 * reservation_closed.
 */
export async function settleReservation(
  engine: Engine,
  input: {
    customerId: string
    meter: string
    reservationId: string
    quantity: number | string
    properties?: Record<string, unknown>
  },
): Promise<Settled> {
  const { reservationId: id, ...rest } = input
  return runQuotaCommand(engine, { kind: 'settle', id, ...rest })
}

/**
 * Frees what a reservation holds; records nothing. Throws reservation_not_found, and reservation_closed once
 * it is settled.
 */
export async function releaseReservation(
  engine: Engine,
  input: { customerId: string; meter: string; reservationId: string },
): Promise<Released> {
  const { reservationId: id, ...rest } = input
  return runQuotaCommand(engine, { kind: 'release', id, ...rest })
}
