import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabases } from '@customer-portal/database/testing'
import {
  cancelScheduledChange,
  checkQuota,
  consume,
  createSubscription,
  downgradeSubscription,
  getInvoices,
  getSubscription,
  previewChange,
  putPlan,
  recordUsage,
  runBilling,
  upgradeSubscription,
  voidInvoice,
  generateInvoice,
} from '../src/index.ts'
import { createWorld, seedCatalogue, seedCustomer, type World } from '../src/testing.ts'
import { mistakesOf } from './invariants.ts'

describe.each(testDatabases)('downgrades on $name', ({ create }) => {
  let world: World
  beforeAll(async () => {
    world = await createWorld(create, '2026-10-31T16:00:00Z') // 1 November in Shanghai
    await seedCatalogue(world.engine)
    await putPlan(world.engine, {
      id: 'small',
      name: { 'zh-CN': '小组版', en: 'Small' },
      rank: 12,
      fee: { amount: 5_000, per: 'seat' },
      seats: { min: 1, max: 10 },
      charges: [{ meter: 'ai_chat', included: 50, overage: 'block' }],
    })
    await putPlan(world.engine, {
      id: 'yearly',
      name: 'Yearly',
      rank: 30,
      interval: 'year',
      fee: { amount: 2_000_000, per: 'subscription' },
      charges: [{ meter: 'ai_chat', included: 9_000, overage: 'block' }],
    })
  })
  afterAll(async () => {
    expect(await mistakesOf(world)).toEqual([])
    await world.close()
  })
  const subscribe = async (customerId: string, planId: string, seats?: number) => {
    world.set('2026-10-31T16:00:00Z')
    await world.db.asOwner((tx) => tx.query('update customers set due_at = null'))
    await seedCustomer(world.engine, customerId)
    await createSubscription(world.engine, { customerId, planId, seats })
    world.set('2026-11-15T16:30:00Z')
  }
  const invoicesOf = async (customerId: string) =>
    (await getInvoices(world.engine, { customerId, limit: 100 })).data
  const linesOf = async (customerId: string) =>
    (await invoicesOf(customerId)).map((invoice) => [
      invoice.kind,
      ...invoice.lines.map((line) => [line.kind, line.amount]),
    ])
  const subscription = (customerId: string) => getSubscription(world.engine, { customerId })

  test('nothing changes until the period’s end; then the lower plan starts and is billed', async () => {
    await subscribe('lower', 'business')
    const preview = await previewChange(world.engine, { customerId: 'lower', planId: 'team' })
    expect(preview).toMatchObject({
      when: 'period_end',
      effectiveAt: '2026-12-01',
      lines: [],
      dueNow: 0,
      nextInvoice: { at: '2026-12-01', estimatedTotal: 63_494 },
      blockers: [],
      warnings: [],
    })
    const { subscription: scheduled } = await downgradeSubscription(world.engine, {
      customerId: 'lower',
      planId: 'team',
      quoteId: preview.quoteId,
    })
    expect(scheduled).toMatchObject({
      plan: { id: 'business' },
      scheduledChange: { planId: 'team', seats: 1, at: '2026-12-01' },
      nextInvoice: { at: '2026-12-01', estimatedTotal: 63_494 },
    })
    expect(await linesOf('lower')).toEqual([['start', ['fee', 199_900]]])
    await recordUsage(world.engine, [
      {
        id: 'last-day',
        customerId: 'lower',
        meter: 'ai_chat',
        quantity: 5_001,
        time: '2026-11-15T15:00:00Z',
      },
    ])

    world.set('2026-11-30T15:59:59.999999Z')
    expect(await subscription('lower')).toMatchObject({ plan: { id: 'business' } })
    world.set('2026-11-30T16:00:00Z') // midnight: the new plan's quota applies before any run
    expect(await subscription('lower')).toMatchObject({
      plan: { id: 'team' },
      scheduledChange: null,
      currentPeriod: { start: '2026-12-01', end: '2027-01-01' },
    })
    expect(await checkQuota(world.engine, { customerId: 'lower', meter: 'ai_chat' })).toMatchObject({
      included: 1_000,
      used: 0,
    })
    expect(await linesOf('lower')).toEqual([
      ['renewal', ['fee', 59_900], ['usage', 1_004]],
      ['start', ['fee', 199_900]],
    ])
    await world.passTo('2027-01-05T00:00:00Z')
    expect(await linesOf('lower')).toEqual([
      ['renewal', ['fee', 59_900]],
      ['renewal', ['fee', 59_900], ['usage', 1_004]],
      ['start', ['fee', 199_900]],
    ])
  })

  test('an upgrade before it takes effect cancels a downgrade', async () => {
    await subscribe('wavering', 'team')
    await downgradeSubscription(world.engine, { customerId: 'wavering', planId: 'free' })
    const { subscription: upgraded } = await upgradeSubscription(world.engine, {
      customerId: 'wavering',
      planId: 'business',
    })
    expect(upgraded).toMatchObject({ plan: { id: 'business' }, scheduledChange: null })
    await world.passTo('2026-12-02T00:00:00Z')
    expect(await linesOf('wavering')).toEqual([
      ['renewal', ['fee', 199_900]],
      ['change', ['unused_time', -29_950], ['fee', 99_950]],
      ['start', ['fee', 59_900]],
    ])
  })

  test('a request cancels a downgrade, and a second downgrade replaces the first', async () => {
    await subscribe('undone', 'business')
    await downgradeSubscription(world.engine, { customerId: 'undone', planId: 'free' })
    expect(
      (await downgradeSubscription(world.engine, { customerId: 'undone', planId: 'team' })).subscription
        .scheduledChange,
    ).toMatchObject({ planId: 'team' })
    expect(
      (await cancelScheduledChange(world.engine, { customerId: 'undone' })).subscription.scheduledChange,
    ).toBeNull()
    expect(
      (await cancelScheduledChange(world.engine, { customerId: 'undone' })).subscription.scheduledChange,
    ).toBeNull()
    await world.passTo('2026-12-02T00:00:00Z')
    expect(await subscription('undone')).toMatchObject({ plan: { id: 'business' } })
  })

  test('too many seats block a downgrade, with the numbers, until fewer are requested', async () => {
    await subscribe('crowded', 'seats', 25)
    const preview = await previewChange(world.engine, { customerId: 'crowded', planId: 'small' })
    expect(preview.blockers).toEqual([
      {
        code: 'seats',
        detail: {
          'zh-CN': '当前有 25 个席位，小组版最多 10 个，请先减少席位。',
          en: 'You have 25 seats; Small allows at most 10. Choose fewer seats first.',
        },
      },
    ])
    await expect(
      downgradeSubscription(world.engine, { customerId: 'crowded', planId: 'small' }),
    ).rejects.toMatchObject({ code: 'change_blocked', detail: { blocker: 'seats' } })
    expect(
      (await previewChange(world.engine, { customerId: 'crowded', planId: 'small', seats: 10 })).blockers,
    ).toEqual([])
    await expect(
      downgradeSubscription(world.engine, { customerId: 'crowded', planId: 'small', seats: 11 }),
    ).rejects.toMatchObject({ code: 'seats_out_of_range' })
    expect(
      (await downgradeSubscription(world.engine, { customerId: 'crowded', planId: 'small', seats: 10 }))
        .subscription,
    ).toMatchObject({ seats: 25, scheduledChange: { seats: 10 } })
  })

  test('usage above the lower allowance only warns', async () => {
    await subscribe('busy', 'seats', 2)
    await consume(world.engine, { customerId: 'busy', meter: 'ai_chat', id: 'c', quantity: 120 })
    expect((await previewChange(world.engine, { customerId: 'busy', planId: 'small' })).warnings).toEqual([
      {
        code: 'usage',
        detail: {
          'zh-CN': 'AI 会话：本周期已用 120 次，小组版每月包含 50 次，用完即止。',
          en: 'AI chats: 120 chats used this period; Small includes 50 chats a month, it will stop there.',
        },
      },
    ])
    expect(
      (await downgradeSubscription(world.engine, { customerId: 'busy', planId: 'small' })).subscription
        .scheduledChange,
    ).toMatchObject({ planId: 'small', seats: 2 })
  })

  test('fewer seats of the same plan also start at the end, and the counter continues', async () => {
    await subscribe('smaller', 'seats', 5)
    await downgradeSubscription(world.engine, { customerId: 'smaller', planId: 'seats', seats: 3 })
    await world.passTo('2026-12-03T00:00:00Z')
    expect(await subscription('smaller')).toMatchObject({
      seats: 3,
      allowances: [{ allowance: 300, used: 0 }],
    })
    expect(await linesOf('smaller')).toEqual([
      ['renewal', ['fee', 29_700]],
      ['start', ['fee', 49_500]],
    ])
  })

  test('a yearly plan moves to a monthly one when its year is over', async () => {
    await subscribe('year', 'yearly')
    await downgradeSubscription(world.engine, { customerId: 'year', planId: 'team' })
    expect(await subscription('year')).toMatchObject({ scheduledChange: { at: '2027-11-01' } })
    await world.passTo('2027-12-02T00:00:00Z')
    expect(await linesOf('year')).toEqual([
      ['renewal', ['fee', 59_900]],
      ['renewal', ['fee', 59_900]],
      ['start', ['fee', 2_000_000]],
    ])
    expect(await subscription('year')).toMatchObject({
      plan: { id: 'team' },
      currentPeriod: { start: '2027-12-01', end: '2028-01-01' },
    })
  })

  test('an upgrade in the grace after it issues the lower renewal first and credits it', async () => {
    await subscribe('hour', 'business')
    await downgradeSubscription(world.engine, { customerId: 'hour', planId: 'team' })
    world.set('2026-11-30T16:30:00Z')
    await upgradeSubscription(world.engine, { customerId: 'hour', planId: 'business' })
    expect(await linesOf('hour')).toEqual([
      ['change', ['unused_time', -59_900], ['fee', 199_900]],
      ['renewal', ['fee', 59_900]],
      ['start', ['fee', 199_900]],
    ])
  })

  test('a voided renewal generated again bills the lower fee again', async () => {
    await subscribe('again', 'business')
    await downgradeSubscription(world.engine, { customerId: 'again', planId: 'team' })
    await world.passTo('2026-12-05T00:00:00Z')
    await voidInvoice(world.engine, { invoiceId: (await invoicesOf('again'))[0]!.id })
    expect(await generateInvoice(world.engine, { customerId: 'again', period: '2026-11' })).toMatchObject({
      total: 63_494,
    })
  })

  test('after a pause of months the result is as if it had happened in time', async () => {
    await subscribe('slept', 'business')
    await downgradeSubscription(world.engine, { customerId: 'slept', planId: 'team' })
    world.set('2027-02-10T00:00:00Z')
    await runBilling(world.engine)
    expect(await linesOf('slept')).toEqual([
      ...Array.from({ length: 3 }, () => ['renewal', ['fee', 59_900]]),
      ['start', ['fee', 199_900]],
    ])
  })

  test('a plan that is not lower is rejected, and so is a quote for another change', async () => {
    await subscribe('strict', 'team')
    await expect(
      downgradeSubscription(world.engine, { customerId: 'strict', planId: 'business' }),
    ).rejects.toMatchObject({ code: 'not_a_downgrade' })
    await expect(
      downgradeSubscription(world.engine, { customerId: 'strict', planId: 'team' }),
    ).rejects.toMatchObject({ code: 'not_a_downgrade' })
    const { quoteId } = await previewChange(world.engine, { customerId: 'strict', planId: 'business' })
    await expect(
      downgradeSubscription(world.engine, { customerId: 'strict', planId: 'free', quoteId }),
    ).rejects.toMatchObject({ code: 'quote_outdated' })
  })
})
