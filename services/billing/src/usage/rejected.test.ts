import { testDatabases } from '@customer-portal/database/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { getUsageDetail, listRejectedEvents, putMeter, recordUsage, retryRejectedEvents } from '../index.ts'
import { createWorld, seedCatalogue, seedCustomer, type World } from '../testing.ts'

describe.each(testDatabases)('events that were rejected, on $name', ({ create }) => {
  let world: World
  beforeAll(async () => {
    world = await createWorld(create, '2026-11-20T00:00:00Z')
    await seedCatalogue(world.billing)
  })
  afterAll(() => world.close())

  test('one without a time counts when it first came, however often and late it is tried again', async () => {
    await seedCustomer(world.billing, 'early')
    const event = { id: 'x', customerId: 'early', meter: 'to_come' }
    expect(await recordUsage(world.billing, [event])).toMatchObject({ rejected: [{ code: 'meter_not_found' }] })
    world.set('2026-11-21T00:00:00Z')
    expect(await recordUsage(world.billing, [event])).toMatchObject({ rejected: [{ code: 'meter_not_found' }] })
    expect(await retryRejectedEvents(world.billing, { customerId: 'early' })).toMatchObject({ accepted: 0 })
    world.set('2026-11-24T00:00:00Z')
    await putMeter(world.billing, { key: 'to_come', name: 'To come', unit: 'u' })
    expect(await retryRejectedEvents(world.billing, { customerId: 'early' })).toEqual({ accepted: 1, duplicates: 0, rejected: [] })
    expect((await getUsageDetail(world.billing, { customerId: 'early' })).data).toMatchObject([{ id: 'x', time: '2026-11-20T00:00:00.000000Z' }])
    expect((await listRejectedEvents(world.billing, { customerId: 'early' })).data).toEqual([])
    // The sender itself may try again too: it is the same event.
    expect(await recordUsage(world.billing, [event])).toMatchObject({ duplicates: 1 })
  })

  test('one without a time is too old once its first arrival is', async () => {
    await seedCustomer(world.billing, 'forgotten')
    const event = { id: 'x', customerId: 'forgotten', meter: 'too_late' }
    await recordUsage(world.billing, [event])
    await putMeter(world.billing, { key: 'too_late', name: 'Too late', unit: 'u' })
    world.set('2026-12-30T00:00:00Z')
    expect(await retryRejectedEvents(world.billing, { customerId: 'forgotten' })).toMatchObject({ rejected: [{ code: 'event_too_old' }] })
  })
})
