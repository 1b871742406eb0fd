import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabases } from '@customer-portal/database/testing'
import {
  actingFor,
  cancelScheduledChange,
  cancelSubscription,
  changeSubscription,
  createSubscription,
  downgradeSubscription,
  getInvoices,
  getSubscription,
  previewChange,
  putPlan,
  resumeSubscription,
  upgradeSubscription,
  type PlanInput,
} from '../src/index.ts'
import { createWorld, seedCatalogue, seedCustomer, type World } from '../src/testing.ts'
import { mistakesOf, scheduledTooLate } from './invariants.ts'

const fee = (amount: number): Pick<PlanInput, 'fee' | 'taxRate'> => ({
  fee: { amount, per: 'subscription' },
  taxRate: '0',
})

describe.each(testDatabases)('scheduled changes of customer and vendor on $name', ({ create }) => {
  let world: World
  beforeAll(async () => {
    world = await createWorld(create, '2026-10-31T16:00:00Z') // 1 November in Shanghai
    await seedCatalogue(world.engine)
    const charges = [{ meter: 'ai_chat', included: 100, overage: 'block' as const }]
    await putPlan(world.engine, { id: 'chat', name: 'Chat', rank: 5, ...fee(30_000), charges })
    await putPlan(world.engine, { id: 'docs', name: 'Docs', rank: 5, ...fee(30_000), charges })
    await putPlan(world.engine, {
      id: 'chat-year',
      name: 'Chat by the year',
      rank: 5,
      interval: 'year',
      ...fee(360_000),
      charges,
    })
    await putPlan(world.engine, {
      id: 'docs-year',
      name: 'Docs by the year',
      rank: 5,
      interval: 'year',
      ...fee(360_000),
      charges,
    })
    await putPlan(world.engine, {
      id: 'per-seat',
      name: 'Per seat',
      rank: 8,
      fee: { amount: 1_000, per: 'seat' },
      seats: { max: 9 },
      taxRate: '0',
    })
    await putPlan(world.engine, {
      id: 'per-seat',
      name: 'Per seat',
      rank: 8,
      fee: { amount: 1_200, per: 'seat' },
      seats: { max: 20 },
      taxRate: '0',
    })
    await putPlan(world.engine, { id: 'small', name: 'Small', rank: 2, ...fee(1_000) })
    await putPlan(world.engine, { id: 'gone', name: 'Gone', rank: 40, ...fee(50_000) })
    await putPlan(world.engine, { id: 'gone', name: 'Gone', rank: 40, ...fee(50_000), archived: true })
    await putPlan(world.engine, { id: 'large', name: 'Large', rank: 30, ...fee(90_000) })
  })
  afterAll(async () => {
    expect(await mistakesOf(world)).toEqual([])
    await world.close()
  })
  const subscribe = async (customerId: string, planId: string, more: { seats?: number } = {}) => {
    world.set('2026-10-31T16:00:00Z')
    await world.db.asOwner((tx) => tx.query('update customers set due_at = null'))
    await seedCustomer(world.engine, customerId)
    await createSubscription(world.engine, { customerId, planId, ...more })
    world.set('2026-11-15T16:30:00Z') // 00:30 on the 16th
  }
  /** In the portal. */
  const own = (customerId: string) => actingFor(world.engine, customerId)
  const move = (
    customerId: string,
    planId: string,
    more: { planVersion?: number; seats?: number; when?: 'now' | 'period_end' } = {},
  ) => changeSubscription(world.engine, { customerId, planId, ...more })
  const subscription = (customerId: string) => getSubscription(world.engine, { customerId })
  const linesOf = async (customerId: string) =>
    (await getInvoices(world.engine, { customerId, limit: 100 })).data.map((invoice) => [
      invoice.kind,
      ...invoice.lines.map((line) => [line.kind, line.amount]),
    ])
  const codes = ({ notices }: { notices: { code: string }[] }) => notices.map((notice) => notice.code)
  const seatsVersion1 = async (customerId: string, seats: number) => {
    await subscribe(customerId, 'per-seat', { seats })
    await move(customerId, 'per-seat', { planVersion: 1, when: 'now' })
  }

  test('a customer’s change to equal rank and price waits for the end of the usage period', async () => {
    await subscribe('swaps', 'chat')
    const preview = await previewChange(own('swaps'), { customerId: 'swaps', planId: 'docs' })
    expect(preview).toMatchObject({ when: 'period_end', effectiveAt: '2026-12-01', lines: [], dueNow: 0 })
    const asked = await upgradeSubscription(own('swaps'), {
      customerId: 'swaps',
      planId: 'docs',
      quoteId: preview.quoteId,
    })
    expect(asked).toMatchObject({
      invoice: null,
      subscription: {
        plan: { id: 'chat' },
        scheduledChange: { planId: 'docs', at: '2026-12-01', by: 'customer' },
      },
    })
    expect(codes(asked)).toEqual(['waits_for_period_end'])
    expect(
      (await downgradeSubscription(own('swaps'), { customerId: 'swaps', planId: 'docs' })).subscription,
    ).toMatchObject({ plan: { id: 'chat' }, scheduledChange: { planId: 'docs' } })
    await world.passTo('2026-12-02T00:00:00Z')
    expect(await subscription('swaps')).toMatchObject({
      plan: { id: 'docs' },
      scheduledChange: null,
      currentPeriod: { start: '2026-12-01', end: '2027-01-01' },
    })
    expect(await linesOf('swaps')).toEqual([
      ['renewal', ['fee', 30_000]],
      ['start', ['fee', 30_000]],
    ])
  })

  test('the vendor makes such a change now and without money', async () => {
    await subscribe('moved', 'chat')
    expect(await move('moved', 'docs')).toMatchObject({
      invoice: null,
      subscription: { plan: { id: 'docs' } },
    })
    expect(await linesOf('moved')).toEqual([['start', ['fee', 30_000]]])
  })

  test('a change from monthly to yearly at an equal price cuts no period', async () => {
    await subscribe('longer', 'chat')
    await upgradeSubscription(own('longer'), { customerId: 'longer', planId: 'chat-year' })
    await world.passTo('2026-12-02T00:00:00Z')
    expect(await subscription('longer')).toMatchObject({
      plan: { id: 'chat-year' },
      currentPeriod: { start: '2026-12-01', end: '2027-12-01' },
    })
    expect(await linesOf('longer')).toEqual([
      ['renewal', ['fee', 360_000]],
      ['start', ['fee', 30_000]],
    ])
  })

  test('from yearly to monthly at an equal price the rest of the year is credited', async () => {
    await subscribe('shorter', 'chat-year')
    const { subscription: waiting } = await downgradeSubscription(own('shorter'), {
      customerId: 'shorter',
      planId: 'chat',
    })
    // 335 of 365 days: 360000 − 360000 × 30 ÷ 365 = 360000 − 29589.04 = 330411.
    expect(waiting).toMatchObject({
      plan: { id: 'chat-year' },
      scheduledChange: { planId: 'chat', at: '2026-12-01' },
      nextInvoice: { at: '2026-12-01', estimatedTotal: 30_000 - 330_411 },
    })
    await world.passTo('2026-12-02T00:00:00Z')
    expect(await linesOf('shorter')).toEqual([
      ['renewal', ['unused_time', -330_411], ['fee', 30_000]],
      ['start', ['fee', 360_000]],
    ])
    await world.passTo('2027-01-02T00:00:00Z')
    expect((await linesOf('shorter'))[0]).toEqual(['renewal', ['fee', 30_000]])
  })

  test('between two yearly plans of equal price it happens within the year, which stays paid', async () => {
    await subscribe('within', 'chat-year')
    await upgradeSubscription(own('within'), { customerId: 'within', planId: 'docs-year' })
    await world.passTo('2026-12-02T00:00:00Z')
    expect(await subscription('within')).toMatchObject({
      plan: { id: 'docs-year' },
      currentPeriod: { start: '2026-11-01', end: '2027-11-01' },
    })
    expect(await linesOf('within')).toEqual([['start', ['fee', 360_000]]])
  })

  test('requesting the current plan undoes the customer’s scheduled change and says so', async () => {
    await subscribe('wavers', 'chat')
    for (const again of [upgradeSubscription, downgradeSubscription]) {
      await downgradeSubscription(own('wavers'), { customerId: 'wavers', planId: 'small' })
      const undone = await again(own('wavers'), { customerId: 'wavers', planId: 'chat' })
      expect(undone.subscription).toMatchObject({ scheduledChange: null, scheduledChanges: [] })
      expect(undone.notices).toEqual([
        {
          code: 'scheduled_change_dropped',
          detail: {
            'zh-CN': '您预约的变更已取消：Small，原定于 2026-12-01 生效。',
            en: 'The change to Small that was scheduled for 2026-12-01 has been dropped.',
          },
        },
      ])
    }
    await expect(
      downgradeSubscription(own('wavers'), { customerId: 'wavers', planId: 'chat' }),
    ).rejects.toMatchObject({ code: 'not_a_downgrade' })
    await move('wavers', 'small')
    expect(codes(await move('wavers', 'chat'))).toEqual(['vendor_change_dropped'])
  })

  test('an upgrade and a cancellation say what they drop, and an upgrade that the end stays', async () => {
    await subscribe('told', 'chat')
    await downgradeSubscription(own('told'), { customerId: 'told', planId: 'small' })
    expect(codes(await cancelSubscription(own('told'), { customerId: 'told' }))).toEqual([
      'scheduled_change_dropped',
    ])
    const upgraded = await upgradeSubscription(own('told'), { customerId: 'told', planId: 'team' })
    expect(upgraded).toMatchObject({
      subscription: { cancelAtPeriodEnd: true, cancellation: { at: '2026-12-01', by: 'customer' } },
    })
    expect(codes(upgraded)).toEqual(['cancellation_kept'])
    expect(codes(await resumeSubscription(own('told'), { customerId: 'told' }))).toEqual([])
    await downgradeSubscription(own('told'), { customerId: 'told', planId: 'small' })
    expect(codes(await upgradeSubscription(own('told'), { customerId: 'told', planId: 'large' }))).toEqual([
      'scheduled_change_dropped',
    ])
  })

  test('both APIs delete their own scheduled changes, the vendor’s also the customer’s', async () => {
    await subscribe('both', 'large')
    await downgradeSubscription(own('both'), { customerId: 'both', planId: 'chat' })
    await move('both', 'large', { when: 'period_end', seats: 3 })
    expect((await subscription('both')).scheduledChanges).toMatchObject([{ planId: 'chat', by: 'customer' }])
    await cancelScheduledChange(own('both'), { customerId: 'both' })
    expect((await subscription('both')).scheduledChanges).toMatchObject([
      { planId: 'large', seats: 3, by: 'vendor' },
    ])
    const kept = await cancelScheduledChange(own('both'), { customerId: 'both' })
    expect(kept.subscription.scheduledChange).toMatchObject({ planId: 'large', by: 'vendor' })
    expect(codes(kept)).toEqual(['vendor_change_kept'])
    expect(
      (await cancelScheduledChange(world.engine, { customerId: 'both' })).subscription.scheduledChanges,
    ).toEqual([])
    await downgradeSubscription(own('both'), { customerId: 'both', planId: 'chat' })
    const untouched = await cancelScheduledChange(world.engine, { customerId: 'both' })
    expect(untouched.subscription.scheduledChange).toMatchObject({ planId: 'chat' })
    expect(codes(untouched)).toEqual(['scheduled_change_kept'])
    expect(
      (await cancelScheduledChange(world.engine, { customerId: 'both', by: 'customer' })).subscription
        .scheduledChange,
    ).toBeNull()
  })

  test('the vendor chooses when: downgrades now with credit, upgrades at the end', async () => {
    await subscribe('timed', 'large')
    // 15 of 30 days: −450.00 and 150.00.
    const down = await move('timed', 'chat', { when: 'now' })
    expect(down.invoice!.lines.map((line) => [line.kind, line.amount])).toEqual([
      ['unused_time', -45_000],
      ['fee', 15_000],
    ])
    const up = await move('timed', 'large', { when: 'period_end' })
    expect(up).toMatchObject({
      invoice: null,
      subscription: {
        plan: { id: 'chat' },
        scheduledChange: { planId: 'large', at: '2026-12-01', by: 'vendor' },
      },
    })
    await world.passTo('2026-12-02T00:00:00Z')
    expect((await linesOf('timed'))[0]).toEqual(['renewal', ['fee', 90_000]])

    await seatsVersion1('priced', 2)
    expect(await move('priced', 'per-seat', { planVersion: 2, when: 'period_end' })).toMatchObject({
      subscription: { scheduledChange: { planId: 'per-seat', planVersion: 2, seats: 2, at: '2026-12-01' } },
    })
    await world.passTo('2026-12-02T00:00:00Z')
    expect((await linesOf('priced'))[0]).toEqual(['renewal', ['fee', 2_400]])
  })

  test('seats and changes within the same plan keep the vendor’s scheduled change', async () => {
    await seatsVersion1('grows', 4)
    await move('grows', 'per-seat', { planVersion: 2, when: 'period_end' })
    const more = await upgradeSubscription(own('grows'), {
      customerId: 'grows',
      planId: 'per-seat',
      seats: 7,
    })
    expect(more.subscription).toMatchObject({
      seats: 7,
      plan: { version: 1 },
      scheduledChange: { planVersion: 2, seats: 7, by: 'vendor' },
    })
    expect(codes(more)).toEqual(['vendor_change_kept'])
    const fewer = await downgradeSubscription(own('grows'), {
      customerId: 'grows',
      planId: 'per-seat',
      seats: 5,
    })
    expect(fewer.subscription.scheduledChanges).toMatchObject([
      { planVersion: 2, seats: 5, by: 'customer' },
      { planVersion: 2, seats: 5, by: 'vendor' },
    ])
    expect(codes(fewer)).toEqual(['vendor_change_kept'])
    expect(
      codes(await upgradeSubscription(own('grows'), { customerId: 'grows', planId: 'per-seat' })),
    ).toEqual(['scheduled_change_dropped', 'vendor_change_kept'])
    await downgradeSubscription(own('grows'), { customerId: 'grows', planId: 'per-seat', seats: 6 })
    await world.passTo('2026-12-02T00:00:00Z')
    expect(await subscription('grows')).toMatchObject({
      seats: 6,
      plan: { version: 2 },
      scheduledChanges: [],
    })
    expect((await linesOf('grows'))[0]).toEqual(['renewal', ['fee', 7_200]])
  })

  test('only a move to another plan replaces the vendor’s scheduled change', async () => {
    await seatsVersion1('leaves', 4)
    await move('leaves', 'per-seat', { planVersion: 2, when: 'period_end' })
    const scheduled = await downgradeSubscription(own('leaves'), {
      customerId: 'leaves',
      planId: 'small',
      seats: 1,
    })
    expect(scheduled.subscription.scheduledChanges).toMatchObject([{ planId: 'small', by: 'customer' }])
    expect(codes(scheduled)).toEqual(['vendor_change_set_aside'])
    expect(
      (await cancelScheduledChange(own('leaves'), { customerId: 'leaves' })).subscription.scheduledChange,
    ).toMatchObject({ planVersion: 2, by: 'vendor' })
    expect(
      codes(await upgradeSubscription(own('leaves'), { customerId: 'leaves', planId: 'large' })),
    ).toEqual(['vendor_change_dropped'])
    await world.passTo('2026-12-02T00:00:00Z')
    expect(await subscription('leaves')).toMatchObject({ plan: { id: 'large' }, scheduledChanges: [] })
  })

  test('canceling and resuming keeps the vendor’s scheduled change and end', async () => {
    await seatsVersion1('dodges', 4)
    await move('dodges', 'per-seat', { planVersion: 2, when: 'period_end' })
    expect(codes(await cancelSubscription(own('dodges'), { customerId: 'dodges' }))).toEqual([
      'vendor_change_set_aside',
    ])
    expect((await subscription('dodges')).scheduledChange).toBeNull()
    expect((await resumeSubscription(own('dodges'), { customerId: 'dodges' })).subscription).toMatchObject({
      cancelAtPeriodEnd: false,
      scheduledChange: { planVersion: 2 },
    })

    await cancelSubscription(world.engine, { customerId: 'dodges' })
    const kept = await resumeSubscription(own('dodges'), { customerId: 'dodges' })
    expect(kept.subscription).toMatchObject({ cancelAtPeriodEnd: true, cancellation: { by: 'vendor' } })
    expect(codes(kept)).toContain('cancellation_kept')
    expect((await resumeSubscription(world.engine, { customerId: 'dodges' })).subscription).toMatchObject({
      cancelAtPeriodEnd: false,
      cancellation: null,
      scheduledChange: { planVersion: 2 },
    })
    expect(await scheduledTooLate(world, ['dodges'])).toEqual([])
  })

  test('the vendor’s interval change moves requests to the end of the new billing period', async () => {
    await subscribe('along', 'chat')
    await cancelSubscription(own('along'), { customerId: 'along' })
    await move('along', 'chat-year')
    expect(await subscription('along')).toMatchObject({
      plan: { id: 'chat-year' },
      cancellation: { at: '2027-11-16' },
    })
  })

  test('an archived plan takes nobody new; subscribers move between its versions', async () => {
    await subscribe('late', 'chat')
    for (const planVersion of [1, 2])
      await expect(move('late', 'gone', { planVersion, when: 'now' })).rejects.toMatchObject({
        code: 'plan_archived',
      })
    await putPlan(world.engine, { id: 'ending', name: 'Ending', rank: 6, ...fee(31_000) })
    await move('late', 'ending')
    await putPlan(world.engine, { id: 'ending', name: 'Ending', rank: 6, ...fee(31_000), archived: true })
    expect(await move('late', 'ending', { planVersion: 2 })).toMatchObject({
      subscription: { plan: { id: 'ending', version: 2 } },
    })
    await expect(
      createSubscription(world.engine, { customerId: 'late', planId: 'gone' }),
    ).rejects.toMatchObject({ code: 'subscription_exists' })
  })
})
