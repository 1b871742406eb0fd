import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabases } from '@customer-portal/database/testing'
import {
  addSeconds,
  checkQuota,
  consume,
  createSubscription,
  putPlan,
  recordUsage,
  releaseReservation,
  reserve,
  settleReservation,
} from '../src/index.ts'
import { createWorld, seedCatalogue, seedCustomer, type World } from '../src/testing.ts'
import { mistakesOf } from './invariants.ts'

const limit = 20
const start = '2026-11-10T04:00:00.000000Z'
const runs = process.env['LONG'] === '1' ? 300 : 12

type Command =
  | { kind: 'consume'; id: string; quantity: number }
  | { kind: 'reserve'; id: string; quantity: number; ttlSeconds: number }
  | { kind: 'settle'; id: string; quantity: number }
  | { kind: 'release'; id: string }
  | { kind: 'event'; id: string; quantity: number }

const id = fc.integer({ min: 1, max: 8 }).map((number) => `id${number}`)
const quantity = fc.integer({ min: 1, max: 9 })
const commands: fc.Arbitrary<Command> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('consume' as const), id, quantity }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('reserve' as const),
      id,
      quantity,
      ttlSeconds: fc.constantFrom(1, 5, 100),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('settle' as const),
      id,
      quantity: fc.integer({ min: 0, max: 12 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('release' as const), id }) },
)
/** Several commands at once, then some time, and occasionally an event beside them. */
const steps = fc.array(
  fc.record({
    at: fc.integer({ min: 0, max: 4 }),
    together: fc.array(commands, { minLength: 1, maxLength: 8 }),
    event: fc.option(fc.record({ id, quantity: fc.integer({ min: 1, max: 3 }) })),
  }),
  { minLength: 1, maxLength: 8 },
)

interface Hold {
  as: string
  held: number
  until: number
  end: 'released' | { used: number; granted: number; overage: number } | null
}

/** A quota as a small model: the sum of recorded usage and of unexpired reservations. */
class Model {
  used = 0
  /** The part of the usage that the quota granted. */
  granted = 0
  readonly #events = new Map<string, { asked: number; granted: number }>()
  readonly #holds = new Map<string, Hold>()
  readonly #blocked: boolean

  constructor(blocked: boolean) {
    this.#blocked = blocked
  }

  reserved(now: number): number {
    return [...this.#holds.values()]
      .filter((hold) => hold.end === null && hold.until > now)
      .reduce((sum, hold) => sum + hold.held, 0)
  }

  remaining(now: number): number {
    return Math.max(0, limit - this.used - this.reserved(now))
  }

  answer(command: Command, now: number): unknown {
    const hold = this.#holds.get(command.id)
    if (command.kind === 'settle')
      return hold ? this.#settle(hold, command.quantity, now) : 'reservation_not_found'
    if (command.kind === 'release') return hold ? this.#release(hold, now) : 'reservation_not_found'
    const event = this.#events.get(command.id)
    if (command.kind === 'reserve') return event ? 'event_conflict' : this.#reserve(command, hold, now)
    if (hold || (event && event.asked !== command.quantity)) return 'event_conflict'
    if (command.kind === 'event') {
      if (!event) this.#record(command.id, command.quantity, command.quantity)
      return 'recorded'
    }
    if (event) return { granted: event.granted, remaining: this.remaining(now), duplicate: true }
    const part = this.#share(command.quantity, now)
    if (part.granted > 0) this.#record(command.id, command.quantity, part.granted)
    this.granted += part.granted
    return { ...part, remaining: this.remaining(now), duplicate: false }
  }

  #share(asked: number, now: number, promised = 0) {
    const left = this.remaining(now)
    const granted = this.#blocked ? Math.min(asked, Math.max(left, promised)) : asked
    return { granted, overage: Math.max(0, granted - left) }
  }

  #reserve(
    { id: own, quantity: asked, ttlSeconds }: Extract<Command, { kind: 'reserve' }>,
    hold: Hold | undefined,
    now: number,
  ): unknown {
    const as = `${asked} for ${ttlSeconds}`
    if (hold && hold.as !== as) return 'event_conflict'
    // An id is answered from the current state: settled, released and expired ones are closed.
    if (hold && (hold.end !== null || hold.until <= now)) return 'reservation_closed'
    if (hold)
      return {
        granted: hold.held,
        remaining: this.remaining(now),
        expiresAt: addSeconds(start, hold.until),
        duplicate: true,
      }
    const { granted } = this.#share(asked, now)
    if (granted > 0) this.#holds.set(own, { as, held: granted, until: now + ttlSeconds, end: null })
    return {
      granted,
      remaining: this.remaining(now),
      expiresAt: granted > 0 ? addSeconds(start, now + ttlSeconds) : null,
      duplicate: false,
    }
  }

  #settle(hold: Hold, used: number, now: number): unknown {
    if (hold.end === 'released' || (hold.end && hold.end.used !== used)) return 'reservation_closed'
    const duplicate = hold.end !== null
    if (hold.end === null) {
      hold.end = { used, granted: 0, overage: 0 }
      hold.end = { used, ...this.#share(used, now, hold.until > now ? hold.held : 0) }
      this.used += hold.end.granted
      this.granted += hold.end.granted
    }
    const { granted, overage } = hold.end
    return { granted, overage, excess: used - granted, remaining: this.remaining(now), duplicate }
  }

  #release(hold: Hold, now: number): unknown {
    if (hold.end !== null && hold.end !== 'released') return 'reservation_closed'
    const duplicate = hold.end !== null
    hold.end = 'released'
    return { remaining: this.remaining(now), duplicate }
  }

  #record(own: string, asked: number, granted: number): void {
    this.#events.set(own, { asked, granted })
    this.used += granted
  }
}

describe.each(testDatabases)('quotas compared with a model on $name', ({ create }) => {
  let world: World
  let customers = 0
  beforeAll(async () => {
    world = await createWorld(create, start)
    await seedCatalogue(world.engine)
    const charge = {
      meter: 'ai_chat',
      included: limit,
      price: { model: 'per_unit' as const, rate: { amount: 5, per: 1 } },
    }
    await putPlan(world.engine, {
      id: 'blocked',
      name: 'Blocked',
      fee: { amount: 0, per: 'subscription' },
      charges: [{ meter: 'ai_chat', included: limit, overage: 'block' }],
    })
    await putPlan(world.engine, {
      id: 'billed',
      name: 'Billed',
      fee: { amount: 0, per: 'subscription' },
      charges: [{ ...charge, overage: 'bill' }],
    })
  })
  afterAll(async () => {
    expect(await mistakesOf(world)).toEqual([])
    await world.close()
  })

  test.each(['blocked', 'billed'])(
    'concurrent commands are answered as if in sequence, and never grant more than the allowance (%s)',
    async (planId) => {
      await fc.assert(
        fc.asyncProperty(steps, async (history) => {
          const customerId = `${planId}-${(customers += 1)}`
          world.set(start)
          await seedCustomer(world.engine, customerId)
          await createSubscription(world.engine, { customerId, planId })
          const model = new Model(planId === 'blocked')
          const of = { customerId, meter: 'ai_chat' }
          const run = async (command: Command): Promise<unknown> => {
            if (command.kind === 'consume')
              return consume(world.engine, { ...of, id: command.id, quantity: command.quantity })
            if (command.kind === 'reserve')
              return reserve(world.engine, {
                ...of,
                id: command.id,
                quantity: command.quantity,
                ttlSeconds: command.ttlSeconds,
              })
            if (command.kind === 'settle')
              return settleReservation(world.engine, {
                ...of,
                reservationId: command.id,
                quantity: command.quantity,
              })
            if (command.kind === 'release')
              return releaseReservation(world.engine, { ...of, reservationId: command.id })
            const { rejected } = await recordUsage(world.engine, [
              { ...of, id: command.id, quantity: command.quantity },
            ])
            return rejected[0]?.code ?? 'recorded'
          }
          let now = 0
          for (const { at, together, event } of history) {
            now += at
            world.set(addSeconds(start, now))
            const answers = await Promise.all(
              together.map((command) =>
                run(command).catch((error: { code?: string }) => error.code ?? error),
              ),
            )
            for (const [place, answer] of answers.entries()) {
              const expected = model.answer(together[place]!, now)
              if (typeof expected === 'object') expect(answer).toMatchObject(expected as object)
              else expect(answer).toBe(expected)
            }
            if (event)
              expect(await run({ kind: 'event', ...event })).toBe(
                model.answer({ kind: 'event', ...event }, now),
              )
            expect(await checkQuota(world.engine, of)).toMatchObject({
              used: model.used,
              reserved: model.reserved(now),
              remaining: model.remaining(now),
            })
            if (planId === 'blocked') expect(model.granted).toBeLessThanOrEqual(limit)
          }
        }),
        { numRuns: runs },
      )
    },
  )
})
