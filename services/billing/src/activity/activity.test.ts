import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabases } from '@customer-portal/database/testing'
import {
  actingFor,
  createSubscription,
  listActivity,
  recordPayment,
  updateCustomer,
  upgradeSubscription,
  voidInvoice,
  type Engine,
} from '../index.ts'
import type { Activity } from './activity.ts'
import { createWorld, seedCatalogue, seedCustomer, type World } from '../testing.ts'

describe.each(testDatabases)('the activity feed on $name', ({ name, create }) => {
  let world: World
  beforeAll(async () => {
    world = await createWorld(create, '2026-10-31T16:00:00Z')
    await seedCatalogue(world.engine)
  })
  afterAll(() => world.close())

  /** Reads on from a cursor to the end. */
  async function readOn(
    cursor: string | null,
    limit = 7,
  ): Promise<{ changes: Activity[]; cursor: string | null }> {
    const changes: Activity[] = []
    for (let at = cursor; ;) {
      const page = await listActivity(world.engine, { ...(at === null ? {} : { cursor: at }), limit })
      changes.push(...page.data)
      if (page.data.length === 0) return { changes, cursor: page.nextCursor }
      at = page.nextCursor
    }
  }

  test('the feed is empty, without a cursor, before anything happens', async () => {
    expect(await listActivity(world.engine)).toEqual({ data: [], nextCursor: null })
  })

  test('the feed lists a customer’s events in order, each once', async () => {
    await seedCustomer(world.engine, 'acme')
    const { subscription, invoice } = await createSubscription(world.engine, {
      customerId: 'acme',
      planId: 'team',
    })
    const first = await readOn(null)
    expect(first.changes.map(({ type, customerId, subjectId }) => [type, customerId, subjectId])).toEqual([
      ['account.created', 'acme', 'acme'],
      ['subscription.created', 'acme', subscription.id],
      ['invoice.issued', 'acme', invoice!.id],
    ])
    expect(first.changes[0]).toMatchObject({
      id: expect.stringMatching(/^\d+$/) as string,
      at: '2026-10-31T16:00:00.000000Z',
    })
    expect(await readOn(first.cursor)).toEqual({ changes: [], cursor: first.cursor })

    const half = invoice!.amountDue / 2
    for (const reference of ['a', 'b', 'b', 'c'])
      await recordPayment(world.engine, { invoiceId: invoice!.id, amount: half, method: 'cash', reference })
    await updateCustomer(actingFor(world.engine, 'acme'), { customerId: 'acme', phone: '010' })
    const moved = await upgradeSubscription(actingFor(world.engine, 'acme'), {
      customerId: 'acme',
      planId: 'business',
    })
    await voidInvoice(world.engine, { invoiceId: moved.invoice!.id })
    await voidInvoice(world.engine, { invoiceId: moved.invoice!.id })
    await world.passTo('2026-11-30T18:00:00Z')
    const next = await readOn(first.cursor)
    expect(
      next.changes.map(({ type, subjectId }) => [
        type,
        subjectId === moved.invoice!.id ? 'the change' : subjectId === invoice!.id ? 'the start' : '…',
      ]),
    ).toEqual([
      ['invoice.paid', 'the start'],
      ['account.updated', '…'],
      ['subscription.changed', '…'],
      ['invoice.issued', 'the change'],
      ['invoice.voided', 'the change'],
      // Billed again at the next midnight, followed by the renewal.
      ['invoice.issued', '…'],
      ['invoice.issued', '…'],
    ])
    expect((await readOn(null)).changes).toEqual([...first.changes, ...next.changes])
  })

  test('an invoice with nothing to pay is issued and paid', async () => {
    const { cursor } = await readOn(null)
    await world.db.asOwner((tx) =>
      tx.query(
        `insert into balance_transactions (customer_id, id, invoice_id, reason, amount, currency, at)
          select customer_id, 'gift', id, 'overpaid', 900000, 'CNY', issued_at
          from invoices
          where customer_id = 'acme'
          limit 1`,
      ),
    )
    await world.passTo('2026-12-31T18:00:00Z')
    expect((await readOn(cursor)).changes.map((change) => change.type)).toEqual([
      'invoice.issued',
      'invoice.paid',
    ])
  })

  test('a rejected command leaves no entry', async () => {
    const { cursor } = await readOn(null)
    await expect(
      createSubscription(world.engine, { customerId: 'acme', planId: 'team' }),
    ).rejects.toMatchObject({ code: 'subscription_exists' })
    await expect(
      updateCustomer(world.engine, { customerId: 'acme', version: 1, phone: '1' }),
    ).rejects.toMatchObject({ code: 'stale_version' })
    expect((await readOn(cursor)).changes).toEqual([])
  })

  test('a cursor of another list is rejected', async () => {
    for (const cursor of [
      'x',
      '',
      Buffer.from('["2026-10-31T16:00:00.000000Z","; drop"]').toString('base64url'),
      Buffer.from('["7"]').toString('base64url'),
    ]) {
      await expect(listActivity(world.engine, { cursor })).rejects.toMatchObject({ code: 'invalid_cursor' })
    }
  })

  test('readers beside many writers miss nothing and read nothing twice', async () => {
    const { cursor: start } = await readOn(null)
    let writing = true
    const follow = async () => {
      const heard: Activity[] = []
      for (let cursor = start; ;) {
        const last = !writing
        const read = await readOn(cursor, 3)
        heard.push(...read.changes)
        cursor = read.cursor
        if (last) return heard
      }
    }
    const write = Array.from({ length: 8 }, async (_, index) => {
      await seedCustomer(world.engine, `busy-${index}`)
      await createSubscription(world.engine, { customerId: `busy-${index}`, planId: 'team' })
      await Promise.all(
        [1, 2, 3].map((n) => updateCustomer(world.engine, { customerId: `busy-${index}`, phone: `${n}` })),
      )
      await upgradeSubscription(world.engine, { customerId: `busy-${index}`, planId: 'business' })
    })
    const readers = [follow(), follow()]
    await Promise.all(write)
    writing = false
    const [one, other] = await Promise.all(readers)
    expect(other).toEqual(one)
    expect(new Set(one!.map((change) => change.id)).size).toBe(one!.length)
    for (let index = 0; index < 8; index += 1) {
      expect(
        one!.filter((change) => change.customerId === `busy-${index}`).map((change) => change.type),
      ).toEqual([
        'account.created',
        'subscription.created',
        'invoice.issued',
        'account.updated',
        'account.updated',
        'account.updated',
        'subscription.changed',
        'invoice.issued',
      ])
    }
  })

  // PGlite runs one transaction at a time, so none can overtake another.
  if (name === 'PostgreSQL') {
    test('an entry written first and committed last comes last and is not lost', async () => {
      const { cursor } = await readOn(null)
      let commit = () => {}
      let written = () => {}
      const hasWritten = new Promise<void>((resolve) => {
        written = resolve
      })
      const slow = world.engine.transaction(async (tx) => {
        await updateCustomer(tx, { customerId: 'busy-0', phone: 'slow' })
        written()
        await new Promise<void>((resolve) => {
          commit = resolve
        })
      })
      await hasWritten
      await updateCustomer(world.engine, { customerId: 'busy-1', phone: 'quick' })
      const before = await readOn(cursor)
      expect(before.changes.map((change) => change.customerId)).toEqual(['busy-1'])
      commit()
      await slow
      const after = await readOn(before.cursor)
      expect(after.changes.map((change) => change.customerId)).toEqual(['busy-0'])
      expect(Number(after.changes[0]!.id)).toBeLessThan(Number(before.changes[0]!.id))
    })
  }
})

describe.each(testDatabases)('a feed with many unread entries, on $name', ({ create }) => {
  const unread = 50_000
  let world: World
  beforeAll(async () => {
    world = await createWorld(create, '2026-10-31T16:00:00Z')
    await seedCustomer(world.engine, 'acme')
    await world.db.asOwner(async (tx) => {
      // Row level security applies to the owner too.
      await tx.query('alter table activity no force row level security')
      await tx.query(
        `insert into activity (customer_id, type, subject_id, at)
          select 'acme', 'account.updated', 'acme', now()
          from generate_series(2, $1::int)`,
        [unread],
      )
      await tx.query('alter table activity force row level security')
    })
  })
  afterAll(() => world.close())

  /** Reads a page and returns it with the query plan of each statement. */
  async function planned(
    cursor: string | null,
  ): Promise<{ page: Awaited<ReturnType<typeof listActivity>>; plans: string[] }> {
    const plans: string[] = []
    const explaining: Engine = {
      ...world.engine,
      transaction: (work, options) =>
        world.engine.transaction(
          (tx) =>
            work({
              ...tx,
              at: tx.at,
              query: async <R>(sql: string, parameters?: readonly unknown[]) => {
                const [last = '', ...settings] = sql.split('; ').reverse()
                const rows = await tx.query<{ 'QUERY PLAN': string }>(
                  [...settings.reverse(), `explain ${last}`].join('; '),
                  parameters,
                )
                plans.push(rows.map((row) => row['QUERY PLAN']).join('\n'))
                return tx.query<R>(sql, parameters)
              },
            }),
          options,
        ),
    }
    return {
      page: await listActivity(explaining, { ...(cursor === null ? {} : { cursor }), limit: 100 }),
      plans,
    }
  }

  const placed = async () =>
    (
      await world.engine.transaction((tx) =>
        tx.query<{ count: number }>('select count(position)::int as count from activity'),
      )
    )[0]!.count

  test.each(['not yet known', 'known'])(
    'a call places and reads a limited number of entries along the indexes, with statistics %s',
    async (statistics) => {
      if (statistics === 'known') await world.db.asOwner((tx) => tx.query('analyze activity'))
      const before = await placed()
      const { page, plans } = await planned(null)
      expect(page.data).toHaveLength(100)
      expect((await placed()) - before).toBe(1_000)
      expect(plans).toHaveLength(4)
      const touching = plans.filter((plan) => plan.includes(' on activity'))
      expect(touching).toHaveLength(3)
      for (const plan of touching) expect(plan).toMatch(/Index (Only )?Scan/)
      for (const plan of touching) expect(plan).not.toMatch(/Seq Scan|Sort|Bitmap/)
    },
  )

  test('reading on returns full pages, in order, each entry once', async () => {
    const heard: string[] = []
    let cursor: string | null = null
    for (let pages = 0; pages < 45; pages += 1) {
      const page: Awaited<ReturnType<typeof listActivity>> = await listActivity(world.engine, {
        ...(cursor === null ? {} : { cursor }),
        limit: 100,
      })
      expect(page.data).toHaveLength(100)
      heard.push(...page.data.map(({ id }) => id))
      cursor = page.nextCursor
    }
    expect(heard).toEqual(Array.from({ length: 4_500 }, (_, index) => String(Number(heard[0]) + index)))
  })
})
