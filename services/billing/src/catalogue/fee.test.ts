import fc from 'fast-check'
import { expect, test } from 'vitest'
import { feeFrom, feeOf, isPerSeat, storedFee } from './fee.ts'

test('the short form of a fee says the same as base and perSeat', () => {
  expect(feeFrom({ amount: 100, per: 'subscription' }, 1)).toEqual(feeFrom({ base: 100 }, 1))
  expect(feeFrom({ amount: 100, per: 'seat' }, 3)).toEqual(feeFrom({ perSeat: 100 }, 3))
  expect(feeFrom({ amount: 0, per: 'seat' }, 1)).toMatchObject({ per: 'seat', base: 0, perSeat: 0 })
  expect(feeFrom({ base: 0, perSeat: 0 }, 1)).toMatchObject({ amount: 0, per: 'subscription' })
})

test('a fee of both parts shows in the short form what the fewest seats cost', () => {
  const fee = feeFrom({ base: 100_000, perSeat: 30_000 }, 3)
  expect(fee).toEqual({ amount: 190_000, per: 'subscription', base: 100_000, perSeat: 30_000 })
  expect([feeOf({ fee }, 3), feeOf({ fee }, 5), isPerSeat(fee)]).toEqual([190_000, 250_000, true])
})

test.each([
  ['no amount', {}, '/fee/amount'],
  ['an amount for nothing', { amount: 5 }, '/fee/per'],
  ['what it is for without an amount', { per: 'seat' as const }, '/fee/amount'],
  ['two amounts that differ', { amount: 5, per: 'subscription' as const, base: 6, perSeat: 0 }, '/fee'],
  ['a seat that is also the subscription', { per: 'subscription' as const, perSeat: 6 }, '/fee'],
])('a fee with %s is refused, naming the field', (_, fee, pointer) => {
  expect(() => feeFrom(fee, 1)).toThrow(
    expect.objectContaining({ code: 'invalid_plan', detail: expect.objectContaining({ pointer }) }) as Error,
  )
})

test('what an answer shows, and what is stored, give the same fee again', () => {
  const amount = fc.nat(1_000_000_000)
  fc.assert(
    fc.property(
      fc.oneof(
        fc.record({ base: amount, perSeat: amount }),
        fc.record({ amount, per: fc.constantFrom('subscription' as const, 'seat' as const) }),
      ),
      fc.integer({ min: 1, max: 50 }),
      (input, minSeats) => {
        const fee = feeFrom(input, minSeats)
        expect(feeFrom(fee, minSeats)).toEqual(fee)
        expect(feeFrom(storedFee(fee), minSeats)).toEqual(fee)
      },
    ),
  )
})
