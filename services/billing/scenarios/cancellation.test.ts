import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabases } from '@customer-portal/database/testing'
import {
  actingFor, cancelSubscription, changeSubscription, checkSubscriptionStatus, consume, createSubscription, downgradeSubscription, getCustomer, getInvoices, getSubscription, getUsageSummary, nextDueAt, recordUsage,
  resumeSubscription, runDueWork, upgradeSubscription,
} from '../src/index.ts'
import { createWorld, seedCatalogue, seedCustomer, type World } from '../src/testing.ts'
import { mistakesOf } from './invariants.ts'

describe.each(testDatabases)('leaving and coming back on $name', ({ create }) => {
  let world: World
  beforeAll(async () => {
    world = await createWorld(create, '2026-10-31T16:00:00Z') // 1 November in Shanghai
    await seedCatalogue(world.billing)
  })
  afterAll(async () => {
    expect(await mistakesOf(world)).toEqual([])
    await world.close()
  })
  const subscribe = async (customerId: string, planId = 'team') => {
    world.set('2026-10-31T16:00:00Z')
    await world.db.asOwner((tx) => tx.query('update customers set due_at = null'))
    await seedCustomer(world.billing, customerId)
    await createSubscription(world.billing, { customerId, planId })
    world.set('2026-11-15T16:30:00Z') // 00:30 on the 16th: fifteen days are left
  }
  const use = (customerId: string, id: string, quantity: number, time?: string) => recordUsage(world.billing, [{ id, customerId, meter: 'ai_chat', quantity, time }])
  const invoicesOf = async (customerId: string) => (await getInvoices(world.billing, { customerId, limit: 100 })).data
  const linesOf = async (customerId: string) => (await invoicesOf(customerId)).map((invoice) => [invoice.kind, ...invoice.lines.map((line) => [line.kind, line.amount])])
  const subscription = (customerId: string) => getSubscription(world.billing, { customerId })
  const cancel = (customerId: string, more: { when?: 'now'; credit?: boolean } = {}) => cancelSubscription(world.billing, { customerId, ...more })

  test('canceled, it goes on to the end of the fee period and is then over, without another fee', async () => {
    await subscribe('leaving')
    expect((await cancel('leaving')).subscription).toMatchObject({ cancelAtPeriodEnd: true, plan: { id: 'team' }, currentPeriod: { end: '2026-12-01' }, nextInvoice: null })
    await use('leaving', 'u', 1_010)
    world.set('2026-11-30T15:59:59Z')
    expect(await checkSubscriptionStatus(world.billing, { customerId: 'leaving' })).toBe(true)
    world.set('2026-11-30T16:00:00Z')
    expect(await subscription('leaving')).toMatchObject({ status: 'canceled', plan: null, cancelAtPeriodEnd: false, nextInvoice: null })
    expect(await checkSubscriptionStatus(world.billing, { customerId: 'leaving' })).toBe(false)
    await expect(consume(world.billing, { customerId: 'leaving', meter: 'ai_chat', id: 'c' })).rejects.toMatchObject({ code: 'no_active_subscription' })
    await world.passTo('2027-03-01T00:00:00Z')
    expect(await linesOf('leaving')).toEqual([['renewal', ['usage', 50]], ['start', ['fee', 59_900]]])
    expect(await nextDueAt(world.billing)).toBeNull()
  })

  test('resumed before the end, it renews as if nothing had been', async () => {
    await subscribe('resumed')
    await cancel('resumed')
    expect((await resumeSubscription(world.billing, { customerId: 'resumed' })).subscription).toMatchObject({ cancelAtPeriodEnd: false })
    await world.passTo('2026-12-02T00:00:00Z')
    expect(await linesOf('resumed')).toEqual([['renewal', ['fee', 59_900]], ['start', ['fee', 59_900]]])
  })

  test('once it is over there is nothing to resume', async () => {
    await subscribe('over')
    await cancel('over')
    world.set('2026-11-30T16:00:00Z')
    await expect(resumeSubscription(world.billing, { customerId: 'over' })).rejects.toMatchObject({ code: 'no_active_subscription' })
  })

  test('usage that arrives late is billed on one closing invoice, 35 days after the end, and never twice', async () => {
    await subscribe('late')
    await use('late', 'in-time', 1_000)
    await cancel('late')
    await world.passTo('2026-12-10T00:00:00Z')
    await use('late', 'late-1', 100, '2026-11-20T00:00:00Z')
    await use('late', 'after-the-end', 7, '2026-12-05T00:00:00Z') // outside any stretch: counted, not charged
    world.set('2027-01-04T15:00:00Z')
    await use('late', 'late-2', 20, '2026-11-30T15:30:00Z')
    await world.passTo('2027-01-04T15:59:59Z')
    expect(await linesOf('late')).toEqual([['renewal', ['usage', 0]], ['start', ['fee', 59_900]]])
    await world.passTo('2027-03-01T00:00:00Z')
    const [closing] = await invoicesOf('late')
    expect(closing).toMatchObject({ kind: 'closing', issuedAt: '2027-01-04T16:00:00.000000Z', period: { label: '2026-11' }, lines: [{ kind: 'adjustment', quantity: 120, amount: 600 }] })
    expect(await linesOf('late')).toHaveLength(3)
  })

  test('asleep through all of it, due work does the same in the same order', async () => {
    await subscribe('slept')
    await use('slept', 'u', 1_100)
    await cancel('slept')
    world.set('2027-03-01T00:00:00Z')
    await runDueWork(world.billing)
    expect(await linesOf('slept')).toEqual([['renewal', ['usage', 500]], ['start', ['fee', 59_900]]])
    expect(await nextDueAt(world.billing)).toBeNull()
  })

  test('coming back starts a new subscription: periods never overlap and each has its own name', async () => {
    await subscribe('back')
    await cancel('back')
    await world.passTo('2026-12-10T04:00:00Z')
    await use('back', 'late', 1_200, '2026-11-20T00:00:00Z')
    await expect(createSubscription(world.billing, { customerId: 'back', planId: 'business', startsAt: '2026-11-29T00:00:00Z' })).rejects.toMatchObject({ code: 'starts_too_early' })
    const { subscription: fresh, invoice } = await createSubscription(world.billing, { customerId: 'back', planId: 'business' })
    expect(fresh).toMatchObject({ plan: { id: 'business' }, currentPeriod: { start: '2026-12-10', end: '2027-01-10' } })
    expect(invoice).toMatchObject({ kind: 'start', subtotal: 199_900 })
    await expect(createSubscription(world.billing, { customerId: 'back', planId: 'business' })).rejects.toMatchObject({ code: 'subscription_exists' })
    await world.passTo('2027-02-12T00:00:00Z')
    expect(await linesOf('back')).toEqual([['renewal', ['fee', 199_900]], ['renewal', ['fee', 199_900]], ['closing', ['adjustment', 1_000]], ['start', ['fee', 199_900]], ['start', ['fee', 59_900]]])
    const { periods } = await getUsageSummary(world.billing, { customerId: 'back' })
    expect(periods.map(({ label, start, end }) => [label, start, end])).toEqual([['2027-02', '2027-02-10', '2027-03-10'], ['2027-01', '2027-01-10', '2027-02-10'], ['2026-12', '2026-12-10', '2027-01-10'], ['2026-11', '2026-11-01', '2026-12-01']])
  })

  test('ended at once by the vendor, the usage so far is billed and the unused days are credit, if asked', async () => {
    await subscribe('ended')
    await use('ended', 'u', 1_100, '2026-11-14T00:00:00Z')
    const { subscription: ended, invoice } = await cancel('ended', { when: 'now', credit: true })
    expect(ended).toMatchObject({ status: 'canceled' })
    expect(invoice).toMatchObject({ kind: 'change', lines: [{ kind: 'credit', amount: -29_950 }], total: -31_747 })
    expect(await linesOf('ended')).toEqual([['renewal', ['usage', 500]], ['change', ['credit', -29_950]], ['start', ['fee', 59_900]]])
    expect((await getCustomer(world.billing, { customerId: 'ended' })).creditBalance).toBe(31_747 - 530)
    await subscribe('kept')
    expect(await cancel('kept', { when: 'now' })).toMatchObject({ invoice: null, subscription: { status: 'canceled' } })
  })

  test('ended on the day it began and begun again, twice: three starts, each with its number', async () => {
    world.set('2026-10-31T16:00:00Z')
    await seedCustomer(world.billing, 'fickle')
    for (const planId of ['team', 'business', 'team']) {
      await createSubscription(world.billing, { customerId: 'fickle', planId })
      if (planId === 'business' || (await invoicesOf('fickle')).length === 1) await cancel('fickle', { when: 'now', credit: true })
    }
    expect((await invoicesOf('fickle')).map((invoice) => [invoice.kind, invoice.total])).toEqual([['start', 63_494], ['change', -211_894], ['start', 211_894], ['change', -63_494], ['start', 63_494]])
    await world.passTo('2026-12-20T00:00:00Z')
    expect(await subscription('fickle')).toMatchObject({ plan: { id: 'team' }, usagePeriod: { label: '2026-12' } })
  })

  test('a cancellation takes the place of a downgrade, outlives an upgrade, and is not passed over by a downgrade', async () => {
    await subscribe('both')
    await downgradeSubscription(world.billing, { customerId: 'both', planId: 'free' })
    expect((await cancel('both')).subscription).toMatchObject({ scheduledChange: null, cancelAtPeriodEnd: true })
    await expect(downgradeSubscription(actingFor(world.billing, 'both'), { customerId: 'both', planId: 'free' })).rejects.toMatchObject({ code: 'change_blocked', detail: { blocker: 'canceling' } })
    expect((await upgradeSubscription(world.billing, { customerId: 'both', planId: 'business' })).subscription).toMatchObject({ plan: { id: 'business' }, cancelAtPeriodEnd: true })
    await world.passTo('2026-12-01T00:00:00Z')
    expect(await subscription('both')).toMatchObject({ status: 'canceled' })
  })

  test('the vendor moves a customer either way by one command', async () => {
    await subscribe('moved')
    expect(await changeSubscription(world.billing, { customerId: 'moved', planId: 'business' })).toMatchObject({ subscription: { plan: { id: 'business' } }, invoice: { kind: 'change' } })
    expect(await changeSubscription(world.billing, { customerId: 'moved', planId: 'free' })).toMatchObject({ subscription: { plan: { id: 'business' }, scheduledChange: { planId: 'free' } }, invoice: null })
  })
})
