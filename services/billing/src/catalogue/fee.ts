import { BillingError } from '../errors.ts'
import type { Money } from '../values/money.ts'

/**
 * The fee of a billing period in minor units: `base` for the subscription and `perSeat` for each seat. `amount`
 * and `per` are the same where it has only one part; a fee of both shows what its fewest seats cost.
 */
export interface Fee {
  amount: Money
  per: 'subscription' | 'seat'
  base: Money
  perSeat: Money
}

/** A fee as it is given: `{ base, perSeat }`, of which one may be absent, or the short form `{ amount, per }`. */
export type FeeInput = Partial<Fee>

/** Returns the fee of one whole billing period for a number of seats. */
export function feeOf({ fee }: { fee: Pick<Fee, 'base' | 'perSeat'> }, seats: number): Money {
  return fee.base + fee.perSeat * seats
}

/** Returns whether the number of seats is part of the fee, even where a seat costs nothing. */
export const isPerSeat = ({ per, perSeat }: Fee): boolean => per === 'seat' || perSeat > 0

/**
 * Returns a fee in both forms. Throws invalid_plan for a fee without an amount, and for one whose two forms
 * differ.
 */
export function feeFrom(input: FeeInput, minSeats: number): Fee {
  const refuse = (pointer: string, message: string): never => {
    throw new BillingError('invalid_plan', { pointer, message })
  }
  const { amount, per, base, perSeat } = input
  if (base === undefined && perSeat === undefined) {
    if (amount === undefined) return refuse('/fee/amount', 'a fee needs base and perSeat, or amount and per')
    if (per === undefined) return refuse('/fee/per', "fee.amount needs fee.per: 'subscription' or 'seat'")
    return { amount, per, ...(per === 'seat' ? { base: 0, perSeat: amount } : { base: amount, perSeat: 0 }) }
  }
  const fee = inBothForms({ base: base ?? 0, perSeat: perSeat ?? 0 }, per, minSeats)
  if ((amount !== undefined && amount !== fee.amount) || (per !== undefined && per !== fee.per))
    refuse(
      '/fee',
      `fee.amount and fee.per say something else than base ${fee.base} and perSeat ${fee.perSeat}: give one form only`,
    )
  return fee
}

function inBothForms(
  { base, perSeat }: Pick<Fee, 'base' | 'perSeat'>,
  per: Fee['per'] | undefined,
  minSeats: number,
): Fee {
  if (perSeat > 0 && base > 0)
    return { amount: base + perSeat * minSeats, per: 'subscription', base, perSeat }
  const isSeat = perSeat > 0 || (base === 0 && per === 'seat')
  return { amount: isSeat ? perSeat : base, per: isSeat ? 'seat' : 'subscription', base, perSeat }
}

/** Returns a fee as it is stored: the short form where it says everything, as versions before had it. */
export function storedFee({ amount, per, base, perSeat }: Fee): FeeInput {
  return base > 0 && perSeat > 0 ? { base, perSeat } : { amount, per }
}
