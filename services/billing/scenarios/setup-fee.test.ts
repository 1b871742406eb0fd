import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabases } from '@customer-portal/database/testing'
import {
  cancelSubscription,
  changeSubscription,
  createSubscription,
  getAdvice,
  getInvoices,
  getSubscription,
  issueCreditNote,
  plansFor,
  previewChange,
  putDiscount,
  putPlan,
  runBilling,
  upgradeSubscription,
  voidInvoice,
  type PlanInput,
} from '../src/index.ts'
import { createWorld, seedCatalogue, seedCustomer, type World } from '../src/testing.ts'
import { mistakesOf } from './invariants.ts'

describe.each(testDatabases)('a setup fee is paid once per customer, on $name', ({ create }) => {
  let world: World
  const put = (id: string, rank: number, amount: number, more: Partial<PlanInput>) =>
    putPlan(world.engine, {
      id,
      name: id,
      rank,
      fee: { amount, per: 'subscription' },
      taxRate: '0',
      ...more,
    })
  beforeAll(async () => {
    world = await createWorld(create, '2027-06-01T01:00:00Z') // 09:00 in Shanghai; June has 30 days
    await seedCatalogue(world.engine)
    await put('basic', 100, 30_000, { setupFee: 500_000, taxRate: '6' })
    await put('pro', 110, 90_000, { setupFee: 800_000 })
    await put('yearly', 120, 900_000, { setupFee: 700_000, interval: 'year' })
    await put('tried', 105, 30_000, { setupFee: 400_000, trialDays: 14 })
    await put('plain', 90, 30_000, {})
    await put('equal', 90, 30_000, { setupFee: 100_000 })
    await put('smaller', 80, 20_000, { setupFee: 200_000 })
    await put('only', 70, 0, { setupFee: 60_000 })
  })
  afterAll(async () => {
    expect(await mistakesOf(world)).toEqual([])
    await world.close()
  })

  const begins = async (customerId: string, planId: string) => {
    await seedCustomer(world.engine, customerId)
    return createSubscription(world.engine, { customerId, planId })
  }
  /** The setup fees of a customer's documents that are not void, oldest first. */
  const setupFees = async (customerId: string) =>
    (await getInvoices(world.engine, { customerId })).data
      .filter(({ status }) => status !== 'void')
      .flatMap(({ lines }) => lines.filter(({ kind }) => kind === 'charge').map(({ amount }) => amount))
      .reverse()

  test('it stands beside the first fee as a line of its own, taxed, undiscounted, as previewed', async () => {
    await seedCustomer(world.engine, 'mei')
    await putDiscount(world.engine, {
      customerId: 'mei',
      discountId: 'half',
      name: 'Half',
      kind: 'percent',
      value: '50',
      appliesTo: 'all',
      from: '2027-01-01',
    })
    const quoted = await previewChange(world.engine, { customerId: 'mei', planId: 'basic' })
    const { invoice } = await createSubscription(world.engine, {
      customerId: 'mei',
      planId: 'basic',
      quoteId: quoted.quoteId,
    })
    expect(invoice!.lines).toMatchObject([
      { kind: 'fee', amount: 30_000, discount: 15_000 },
      {
        kind: 'charge',
        description: { 'zh-CN': 'basic 开通费', en: 'basic setup fee' },
        amount: 500_000,
        period: { start: '2027-06-01', end: '2027-06-02' },
      },
    ])
    // (30,000 − 15,000 + 500,000) × 1.06
    expect([quoted.total, quoted.dueNow, invoice!.total]).toEqual([545_900, 545_900, 545_900])
  })

  test('a void document that is billed again has it, once, also after a change to a plan with one', async () => {
    const { invoice } = await begins('void', 'basic')
    await voidInvoice(world.engine, { invoiceId: invoice!.id })
    await world.passTo('2027-06-02T01:00:00Z')
    expect(await setupFees('void')).toEqual([500_000])
    const again = (await getInvoices(world.engine, { customerId: 'void' })).data.find(
      ({ status }) => status !== 'void',
    )!
    await voidInvoice(world.engine, { invoiceId: again.id })
    // The plan they are on by then has another one, which is not theirs to pay.
    const changed = await upgradeSubscription(world.engine, { customerId: 'void', planId: 'pro' })
    expect(changed.invoice!.lines.map(({ kind }) => kind)).toEqual(['fee'])
    await world.passTo('2027-06-03T01:00:00Z')
    await runBilling(world.engine)
    expect(await setupFees('void')).toEqual([500_000])
  })

  test('neither another plan, another interval, a second subscription nor an ending bills or returns it', async () => {
    await begins('many', 'basic')
    await world.passTo('2027-06-05T01:00:00Z')
    await upgradeSubscription(world.engine, { customerId: 'many', planId: 'pro' })
    await changeSubscription(world.engine, { customerId: 'many', planId: 'yearly', when: 'now' })
    expect((await plansFor(world.engine, { customerId: 'many' })).map((plan) => plan.setupFeeDue)).toEqual(
      (await plansFor(world.engine, { customerId: 'many' })).map(() => 0),
    )
    const ended = await cancelSubscription(world.engine, { customerId: 'many', when: 'now', credit: true })
    expect(ended.invoice!.lines.map(({ kind }) => kind)).toEqual(['unused_time'])
    await world.passTo('2027-06-07T01:00:00Z')
    await createSubscription(world.engine, { customerId: 'many', planId: 'pro' })
    expect(await setupFees('many')).toEqual([500_000])
  })

  test('a trial owes it with the first fee after it, and none when it ends before', async () => {
    const start = await begins('tried', 'tried')
    expect(start.invoice).toBeNull()
    expect(start.subscription.nextInvoice).toMatchObject({ estimatedTotal: 430_000 })
    await begins('gone', 'tried')
    await cancelSubscription(world.engine, { customerId: 'gone' })
    await world.passTo('2027-06-22T01:00:00Z')
    const [renewal] = (await getInvoices(world.engine, { customerId: 'tried' })).data
    expect(renewal).toMatchObject({ kind: 'renewal', total: 430_000 })
    await voidInvoice(world.engine, { invoiceId: renewal!.id })
    await world.passTo('2027-06-23T01:00:00Z')
    expect(await setupFees('tried')).toEqual([400_000])
    expect(await setupFees('gone')).toEqual([])
    // Whoever left in the trial owes it when they come back.
    const back = await createSubscription(world.engine, { customerId: 'gone', planId: 'tried' })
    expect(back.invoice).toMatchObject({ total: 430_000 })
  })

  test('a scheduled change bills it with the renewal on its date, as its preview and next invoice say', async () => {
    await begins('lower', 'plain')
    const preview = await previewChange(world.engine, { customerId: 'lower', planId: 'smaller' })
    expect(preview).toMatchObject({ when: 'period_end', dueNow: 0, nextInvoice: { estimatedTotal: 220_000 } })
    const { subscription } = await changeSubscription(world.engine, {
      customerId: 'lower',
      planId: 'smaller',
      quoteId: preview.quoteId,
    })
    const { at } = subscription.nextInvoice!
    await world.passTo(`${at}T01:00:00Z`)
    expect((await getInvoices(world.engine, { customerId: 'lower' })).data[0]).toMatchObject({
      kind: 'renewal',
      total: 220_000,
    })
  })

  test('a change between equals costs it and nothing else, also when its document is made again', async () => {
    await begins('level', 'plain')
    const { invoice } = await changeSubscription(world.engine, {
      customerId: 'level',
      planId: 'equal',
      when: 'now',
    })
    expect(invoice).toMatchObject({ total: 100_000, lines: [{ kind: 'charge' }] })
    await voidInvoice(world.engine, { invoiceId: invoice!.id })
    await runBilling(world.engine)
    await world.passTo('2027-07-27T01:00:00Z')
    expect(await setupFees('level')).toEqual([100_000])
  })

  test('a plan without a fee bills it alone, and again when that document is void', async () => {
    const { invoice } = await begins('only', 'only')
    expect(invoice).toMatchObject({ kind: 'start', total: 60_000 })
    await voidInvoice(world.engine, { invoiceId: invoice!.id })
    await world.passTo('2027-07-28T01:00:00Z')
    expect(await setupFees('only')).toEqual([60_000])
  })

  test('a version that gets one later does not bill it to those who paid for the plan before', async () => {
    await put('grown', 60, 10_000, {})
    await begins('early', 'grown')
    await put('grown', 60, 12_000, { setupFee: 50_000 })
    const { invoice } = await changeSubscription(world.engine, {
      customerId: 'early',
      planId: 'grown',
      planVersion: 2,
      when: 'now',
    })
    expect(invoice!.lines.map(({ kind }) => kind)).toEqual(['unused_time', 'fee'])
    expect((await begins('late', 'grown')).invoice).toMatchObject({ total: 62_000 })
  })

  test('a credit note gives it back, and it is not billed again', async () => {
    const { invoice } = await begins('waived', 'pro')
    await issueCreditNote(world.engine, {
      invoiceId: invoice!.id,
      lines: [{ lineId: invoice!.lines[1]!.id, amount: 800_000 }],
      reason: 'waived',
    })
    await upgradeSubscription(world.engine, { customerId: 'waived', planId: 'yearly' })
    expect((await setupFees('waived')).filter((amount) => amount > 0)).toEqual([800_000])
  })

  test('advice counts one that is still due, so a plan is called cheaper only where it pays off', async () => {
    const features = ['Beacons'] // that no other plan has
    await put('cheaper', 1, 9_000, { features, setupFee: 500 })
    await put('dear', 2, 10_000, { features })
    await begins('advised', 'dear')
    await world.passTo('2027-09-15T01:00:00Z')
    const saves = async () => (await getAdvice(world.engine, { customerId: 'advised' })).recommendation
    expect(await saves()).toEqual({ planId: 'cheaper', saves: 500 })
    await put('cheaper', 1, 9_000, { features, setupFee: 1_500 })
    expect(await saves()).toEqual({ planId: 'dear', saves: 0 })
    expect((await getSubscription(world.engine, { customerId: 'advised' })).plan!.setupFee).toBe(0)
  })
})
