import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabases } from '@customer-portal/database/testing'
import {
  actingFor,
  cancelScheduledChange,
  cancelSubscription,
  changeSubscription,
  consume,
  createCustomer,
  createSubscription,
  downgradeSubscription,
  findMistakes,
  generateInvoice,
  getCustomer,
  getInvoices,
  getSubscription,
  previewChange,
  putPlan,
  recordPayment,
  recordUsage,
  resumeSubscription,
  runBilling,
  updateCustomer,
  upgradeSubscription,
  voidInvoice,
  type Engine,
  type Code,
  type Invoice,
  type PlanInput,
} from '../src/index.ts'
import type { Consumed } from '../src/quota/command.ts'
import type { Preview } from '../src/commands/subscription/preview.ts'
import type { Recorded } from '../src/usage/record/intake.ts'
import type { Subscription } from '../src/commands/subscription/subscribe.ts'
import { createWorld, seedCatalogue, type World } from '../src/testing.ts'
import { scheduledTooLate } from './invariants.ts'
import { instantFromWall, wallTime } from './wall-clock.ts'

/**
 * The life of one customer in order. Times are the customer's local time, `2026-03-29 01:30`, with an offset
 * where clocks go back, `2026-10-25 02:30 +01:00`.
 */
export interface Life {
  readonly engine: Engine
  readonly customerId: string
  /** Moves the clock to that time and does due work at its own instants. */
  on(wall: string): Promise<void>
  /** Moves the clock to that time without doing due work. */
  sleepsUntil(wall: string): void
  /** Does the work that became due meanwhile. */
  wakes(): Promise<void>
  subscribes(planId: string, more?: { seats?: number; since?: string }): Promise<Subscription>
  /** Previews a change and returns its quote. */
  asks(planId: string, seats?: number): Promise<Preview>
  upgrades(planId: string, more?: { seats?: number; quote?: Preview }): Promise<Subscription>
  downgrades(planId: string, more?: { seats?: number }): Promise<Subscription>
  /** Lets the vendor move them, now where the change costs nothing or more. */
  isMovedTo(planId: string): Promise<Subscription>
  staysOnPlan(): Promise<void>
  cancels(more?: { when?: 'now'; credit?: boolean }): Promise<Subscription>
  resumes(): Promise<void>
  movesTo(timezone: string): Promise<void>
  /** Reports usage, at its own time if given, and checks that it is accepted. */
  uses(meter: string, quantity: number, at?: string): Promise<void>
  /** Reports usage and returns its outcome. */
  reports(meter: string, quantity: number, at?: string): Promise<Recorded>
  consumes(meter: string, quantity: number): Promise<Consumed>
  /** Pays the amount due of the last invoice that arrived, or another amount. */
  pays(amount?: number): Promise<void>
  /** Voids the last invoice that arrived. */
  voids(): Promise<void>
  /** Issues the invoice of a period (again); `receives` checks it. */
  reissues(period: string): Promise<void>
  /**
   * Checks that exactly these invoices arrived since the last check, oldest first, as text: kind and time of
   * issue, one line per line, and the totals.
   */
  receives(...invoices: string[]): Promise<void>
  /** Checks the current subscription. */
  sees(subscription: object): Promise<void>
  /** Checks the balance. */
  hasCredit(amount: string): Promise<void>
  /** Checks that a request is rejected with this code. */
  isRefused(code: Code, asked: Promise<unknown>): Promise<void>
}

export interface Setting {
  zone?: string
  currency?: string
}

/** `rule` is the billing rule the story tests; both are listed in README.md. */
export type TellStory = (
  name: string,
  rule: string,
  setting: Setting,
  tell: (life: Life) => Promise<void>,
) => void

/**
 * Stories with a shared catalogue. Each has its own customer, starts the clock where it likes, and must end
 * with every invoice checked and the books reconciled.
 */
export function stories(
  title: string,
  plans: readonly PlanInput[],
  tellAll: (story: TellStory) => void,
): void {
  describe.each(testDatabases)(`${title}, on $name`, ({ create }) => {
    let world: World
    beforeAll(async () => {
      world = await createWorld(create, '2000-01-01T00:00:00Z')
      await seedCatalogue(world.engine)
      for (const plan of plans) await putPlan(world.engine, plan)
    })
    afterAll(() => world.close())
    let told = 0
    tellAll((name, _rule, setting, tell) =>
      test(name, async () => {
        // The clock goes back for each story: customers of earlier ones have no work left.
        await world.db.asOwner((tx) => tx.query('update customers set due_at = null'))
        const life = await beginLife(world, `customer-${(told += 1)}`, setting)
        await tell(life)
        await life.receives()
        const mistakes = []
        for await (const mistake of findMistakes(world.engine, { customerId: life.customerId }))
          mistakes.push(mistake)
        expect(mistakes).toEqual([])
        expect(await scheduledTooLate(world, [life.customerId])).toEqual([])
      }),
    )
  })
}

async function beginLife(
  world: World,
  customerId: string,
  { zone: firstZone = 'Asia/Shanghai', currency = 'CNY' }: Setting,
): Promise<Life> {
  const { engine } = world
  let zone = firstZone
  let begun = false
  let events = 0
  const read: Invoice[] = []
  const at = (wall: string) => instantFromWall(zone, wall)
  const who = { customerId }
  // The customer's requests go through the portal.
  const own = actingFor(engine, customerId)
  /** The first time of a story sets the clock. */
  const begin = async (wall: string) => {
    world.set(at(wall))
    begun = true
    await createCustomer(engine, {
      id: customerId,
      companyName: `${customerId} 有限公司`,
      timezone: zone,
      currency,
    })
  }
  const lastOne = () => {
    const last = read.at(-1)
    if (!last) throw new Error('no invoice has been received yet')
    return last
  }
  const event = (meter: string, quantity: number, wall?: string) => ({
    id: `e${(events += 1)}`,
    ...who,
    meter,
    quantity,
    ...(wall === undefined ? {} : { time: at(wall) }),
  })
  const life: Life = {
    engine,
    customerId,
    on: async (wall) => {
      if (!begun) return begin(wall)
      const target = at(wall)
      if (target < engine.now()) throw new Error(`time must move forward: ${wall} is before ${engine.now()}`)
      await world.passTo(target)
    },
    sleepsUntil: (wall) => world.set(at(wall)),
    wakes: async () => {
      await runBilling(engine)
    },
    subscribes: async (planId, { seats, since } = {}) =>
      (
        await createSubscription(engine, {
          ...who,
          planId,
          ...(seats === undefined ? {} : { seats }),
          ...(since === undefined ? {} : { startsAt: at(since) }),
        })
      ).subscription,
    asks: (planId, seats) =>
      previewChange(own, { ...who, planId, ...(seats === undefined ? {} : { seats }) }),
    upgrades: async (planId, { seats, quote } = {}) =>
      (
        await upgradeSubscription(own, {
          ...who,
          planId,
          ...(seats === undefined ? {} : { seats }),
          ...(quote === undefined ? {} : { quoteId: quote.quoteId }),
        })
      ).subscription,
    downgrades: async (planId, { seats } = {}) =>
      (await downgradeSubscription(own, { ...who, planId, ...(seats === undefined ? {} : { seats }) }))
        .subscription,
    isMovedTo: async (planId) => (await changeSubscription(engine, { ...who, planId })).subscription,
    staysOnPlan: async () => {
      await cancelScheduledChange(own, who)
    },
    cancels: async (more = {}) =>
      (await cancelSubscription(more.when === 'now' ? engine : own, { ...who, ...more })).subscription,
    resumes: async () => {
      await resumeSubscription(own, who)
    },
    movesTo: async (timezone) => {
      await updateCustomer(engine, { ...who, timezone })
      zone = timezone
    },
    uses: async (meter, quantity, wall) => {
      expect(await recordUsage(engine, [event(meter, quantity, wall)])).toEqual({
        accepted: 1,
        duplicates: 0,
        rejected: [],
      })
    },
    reports: (meter, quantity, wall) => recordUsage(engine, [event(meter, quantity, wall)]),
    consumes: (meter, quantity) =>
      consume(engine, { ...who, meter, id: event(meter, quantity).id, quantity }),
    pays: async (amount) => {
      const { id, amountDue } = lastOne()
      await recordPayment(engine, {
        invoiceId: id,
        amount: amount ?? amountDue,
        method: 'bank_transfer',
        reference: `paid at ${engine.now()}`,
      })
    },
    voids: async () => {
      await voidInvoice(engine, { invoiceId: lastOne().id })
    },
    reissues: async (period) => {
      await generateInvoice(engine, { ...who, period })
    },
    receives: async (...expected) => {
      const all = (await getInvoices(engine, { ...who, limit: 100 })).data
        .filter((invoice) => invoice.status !== 'draft')
        .reverse()
      const fresh = all.filter((invoice) => !read.some((one) => one.id === invoice.id))
      read.push(...fresh)
      expect(fresh.map((invoice) => pageOf(invoice, zone))).toEqual(
        expected.map((page) =>
          page
            .split('\n')
            .map((line) => line.trim().replace(/\s+/g, ' '))
            .filter((line) => line !== ''),
        ),
      )
    },
    sees: async (subscription) => expect(await getSubscription(engine, who)).toMatchObject(subscription),
    hasCredit: async (amount) =>
      expect(amountText((await getCustomer(engine, who)).creditBalance, currency)).toBe(amount),
    isRefused: (code, asked) => expect(asked).rejects.toMatchObject({ name: 'BillingError', code }),
  }
  return life
}

/** Writes an invoice as lines of text, in the words of its page. */
function pageOf(invoice: Invoice, zone: string): string[] {
  const money = (amount: number) => amountText(amount, invoice.currency)
  const lines = invoice.lines.map((line) =>
    [
      line.description.en,
      ...(line.unit && line.kind !== 'usage' && line.kind !== 'adjustment' ? [`× ${line.quantity}`] : []),
      `${line.period.start}..${line.period.end}`,
      ...(line.kind === 'usage'
        ? [`${line.quantity} of ${line.included ?? 'unlimited'}`]
        : line.kind === 'adjustment'
          ? [line.quantity > 0 ? `+${line.quantity}` : `${line.quantity}`]
          : []),
      money(line.amount),
    ].join(' '),
  )
  const taxes = invoice.taxes.map(
    (tax) => `tax ${tax.rate}%${tax.mode === 'inclusive' ? ' inside' : ''} ${money(tax.amount)}`,
  )
  const credit =
    invoice.creditApplied > 0
      ? [`credit ${money(-invoice.creditApplied)}`, `due ${money(invoice.total - invoice.creditApplied)}`]
      : []
  return [
    `${invoice.kind} on ${wallTime(zone, invoice.issuedAt!)}`,
    ...lines,
    [...taxes, `total ${money(invoice.total)}`, ...credit].join(', '),
  ]
}

/** Formats minor units: 63494 CNY → 634.94. */
function amountText(amount: number, currency: string): string {
  const digits = { JPY: 0, BHD: 3 }[currency] ?? 2
  const figures = String(Math.abs(amount)).padStart(digits + 1, '0')
  return `${amount < 0 ? '-' : ''}${digits === 0 ? figures : `${figures.slice(0, -digits)}.${figures.slice(-digits)}`}`
}
