import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DatabaseUnavailable } from '@customer-portal/database'
import { testDatabases } from '@customer-portal/database/testing'
import {
  type BillingError,
  consume,
  createSubscription,
  getInvoices,
  getUsageSummary,
  recordPayment,
  recordUsage,
  runBilling,
  upgradeSubscription,
} from '../src/index.ts'
import { createWorld, seedCatalogue, seedCustomer, type World } from '../src/testing.ts'
import { mistakesOf } from './invariants.ts'

const times = <T>(count: number, work: (index: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, index) => patiently(() => work(index))))

/** On a machine too busy to give a connection in time the caller gets 503 and retries with the same id. */
async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof DatabaseUnavailable)) throw error
    }
  }
}

describe.each(testDatabases)('concurrent callers on $name', ({ create }) => {
  let world: World
  beforeAll(async () => {
    world = await createWorld(create, '2026-11-09T16:00:00Z')
    await seedCatalogue(world.engine)
  })
  afterAll(async () => {
    expect(await mistakesOf(world)).toEqual([])
    await world.close()
  })
  const subscribe = async (customerId: string, planId: string) => {
    await seedCustomer(world.engine, customerId)
    await createSubscription(world.engine, { customerId, planId })
  }

  test('fifty consume calls on a limit of twenty are granted exactly twenty', async () => {
    await subscribe('limited', 'free')
    const answers = await times(50, (index) =>
      consume(world.engine, { customerId: 'limited', meter: 'ai_chat', id: `c${index}`, quantity: 1 }),
    )
    expect(answers.reduce((total, answer) => total + answer.granted, 0)).toBe(20)
    // Each grant saw a different remainder: none was granted twice.
    expect(
      answers
        .filter((answer) => answer.granted > 0)
        .map((answer) => answer.remaining!)
        .sort((a, b) => a - b),
    ).toEqual(Array.from({ length: 20 }, (_, index) => index))
    expect((await getUsageSummary(world.engine, { customerId: 'limited' })).usage).toEqual({ ai_chat: 20 })
  })

  test('one consumption sent ten times at once is granted once', async () => {
    await subscribe('retried', 'free')
    const answers = await times(10, () =>
      consume(world.engine, { customerId: 'retried', meter: 'ai_chat', id: 'same', quantity: 5 }),
    )
    expect(answers.filter((answer) => !answer.duplicate)).toHaveLength(1)
    expect(answers.every((answer) => answer.granted === 5)).toBe(true)
    expect((await getUsageSummary(world.engine, { customerId: 'retried' })).usage).toEqual({ ai_chat: 5 })
  })

  test('twenty concurrent upgrades leave one open phase, no gap and no overlap', async () => {
    await subscribe('climber', 'free')
    const targets: [string, number | undefined][] = [
      ['team', undefined],
      ['seats', 2],
      ['seats', 5],
      ['business', undefined],
      ['seats', 3],
    ]
    const outcomes = await times(20, (index) => {
      const [planId, seats] = targets[index % targets.length]!
      return upgradeSubscription(world.engine, { customerId: 'climber', planId, seats }).catch(
        (error: unknown) => error,
      )
    })
    for (const outcome of outcomes)
      if (outcome instanceof Error)
        expect(outcome).toMatchObject({
          name: 'BillingError',
          code: 'not_an_upgrade',
        } satisfies Partial<BillingError>)
    const phases = await world.db.asOwner((tx) =>
      tx.query<{ plan_id: string; starts_on: string; ends_on: string | null }>(
        "select plan_id, starts_on, ends_on from phases where customer_id = 'climber' order by sequence",
      ),
    )
    expect(phases.filter((phase) => phase.ends_on === null)).toMatchObject([{ plan_id: 'business' }])
    for (const [index, phase] of phases.slice(1).entries())
      expect(phases[index]!.ends_on).toBe(phase.starts_on)
    // Whatever the order, the money in the end is that of the month on business.
    const { data } = await getInvoices(world.engine, { customerId: 'climber', limit: 100 })
    expect(data.reduce((total, invoice) => total + invoice.subtotal, 0)).toBe(199_900)
  })

  test('of two concurrent subscriptions one is created', async () => {
    await seedCustomer(world.engine, 'eager')
    const outcomes = await Promise.allSettled(
      [1, 2, 3].map(() => createSubscription(world.engine, { customerId: 'eager', planId: 'team' })),
    )
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1)
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'subscription_exists' })
  })

  test('concurrent issuers leave no gap in the numbers, though some of them fail', async () => {
    await times(12, (index) => seedCustomer(world.engine, `issued-${index}`))
    await times(12, (index) =>
      createSubscription(world.engine, {
        customerId: `issued-${index}`,
        planId: index % 3 === 0 ? 'nothing' : 'team',
      }).catch(() => undefined),
    )
    const rows = await world.db.asOwner((tx) =>
      tx.query<{ number: string }>('select number from invoices order by number'),
    )
    expect(rows.map((row) => row.number)).toEqual(
      rows.map((_, index) => `INV-202611-${String(index + 1).padStart(6, '0')}`),
    )
  })

  test('the same events in several concurrent batches count once', async () => {
    await subscribe('batched', 'team')
    const batch = Array.from({ length: 100 }, (_, index) => ({
      id: `e${index}`,
      customerId: 'batched',
      meter: index % 2 ? 'ai_chat' : 'tokens',
      quantity: 1 + index,
      time: `2026-11-0${1 + (index % 9)}T03:00:00Z`,
    }))
    const recorded = await times(6, (index) =>
      recordUsage(world.engine, index % 2 ? batch : [...batch].reverse()),
    )
    expect(recorded.reduce((total, one) => total + one.accepted, 0)).toBe(100)
    expect(recorded.reduce((total, one) => total + one.duplicates, 0)).toBe(500)
  })

  test('concurrent payments are all recorded', async () => {
    await subscribe('payer', 'team')
    const [invoice] = (await getInvoices(world.engine, { customerId: 'payer' })).data
    await times(8, (index) =>
      recordPayment(world.engine, {
        invoiceId: invoice!.id,
        amount: 10_000,
        method: 'cash',
        reference: `p${index}`,
      }),
    )
    const [balance] = await world.db.asOwner((tx) =>
      tx.query<{ sum: number }>(
        "select sum(amount)::bigint as sum from balance_transactions where customer_id = 'payer'",
      ),
    )
    expect(balance!.sum).toBe(80_000 - invoice!.total)
  })

  test('concurrent billing runs with changes in between bill each period once', async () => {
    world.set('2027-01-10T00:00:00Z')
    await Promise.all([
      runBilling(world.engine),
      runBilling(world.engine),
      upgradeSubscription(world.engine, { customerId: 'payer', planId: 'business' }),
      runBilling(world.engine),
    ])
    await runBilling(world.engine)
    for (const customerId of ['payer', 'batched', 'issued-1']) {
      const { data } = await getInvoices(world.engine, { customerId, limit: 100 })
      expect(
        data.filter((invoice) => invoice.kind === 'renewal').map((invoice) => invoice.period.label),
      ).toEqual(['2026-12', '2026-11'])
    }
  })
})
