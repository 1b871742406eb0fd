import type { BillingTransaction } from './billing.ts'
import type { InvoiceTitle } from './customer.ts'
import { BillingError } from './failure.ts'
import { metersByKey, type Meter } from './meter.ts'
import { monthsOf, planFrom, type Plan, type PlanRow } from './plan.ts'
import type { LocalDate } from './rules/date.ts'
import type { Instant } from './rules/instant.ts'
import type { Cycle } from './rules/period.ts'
import { localDateOf, type ZoneChange } from './rules/zone.ts'

export interface CustomerRow {
  customerId: string
  companyName: string
  contactName: string | null
  email: string | null
  phone: string | null
  address: string | null
  locale: 'zh-CN' | 'en'
  currency: string
  invoiceTitle: InvoiceTitle | null
  version: number
  createdAt: Instant
  dueAt: Instant | null
}

export const customerColumns = `customer_id as "customerId", company_name as "companyName", contact_name as "contactName", email, phone, address, locale, currency,
  invoice_title as "invoiceTitle", version, created_at as "createdAt", due_at as "dueAt"`

/** A stretch of dates on one plan version with one number of seats. `to` is null while it is open. */
export interface Stretch {
  id: string
  subscriptionId: string
  plan: Plan
  seats: number
  from: LocalDate
  to: LocalDate | null
  anchor: LocalDate
  alignment: Cycle['alignment']
  /** The stretch whose allowance and counter this one goes on with. */
  usageId: string
  /** Whether a scheduled change began it: the renewal before it bills its fee. */
  scheduled: boolean
}

/** What happens at the end of the fee period: the stretch to come, or, without one, the end of the subscription. */
export interface Scheduled {
  at: LocalDate
  stretch: Stretch | null
}

/** The facts about one customer that money is computed from, and the date it is for them now. */
export interface History {
  customer: CustomerRow
  zones: ZoneChange[]
  /** With what a scheduled change has begun by today, whether it is written down already or not. */
  stretches: Stretch[]
  scheduled: Scheduled | null
  meters: Map<string, Meter>
  startedAt: Instant | null
  today: LocalDate
}

/** Takes the customer's lock, so that their money is computed by one transaction at a time. Throws customer_not_found. */
export async function lockCustomer(tx: BillingTransaction, customerId: string): Promise<CustomerRow> {
  const [customer] = await tx.query<CustomerRow>(`select ${customerColumns} from customers where customer_id = $1 for update`, [customerId])
  if (!customer) throw new BillingError('customer_not_found', { customerId, message: `there is no customer '${customerId}'` })
  tx.arrive()
  return customer
}

/** Reads a customer's history as of now. Throws customer_not_found. */
export async function readHistory(tx: BillingTransaction, customerId: string): Promise<History> {
  const history = (await readHistories(tx, [customerId])).get(customerId)
  if (!history) throw new BillingError('customer_not_found', { customerId, message: `there is no customer '${customerId}'` })
  return history
}

/** Reads the histories of several customers as of now, in as many round trips as one takes. Who does not exist is left out. */
export async function readHistories(tx: BillingTransaction, customerIds: readonly string[]): Promise<Map<string, History>> {
  const customers = await tx.query<CustomerRow>(`select ${customerColumns} from customers where customer_id = any($1)`, [customerIds])
  if (customers.length === 0) return new Map()
  const zones = byCustomer(await tx.query<ZoneChange & Owned>('select customer_id, from_on as "from", timezone from customer_timezones where customer_id = any($1) order by from_on', [customerIds]))
  const rows = byCustomer(await tx.query<StretchRow & Owned>(
    `select s.customer_id, s.id, s.subscription_id, s.seats, s.starts_on, s.ends_on, s.anchor_on, s.alignment, s.usage_id, s.scheduled, p.id as plan_id, p.version, p.spec, u.started_at
     from stretches s join plans p on (p.id, p.version) = (s.plan_id, s.plan_version) join subscriptions u on (u.customer_id, u.id) = (s.customer_id, s.subscription_id)
     where s.customer_id = any($1) order by s.sequence`,
    [customerIds],
  ))
  const changes = byCustomer(await tx.query<ScheduledRow & Owned>(
    `select c.customer_id, c.on_date as at, c.stretch_id, c.seats, p.id, p.version, p.spec
     from scheduled_changes c left join plans p on (p.id, p.version) = (c.plan_id, c.plan_version) where c.customer_id = any($1)`,
    [customerIds],
  ))
  const meters = await metersByKey(tx)
  return new Map(customers.map((customer) => {
    const written = (rows.get(customer.customerId) ?? []).map(stretchFrom)
    const scheduled = scheduledFrom(changes.get(customer.customerId)?.[0], written.at(-1))
    const own = (zones.get(customer.customerId) ?? []).map(({ from, timezone }) => ({ from, timezone }))
    const today = localDateOf(own, tx.at)
    return [customer.customerId, {
      customer, zones: own, stretches: scheduled && scheduled.at <= today ? stretchesAhead({ stretches: written, scheduled }) : written, scheduled, meters,
      startedAt: rows.get(customer.customerId)?.at(-1)?.started_at ?? null, today,
    }]
  }))
}

interface Owned {
  customer_id: string
}

function byCustomer<R extends Owned>(rows: readonly R[]): Map<string, R[]> {
  const grouped = new Map<string, R[]>()
  for (const row of rows) {
    const own = grouped.get(row.customer_id)
    if (own) own.push(row)
    else grouped.set(row.customer_id, [row])
  }
  return grouped
}

interface StretchRow extends Omit<PlanRow, 'id'> {
  id: string
  plan_id: string
  subscription_id: string
  seats: number
  starts_on: LocalDate
  ends_on: LocalDate | null
  anchor_on: LocalDate
  alignment: Cycle['alignment']
  usage_id: string
  scheduled: boolean
  started_at: Instant
}

function stretchFrom(row: StretchRow): Stretch {
  return {
    id: row.id, subscriptionId: row.subscription_id, plan: planFrom({ id: row.plan_id, version: row.version, spec: row.spec }), seats: row.seats,
    from: row.starts_on, to: row.ends_on, anchor: row.anchor_on, alignment: row.alignment, usageId: row.usage_id,
    scheduled: row.scheduled,
  }
}

interface ScheduledRow extends PlanRow {
  at: LocalDate
  stretch_id: string | null
  seats: number
}

function scheduledFrom(row: ScheduledRow | undefined, last: Stretch | undefined): Scheduled | null {
  if (!row || !last) return null
  return { at: row.at, stretch: row.stretch_id === null ? null : nextStretch(last, { id: row.stretch_id, plan: planFrom(row), seats: row.seats, from: row.at, scheduled: true }) }
}

/** The stretch that follows another: with the same interval it keeps the anchor, and with the same plan version the counter. */
export function nextStretch(last: Stretch, to: Pick<Stretch, 'id' | 'plan' | 'seats' | 'from' | 'scheduled'>): Stretch {
  const samePlan = last.plan.id === to.plan.id && last.plan.version === to.plan.version
  const sameGrid = monthsOf(last.plan) === monthsOf(to.plan)
  return {
    ...to, subscriptionId: last.subscriptionId, to: null, usageId: samePlan ? last.usageId : to.id,
    anchor: sameGrid ? last.anchor : to.from, alignment: sameGrid ? last.alignment : to.plan.alignment,
  }
}

/** The stretches as they will be once the scheduled change has happened. */
export function stretchesAhead({ stretches, scheduled }: Pick<History, 'stretches' | 'scheduled'>): Stretch[] {
  if (!scheduled) return stretches
  const happened = stretches.map((stretch) => (stretch.to === null ? { ...stretch, to: scheduled.at } : stretch))
  return scheduled.stretch ? [...happened, scheduled.stretch] : happened
}

/** The subscriptions that have ended by today, oldest first. */
export function endedSubscriptions({ stretches, today }: History): { id: string; endsOn: LocalDate; last: Stretch }[] {
  const lasts = new Map(stretches.map((stretch) => [stretch.subscriptionId, stretch]))
  return [...lasts.values()].flatMap((last) =>
    (last.to !== null && last.to <= today ? [{ id: last.subscriptionId, endsOn: last.to, last }] : []))
}

/** The stretch that holds a date, or undefined. */
export function stretchOn(stretches: readonly Stretch[], date: LocalDate): Stretch | undefined {
  return stretches.findLast((stretch) => stretch.from <= date && (stretch.to === null || date < stretch.to))
}
