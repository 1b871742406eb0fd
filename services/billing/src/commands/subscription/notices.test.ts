import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabases } from '@customer-portal/database/testing'
import {
  cancelSubscription,
  changeSubscription,
  createSubscription,
  getInvoices,
  previewChange,
  resumeSubscription,
  type Invoice,
} from '../../index.ts'
import type { Changed } from './subscribe.ts'
import { createWorld, seedCatalogue, seedCustomer, type World } from '../../testing.ts'

describe.each(testDatabases)(
  'every invoice that a command issued is named in its response, on $name',
  ({ create }) => {
    let world: World
    beforeAll(async () => {
      world = await createWorld(create, '2026-04-16T01:00:00Z')
      await seedCatalogue(world.engine)
    })
    afterAll(() => world.close())

    const subscribe = async (customerId: string, startsAt?: string) => {
      await seedCustomer(world.engine, customerId)
      return createSubscription(world.engine, {
        customerId,
        planId: 'team',
        ...(startsAt === undefined ? {} : { startsAt }),
      })
    }
    const issued = async (customerId: string) =>
      (await getInvoices(world.engine, { customerId, limit: 100 })).data
        .filter((invoice) => invoice.status !== 'draft')
        .reverse()
    const issuedTexts = ({ notices }: Pick<Changed, 'notices'>) =>
      notices.filter((notice) => notice.code === 'invoice_issued').map((notice) => notice.detail.en)
    const named = ({ number, period, total }: Invoice) =>
      `Invoice ${number} of ¥${(total / 100).toFixed(2)} (period ${period.label}) was issued as well.`

    test('a subscription that starts in the past names the renewals since', async () => {
      const started = await subscribe('past', '2026-03-13T01:00:00Z')
      const [start, renewal, ...more] = await issued('past')
      expect([started.invoice!.id, renewal!.kind, more]).toEqual([start!.id, 'renewal', []])
      // 599.00 and 6 %, for the period that begins on the 13th of April.
      expect(started.notices).toEqual([
        {
          code: 'invoice_issued',
          detail: {
            'zh-CN': `同时生成了账单 ${renewal!.number}（账期 2026-03），金额 ¥634.94。`,
            en: `Invoice ${renewal!.number} of ¥634.94 (period 2026-03) was issued as well.`,
          },
        },
      ])
    })

    test('a change or an ending in the hour of grace names the renewal it issues first', async () => {
      await Promise.all(['moved', 'ended', 'kept'].map((customerId) => subscribe(customerId)))
      world.set('2026-05-15T16:20:00Z') // 00:20 on the 16th
      const moved = await changeSubscription(world.engine, {
        customerId: 'moved',
        planId: 'free',
        when: 'now',
      })
      const ended = await cancelSubscription(world.engine, {
        customerId: 'ended',
        when: 'now',
        credit: true,
      })
      for (const [customerId, answer] of [
        ['moved', moved],
        ['ended', ended],
      ] as const) {
        const [, renewal, change] = await issued(customerId)
        expect([renewal!.kind, change!.id, issuedTexts(answer)]).toEqual([
          'renewal',
          answer.invoice!.id,
          [named(renewal!)],
        ])
      }
      // A scheduled cancellation issues nothing until the hour is over.
      expect(issuedTexts(await cancelSubscription(world.engine, { customerId: 'kept' }))).toEqual([])
      world.set('2026-05-15T17:30:00Z')
      const resumed = await resumeSubscription(world.engine, { customerId: 'kept' })
      expect(issuedTexts(resumed)).toEqual([named((await issued('kept'))[1]!)])
    })

    test('a start on the date of an end names the invoice that takes over the date', async () => {
      world.set('2026-06-20T01:00:00Z')
      await subscribe('again')
      world.set('2026-06-25T01:00:00Z')
      await cancelSubscription(world.engine, { customerId: 'again', when: 'now', credit: true })
      const answer = await createSubscription(world.engine, { customerId: 'again', planId: 'business' })
      const [, , lastDay, start] = await issued('again')
      expect([lastDay!.kind, answer.invoice!.id]).toEqual(['change', start!.id])
      // One of 30 days of 599.00, and 6 %.
      expect(issuedTexts(answer)).toEqual([
        `Invoice ${lastDay!.number} of -¥21.17 (period ${lastDay!.period.label}) was issued as well.`,
      ])
    })

    test('a preview names what confirming will also issue, and confirming issues it', async () => {
      world.set('2026-07-16T01:00:00Z')
      await subscribe('asking')
      const beside = ({ notices }: Pick<Changed, 'notices'>, code: string) =>
        notices.filter((notice) => notice.code === code).map((notice) => notice.detail.en)
      expect(
        (await previewChange(world.engine, { customerId: 'asking', planId: 'business' })).notices,
      ).toEqual([])
      world.set('2026-08-15T16:20:00Z') // 00:20 on the 16th
      const preview = await previewChange(world.engine, { customerId: 'asking', planId: 'business' })
      // 599.00 and 6 %, for the period from the 16th on.
      expect(beside(preview, 'invoice_will_be_issued')).toEqual([
        'Confirming also issues the invoice for period 2026-07, ¥634.94 so far.',
      ])
      // The downgrade is only scheduled: nothing is issued.
      expect((await previewChange(world.engine, { customerId: 'asking', planId: 'free' })).notices).toEqual(
        [],
      )
      const moved = await changeSubscription(world.engine, {
        customerId: 'asking',
        planId: 'business',
        quoteId: preview.quoteId,
      })
      expect(beside(moved, 'invoice_issued')).toEqual([
        named((await issued('asking')).find((invoice) => invoice.kind === 'renewal')!),
      ])
    })
  },
)
