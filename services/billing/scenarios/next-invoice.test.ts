import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabases } from '@customer-portal/database/testing'
import {
  actingFor,
  cancelSubscription,
  changeSubscription,
  createSubscription,
  downgradeSubscription,
  getInvoices,
  getSubscription,
  issueCreditNote,
  previewChange,
  putPlan,
  recordPayment,
  recordUsage,
  resumeSubscription,
  voidEvents,
  voidInvoice,
  type Engine,
} from '../src/index.ts'
import type { Preview } from '../src/commands/subscription/preview.ts'
import { createWorld, seedCatalogue, seedCustomer, type World } from '../src/testing.ts'
import { mistakesOf } from './invariants.ts'

describe.each(testDatabases)(
  'the next invoice, as quotes, subscriptions and lists name it, on $name',
  ({ create }) => {
    let world: World
    beforeAll(async () => {
      world = await createWorld(create, '2026-10-31T16:00:00Z')
      await seedCatalogue(world.engine)
      const perUnit = [
        {
          meter: 'ai_chat',
          included: 0,
          overage: 'bill' as const,
          price: { model: 'per_unit' as const, rate: { amount: 5, per: 1 } },
        },
      ]
      await putPlan(world.engine, {
        id: 'yearly',
        name: 'Yearly',
        rank: 30,
        interval: 'year',
        fee: { amount: 1_200_000, per: 'subscription' },
        charges: perUnit,
      })
      await putPlan(world.engine, {
        id: 'fee-only',
        name: 'Fee only',
        rank: 31,
        interval: 'year',
        fee: { amount: 1_300_000, per: 'subscription' },
      })
      await putPlan(world.engine, {
        id: 'level',
        name: 'Level',
        rank: 10,
        fee: { amount: 59_900, per: 'subscription' },
        charges: perUnit,
      })
      await putPlan(world.engine, {
        id: 'tried',
        name: 'Tried',
        rank: 12,
        trialDays: 14,
        fee: { amount: 70_000, per: 'subscription' },
        charges: perUnit,
      })
    })
    afterAll(async () => {
      expect(await mistakesOf(world)).toEqual([])
      await world.close()
    })
    const begin = async (customerId: string, planId?: string, seats?: number) => {
      world.set('2026-10-31T16:00:00Z')
      await world.db.asOwner((tx) => tx.query('update customers set due_at = null'))
      await seedCustomer(world.engine, customerId)
      if (planId)
        await createSubscription(world.engine, {
          customerId,
          planId,
          ...(seats === undefined ? {} : { seats }),
        })
      world.set('2026-11-15T16:30:00Z') // 00:30 on the 16th
      if (planId)
        await recordUsage(world.engine, [
          { id: 'u', customerId, meter: 'ai_chat', quantity: 1_300, time: '2026-11-10T00:00:00Z' },
        ])
      return actingFor(world.engine, customerId)
    }
    const nextOf = async (customerId: string) =>
      (await getSubscription(world.engine, { customerId })).nextInvoice
    /** Checks what actually follows after a confirmed preview. */
    async function comesAsSaid(customerId: string, preview: Pick<Preview, 'nextInvoice'>) {
      expect(await nextOf(customerId)).toEqual(preview.nextInvoice)
      const known = (await getInvoices(world.engine, { customerId, limit: 100 })).data.filter(
        (invoice) => invoice.status !== 'draft',
      ).length
      const { at, estimatedTotal, estimatedDue } = preview.nextInvoice!
      // In the grace the draft is the next invoice.
      await world.passTo(`${at}T00:00:00Z`)
      await world.passTo(`${at}T01:00:00Z`)
      const invoices = (await getInvoices(world.engine, { customerId, limit: 100 })).data.filter(
        (invoice) => invoice.status !== 'draft',
      )
      expect(invoices.length).toBe(known + 1)
      expect(invoices[0]).toMatchObject({ total: estimatedTotal, amountDue: estimatedDue })
    }
    const confirmed = async (
      engine: Engine,
      asked: { customerId: string; planId: string; seats?: number; when?: 'now' | 'period_end' },
    ) => {
      const preview = await previewChange(engine, asked)
      await changeSubscription(engine, { ...asked, quoteId: preview.quoteId })
      return preview
    }

    test.each([
      // 300 chats above 1,000 at 0.05, and 1999.00: 2014.00 with 6 %.
      [
        'up',
        'team',
        'business',
        {},
        { at: '2026-12-01', usageAt: null, estimatedTotal: 213_484, estimatedDue: 213_484, currency: 'CNY' },
      ],
      [
        'down',
        'team',
        'free',
        {},
        { at: '2026-12-01', usageAt: null, estimatedTotal: 1_590, estimatedDue: 1_590, currency: 'CNY' },
      ],
      [
        'level',
        'team',
        'level',
        {},
        { at: '2026-12-01', usageAt: null, estimatedTotal: 65_084, estimatedDue: 65_084, currency: 'CNY' },
      ],
      [
        'to another interval',
        'team',
        'yearly',
        {},
        {
          at: '2027-11-16',
          usageAt: '2026-12-16',
          estimatedTotal: 1_272_000,
          estimatedDue: 1_272_000,
          currency: 'CNY',
        },
      ],
      [
        'to a plan that charges no usage',
        'team',
        'fee-only',
        {},
        {
          at: '2027-11-16',
          usageAt: null,
          estimatedTotal: 1_378_000,
          estimatedDue: 1_378_000,
          currency: 'CNY',
        },
      ],
      [
        'to more seats',
        'seats',
        'seats',
        { seats: 4 },
        { at: '2026-12-01', usageAt: null, estimatedTotal: 41_976, estimatedDue: 41_976, currency: 'CNY' },
      ],
    ] as const)('%s', async (name, from, planId, more, expected) => {
      const customerId = `next-${name.replaceAll(' ', '-')}`
      const own = await begin(customerId, from)
      const preview = await confirmed(own, { customerId, planId, ...more })
      if (planId === 'business') expect(preview.nextInvoice).toMatchObject({ at: expected.at })
      else expect(preview.nextInvoice).toEqual(expected)
      if (expected.estimatedTotal > 0 && expected.at < '2027') await comesAsSaid(customerId, preview)
      else expect(await nextOf(customerId)).toEqual(preview.nextInvoice)
    })

    test('on a yearly plan without usage it is the next fee, unless canceled', async () => {
      const own = await begin('by-the-year', 'team')
      await confirmed(own, { customerId: 'by-the-year', planId: 'yearly' })
      expect(await nextOf('by-the-year')).toMatchObject({
        at: '2027-11-16',
        usageAt: '2026-12-16',
        estimatedTotal: 1_272_000,
      })
      expect(
        (await cancelSubscription(own, { customerId: 'by-the-year' })).subscription.nextInvoice,
      ).toBeNull()
      await resumeSubscription(own, { customerId: 'by-the-year' })
      await recordUsage(world.engine, [
        { id: 'v', customerId: 'by-the-year', meter: 'ai_chat', quantity: 20 },
      ])
      const { nextInvoice } = await getSubscription(own, { customerId: 'by-the-year' })
      // 20 at 0.05 and 6 % tax.
      expect(nextInvoice).toMatchObject({ at: '2026-12-16', usageAt: null, estimatedTotal: 106 })
      await comesAsSaid('by-the-year', { nextInvoice })
    })

    test('with a balance the amount due is less than the total', async () => {
      const own = await begin('balance', 'team')
      const [start] = (await getInvoices(world.engine, { customerId: 'balance' })).data
      await recordPayment(world.engine, {
        invoiceId: start!.id,
        amount: start!.amountDue,
        method: 'bank_transfer',
        reference: 'p',
      })
      await issueCreditNote(world.engine, { invoiceId: start!.id, amount: 10_000, reason: 'goodwill' })
      const preview = await confirmed(own, { customerId: 'balance', planId: 'level' })
      expect(preview.nextInvoice).toMatchObject({ estimatedTotal: 65_084, estimatedDue: 55_084 })
      await comesAsSaid('balance', preview)
    })

    test('in the grace it is the draft, which an immediate change issues first', async () => {
      const own = await begin('graced', 'team')
      world.set('2026-11-30T16:30:00Z')
      const [draft] = (await getInvoices(world.engine, { customerId: 'graced' })).data
      expect(draft).toMatchObject({ status: 'draft', total: 65_084 })
      expect(await nextOf('graced')).toEqual({
        at: '2026-12-01',
        usageAt: null,
        estimatedTotal: 65_084,
        estimatedDue: draft!.amountDue,
        currency: 'CNY',
      })
      expect(await confirmed(own, { customerId: 'graced', planId: 'free' })).toMatchObject({
        nextInvoice: { at: '2026-12-01', estimatedTotal: 65_084 },
      })
      const up = await confirmed(own, { customerId: 'graced', planId: 'business' })
      expect(up.nextInvoice).toMatchObject({ at: '2027-01-01', estimatedTotal: 211_894 })
      expect(await nextOf('graced')).toEqual(up.nextInvoice)
    })

    test('after a cancellation it is the last one with usage; resuming adds the fee', async () => {
      const own = await begin('leaving', 'team')
      expect(
        (await cancelSubscription(own, { customerId: 'leaving' })).subscription.nextInvoice,
      ).toMatchObject({ at: '2026-12-01', estimatedTotal: 1_590 })
      // The new plan has no usage yet, and its fee will not come.
      const preview = await previewChange(own, { customerId: 'leaving', planId: 'business' })
      expect(preview.nextInvoice?.estimatedTotal ?? 0).toBeLessThanOrEqual(1_590)
      expect(
        (await resumeSubscription(own, { customerId: 'leaving' })).subscription.nextInvoice,
      ).toMatchObject({ at: '2026-12-01', estimatedTotal: 65_084 })
      const quiet = await begin('quiet', 'free')
      await cancelSubscription(quiet, { customerId: 'quiet' })
      expect((await previewChange(quiet, { customerId: 'quiet', planId: 'fee-only' })).nextInvoice).toBeNull()
      await expect(
        downgradeSubscription(quiet, { customerId: 'quiet', planId: 'free' }),
      ).rejects.toMatchObject({ code: 'not_a_downgrade' })
    })

    test('after an immediate end it has the usage up to then', async () => {
      await begin('ended', 'team')
      const { subscription } = await cancelSubscription(world.engine, { customerId: 'ended', when: 'now' })
      expect(subscription.nextInvoice).toMatchObject({ at: '2026-11-17' })
      await comesAsSaid('ended', subscription)
      expect(await nextOf('ended')).toBeNull()
    })

    test('a first subscription’s start is previewed, quoted and charged', async () => {
      const own = await begin('new')
      const preview = await previewChange(own, { customerId: 'new', planId: 'team' })
      // 599.00 and 6 % tax.
      expect(preview).toMatchObject({
        when: 'now',
        effectiveAt: '2026-11-16',
        total: 63_494,
        dueNow: 63_494,
        lines: [{ kind: 'fee', amount: 59_900 }],
        nextInvoice: { at: '2026-12-16', estimatedTotal: 63_494 },
      })
      expect(await getSubscription(own, { customerId: 'new' })).toMatchObject({ status: 'none' })
      await expect(
        createSubscription(own, { customerId: 'new', planId: 'business', quoteId: preview.quoteId }),
      ).rejects.toMatchObject({ code: 'quote_outdated' })
      const { invoice } = await createSubscription(own, {
        customerId: 'new',
        planId: 'team',
        quoteId: preview.quoteId,
      })
      expect(invoice).toMatchObject({ kind: 'start', total: preview.total, amountDue: preview.dueNow })
      await cancelSubscription(world.engine, { customerId: 'new', when: 'now', credit: true })
      const again = await previewChange(own, { customerId: 'new', planId: 'tried' })
      expect(again).toMatchObject({ lines: [], dueNow: 0, nextInvoice: { at: '2026-11-30' } })
      // The last date of the previous one goes to this one: a 30th of 599.00, and 6 % tax.
      expect(again.notices.map((notice) => notice.detail.en)).toEqual([
        'Confirming also issues the invoice for period 2026-11, -¥21.17 so far.',
      ])
      const tried = await createSubscription(own, {
        customerId: 'new',
        planId: 'tried',
        quoteId: again.quoteId,
      })
      expect(tried.subscription).toMatchObject({ status: 'trialing', nextInvoice: again.nextInvoice })
      await comesAsSaid('new', again)
    })
    test('a void document is billed again at the midnight after it was voided', async () => {
      const own = await begin('again', 'team')
      await world.passTo('2026-12-06T01:00:00Z')
      const [renewal] = (await getInvoices(world.engine, { customerId: 'again' })).data
      await voidInvoice(world.engine, { invoiceId: renewal!.id })
      // The renewal, 599.00 and 300 chats at 0.05, comes before what ends with December.
      expect(await nextOf('again')).toEqual({
        at: '2026-12-07',
        usageAt: null,
        estimatedTotal: 65_084,
        estimatedDue: 65_084,
        currency: 'CNY',
      })
      const up = await previewChange(own, { customerId: 'again', planId: 'business' })
      // Five of December's 31 days of 599.00 are 96.61: with the usage 111.61, and 6 % tax.
      expect(up.nextInvoice).toEqual({
        at: '2026-12-07',
        usageAt: null,
        estimatedTotal: 11_831,
        estimatedDue: 11_831,
        currency: 'CNY',
      })
      await changeSubscription(own, { customerId: 'again', planId: 'business', quoteId: up.quoteId })
      await comesAsSaid('again', up)
      expect(await nextOf('again')).toMatchObject({ at: '2027-01-01' })
    })

    test('after a subscription ended it is the rest of a void document', async () => {
      await begin('left', 'fee-only')
      const [start] = (await getInvoices(world.engine, { customerId: 'left' })).data
      await voidInvoice(world.engine, { invoiceId: start!.id })
      const { subscription } = await cancelSubscription(world.engine, {
        customerId: 'left',
        when: 'now',
        credit: true,
      })
      // 16 of 365 days of 13000.00 are 569.86, and 6 % tax.
      expect(subscription.nextInvoice).toEqual({
        at: '2026-11-17',
        usageAt: null,
        estimatedTotal: 60_405,
        estimatedDue: 60_405,
        currency: 'CNY',
      })
      await comesAsSaid('left', subscription)
    })

    test('it is the final invoice after late usage, unless a renewal bills it before', async () => {
      await begin('ended-late', 'team')
      await cancelSubscription(world.engine, { customerId: 'ended-late', when: 'now' })
      await world.passTo('2026-11-24T16:30:00Z') // 00:30 on the 25th
      expect(await nextOf('ended-late')).toBeNull()
      await recordUsage(world.engine, [
        {
          id: 'late',
          customerId: 'ended-late',
          meter: 'ai_chat',
          quantity: 100,
          time: '2026-11-12T00:00:00Z',
        },
      ])
      // 100 chats at 0.05, and 6 % tax, 35 days after 17 November.
      const closing = {
        at: '2026-12-22',
        usageAt: null,
        estimatedTotal: 530,
        estimatedDue: 530,
        currency: 'CNY',
      }
      expect(await nextOf('ended-late')).toEqual(closing)
      const again = await previewChange(actingFor(world.engine, 'ended-late'), {
        customerId: 'ended-late',
        planId: 'team',
      })
      expect(again.nextInvoice).toEqual(closing)
      await createSubscription(world.engine, {
        customerId: 'ended-late',
        planId: 'team',
        quoteId: again.quoteId,
      })
      await comesAsSaid('ended-late', again)
      // What the final invoice billed is not on the renewal.
      const renewal = {
        nextInvoice: {
          at: '2026-12-25',
          usageAt: null,
          estimatedTotal: 63_494,
          estimatedDue: 63_494,
          currency: 'CNY',
        },
      }
      await comesAsSaid('ended-late', renewal)
      // Voided after the closing: a document of its own, with the next midnight. 15.00 of November's 20.00
      // and tax stay.
      await voidEvents(world.engine, { customerId: 'ended-late', ids: ['late'], reason: 'sent twice' })
      const back = {
        nextInvoice: {
          at: '2026-12-26',
          usageAt: null,
          estimatedTotal: -530,
          estimatedDue: 0,
          currency: 'CNY',
        },
      }
      await comesAsSaid('ended-late', back)
    })

    test('a plan that never bills has none', async () => {
      const own = await begin('free', 'free')
      expect(await nextOf('free')).toBeNull()
      const preview = await previewChange(await begin('to-free'), { customerId: 'to-free', planId: 'free' })
      expect(preview).toMatchObject({ lines: [], dueNow: 0, nextInvoice: null })
      // A plan that bills usage names the date on which it does.
      expect((await previewChange(own, { customerId: 'free', planId: 'level' })).nextInvoice).toMatchObject({
        at: '2026-12-01',
      })
    })
  },
)
