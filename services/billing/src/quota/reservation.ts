import type { Engine } from '../engine.ts'
import { BillingError } from '../errors.ts'
import type { Released, Reserved, Settled } from './command.ts'
import { askQuota } from './transactions.ts'

/** A reservation is for work under way: after a day it is not. */
export const longestReservation = 86_400

/**
 * Holds back up to `quantity` units for work whose size is known only afterwards, for `ttlSeconds` (1 to
 * 86,400): the same rules as consume. What is held counts as used for everybody else until it is settled,
 * released or expired. Nothing held stores nothing, so the id stays free.
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
  if (!Number.isInteger(input.ttlSeconds) || input.ttlSeconds < 1 || input.ttlSeconds > longestReservation) {
    throw new BillingError('validation_failed', {
      pointer: '/ttlSeconds',
      message: `ttlSeconds ${input.ttlSeconds} is not a whole number from 1 to ${longestReservation}`,
    })
  }
  return askQuota(engine, { kind: 'reserve', ...input })
}

/**
 * Records what the reserved work really used, as one event with the reservation's id, at the time it was
 * made: it counts where it was held back, also when the period or the plan changed since. More than was held:
 * all of it where overage is billed; where it is blocked, what was held and what is left, and the rest
 * (`excess`) is kept among the refused. Once expired nothing is held, but what was used can still be told for
 * 35 days. Throws reservation_not_found, reservation_closed.
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
  return askQuota(engine, { kind: 'settle', id, ...rest })
}

/**
 * Gives back what a reservation holds; nothing is recorded. Throws reservation_not_found, reservation_closed
 * once it is settled.
 */
export async function releaseReservation(
  engine: Engine,
  input: { customerId: string; meter: string; reservationId: string },
): Promise<Released> {
  const { reservationId: id, ...rest } = input
  return askQuota(engine, { kind: 'release', id, ...rest })
}
