import { expect, test } from 'vitest'
import { instantOf, realClock, standingClock } from './clock.ts'
import { idMaker } from './ids.ts'

const at = (time: string) => `2026-03-01T${time}.000000Z`

test('the machine’s clock returns UTC with six decimals, each instant after the last', () => {
  const clock = realClock()
  const before = Date.now()
  const instants = Array.from({ length: 2000 }, clock.now)
  expect(instants[0]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/)
  expect(new Set(instants).size).toBe(2000)
  expect(instants).toEqual([...instants].sort())
  expect(Date.parse(instants[0] ?? '')).toBeGreaterThanOrEqual(before)
  expect(Date.parse(instants[0] ?? '')).toBeLessThanOrEqual(Date.now())
})

test('a test clock stops at each instant at which something is due on its way', async () => {
  const clock = standingClock('2026-03-01T00:00:00Z')
  const due = [at('01:00:00'), at('02:30:00'), at('09:00:00')]
  const done: string[] = []
  const work = {
    nextRunAt: async () => due[0] ?? null,
    run: async () => {
      while (due[0] && due[0] <= clock.now()) {
        done.push(clock.now())
        due.shift()
      }
    },
  }
  expect(await clock.moveTo('2026-03-01T05:00:00Z', work)).toBe(at('05:00:00'))
  expect(done).toEqual([at('01:00:00'), at('02:30:00')])
  expect(clock.now()).toBe(at('05:00:00'))
  await expect(clock.moveTo('2026-03-01T04:00:00Z', work)).rejects.toMatchObject({ code: 'clock_backwards' })
  expect(clock.now()).toBe(at('05:00:00'))
})

test('two concurrent moves of a test clock run one after the other', async () => {
  const clock = standingClock('2026-03-01T00:00:00Z')
  const idle = { nextRunAt: async () => null, run: async () => undefined }
  await Promise.all([clock.moveTo(at('01:00:00'), idle), clock.moveTo(at('02:00:00'), idle)])
  expect(clock.now()).toBe(at('02:00:00'))
})

test('work that stays due does not move the clock forever', async () => {
  const clock = standingClock('2026-03-01T00:00:00Z')
  const stuck = { nextRunAt: async () => at('01:00:00'), run: async () => undefined }
  await expect(clock.moveTo(at('02:00:00'), stuck)).rejects.toThrow('is still due')
})

test('an instant in any zone becomes UTC with six decimals', () => {
  expect(instantOf('2026-03-01T08:00:00.1234567+08:00')).toBe('2026-03-01T00:00:00.123456Z')
  expect(() => instantOf('2026-03-01')).toThrow(RangeError)
  expect(() => instantOf('2026-13-01T00:00:00Z')).toThrow(RangeError)
})

test('ids ascend with time and are unique', () => {
  let time = '2026-03-01T00:00:00.000000Z'
  const newId = idMaker(() => time)
  const first = newId('inv')
  time = '2026-03-01T00:00:00.001000Z'
  const later = Array.from({ length: 1000 }, () => newId('inv'))
  expect(first).toMatch(/^inv_[0-9a-z]{26}$/)
  expect(new Set(later).size).toBe(1000)
  expect(later.every((id) => id > first)).toBe(true)
})
