import { testDatabases } from '@customer-portal/database/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  cancelSubscription,
  changeSubscription,
  consume,
  createSubscription,
  findMistakes,
  getSubscription,
  listDeficits,
  previewChange,
  putMeter,
  putPlan,
  type PlanInput,
} from '../index.ts'
import { createWorld, seedCatalogue, seedCustomer, type World } from '../testing.ts'

const code = 'allowance_deficit'
interface Asked {
  planId: string
  planVersion?: number
  seats?: number
}

describe.each(testDatabases)('deficits in previews and responses, on $name', ({ create }) => {
  let world: World
  beforeAll(async () => {
    world = await createWorld(create, '2026-04-02T04:00:00Z')
    await seedCatalogue(world.engine)
    await putMeter(world.engine, {
      key: 'ask',
      name: { 'zh-CN': 'AI 提问', en: 'AI asks' },
      unit: { 'zh-CN': '次', en: 'answers', one: 'answer' },
    })
    const price = { model: 'per_unit' as const, rate: { amount: 100, per: 1 } }
    const block = (included: number | null) => [{ meter: 'ask', included, overage: 'block' as const }]
    const bill = (included: number) => [{ meter: 'ask', included, overage: 'bill' as const, price }]
    const plan = (id: string, charges: PlanInput['charges'], more: Partial<PlanInput> = {}) =>
      putPlan(world.engine, {
        id,
        name: id,
        fee: { amount: 300, per: 'subscription' },
        taxRate: '0',
        charges: charges!,
        ...more,
      })
    await plan('k1', block(100))
    await plan('k3', block(300))
    await plan('billed-1', bill(100))
    await plan('billed-3', bill(300))
    await plan('year', block(100), { interval: 'year' })
    await plan('endless', block(null))
    await plan('none', [])
    await plan('none-trial', [], { trialDays: 10 })
    await plan('seats', [{ meter: 'ask', included: 50, includedPer: 'seat', overage: 'block' }], {
      fee: { amount: 100, per: 'seat' },
    })
    for (const { id, start, used } of lives) {
      await seedCustomer(world.engine, id)
      await createSubscription(world.engine, { customerId: id, ...start })
      if (used > 0) await take(id, used)
    }
    await world.passTo('2026-04-12T04:00:00Z')
    for (const { id, usedThen } of lives) if (usedThen !== undefined) await take(id, usedThen)
  })
  afterAll(() => world.close())
  let ids = 0
  const take = async (customerId: string, quantity: number) =>
    expect(
      await consume(world.engine, { customerId, meter: 'ask', id: `t${(ids += 1)}`, quantity }),
    ).toMatchObject({ granted: quantity })
  const deficitTexts = (notices: readonly { code: string; detail: { en: string } }[]) =>
    notices.filter((notice) => notice.code === code).map(({ detail }) => detail)
  const owed = async (customerId: string) =>
    (await listDeficits(world.engine, { customerId })).data[0]?.deficit ?? 0
  const text = (units: string) => ({
    'zh-CN': `AI 提问：本周期用量超出可用量 ${units} 次，记为待抵扣用量，计入后续周期。`,
    en: `AI asks: ${units} answers used beyond what the period allows will count in your next periods.`,
  })

  // Each starts on 2 April, in a month of 30 days, and changes on the 12th: 10 days on the first plan, 20 on
  // the second.
  const lives: {
    id: string
    start: { planId: string; seats?: number; trialDays?: number }
    used: number
    usedThen?: number
    to?: Asked
    /**
     * The deficit in the preview and the response; `leaves` where the period after the change keeps less of
     * it.
     */
    tells: number
    leaves?: number
  }[] = [
    // (300 × 10 + 100 × 20) ÷ 30 = 166, 280 − 166.
    { id: 'a plan with less', start: { planId: 'k3' }, used: 280, to: { planId: 'k1' }, tells: 114 },
    // The same where overage is billed: billed units are no deficit, now or later.
    {
      id: 'a plan with less that bills',
      start: { planId: 'billed-3' },
      used: 280,
      to: { planId: 'billed-1' },
      tells: 114,
    },
    {
      id: 'of billed use',
      start: { planId: 'billed-1' },
      used: 280,
      to: { planId: 'billed-1', planVersion: 1 },
      tells: 0,
    },
    // (250 × 10 + 50 × 20) ÷ 30 = 116, 250 − 116.
    {
      id: 'fewer seats',
      start: { planId: 'seats', seats: 5 },
      used: 250,
      to: { planId: 'seats', seats: 1 },
      tells: 134,
    },
    // 300 × 10 ÷ 30 = 100 for the period that ends; of the 180 the new one works off 100.
    {
      id: 'another interval',
      start: { planId: 'k3' },
      used: 280,
      to: { planId: 'year' },
      tells: 180,
      leaves: 80,
    },
    // The date of the change belongs to the new period: of the 280, 300 − 100 were not paid before, 100 are
    // now.
    {
      id: 'another interval, used that day',
      start: { planId: 'k3' },
      used: 0,
      usedThen: 280,
      to: { planId: 'year' },
      tells: 100,
    },
    // A plan without a limit, or without a charge for the meter, adds nothing to the sum.
    { id: 'no limit', start: { planId: 'k3' }, used: 280, to: { planId: 'endless' }, tells: 180 },
    { id: 'no such meter', start: { planId: 'k3' }, used: 280, to: { planId: 'none' }, tells: 180 },
    // The 12th is paid: 300 × 11 ÷ 30 = 110.
    { id: 'ending with credit', start: { planId: 'k3' }, used: 280, tells: 170 },
    { id: 'nothing beyond', start: { planId: 'k3' }, used: 166, to: { planId: 'k1' }, tells: 0 },
    { id: 'more', start: { planId: 'k1' }, used: 100, to: { planId: 'k3' }, tells: 0 },
    // Usage in a trial counts in no later period.
    { id: 'in a trial', start: { planId: 'k3', trialDays: 20 }, used: 280, to: { planId: 'k1' }, tells: 0 },
  ]

  /** A customer on the 300-unit plan since the 2nd of a month who has used 280 by the 12th. */
  async function tenDaysOf280(customerId: string, month: string) {
    await seedCustomer(world.engine, customerId)
    await world.passTo(`${month}-02T04:00:00Z`)
    await createSubscription(world.engine, { customerId, planId: 'k3' })
    await take(customerId, 280)
    await world.passTo(`${month}-12T04:00:00Z`)
    return { customerId }
  }

  test('the deficit is the same in the preview, in the response and after the period is closed', async () => {
    const left: [string, number][] = []
    for (const { id: customerId, to, tells, leaves = tells } of lives) {
      const texts = tells === 0 ? [] : [text(String(tells))]
      if (to) {
        const asked = { customerId, ...to, when: 'now' as const }
        const preview = await previewChange(world.engine, asked)
        expect([customerId, deficitTexts(preview.warnings)]).toEqual([customerId, texts])
        const rows = preview.allowancesAfter
        expect([customerId, rows.map(({ deficitAfter }) => deficitAfter)]).toEqual([
          customerId,
          to.planId === 'none' ? [] : [leaves],
        ])
        const { notices, subscription } = await changeSubscription(world.engine, asked)
        expect([customerId, deficitTexts(notices), subscription.allowances]).toEqual([
          customerId,
          texts,
          rows,
        ])
      } else {
        expect(
          deficitTexts(
            (await cancelSubscription(world.engine, { customerId, when: 'now', credit: true })).notices,
          ),
        ).toEqual(texts)
      }
      if (leaves !== tells) expect(await owed(customerId)).toBe(tells)
      left.push([customerId, leaves])
    }
    await world.passTo('2026-05-12T20:00:00Z')
    expect(await Promise.all(left.map(async ([customerId]) => [customerId, await owed(customerId)]))).toEqual(
      left,
    )
    const found: unknown[] = []
    for await (const mistake of findMistakes(world.engine)) found.push(mistake)
    expect(found).toEqual([])
  })

  test('a trial reduces the deficit, and a change that shortens the trial names the rest', async () => {
    const customer = await tenDaysOf280('through a trial', '2026-06')
    await cancelSubscription(world.engine, { ...customer, when: 'now', credit: true })
    await world.passTo('2026-06-13T04:00:00Z')
    // The trial gives 100 for its own dates: 170 are owed, 70 stay.
    const trial = { ...customer, planId: 'k1', trialDays: 10 }
    const allowances = [{ deficit: 170, deficitAfter: 70 }]
    expect(await previewChange(world.engine, trial)).toMatchObject({
      allowancesAfter: allowances,
      warnings: [],
    })
    expect(await createSubscription(world.engine, trial)).toMatchObject({ subscription: { allowances } })
    await world.passTo('2026-06-18T04:00:00Z')
    // A plan without a trial ends it, and its 5 dates have the whole 100; where the trial continues they have
    // 100 × 5 ÷ 10.
    const ends = { ...customer, planId: 'none', when: 'now' as const }
    expect(deficitTexts((await previewChange(world.engine, ends)).warnings)).toEqual([text('70')])
    const goesOn = { ...ends, planId: 'none-trial' }
    expect(deficitTexts((await previewChange(world.engine, goesOn)).warnings)).toEqual([text('120')])
    expect(deficitTexts((await changeSubscription(world.engine, goesOn)).notices)).toEqual([text('120')])
    await world.passTo('2026-06-24T04:00:00Z')
    expect(await owed(customer.customerId)).toBe(120)
  })

  test('a scheduled change and a change to the same plan name no deficit', async () => {
    const customer = await tenDaysOf280('waits', '2026-07')
    const waits = { ...customer, planId: 'k1', when: 'period_end' as const }
    const preview = await previewChange(world.engine, waits)
    expect([
      deficitTexts(preview.warnings),
      preview.allowancesAfter.map(({ deficitAfter }) => deficitAfter),
    ]).toEqual([[], [0]])
    expect(deficitTexts((await changeSubscription(world.engine, waits)).notices)).toEqual([])
    expect(deficitTexts((await cancelSubscription(world.engine, customer)).notices)).toEqual([])
    expect((await getSubscription(world.engine, customer)).allowances).toMatchObject([{ deficitAfter: 0 }])
    await world.passTo('2026-08-02T20:00:00Z')
    expect(await owed(customer.customerId)).toBe(0)
  })
})
