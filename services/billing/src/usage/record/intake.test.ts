import { DatabaseUnavailable } from '@customer-portal/database'
import { testDatabases } from '@customer-portal/database/testing'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import {
  findMistakes,
  getReconciliation,
  getUsageSummary,
  putMeter,
  recordUsage,
  type UsageEventInput,
} from '../../index.ts'
import { createWorld, seedCatalogue, seedCustomer, type World } from '../../testing.ts'

const most = Number.MAX_SAFE_INTEGER

describe.each(testDatabases)('concurrent requests on $name', ({ create, name }) => {
  let world: World
  beforeAll(async () => {
    world = await createWorld(create, '2026-11-20T00:00:00Z')
    await seedCatalogue(world.engine)
    await putMeter(world.engine, { key: 'bytes', name: 'Bytes', unit: 'B' })
    for (const id of ['a', 'b', 'c']) await seedCustomer(world.engine, id)
  })
  afterAll(async () => {
    const mistakes: unknown[] = []
    for await (const mistake of findMistakes(world.engine)) mistakes.push(mistake)
    expect(mistakes).toEqual([])
    await world.close()
  })
  const event = (customerId: string, id: string, more: Partial<UsageEventInput> = {}): UsageEventInput => ({
    id,
    customerId,
    meter: 'ai_chat',
    ...more,
  })
  const record = (events: UsageEventInput[]) => recordUsage(world.engine, events)
  const rows = <T>(sql: string) => world.db.asOwner((tx) => tx.query<T>(sql))

  test('requests share a few transactions, and each gets its own answer', async () => {
    await record([event('a', 'warm')])
    const answers = await Promise.all(
      Array.from({ length: 300 }, (_, index) =>
        record([
          event('abc'[index % 3]!, `s${index % 250}`, { quantity: 1 + (index % 250) }),
          ...(index % 10 ? [] : [event('a', `x${index}`, { meter: 'none' })]),
        ]),
      ),
    )
    expect(answers.reduce((total, recorded) => total + recorded.accepted, 0)).toBe(300)
    for (const [index, one] of answers.entries())
      expect(one.rejected.map(({ id, index: place }) => [id, place])).toEqual(
        index % 10 ? [] : [[`x${index}`, 1]],
      )
    const [shared] = await rows<{ transactions: number; events: number }>(
      `select count(distinct xmin::text)::int as transactions, count(*)::int as events
        from usage_events
        where id like 's%'`,
    )
    expect(shared!.events).toBe(300)
    expect(shared!.transactions).toBeLessThanOrEqual(6)
  })

  test('a locked customer delays neither others nor other events of the same batch', async () => {
    if (name === 'PGlite') return // One transaction at a time: nobody else can hold a lock.
    const time = async (work: () => Promise<unknown>) => {
      const began = performance.now()
      await work()
      return performance.now() - began
    }
    const times = async (prefix: string, count: number) => {
      const all: number[] = []
      for (let index = 0; index < count; index += 1)
        all.push(await time(() => record([event('b', `${prefix}${index}`)])))
      return all.sort((one, other) => one - other)
    }
    const quiet = await times('quiet', 60)
    let release = () => {}
    let isReleased = false
    const lockHeld = new Promise<void>((resolve) => {
      release = () => {
        isReleased = true
        resolve()
      }
    })
    const holding = world.engine.transaction(async (tx) => {
      await tx.query("select from customers where customer_id = 'a' for update")
      await lockHeld
    })
    await new Promise((resolve) => setTimeout(resolve, 50))
    const waiting = [
      record([event('a', 'held0'), event('b', 'beside')]),
      ...Array.from({ length: 30 }, (_, index) => record([event('a', `held${index + 1}`)])),
    ]
    const answered = vi.fn()
    for (const one of waiting) void one.then(answered)
    const beside = await times('beside', 60)
    expect(answered).not.toHaveBeenCalled()
    expect(isReleased).toBe(false)
    const [stored] = await rows<{ count: number }>(
      "select count(*)::int as count from usage_events where customer_id = 'b' and id = 'beside'",
    )
    expect(stored!.count).toBe(1)
    release()
    await holding
    expect((await Promise.all(waiting)).map(({ accepted }) => accepted)).toEqual([
      2,
      ...Array.from({ length: 30 }, () => 1),
    ])
    // Previously every request waited until the lock was released.
    expect(beside[57]!).toBeLessThan(2 * quiet[57]! + 100)
    expect(await record([event('a', 'held3')])).toMatchObject({ duplicates: 1 })
  })

  test('the same id in several requests is one event', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        record([event('a', 'same', { quantity: index < 15 ? 3 : 4 })]),
      ),
    )
    expect(
      answers.map((answer) =>
        [answer.accepted, answer.duplicates, answer.rejected.map(({ code }) => code)].join(),
      ),
    ).toEqual([
      '1,0,',
      ...Array.from({ length: 14 }, () => '0,1,'),
      ...Array.from({ length: 5 }, () => '0,0,event_conflict'),
    ])
  })

  test('an event the database rejects is found by halving, and no other fails', async () => {
    await rows("alter table usage_keys add constraint poison check (id not like 'poison%')")
    const before = (await getUsageSummary(world.engine, { customerId: 'b' })).usage.ai_chat!
    const warnings: string[] = []
    const listen = (warning: Error) => warnings.push(warning.message)
    process.on('warning', listen)
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        record([
          event('b', `p${index}`),
          ...(index % 14 === 3 ? [event('b', `poison${index}`)] : []),
          event('b', `q${index}`),
        ]),
      ),
    )
    await rows('alter table usage_keys drop constraint poison')
    for (const [index, one] of answers.entries()) {
      expect(one).toMatchObject({
        accepted: 2,
        duplicates: 0,
        rejected: index % 14 === 3 ? [{ index: 1, id: `poison${index}`, code: 'internal_error' }] : [],
      })
    }
    expect((await getUsageSummary(world.engine, { customerId: 'b' })).usage.ai_chat).toBe(before + 60)
    expect(
      (await getReconciliation(world.engine, { customerId: 'b' })).rejected
        .map(({ id, code }) => `${id} ${code}`)
        .sort(),
    ).toEqual(['poison17 internal_error', 'poison3 internal_error'])
    await new Promise(setImmediate)
    process.off('warning', listen)
    expect(warnings.filter((warning) => warning.includes('poison'))).toHaveLength(2)
    expect(await record([event('b', 'poison3')])).toMatchObject({ accepted: 1 })
  })

  test('an event beyond the exact sum of a month is rejected, whoever sent it', async () => {
    const large = (id: string, quantity: number) =>
      record([event('c', id, { meter: 'bytes', quantity }), event('c', `${id}-beside`)])
    const answers = await Promise.all([
      large('l1', most - 5),
      large('l2', 4),
      large('l3', most),
      large('l4', 1),
      large('l5', 1),
      large('l6', most),
    ])
    expect(answers.map((answer) => answer.rejected.map(({ id, code }) => `${id} ${code}`).join())).toEqual([
      '',
      '',
      'l3 quantity_overflow',
      '',
      'l5 quantity_overflow',
      'l6 quantity_overflow',
    ])
    expect((await getUsageSummary(world.engine, { customerId: 'c' })).usage.bytes).toBe(most)
  })

  test('requests beyond the queue limit are rejected at once, and accepted ones are recorded', async () => {
    const batch = (index: number) =>
      Array.from({ length: 1000 }, (_, place) => event('a', `w${index}-${place}`, { meter: 'tokens' }))
    const answers = await Promise.allSettled(Array.from({ length: 18 }, (_, index) => record(batch(index))))
    const refused = answers.filter((answer) => answer.status === 'rejected')
    expect(refused.map((answer) => answer.reason as { code: string; detail: unknown })).toMatchObject(
      [1, 2].map(() => ({ code: 'rate_limited', detail: { retryAfterSeconds: 1 } })),
    )
    expect((await getUsageSummary(world.engine, { customerId: 'a' })).usage.tokens).toBe(16_000)
    expect(await record(batch(17))).toMatchObject({ accepted: 1000 })
  })

  // PGlite has no connection that could break.
  if (name === 'PostgreSQL')
    test('a connection lost before the commit is reported or retried, and nothing counts twice', async () => {
      const events = Array.from({ length: 50 }, (_, index) => event('a', `broken${index}`))
      let release = () => {}
      const lockHeld = new Promise<void>((resolve) => {
        release = resolve
      })
      const holder = world.db.transaction({ role: 'billing' }, async (tx) => {
        await tx.query("select 1 from customers where customer_id = 'a' for update")
        await lockHeld
      })
      const answers = events.map((one) => record([one]))
      const settled = Promise.allSettled(answers)
      for (let round = 0; round < 4; round += 1) {
        await new Promise((resolve) => {
          setTimeout(resolve, 100)
        })
        await rows(
          `select pg_terminate_backend(pid)
            from pg_stat_activity
            where datname = current_database() and wait_event_type = 'Lock'`,
        )
      }
      release()
      await holder
      const outcomes = await settled
      for (const outcome of outcomes)
        if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(DatabaseUnavailable)
      const again = await Promise.all(events.map((one) => record([one])))
      expect(again.reduce((total, recorded) => total + recorded.accepted, 0)).toBe(
        outcomes.filter((outcome) => outcome.status === 'rejected').length,
      )
      expect(await rows("select count(*)::int as events from usage_events where id like 'broken%'")).toEqual([
        { events: 50 },
      ])
    })

  test('an unreachable database is reported as such', async () => {
    const other = await createWorld(create, '2026-11-20T00:00:00Z')
    await other.close()
    await expect(recordUsage(other.engine, [event('a', 'lost')])).rejects.toBeInstanceOf(DatabaseUnavailable)
  })
})
