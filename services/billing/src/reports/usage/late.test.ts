import { testDatabases } from '@customer-portal/database/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  consume,
  createSubscription,
  findMistakes,
  generateInvoice,
  getInvoiceLineEvents,
  getInvoices,
  listLateEvents,
  putMeter,
  putPlan,
  recordUsage,
  voidEvents,
  voidInvoice,
} from '../../index.ts'
import { createWorld, seedCatalogue, seedCustomer, type World } from '../../testing.ts'

describe.each(testDatabases)('late usage on $name', ({ create }) => {
  let world: World
  beforeAll(async () => {
    world = await createWorld(create, '2026-10-31T16:00:00Z')
    await seedCatalogue(world.engine)
    await putMeter(world.engine, { key: 'visits', name: 'Visits', unit: 'visits' })
    await putMeter(world.engine, { key: 'peak', name: 'Peak', unit: 'agents', aggregation: 'max' })
    const price = { model: 'per_unit' as const, rate: { amount: 5, per: 1 } }
    await putPlan(world.engine, {
      id: 'late',
      name: 'Late',
      rank: 1,
      fee: { amount: 100, per: 'subscription' },
      charges: ['ai_chat', 'peak', 'storage'].map((meter) => ({
        meter,
        included: 1,
        overage: 'bill',
        price,
      })),
    })
    for (const customerId of ['acme', 'other']) {
      await seedCustomer(world.engine, customerId)
      await createSubscription(world.engine, { customerId, planId: 'late' })
    }
    await seedCustomer(world.engine, 'nobody')
    world.set('2026-11-21T00:00:00Z')
    await use('in-time', 'ai_chat', 7, '2026-11-20T00:00:00Z')
    await use('in-time-peak', 'peak', 9, '2026-11-20T00:00:00Z')
    await world.passTo('2026-12-03T00:00:00Z')
  })
  afterAll(() => world.close())
  const use = async (id: string, meter: string, quantity: number, time: string, customerId = 'acme') =>
    expect(await recordUsage(world.engine, [{ id, customerId, meter, quantity, time }])).toMatchObject({
      accepted: 1,
    })
  const late = async () =>
    (await listLateEvents(world.engine, { customerId: 'acme' })).data.map(({ id, outcome, invoice }) => [
      id,
      outcome,
      invoice?.number ?? null,
    ])
  const renewal = async (label: string) =>
    (await getInvoices(world.engine, { customerId: 'acme' })).data.find(
      (invoice) => invoice.kind === 'renewal' && invoice.period.label === label && invoice.status !== 'void',
    )!

  test('late usage is listed, latest first; usage in time is not', async () => {
    await use('l1', 'ai_chat', 3, '2026-11-30T15:59:59Z')
    await use('l2', 'visits', 4, '2026-11-10T00:00:00Z')
    await use('in-december', 'ai_chat', 5, '2026-11-30T16:00:00Z')
    world.set('2026-12-04T00:00:00Z')
    await use('l3', 'storage', 1.5, '2026-11-11T00:00:00Z')
    await use('l4', 'peak', 2, '2026-11-12T00:00:00Z')
    await use('others', 'ai_chat', 2, '2026-11-12T00:00:00Z', 'other')
    expect(await late()).toEqual([
      ['l4', 'pending', null],
      ['l3', 'pending', null],
      ['l1', 'pending', null],
      ['l2', 'uncharged', null],
    ])
    const { data } = await listLateEvents(world.engine, { customerId: 'acme', limit: 2 })
    expect(data[1]).toEqual({
      id: 'l3',
      meter: 'storage',
      quantity: 1.5,
      time: '2026-11-11T00:00:00.000000Z',
      storedAt: '2026-12-04T00:00:00.000000Z',
      properties: {},
      voided: null,
      historical: false,
      afterEnd: false,
      period: '2026-11',
      closedAt: '2026-11-30T17:00:00.000000Z',
      outcome: 'pending',
      invoice: null,
    })
    expect(await listLateEvents(world.engine, { customerId: 'nobody' })).toEqual({
      data: [],
      nextCursor: null,
    })
  })

  test('pages list each late event once', async () => {
    const ids: string[] = []
    let cursor: string | undefined
    do {
      const page = await listLateEvents(world.engine, { customerId: 'acme', limit: 1, cursor })
      ids.push(...page.data.map((event) => event.id))
      cursor = page.nextCursor ?? undefined
    } while (cursor)
    expect(ids).toEqual(['l4', 'l3', 'l1', 'l2'])
    await expect(
      listLateEvents(world.engine, { customerId: 'acme', cursor: 'nothing' }),
    ).rejects.toMatchObject({ code: 'invalid_cursor' })
    await expect(listLateEvents(world.engine, { customerId: 'acme', limit: 101 })).rejects.toMatchObject({
      code: 'invalid_range',
    })
    await expect(listLateEvents(world.engine, { customerId: 'who' })).rejects.toMatchObject({
      code: 'customer_not_found',
    })
  })

  test('late usage is pending until the next invoice is issued, then billed', async () => {
    await world.passTo('2027-01-02T00:00:00Z')
    const { number, lines } = await renewal('2026-12')
    expect(
      lines
        .filter((line) => line.kind === 'adjustment')
        .map(({ meter, quantity }) => [meter, quantity])
        .sort(),
    ).toEqual([
      ['ai_chat', 3],
      ['storage', 1.5],
    ])
    // A smaller value does not change the largest.
    expect(await late()).toEqual([
      ['l4', 'unchanged', null],
      ['l3', 'billed', number],
      ['l1', 'billed', number],
      ['l2', 'uncharged', null],
    ])
  })

  test('late usage is pending again while its invoice is void, then on the replacement', async () => {
    await voidInvoice(world.engine, { invoiceId: (await renewal('2026-12')).id })
    await use('l5', 'ai_chat', 1, '2026-12-20T00:00:00Z')
    expect(await late()).toEqual([
      ['l5', 'pending', null],
      ['l4', 'pending', null],
      ['l3', 'pending', null],
      ['l1', 'pending', null],
      ['l2', 'uncharged', null],
    ])
    const { number } = await generateInvoice(world.engine, { customerId: 'acme', period: '2026-12' })
    expect(await late()).toEqual([
      ['l5', 'billed', number],
      ['l4', 'unchanged', null],
      ['l3', 'billed', number],
      ['l1', 'billed', number],
      ['l2', 'uncharged', null],
    ])
  })

  test('late usage leaves the list after 100 days', async () => {
    await world.passTo('2027-03-13T00:00:00Z')
    expect(await late()).toEqual([
      ['l5', 'billed', expect.any(String)],
      ['l4', 'unchanged', null],
      ['l3', 'billed', expect.any(String)],
    ])
    await world.passTo('2027-04-13T00:00:00Z')
    expect(await late()).toEqual([])
  })

  test('under a standing clock usage stored after billing at the same instant comes later', async () => {
    const zero = { planId: 'late', startsAt: '2027-01-31T16:00:00Z' }
    await world.passTo('2027-02-01T00:00:00Z')
    for (const customerId of ['still', 'again']) {
      await seedCustomer(world.engine, customerId)
      await createSubscription(world.engine, { ...zero, customerId })
      await use('a', 'ai_chat', 7, '2027-01-31T20:00:00Z', customerId)
      await use('b', 'ai_chat', 4, '2027-01-31T20:00:00Z', customerId)
    }
    // February ends at 16:00 and is billed an hour later.
    await world.passTo('2027-02-28T17:00:00Z')
    await use('c', 'ai_chat', 9, '2027-02-27T00:00:00Z', 'still')
    await voidEvents(world.engine, { customerId: 'still', ids: ['a'], reason: 'sent twice' })
    expect(
      (await consume(world.engine, { customerId: 'still', meter: 'ai_chat', id: 'd', quantity: 2 })).granted,
    ).toBe(2)
    expect(
      (await listLateEvents(world.engine, { customerId: 'still' })).data.map(({ id, outcome }) => [
        id,
        outcome,
      ]),
    ).toEqual([['c', 'pending']])
    // Billed twice at one instant: what came in between is on the second.
    await use('e', 'ai_chat', 3, '2027-02-28T15:30:00Z', 'again')
    await voidInvoice(world.engine, {
      invoiceId: (await getInvoices(world.engine, { customerId: 'again' })).data[0]!.id,
    })
    const again = await generateInvoice(world.engine, { customerId: 'again', period: '2027-02' })
    expect(again.lines.find((line) => line.meter === 'ai_chat')).toMatchObject({
      kind: 'usage',
      quantity: 14,
    })
    await use('f', 'ai_chat', 5, '2027-02-28T15:40:00Z', 'again')
    await world.passTo('2027-04-30T17:00:00Z')
    for (const customerId of ['still', 'again']) {
      const lines = (await getInvoices(world.engine, { customerId, limit: 100 })).data.flatMap((invoice) =>
        invoice.lines.map((line) => ({ line, invoiceId: invoice.id })),
      )
      const counted = lines.filter(({ line }) => line.meter === 'ai_chat')
      expect(counted.length).toBeGreaterThan(2)
      for (const { line, invoiceId } of counted) {
        const { data } = await getInvoiceLineEvents(world.engine, { customerId, invoiceId, lineId: line.id })
        expect(
          data.reduce((sum, { quantity }) => sum + quantity, 0),
          `${customerId} ${line.kind} ${line.period.start}`,
        ).toBe(line.quantity)
      }
    }
    for await (const mistake of findMistakes(world.engine)) expect(mistake).toBeNull()
  })
})
