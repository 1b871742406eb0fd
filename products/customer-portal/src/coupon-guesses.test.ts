import { BillingError, type Code } from '@customer-portal/billing'
import { expect, test } from 'vitest'
import { couponGuesses, guessesAllowed } from './coupon-guesses.ts'

test('after ten wrong codes a customer tries none for some minutes; others and commands without a code go on', async () => {
  const guesses = couponGuesses()
  const fail = (code: Code) => () => Promise.reject(new BillingError(code))
  const at = (minute: number) => `2026-12-01T00:${String(minute).padStart(2, '0')}:00.000000Z`
  const tried = async (customerId: string, minute: number, code: Code) => {
    const answer: unknown = await guesses
      .guarded(customerId, 'X', at(minute), fail(code))
      .catch((error) => error)
    return (answer as BillingError).code
  }
  // What is not wrong does not count.
  for (let n = 0; n < 2 * guessesAllowed; n += 1)
    expect(await tried('a', 0, 'coupon_not_for_plan')).toBe('coupon_not_for_plan')
  for (let n = 0; n < guessesAllowed; n += 1)
    expect(await tried('a', n % 2, 'coupon_not_found')).toBe('coupon_not_found')
  expect(await tried('a', 2, 'coupon_not_found')).toBe('rate_limited')
  await expect(guesses.guarded('a', 'RIGHT', at(2), async () => 'done')).rejects.toMatchObject({
    code: 'rate_limited',
    detail: { retryAfterSeconds: 480 },
  })
  expect(await guesses.guarded('a', undefined, at(2), async () => 'done')).toBe('done')
  expect(await guesses.guarded('b', 'RIGHT', at(2), async () => 'done')).toBe('done')
  expect(await guesses.guarded('a', 'RIGHT', at(12), async () => 'done')).toBe('done')
})
