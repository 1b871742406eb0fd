import { putPlan } from '@customer-portal/billing'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { api } from '../api.ts'
import { useToken } from '../session.ts'
import { testBrowser, type Browser } from '../testing.ts'
import { changeAsQuoted } from './use-plan-change.ts'

let browser: Browser
beforeAll(async () => {
  browser = await testBrowser()
  // Dearer than Starter with as many seats, cheaper with fewer.
  await putPlan(browser.server.engine, {
    id: 'dearer',
    name: 'Dearer',
    rank: 1,
    fee: { amount: 12_000, per: 'seat' },
    seats: { min: 1, max: 10 },
  })
  vi.stubGlobal('fetch', browser.fetch)
  useToken({ token: await browser.tokenFor('acme'), customerId: 'acme' })
})
afterAll(async () => {
  vi.unstubAllGlobals()
  await browser.server.close()
})

test('fewer seats, chosen in the upgrade dialog, wait for the end of the period; as many as now change at once', async () => {
  expect((await api.plans()).data.find((plan) => plan.id === 'dearer')!.relation).toBe('upgrade')
  const fewer = await api.preview({ planId: 'dearer', seats: 1 }, 'p1')
  expect(fewer).toMatchObject({
    when: 'period_end',
    lines: [],
    dueNow: 0,
    effectiveAt: fewer.nextInvoice!.at,
  })
  await expect(
    api.upgrade({ planId: 'dearer', seats: 1, quoteId: fewer.quoteId }, 'u1'),
  ).rejects.toMatchObject({ status: 422, problem: { code: 'not_an_upgrade' } })
  const waits = await changeAsQuoted({ planId: 'dearer', seats: 1, quoteId: fewer.quoteId }, 'c1', fewer)
  expect(waits).toMatchObject({
    invoice: null,
    subscription: {
      seats: 2,
      scheduledChange: { planId: 'dearer', seats: 1, at: fewer.effectiveAt },
      nextInvoice: fewer.nextInvoice,
    },
  })
  const same = await api.preview({ planId: 'dearer', seats: 2 }, 'p2')
  expect(same).toMatchObject({ when: 'now', lines: [{ kind: 'unused_time' }, { kind: 'fee' }] })
  expect(
    await changeAsQuoted({ planId: 'dearer', seats: 2, quoteId: same.quoteId }, 'c2', same),
  ).toMatchObject({
    invoice: { total: same.total },
    subscription: { plan: { id: 'dearer' }, scheduledChange: null },
  })
})
