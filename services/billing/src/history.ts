import type { BillingTransaction } from './billing.ts'
import type { InvoiceTitle } from './customer.ts'
import { BillingError } from './failure.ts'
import { everyMeter, meterFrom, type Meter, type MeterRow } from './meter.ts'
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
  /** Whether a scheduled change (or the end of a trial) began it: the renewal before it bills its fee. */
  scheduled: boolean
  /** The first date after the trial this stretch belongs to; null where it is paid for. */
  trialEnds: LocalDate | null
}

/** What happens at the end of the fee period: the stretch to come, or, without one, the end of the subscription. */
export interface Scheduled {
  at: LocalDate
  stretch: Stretch | null
  /** Whether nobody asked for it: a trial goes over into what it was a trial of. */
  afterTrial: boolean
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
  const [history] = await historiesOf(tx, [customerId])
  if (!history) throw new BillingError('customer_not_found', { customerId, message: `there is no customer '${customerId}'` })
  return history
}

/** Reads the histories of several customers as of now, in as many round trips as one takes. Who does not exist is left out. */
export async function readHistories(tx: BillingTransaction, customerIds: readonly string[]): Promise<Map<string, History>> {
  const histories = await historiesOf(tx, customerIds)
  return new Map(histories.map((history) => [history.customer.customerId, history]))
}

async function historiesOf(tx: BillingTransaction, customerIds: readonly string[]): Promise<History[]> {
  const facts = await readFacts(tx, customerIds)
  const meters = new Map(facts.flatMap((one) => one.meters ?? []).map((meter) => [meter.key, meterFrom(meter)]))
  return facts.map((own) => historyFrom(tx, own, meters))
}

function historyFrom(tx: BillingTransaction, { zones, rows, startedAt, change, meters: _, ...customer }: Facts, meters: Map<string, Meter>): History {
  const written = rows.map(stretchFrom)
  const scheduled = scheduledFrom(change, written.at(-1))
  const today = localDateOf(zones, tx.at)
  return { customer, zones, stretches: scheduled && scheduled.at <= today ? stretchesAhead({ stretches: written, scheduled }) : written, scheduled, meters, startedAt, today }
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
  trial_ends_on: LocalDate | null
}

function stretchFrom(row: StretchRow): Stretch {
  return {
    id: row.id, subscriptionId: row.subscription_id, plan: planFrom({ id: row.plan_id, version: row.version, spec: row.spec }), seats: row.seats,
    from: row.starts_on, to: row.ends_on, anchor: row.anchor_on, alignment: row.alignment, usageId: row.usage_id,
    scheduled: row.scheduled, trialEnds: row.trial_ends_on,
  }
}

type ScheduledRow = { at: LocalDate; stretch_id: string | null; seats: number } & PlanRow

interface Facts extends CustomerRow {
  zones: ZoneChange[]
  /** Every meter, with one of the customers: they are the same for all. */
  meters: MeterRow[] | null
  /** The stretches, oldest first, and when the last one's subscription began. */
  rows: StretchRow[]
  startedAt: Instant | null
  change: ScheduledRow | null
}

/** In one statement, since each is a few rows: asking costs more than reading. JSON holds dates as they are, but instants with other digits, so that one stands by itself. */
async function readFacts(tx: BillingTransaction, customerIds: readonly string[]): Promise<Facts[]> {
  // Of one customer by itself: a plan for a list of any length is not one that PostgreSQL keeps.
  const one = customerIds.length === 1 ? customerIds[0] : undefined
  return tx.query<Facts>(
    `select ${customerColumns},
       (select json_agg(z order by z."from") from (select from_on as "from", timezone from customer_timezones where customer_id = k.customer_id) z) as zones,
       case when row_number() over () = 1 then (select coalesce(json_agg(m), '[]') from (${everyMeter}) m) end as meters,
       (select coalesce(json_agg(s order by s.sequence), '[]') from (
          select s.id, s.subscription_id, s.seats, s.starts_on, s.ends_on, s.anchor_on, s.alignment, s.usage_id, s.scheduled, s.trial_ends_on, s.sequence, p.id as plan_id, p.version, p.spec
          from stretches s join plans p on (p.id, p.version) = (s.plan_id, s.plan_version) where s.customer_id = k.customer_id) s) as rows,
       (select u.started_at from stretches s join subscriptions u on (u.customer_id, u.id) = (s.customer_id, s.subscription_id)
        where s.customer_id = k.customer_id order by s.sequence desc limit 1) as "startedAt",
       (select to_json(c) from (
          select c.on_date as at, c.stretch_id, c.seats, p.id, p.version, p.spec
          from scheduled_changes c left join plans p on (p.id, p.version) = (c.plan_id, c.plan_version) where c.customer_id = k.customer_id) c) as change
     from customers k where customer_id ${one !== undefined ? '= $1' : '= any($1)'}`,
    [one ?? customerIds], { keepPlan: true },
  )
}

function scheduledFrom(row: ScheduledRow | null, last: Stretch | undefined): Scheduled | null {
  if (!last) return null
  if (!row) return endOfTrial(last)
  const stretch = row.stretch_id === null ? null : nextStretch(last, { id: row.stretch_id, plan: planFrom(row), seats: row.seats, from: row.at, scheduled: true })
  return { at: row.at, stretch, afterTrial: false }
}

/** What follows a trial when nobody says otherwise. Its id is known from the beginning, so it is the same stretch before and after it is written. */
function endOfTrial(last: Stretch): Scheduled | null {
  const { id, plan, seats, trialEnds } = last
  if (trialEnds === null || last.to !== null) return null
  return { at: trialEnds, stretch: nextStretch(last, { id: `${id}_paid`, plan, seats, from: trialEnds, scheduled: true }), afterTrial: true }
}

/**
 * The stretch that follows another: with the same interval it keeps the anchor, and with the same plan version the counter. A change in a
 * trial goes on with the trial, whatever the interval; what follows a trial begins anew.
 */
export function nextStretch(last: Stretch, to: Pick<Stretch, 'id' | 'plan' | 'seats' | 'from' | 'scheduled'>): Stretch {
  const inTrial = last.trialEnds !== null && to.from < last.trialEnds
  const afterTrial = last.trialEnds !== null && !inTrial
  const samePlan = last.plan.id === to.plan.id && last.plan.version === to.plan.version
  const sameGrid = inTrial || (!afterTrial && monthsOf(last.plan) === monthsOf(to.plan))
  return {
    ...to, subscriptionId: last.subscriptionId, to: null, usageId: samePlan && !afterTrial ? last.usageId : to.id,
    anchor: sameGrid ? last.anchor : to.from, alignment: sameGrid ? last.alignment : to.plan.alignment, trialEnds: inTrial ? last.trialEnds : null,
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
