import { expect, test } from 'vitest'
import { nextStepOf } from './next-step.ts'

const running = {
  currentPeriod: { start: '2026-11-25', end: '2026-12-25' },
  cancelAtPeriodEnd: false,
  scheduledChange: null,
  trialDaysLeft: null,
  trialEndsAt: null,
}
const change = (at: string) => ({ planId: 'team', planVersion: 1, seats: 1, at, by: 'customer' as const })

test('a subscription renews only if nothing else happens on that date', () => {
  expect(nextStepOf(running)).toEqual({ kind: 'renews', at: '2026-12-25' })
  expect(nextStepOf({ ...running, scheduledChange: change('2026-12-25') })).toEqual({
    kind: 'changes',
    at: '2026-12-25',
    planId: 'team',
  })
  expect(nextStepOf({ ...running, cancelAtPeriodEnd: true })).toEqual({ kind: 'ends', at: '2026-12-25' })
  expect(nextStepOf({ ...running, currentPeriod: null })).toBeUndefined()
})

test('an end is shown before a change, and for a trial its end', () => {
  const ending = { ...running, cancelAtPeriodEnd: true }
  expect([
    nextStepOf({ ...ending, scheduledChange: change('2026-12-25') })?.kind,
    nextStepOf({ ...ending, scheduledChange: change('2026-12-01') })?.kind,
  ]).toEqual(['ends', 'changes'])
  const trial = { ...running, trialDaysLeft: 5, trialEndsAt: '2026-12-24T16:00:00.000000Z' }
  expect([
    nextStepOf(trial)?.kind,
    nextStepOf({ ...trial, cancelAtPeriodEnd: true })?.kind,
    nextStepOf({ ...trial, scheduledChange: change('2026-12-25') })?.kind,
  ]).toEqual(['trial', 'ends', 'changes'])
})
