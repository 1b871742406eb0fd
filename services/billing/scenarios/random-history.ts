import {
  actingFor,
  adjustBalance,
  BillingError,
  cancelScheduledChange,
  cancelSubscription,
  changeSubscription,
  changeTrial,
  checkQuota,
  consume,
  createCharge,
  createSubscription,
  deleteDiscount,
  downgradeSubscription,
  generateInvoice,
  getCustomer,
  getInvoices,
  getSeller,
  getSubscription,
  getUsageSummary,
  issueCreditNote,
  listCharges,
  previewChange,
  putDiscount,
  putPlan,
  putSeller,
  recordPayment,
  recordRefund,
  recordUsage,
  resumeSubscription,
  reversePayment,
  runBilling,
  updateCustomer,
  upgradeSubscription,
  voidEvents,
  voidInvoice,
  withdrawCharge,
  type Invoice,
  type UsageEventInput,
} from '../src/index.ts'
import { addDays } from '../src/values/date.ts'
import { addSeconds } from '../src/values/instant.ts'
import { seedCatalogue, seedCustomer, type World } from '../src/testing.ts'

const zones = {
  'Zeta-1': 'Asia/Shanghai',
  alpha_2: 'America/New_York',
  'beta-3': 'Europe/Berlin',
  Gamma: 'Asia/Kolkata',
}
const customers = Object.keys(zones)
const plans = ['free', 'team', 'seats', 'business', 'calendar', 'inclusive', 'annual', 'twin', 'yearly-twin']

/** Returns numbers from 0 to 1, the same for the same seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** One command with its customer and its result, or the code it was rejected with. */
export interface Step {
  at: string
  command: string
  customerId: string
  answer: unknown
}

/**
 * The plan of a random history: the seed decides everything. `look` is called after every `every` steps
 * (default 40) and at the end.
 */
export interface HistoryPlan {
  seed: number
  steps: number
  look: () => Promise<void>
  every?: number
}

/**
 * Plays about six months of commands of every kind, with retries and repeats, chosen by the seed alone. A
 * bug, or a fault that `look` finds, is thrown with the steps so far and the command that repeats the
 * history.
 */
export async function playHistory(world: World, plan: HistoryPlan): Promise<Step[]> {
  const log: Step[] = []
  try {
    await play(world, plan, log)
    return log
  } catch (error) {
    throw new Error(
      `${storyOf(log)}\n\nTell it again: SEED=${plan.seed} STEPS=${plan.steps} npx vitest run `
        + `services/billing/scenarios/determinism.test.ts\n`,
      { cause: error },
    )
  }
}

/** Returns the last fifty steps as text. */
function storyOf(log: readonly Step[]): string {
  const steps = log
    .slice(-50)
    .map(
      ({ at, command, customerId, answer }, index) =>
        `${String(Math.max(0, log.length - 50) + index + 1).padStart(5)}  ${at}  `
        + `${customerId.padEnd(8)}  ${command.padEnd(12)} `
        + `${typeof answer === 'string' ? `refused: ${answer}` : 'done'}`,
    )
  return [`${log.length} steps were told:`, ...steps].join('\n')
}

/** Commands that change nothing a document bills. */
const moneyOnly = ['read', 'due', 'pay', 'reverse', 'refund', 'adjust', 'voidAgain']

/** Checks that a document and its replacement bill the same, line by line. */
function expectSame(first: Invoice, again: Invoice): void {
  const [before, after] = [first, again].map(({ kind, period, lines, subtotal, discounts, taxes, total }) =>
    JSON.stringify({
      kind,
      period,
      lines: lines.map(({ id: _, description: __, breakdown: ___, ...line }) => line),
      subtotal,
      discounts,
      taxes,
      total,
    }),
  )
  if (before !== after) throw new Error(`${first.number} billed ${before}, its replacement ${after}`)
}

async function play(
  world: World,
  { seed, steps, look, every = 40 }: HistoryPlan,
  log: Step[],
): Promise<void> {
  const random = randomFrom(seed)
  const whole = (below: number) => Math.floor(random() * below)
  const one = <T>(some: readonly T[]): T => some[whole(some.length)]!
  const batches: UsageEventInput[][] = []
  /** When a customer's billed state last changed. */
  const touched = new Map<string, string>()
  const { engine } = world
  await world.passTo('2026-08-30T20:00:00Z')
  await seedCatalogue(engine)
  // Some sellers want invoices of 0.
  if (seed % 2 === 1) await putSeller(engine, { ...(await getSeller(engine)), zeroInvoices: true })
  await putPlan(engine, {
    id: 'calendar',
    name: 'Calendar',
    rank: 12,
    alignment: 'calendar',
    fee: { amount: 77_777, per: 'subscription' },
    minimumSpend: 90_001,
    taxRate: '13',
    charges: [
      {
        meter: 'storage',
        included: 2,
        overage: 'bill',
        price: {
          model: 'graduated',
          tiers: [
            { upTo: 3, rate: { amount: 7, per: 3 }, flat: 11 },
            { upTo: null, rate: { amount: 1, per: 7 } },
          ],
        },
      },
    ],
  })
  await putPlan(engine, {
    id: 'inclusive',
    name: 'Inclusive',
    rank: 30,
    taxMode: 'inclusive',
    fee: { base: 222_223, perSeat: 55_555 },
    setupFee: 123_457,
    minimumSpend: 400_001,
    graceHours: 24,
    charges: [
      {
        meter: 'ai_chat',
        included: 10,
        overage: 'bill',
        price: { model: 'per_unit', rate: { amount: 1, per: 3 } },
      },
    ],
  })
  await putPlan(engine, {
    id: 'annual',
    name: 'Annual',
    rank: 25,
    interval: 'year',
    fee: { amount: 1_000_001, per: 'seat' },
    setupFee: 98_765,
    minimumSpend: 150_001,
    seats: { max: 6 },
    charges: [
      {
        meter: 'ai_chat',
        included: 400,
        overage: 'bill',
        price: { model: 'per_unit', rate: { amount: 3, per: 7 } },
      },
    ],
  })
  // As much per year as Team at first, monthly and yearly.
  await putPlan(engine, {
    id: 'twin',
    name: 'Twin',
    rank: 10,
    fee: { amount: 59_900, per: 'subscription' },
    charges: [{ meter: 'ai_chat', included: 900, overage: 'block' }],
  })
  await putPlan(engine, {
    id: 'yearly-twin',
    name: 'Yearly twin',
    rank: 10,
    interval: 'year',
    fee: { amount: 718_800, per: 'subscription' },
    charges: [
      {
        meter: 'tokens',
        included: 50,
        overage: 'bill',
        price: { model: 'per_unit', rate: { amount: 1, per: 10 } },
      },
    ],
  })
  for (const [index, id] of customers.entries()) {
    await seedCustomer(engine, id, zones[id as keyof typeof zones])
    await createSubscription(engine, {
      customerId: id,
      planId: plans[[1, 0, 4, 2][index]!]!,
      startsAt: addSeconds(engine.now(), -index * 9 * 86_400),
    })
  }
  const byEither = (customerId: string) => (random() < 0.7 ? actingFor(engine, customerId) : engine)
  const vendorsTime = () => one([{}, { when: 'now' as const }, { when: 'period_end' as const }])
  const issued = async (customerId: string, isMeant: (invoice: Invoice) => boolean = () => true) => {
    const invoices = (await getInvoices(engine, { customerId, limit: 100 })).data.filter(
      (invoice) => invoice.status !== 'draft' && isMeant(invoice),
    )
    if (invoices.length === 0) throw new BillingError('invoice_not_found')
    return invoices
  }
  const anInvoice = async (customerId: string, isMeant?: (invoice: Invoice) => boolean) =>
    one(await issued(customerId, isMeant))
  /** Voids the newest invoice and bills it again at once; null where nothing of it is due. */
  const billedAgain = async (customerId: string, { id, period: { label } }: Invoice) => {
    await voidInvoice(engine, { invoiceId: id })
    try {
      return await generateInvoice(engine, { customerId, period: label })
    } catch (error) {
      if (error instanceof BillingError && ['invoice_not_found', 'period_not_over'].includes(error.code))
        return null
      throw error
    }
  }
  const event = (customerId: string, index: number): UsageEventInput => ({
    id: `e${log.length}-${index}`,
    customerId,
    meter: one(['ai_chat', 'ai_chat', 'tokens', 'storage']),
    quantity: whole(900),
    time: addSeconds(engine.now(), -whole(random() < 0.3 ? 34 * 86_400 : 40_000)),
    properties: { channel: one(['web', '微信']) },
  })
  const commands: Record<string, (customerId: string) => Promise<unknown>> = {
    usage: async (customerId) => {
      const batch = Array.from({ length: 1 + whole(12) }, (_, index) =>
        event(random() < 0.8 ? customerId : one(customers), index),
      )
      batches.push(batch)
      return recordUsage(engine, batch)
    },
    usageAgain: () =>
      batches.length ? recordUsage(engine, [...one(batches)].reverse()) : Promise.resolve(null),
    consume: async (customerId) => {
      const asked = { customerId, meter: 'ai_chat', id: `c${log.length}`, quantity: 1 + whole(60) }
      return [await consume(engine, asked), random() < 0.5 ? await consume(engine, asked) : null]
    },
    upgrade: (customerId) =>
      upgradeSubscription(actingFor(engine, customerId), {
        customerId,
        planId: one(plans),
        ...(random() < 0.4 ? { seats: 1 + whole(9) } : {}),
      }),
    // The next invoice named by a preview is the one that comes, for any change and customer.
    quoted: async (customerId) => {
      const by = byEither(customerId)
      const asked = { customerId, planId: one(plans), ...(random() < 0.4 ? { seats: 1 + whole(9) } : {}) }
      const preview = await previewChange(by, asked)
      if (preview.blockers.length > 0) return preview
      const { plan } = await getSubscription(by, { customerId })
      if (!plan && random() < 0.6) return preview
      const confirmed = { ...asked, quoteId: preview.quoteId }
      const { subscription, invoice } = plan
        ? await changeSubscription(by, confirmed)
        : await createSubscription(by, confirmed)
      if (invoice && (invoice.total !== preview.total || invoice.amountDue !== preview.dueNow))
        throw new Error(`the preview total was ${preview.total}, the invoice total ${invoice.total}`)
      const [said, is] = [JSON.stringify(preview.nextInvoice), JSON.stringify(subscription.nextInvoice)]
      if (said !== is) throw new Error(`the preview named ${said} as the next invoice, then it was ${is}`)
      return [preview, invoice]
    },
    downgrade: (customerId) =>
      downgradeSubscription(actingFor(engine, customerId), {
        customerId,
        planId: one(plans),
        ...(random() < 0.4 ? { seats: 1 + whole(9) } : {}),
      }),
    undo: (customerId) => cancelScheduledChange(byEither(customerId), { customerId }),
    cancel: (customerId) =>
      random() < 0.2
        ? cancelSubscription(engine, { customerId, when: 'now', credit: random() < 0.5 })
        : cancelSubscription(byEither(customerId), { customerId }),
    resume: (customerId) => resumeSubscription(byEither(customerId), { customerId }),
    // A customer who left may return, now or a few days ago.
    subscribe: (customerId) =>
      createSubscription(engine, {
        customerId,
        planId: one(plans),
        startsAt: addSeconds(engine.now(), -whole(3) * 86_400),
        ...(random() < 0.5 ? { trialDays: one([2, 14, 45]) } : {}),
      }),
    trial: (customerId) =>
      changeTrial(engine, { customerId, endsOn: addDays(engine.now().slice(0, 10), whole(20)) }),
    version: (customerId) =>
      changeSubscription(engine, {
        customerId,
        planId: 'team',
        planVersion: 1 + whole(4),
        ...vendorsTime(),
      }),
    // The vendor may make any change now or at the end of the period.
    moved: (customerId) =>
      changeSubscription(engine, {
        customerId,
        planId: one(plans),
        ...(random() < 0.3 ? { seats: 1 + whole(9) } : {}),
        ...vendorsTime(),
      }),
    pay: async (customerId) => {
      const { id, amountDue } = await anInvoice(customerId)
      const payment = {
        invoiceId: id,
        amount: Math.max(
          1,
          amountDue + (random() < 0.5 ? 0 : random() < 0.6 ? whole(5_000) - 2_500 : whole(90_000)),
        ),
        method: 'bank_transfer',
        reference: `p${log.length}`,
      }
      return [
        await recordPayment(engine, payment),
        random() < 0.5 ? await recordPayment(engine, payment) : null,
      ]
    },
    credit: async (customerId) => {
      const { id, lines, total } = await anInvoice(
        customerId,
        (invoice) => invoice.status !== 'void' || random() < 0.1,
      )
      const { id: lineId, amount } = one(lines)
      return issueCreditNote(engine, {
        invoiceId: id,
        reason: 'goodwill',
        ...(random() < 0.5 ? { refund: true } : {}),
        ...(random() < 0.5
          ? { amount: 1 + whole(Math.max(1, total)) }
          : { lines: [{ lineId, amount: 1 + whole(Math.max(1, amount)) }] }),
      })
    },
    discount: (customerId) =>
      putDiscount(engine, {
        customerId,
        discountId: one(['a', 'b', 'c']),
        appliesTo: one(['all', 'fee', 'usage'] as const),
        from: addDays(engine.now().slice(0, 10), whole(60) - 45),
        ...(random() < 0.5
          ? { kind: 'fixed' as const, value: 1 + whole(20_000) }
          : { kind: 'percent' as const, value: one(['10', '12.5', '33.33', '100']) }),
      }),
    charge: async (customerId) => {
      const charge = {
        customerId,
        id: `once-${log.length}`,
        name: 'Once',
        quantity: 1 + whole(3),
        unitAmount: 1 + whole(50_000),
        when: one(['now', 'next_invoice', 'next_invoice'] as const),
        ...(random() < 0.3 ? { taxRate: one(['0', '13']) } : {}),
      }
      return [await createCharge(engine, charge), random() < 0.3 ? await createCharge(engine, charge) : null]
    },
    withdraw: async (customerId) => {
      const { data } = await listCharges(engine, { customerId })
      if (data.length === 0) throw new BillingError('charge_not_found')
      return withdrawCharge(engine, { customerId, chargeId: one(data).id })
    },
    reverse: async (customerId) => {
      const { payments } = await anInvoice(customerId, (invoice) => invoice.payments.length > 0)
      const reversal = { paymentId: one(payments).id, reason: 'it came back' }
      return [
        await reversePayment(engine, reversal),
        random() < 0.3 ? await reversePayment(engine, reversal) : null,
      ]
    },
    // A customer with money: usually a note's reserved refund is paid out, or part of the balance.
    refund: async () => {
      for (const customerId of customers) {
        const { creditBalance } = await getCustomer(engine, { customerId })
        const note = (await getInvoices(engine, { customerId, limit: 100 })).data.find(
          (invoice) => invoice.toRefund > 0,
        )
        if (!note && creditBalance === 0) continue
        const amount = random() < 0.9 ? 1 + whole(note?.toRefund ?? creditBalance) : 90_000
        const refund = {
          customerId,
          amount,
          method: 'bank_transfer',
          reference: `r${log.length}`,
          ...(note ? { creditNoteId: note.id } : {}),
        }
        return [
          await recordRefund(engine, refund),
          random() < 0.3 ? await recordRefund(engine, refund) : null,
        ]
      }
      throw new BillingError('amount_out_of_range')
    },
    adjust: async (customerId) => {
      const { creditBalance } = await getCustomer(engine, { customerId })
      return adjustBalance(engine, {
        customerId,
        amount: random() < 0.6 ? 1 + whole(40_000) : -1 - whole(Math.max(1, creditBalance)),
        reason: 'put right',
      })
    },
    takeBack: async (customerId) => {
      const sent = batches
        .flat()
        .filter((event) => event.customerId === customerId)
        .slice(-30)
      const ids = [`c${whole(log.length)}`, ...sent.filter(() => random() < 0.3).map((event) => event.id)]
      return voidEvents(engine, { customerId, ids, reason: 'counted twice' })
    },
    // A document voided and billed again at once has the same total, if nothing happened in between.
    voidAgain: async (customerId) => {
      const standing = await issued(
        customerId,
        (invoice) => invoice.status !== 'void' && !['charge', 'credit_note'].includes(invoice.kind),
      )
      const first = random() < 0.5 ? standing[0]! : one(standing)
      const again = await billedAgain(customerId, first)
      const since = touched.get(customerId)
      if (again && since !== undefined && first === standing[0] && first.issuedAt! > since)
        expectSame(first, again)
      const twice = again && again.kind === first.kind ? await billedAgain(customerId, again) : null
      if (again && twice) expectSame(again, twice)
      return [again, twice]
    },
    endDiscount: (customerId) => deleteDiscount(engine, { customerId, discountId: one(['a', 'b', 'c']) }),
    void: async (customerId) => voidInvoice(engine, { invoiceId: (await anInvoice(customerId)).id }),
    generate: async (customerId) =>
      generateInvoice(engine, { customerId, period: (await anInvoice(customerId)).period.label }),
    zone: (customerId) =>
      updateCustomer(engine, {
        customerId,
        timezone: one(['Asia/Tokyo', 'America/Los_Angeles', 'Europe/London', 'Pacific/Auckland']),
      }),
    replan: () =>
      putPlan(engine, {
        id: 'team',
        name: `Team ${log.length}`,
        rank: 10,
        fee: { amount: 59_900 + whole(3) * 1_001, per: 'subscription' },
        charges: [
          {
            meter: 'ai_chat',
            included: 700,
            overage: 'bill',
            price: { model: 'per_unit', rate: { amount: 5, per: 3 } },
          },
        ],
      }),
    read: async (customerId) => {
      const subscription = await getSubscription(engine, { customerId })
      return [
        subscription,
        await getUsageSummary(engine, { customerId }),
        subscription.plan && (await checkQuota(engine, { customerId, meter: 'ai_chat' })),
      ]
    },
    due: () => runBilling(engine),
  }
  const weights = [
    'usage',
    'usage',
    'usage',
    'usage',
    'usageAgain',
    'consume',
    'consume',
    'upgrade',
    'quoted',
    'downgrade',
    'undo',
    'cancel',
    'resume',
    'subscribe',
    'subscribe',
    'pay',
    'pay',
    'pay',
    'pay',
    'reverse',
    'refund',
    'refund',
    'adjust',
    'credit',
    'credit',
    'charge',
    'charge',
    'withdraw',
    'takeBack',
    'voidAgain',
    'voidAgain',
    'discount',
    'discount',
    'endDiscount',
    'void',
    'generate',
    'generate',
    'zone',
    'replan',
    'version',
    'moved',
    'trial',
    'read',
    'due',
  ]
  while (log.length < steps) {
    const to = addSeconds(engine.now(), Math.floor((random() * 2 * 180 * 86_400) / steps))
    // Usually work is done when it is due; sometimes the run pauses.
    if (random() < 0.8) await world.passTo(to)
    else world.set(to)
    const command = one(weights)
    const customerId = one(customers)
    const answer = await commands[command]!(customerId).catch((error: unknown) => {
      if (error instanceof BillingError) return error.code
      throw new Error(`step ${log.length}, ${command} at ${engine.now()}`, { cause: error })
    })
    if (typeof answer !== 'string' && !moneyOnly.includes(command)) {
      for (const id of [
        customerId,
        ...(command === 'usage' ? batches.at(-1)! : []).map((sent) => sent.customerId),
      ])
        touched.set(id, engine.now())
    }
    log.push({ at: engine.now(), command, customerId, answer })
    if (log.length % every === 0) await look()
  }
  // At the end one customer leaves, and late usage gives a final invoice.
  const leaver = { customerId: customers[3]! }
  const team = { ...leaver, planId: 'team', trialDays: 0 }
  await cancelSubscription(engine, { ...leaver, when: 'now' }).catch(() => null)
  await world.passTo(addSeconds(engine.now(), 2 * 86_400))
  log.push({
    at: engine.now(),
    command: 'subscribe',
    customerId: leaver.customerId,
    answer: await createSubscription(engine, team),
  })
  await world.passTo(addSeconds(engine.now(), 32 * 86_400))
  await cancelSubscription(engine, { ...leaver, when: 'now' })
  const left = engine.now()
  await world.passTo(addSeconds(left, 3 * 86_400))
  await recordUsage(engine, [
    { id: 'late', ...leaver, meter: 'ai_chat', quantity: 5_000, time: addSeconds(left, -86_400) },
  ])
  await world.passTo(addSeconds(left, 40 * 86_400))
  // The customer returns for a trial that the vendor gives.
  await createSubscription(engine, { ...team, trialDays: 2 })
  await world.passTo(addSeconds(engine.now(), 3 * 86_400))
  await look()
}
