import {
  addSeconds,
  createCharge,
  createEngine,
  createCustomer,
  createSubscription,
  getInvoices,
  limits,
  nextRunAt,
  putMeter,
  putPlan,
  putSeller,
  recordPayment,
  recordUsage,
  runBilling,
  type Engine,
  type BillingTransaction,
  type LocalizedText,
  type UsageEventInput,
} from '@customer-portal/billing'
import { meters, plans, seller } from './catalogue.ts'
import { eventsOn, type Pace } from './usage.ts'

export interface DemoCustomer {
  companyName: string
  contactName: string
  email: string
  phone: string
  address: string
  taxId: string
  planId: string
  seats: number
  /** How many whole months before this one the subscription started. */
  monthsBack: number
  pace: Pace
  /** Answers used since the 1st of this month, where the demo needs an exact number instead of a pace. */
  usedThisMonth?: number
  /** A one-off charge that waits for the next invoice. */
  charge?: { id: string; name: LocalizedText; unitAmount: number }
}

const zoneOffsetHours = 8 // Asia/Shanghai, the zone of both customers, has no daylight saving time

/**
 * Replays the customers' months day by day through the engine: the clock of this one transaction runs from
 * the first subscription to now, so that every event, invoice and payment is made by the engine.
 */
export async function replayMonths(engine: Engine, customers: readonly DemoCustomer[]): Promise<void> {
  const now = engine.now()
  let clock = monthStart(now, -Math.max(...customers.map((customer) => customer.monthsBack)))
  const past = createEngine({ db: engine.db, now: () => clock, newId: engine.newId })
  const subscribed: DemoCustomer[] = []
  await past.transaction(async (tx) => {
    const moveTo = async (instant: string) => {
      const target = instant < now ? instant : now
      for (let due = await nextRunAt(tx); due !== null && due <= target; due = await nextRunAt(tx)) {
        if (due > clock) clock = due
        tx.arrive()
        await payOpenInvoices(tx, subscribed)
        await runBilling(tx)
      }
      if (target > clock) clock = target
      tx.arrive()
    }
    await moveTo(clock)
    await putSeller(tx, seller)
    for (const meter of meters) await putMeter(tx, meter)
    for (const plan of plans) await putPlan(tx, plan)
    for (let date = localDate(clock); date <= localDate(now); date = localDate(clock)) {
      for (const customer of customers.filter((one) => monthStart(now, -one.monthsBack) === clock)) {
        await subscribe(tx, customer)
        subscribed.push(customer)
      }
      const dayEnds = addSeconds(clock, 86_400)
      const events = customers.flatMap((customer) => dayOf(customer, date, now))
      await moveTo(addSeconds(dayEnds, -1))
      await record(
        tx,
        events.filter((event) => Date.parse(event.time!) <= Date.parse(tx.at)),
      )
      if (dayEnds > now) break
      await moveTo(dayEnds)
    }
    for (const { pace, charge } of customers)
      if (charge) await createCharge(tx, { customerId: pace.customerId, ...charge, when: 'next_invoice' })
  })
}

async function subscribe(
  tx: BillingTransaction,
  { pace: { customerId }, planId, seats, taxId, ...details }: DemoCustomer,
): Promise<void> {
  const { companyName, contactName, email, phone, address } = details
  await createCustomer(tx, {
    id: customerId,
    companyName,
    contactName,
    email,
    phone,
    address,
    invoiceTitle: {
      kind: 'company',
      title: companyName,
      taxId,
      address,
      phone,
      bankName: '中国工商银行杭州武林支行',
      bankAccount: '1202 0206 0990 0012 345',
    },
  })
  await createSubscription(tx, { customerId, planId, seats })
}

function dayOf(customer: DemoCustomer, date: string, now: string): UsageEventInput[] {
  if (date < localDate(monthStart(now, -customer.monthsBack))) return []
  const month = monthsApart(localDate(monthStart(now, -customer.monthsBack)), date)
  if (customer.usedThisMonth === undefined || date.slice(0, 7) !== localDate(now).slice(0, 7))
    return eventsOn(customer.pace, date, month)
  const [, , today] = localDate(now).split('-').map(Number)
  const [, , day] = date.split('-').map(Number)
  const share = (upTo: number) => Math.floor((customer.usedThisMonth! * upTo) / today!)
  return Array.from({ length: share(day!) - share(day! - 1) }, (_, index) => ({
    id: `demo-${customer.pace.customerId}-${date}-${index + 1}`,
    customerId: customer.pace.customerId,
    meter: 'ai_chat',
    quantity: 1,
    time: new Date(Date.parse(`${date}T00:00:00+08:00`) + index * 1_000).toISOString(),
    properties: { channel: 'web', assistant: '售前咨询' },
  }))
}

async function record(tx: BillingTransaction, events: readonly UsageEventInput[]): Promise<void> {
  for (let start = 0; start < events.length; start += limits.maxEvents) {
    const { rejected } = await recordUsage(tx, events.slice(start, start + limits.maxEvents))
    if (rejected[0]) throw new Error(`the demo's event ${rejected[0].id} was rejected: ${rejected[0].detail}`)
  }
}

/** Pays the previous month's invoice before a month closes, so that only the newest one is open. */
async function payOpenInvoices(tx: BillingTransaction, customers: readonly DemoCustomer[]): Promise<void> {
  for (const {
    pace: { customerId },
  } of customers) {
    for (const invoice of (await getInvoices(tx, { customerId, status: 'open' })).data) {
      await recordPayment(tx, {
        invoiceId: invoice.id,
        amount: invoice.amountDue,
        method: 'bank_transfer',
        reference: `HZ${invoice.number!.replaceAll('-', '')}`,
      })
    }
  }
}

/** The first instant of a month of the customers' calendar, `months` from the one that contains `instant`. */
function monthStart(instant: string, months: number): string {
  const [year, month] = localDate(instant).split('-').map(Number)
  return new Date(Date.UTC(year!, month! - 1 + months, 1, -zoneOffsetHours))
    .toISOString()
    .replace('Z', '000Z')
}

function localDate(instant: string): string {
  return new Date(Date.parse(instant) + zoneOffsetHours * 3_600_000).toISOString().slice(0, 10)
}

function monthsApart(from: string, to: string): number {
  return (
    (Number(to.slice(0, 4)) - Number(from.slice(0, 4))) * 12
    + Number(to.slice(5, 7))
    - Number(from.slice(5, 7))
  )
}
