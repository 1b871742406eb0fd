import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { testDatabases } from '@customer-portal/database/testing'
import {
  createSubscription,
  getInvoices,
  getSubscription,
  nextRunAt,
  recordUsage,
  runBilling,
  upgradeSubscription,
} from '../index.ts'
import type { RunFailure } from './run.ts'
import { createWorld, seedCatalogue, seedCustomer, type World } from '../testing.ts'
import { lockCustomer } from '../customer/customer.ts'

const summaryOf = (invoices: Awaited<ReturnType<typeof getInvoices>>['data']) =>
  invoices.map(({ kind, issuedAt, dueAt, period, lines, total }) => ({
    kind,
    issuedAt,
    dueAt,
    period,
    total,
    lines: lines.map(({ description: _, ...line }) => line),
  }))

describe.each(testDatabases)('the billing run on $name', ({ create }) => {
  let world: World
  beforeAll(async () => {
    world = await createWorld(create, '2026-10-31T16:00:00Z')
    await seedCatalogue(world.engine)
  })
  afterAll(() => world.close())
  const invoicesOf = async (customerId: string) =>
    (await getInvoices(world.engine, { customerId, limit: 100 })).data
  const subscribe = async (customerId: string) => {
    world.set('2026-10-31T16:00:00Z')
    await seedCustomer(world.engine, customerId)
    await createSubscription(world.engine, { customerId, planId: 'team' })
  }

  test('work is due at the end of the period and its grace, not a moment before', async () => {
    await subscribe('punctual')
    expect(await nextRunAt(world.engine)).toBe('2026-11-30T17:00:00.000000Z')
    world.set('2026-11-30T16:59:59.999999Z')
    expect(await runBilling(world.engine)).toBe(0)
    expect(await invoicesOf('punctual')).toMatchObject([{ status: 'draft' }, { kind: 'start' }])
    world.set('2026-11-30T17:00:00Z')
    expect(await runBilling(world.engine)).toBe(1)
    expect(await runBilling(world.engine)).toBe(0)
    expect(await invoicesOf('punctual')).toMatchObject([
      { kind: 'renewal', number: 'INV-202612-000001' },
      { kind: 'start' },
    ])
    expect(await nextRunAt(world.engine)).toBe('2026-12-31T17:00:00.000000Z')
  })

  test('two concurrent runs bill once', async () => {
    for (const id of ['raced-1', 'raced-2', 'raced-3']) await subscribe(id)
    world.set('2026-11-30T17:00:00Z')
    await Promise.all(Array.from({ length: 4 }, () => runBilling(world.engine)))
    for (const id of ['raced-1', 'raced-2', 'raced-3'])
      expect(await invoicesOf(id)).toMatchObject([{ kind: 'renewal' }, { kind: 'start' }])
  })

  test('concurrent runs share customers, bill each once and leave no gap in the numbers', async () => {
    const ids = Array.from({ length: 12 }, (_, index) => `many-${index}`)
    for (const id of ids) await subscribe(id)
    world.set('2026-11-30T17:00:00Z')
    const done = await Promise.all([1, 2].map(() => runBilling(world.engine, { atOnce: 4, batch: 5 })))
    expect(done[0]! + done[1]!).toBe(12)
    for (const id of ids) expect(await invoicesOf(id)).toMatchObject([{ kind: 'renewal' }, { kind: 'start' }])
    const numbers = await world.db.asOwner((tx) =>
      tx.query<{ number: string }>(
        "select number from invoices where number like 'INV-202612-%' order by number",
      ),
    )
    expect(numbers.map((row) => row.number)).toEqual(
      numbers.map((_, index) => `INV-202612-${String(index + 1).padStart(6, '0')}`),
    )
  })

  test('a locked customer is billed after the others, when the lock is free', async () => {
    for (const id of ['held', 'free']) await subscribe(id)
    world.set('2026-11-30T17:00:00Z')
    let release = () => {}
    const released = new Promise<void>((resolve) => {
      release = resolve
    })
    let took = () => {}
    const taken = new Promise<void>((resolve) => {
      took = resolve
    })
    const holding = world.engine.transaction(async (tx) => {
      await lockCustomer(tx, 'held')
      took()
      await released
    })
    await taken
    const running = runBilling(world.engine)
    // PGlite runs one transaction at a time, so nothing can look meanwhile.
    if (world.db.kind === 'postgres')
      await vi.waitFor(
        async () => expect(await invoicesOf('free')).toMatchObject([{ kind: 'renewal' }, { kind: 'start' }]),
        { timeout: 30_000, interval: 50 },
      )
    release()
    await holding
    expect(await running).toBe(2)
    expect(await invoicesOf('held')).toMatchObject([{ kind: 'renewal' }, { kind: 'start' }])
  })

  test('after a pause of months the run catches up in order, with the same amounts as on time', async () => {
    const story = async (customerId: string) => {
      await subscribe(customerId)
      await recordUsage(world.engine, [
        { id: 'u1', customerId, meter: 'ai_chat', quantity: 1_100, time: '2026-10-31T16:00:00Z' },
      ])
    }
    await story('paused')
    await story('in-time')
    await world.passTo('2026-12-15T00:00:00Z') // both
    await world.db.asOwner((tx) =>
      tx.query("update customers set due_at = null where customer_id = 'paused'"),
    )
    for (const customerId of ['paused', 'in-time'])
      await recordUsage(world.engine, [
        { id: 'u2', customerId, meter: 'ai_chat', quantity: 1_200, time: '2026-12-14T00:00:00Z' },
      ])
    await world.passTo('2027-04-10T00:00:00Z')
    await world.db.asOwner((tx) =>
      tx.query("update customers set due_at = '2026-12-31T17:00:00Z' where customer_id = 'paused'"),
    )
    expect(await runBilling(world.engine)).toBe(1)
    const [paused, inTime] = [summaryOf(await invoicesOf('paused')), summaryOf(await invoicesOf('in-time'))]
    expect(paused.map((invoice) => [invoice.period.label, invoice.total])).toEqual(
      inTime.map((invoice) => [invoice.period.label, invoice.total]),
    )
    expect(paused.map((invoice) => invoice.period.label)).toEqual([
      '2027-03',
      '2027-02',
      '2027-01',
      '2026-12',
      '2026-11',
      '2026-11',
    ])
    expect(paused[0]!.issuedAt).toBe('2027-04-10T00:00:00.000000Z')
    expect(inTime[0]!.issuedAt).toBe('2027-03-31T17:00:00.000000Z')
  })

  test('a command does due work first', async () => {
    await subscribe('commanded')
    world.set('2027-01-20T16:00:00Z') // 21 January: eleven of 31 days are left
    const { invoice } = await upgradeSubscription(world.engine, {
      customerId: 'commanded',
      planId: 'business',
    })
    expect((await invoicesOf('commanded')).map((one) => [one.kind, one.period.label])).toEqual(
      [
        ['change', '2027-01'],
        ['renewal', '2026-12'],
        ['renewal', '2026-11'],
        ['start', '2026-11'],
      ].sort((a, b) => (a[0] === 'change' ? -1 : b[0] === 'change' ? 1 : 0)),
    )
    expect(invoice!.lines.map((line) => line.amount)).toEqual([-21_255, 70_932])
    expect((await getSubscription(world.engine, { customerId: 'commanded' })).currentPeriod).toEqual({
      start: '2027-01-01',
      end: '2027-02-01',
    })
  })

  test('a customer that fails is reported and does not stop the others', async () => {
    await subscribe('failing')
    await subscribe('healthy')
    // Something no command can write: a phase whose plan charges an unknown meter.
    await world.db.asOwner((tx) =>
      tx.query(
        `update phases
          set anchor_on = '2026-10-31'::date, starts_on = '2026-10-31'::date, alignment = 'calendar',
            ends_on = '2026-10-31'
          where customer_id = 'failing'`,
      ),
    )
    await world.db.asOwner((tx) =>
      tx.query(
        "insert into plans (id, version, spec, created_at) select 'broken', 1, jsonb_set(spec, "
          + "'{charges,0,meter}', '\"gone\"'), created_at from plans where id = 'team'",
      ),
    )
    await world.db.asOwner((tx) =>
      tx.query("update phases set plan_id = 'broken', ends_on = null where customer_id = 'failing'"),
    )
    world.set('2026-11-30T17:00:00Z')
    const failures: RunFailure[] = []
    await runBilling(world.engine, { onFailure: (failure) => failures.push(failure) })
    expect(failures.map((failure) => failure.customerId)).toEqual(['failing'])
    expect(await invoicesOf('healthy')).toMatchObject([{ kind: 'renewal' }, { kind: 'start' }])
    await expect(runBilling(world.engine)).rejects.toThrow()
  })
})
