import type { BillingTransaction } from './billing.ts'
import { BillingError } from './failure.ts'
import { everyMeter, meterFrom, type Meter, type MeterRow } from './meter.ts'
import { monthsOf, planFrom, seatsOf, type Plan, type PlanRow } from './plan.ts'
import { addDays, earlier, type LocalDate } from './rules/date.ts'
import { parseInstant, type Instant } from './rules/instant.ts'
import type { Cycle } from './rules/period.ts'
import { feePeriodAt } from './timeline.ts'
import { localDateOf, type ZoneChange } from './rules/zone.ts'
import { customerColumns, type CustomerRow } from './customer-lock.ts'

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
  /** Whether a scheduled change (or the end of a trial) began it: the renewal before it bills its fee. */
  scheduled: boolean
  /** The first date after the trial this stretch belongs to; null where it is paid for. */
  trialEnds: LocalDate | null
  /** Whether it ended before what was paid for, and that was given back. */
  credited?: boolean
  /** The local date on which its subscription was ended at once; null where it was not. */
  endedOn?: LocalDate | null
}

/** Who asked for something: the customer in the portal, or the vendor by the billing API. */
export type Party = 'customer' | 'vendor'

/** Something that was asked for and waits for its date: another plan, seats or version, or the end of the subscription (`change` is null). */
export interface Waiting {
  by: Party
  at: LocalDate
  /** `seats` is null where they stay as they are by then. */
  change: { id: string; plan: Plan; seats: number | null } | null
}

/** One thing that will happen: the stretch to come, or, without one, the end of the subscription. */
export interface Scheduled {
  at: LocalDate
  stretch: Stretch | null
  /** Whether nobody asked for it: a trial goes over into what it was a trial of. */
  afterTrial: boolean
  /** What still waits once this has happened. */
  left: Waiting[]
}

/** What one usage period added to the deficit of a meter (less than nothing: worked off), or what was forgiven in it. Steps. */
export interface DeficitSum {
  meter: string
  /** The usage period's first date. */
  period: LocalDate
  quantity: number
  forgiven: boolean
}

/** The facts about one customer that money is computed from, and the date it is for them now. */
export interface History {
  customer: CustomerRow
  zones: ZoneChange[]
  /** With what a scheduled change has begun by today, whether it is written down already or not. */
  stretches: Stretch[]
  /** What the customer and the vendor asked for and has not begun by today. */
  waiting: Waiting[]
  /** What has begun by today and is not written down yet, in order. */
  begun: Scheduled[]
  /** What is to come after today, in order: what waits, and the end of a trial. */
  ahead: Scheduled[]
  meters: Map<string, Meter>
  deficits: DeficitSum[]
  startedAt: Instant | null
  /** When the last subscription was ended at once; it had its date to the end. Null where it was not. */
  endedAt: Instant | null
  today: LocalDate
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

function historyFrom(tx: BillingTransaction, { zones, rows, startedAt, endedAt, waiting, deficits, meters: _, ...customer }: Facts, meters: Map<string, Meter>): History {
  const written = rows.map((row) => stretchFrom(row, zones))
  const last = written.at(-1)
  const asked = (waiting ?? []).map(waitingFrom)
  const happens = last && last.to === null ? whatHappens(last, asked) : []
  const today = localDateOf(zones, tx.at)
  const begun = happens.filter((one) => one.at <= today)
  const stretches = stretchesAhead({ stretches: written, ahead: begun })
  return { customer, zones, stretches, waiting: begun.at(-1)?.left ?? asked, begun, ahead: happens.slice(begun.length), meters, deficits, startedAt, endedAt, today }
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
  scheduled: boolean
  trial_ends_on: LocalDate | null
  credited: boolean
  ended_at: string | null
}

function stretchFrom(row: StretchRow, zones: readonly ZoneChange[]): Stretch {
  return {
    id: row.id, subscriptionId: row.subscription_id, plan: planFrom({ id: row.plan_id, version: row.version, spec: row.spec }), seats: row.seats,
    from: row.starts_on, to: row.ends_on, anchor: row.anchor_on, alignment: row.alignment,
    scheduled: row.scheduled, trialEnds: row.trial_ends_on, credited: row.credited,
    endedOn: row.ended_at === null ? null : localDateOf(zones, parseInstant(row.ended_at)!),
  }
}

type WaitingRow = { by: Party; at: LocalDate; stretch_id: string | null; seats: number | null } & PlanRow

function waitingFrom(row: WaitingRow): Waiting {
  return { by: row.by, at: row.at, change: row.stretch_id === null ? null : { id: row.stretch_id, plan: planFrom(row), seats: row.seats } }
}

interface Facts extends CustomerRow {
  zones: ZoneChange[]
  /** Every meter, with one of the customers: they are the same for all. */
  meters: MeterRow[] | null
  /** The stretches, oldest first, and when the last one's subscription began. */
  rows: StretchRow[]
  startedAt: Instant | null
  endedAt: Instant | null
  waiting: WaitingRow[] | null
  deficits: DeficitSum[]
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
          select s.id, s.subscription_id, s.seats, s.starts_on, s.ends_on, s.anchor_on, s.alignment, s.scheduled, s.trial_ends_on, s.credited, s.sequence, u.ended_at,
            p.id as plan_id, p.version, p.spec
          from stretches s join plans p on (p.id, p.version) = (s.plan_id, s.plan_version)
            join subscriptions u on (u.customer_id, u.id) = (s.customer_id, s.subscription_id) where s.customer_id = k.customer_id) s) as rows,
       (select u.started_at from stretches s join subscriptions u on (u.customer_id, u.id) = (s.customer_id, s.subscription_id)
        where s.customer_id = k.customer_id order by s.sequence desc limit 1) as "startedAt",
       (select u.ended_at from stretches s join subscriptions u on (u.customer_id, u.id) = (s.customer_id, s.subscription_id)
        where s.customer_id = k.customer_id order by s.sequence desc limit 1) as "endedAt",
       (select json_agg(c order by c.at, c.by) from (
          select c.asked_by as by, c.on_date as at, c.stretch_id, c.seats, p.id, p.version, p.spec
          from scheduled_changes c left join plans p on (p.id, p.version) = (c.plan_id, c.plan_version) where c.customer_id = k.customer_id) c) as waiting,
       (select coalesce(json_agg(d), '[]') from (
          select meter, period_start as period, sum(quantity)::bigint as quantity, forgiven_reason is not null as forgiven
          from deficits where customer_id = k.customer_id group by 1, 2, 4 order by period_start, meter collate "C", 4) d) as deficits
     from customers k where customer_id ${one !== undefined ? '= $1' : '= any($1)'}`,
    [one ?? customerIds], { keepPlan: true },
  )
}

/**
 * What happens to a subscription from its last stretch on, in order. An end ends everything. What the vendor scheduled goes on under a change of the same
 * plan, and gives way to the customer's move to another one on the same date or before.
 */
export function whatHappens(last: Stretch, waiting: readonly Waiting[]): Scheduled[] {
  const ahead: Scheduled[] = []
  for (let next = nextOf(last, waiting); next; next = next.stretch ? nextOf(next.stretch, next.left) : undefined) ahead.push(next)
  return ahead
}

function nextOf(current: Stretch, waiting: readonly Waiting[]): Scheduled | undefined {
  const at = [...waiting.map((one) => one.at), ...(current.trialEnds === null ? [] : [current.trialEnds])].sort()[0]
  if (at === undefined) return undefined
  const [due, later] = [waiting.filter((one) => one.at <= at), waiting.filter((one) => one.at > at)]
  if (due.some((one) => one.change === null)) return { at, stretch: null, afterTrial: false, left: [] }
  const [own, vendors] = [due.find((one) => one.by === 'customer')?.change, due.find((one) => one.by === 'vendor')?.change]
  const to = own && vendors ? together(own, vendors, current) : own ?? vendors ?? { id: `${current.id}_paid`, plan: current.plan, seats: null }
  const seats = to.seats ?? Math.max(current.seats, seatsOf(to.plan).min)
  const stretch = nextStretch(current, { id: to.id, plan: to.plan, seats, from: at, scheduled: true })
  return { at, stretch, afterTrial: due.length === 0, left: later.flatMap((one) => leftAfter(one, { before: current, after: stretch })) }
}

/** The stretch that something which waits becomes on its date, or goes on under; undefined where it gives way. */
export function becomes({ ahead }: Pick<History, 'ahead'>, { by, at, change }: Waiting): Stretch | undefined {
  const stretch = change && ahead.find((one) => one.at === at)?.stretch
  return stretch && (by === 'customer' || stretch.id === change.id) ? stretch : undefined
}

type WaitingChange = NonNullable<Waiting['change']>

/** Two changes of one date: seats and changes of the same plan go on under the vendor's, another plan takes its place. */
function together(own: WaitingChange, vendors: WaitingChange, current: Stretch): WaitingChange {
  const samePlan = own.plan.id === current.plan.id || own.plan.id === vendors.plan.id
  return samePlan ? { ...vendors, seats: vendors.seats ?? own.seats } : own
}

/** What becomes of something that waits for a later date once another stretch has begun: it goes on, on its plan and its grid, or its place is taken. */
export function leftAfter(one: Waiting, { before, after }: { before: Stretch; after: Stretch }): Waiting[] {
  const at = isSameGrid(before, after) ? one.at : feePeriodAt(after, after.from).to
  if (!one.change) return [{ ...one, at }]
  const moved = after.plan.id !== before.plan.id
  if (one.by === 'vendor') return moved && one.change.plan.id !== after.plan.id ? [] : [{ ...one, at }]
  // Seats of the plan the vendor moved them from, or to: they are of the plan they are on by then.
  const follows = one.change.plan.id === before.plan.id || one.change.plan.id === after.plan.id
  return [{ ...one, at, change: follows ? { ...one.change, plan: after.plan } : one.change }]
}

/** Whether one stretch goes on with the periods of another: a trial's are its own. */
export function isSameGrid(before: Stretch, after: Stretch): boolean {
  return (before.trialEnds === null) === (after.trialEnds === null) && (after.trialEnds !== null || monthsOf(before.plan) === monthsOf(after.plan))
}

/** The stretch that follows another: with the same interval it keeps the anchor. A change in a trial goes on with the trial, whatever the interval; what follows a trial begins anew. */
export function nextStretch(last: Stretch, to: Pick<Stretch, 'id' | 'plan' | 'seats' | 'from' | 'scheduled'>): Stretch {
  const trialEnds = trialLeft(last, to)
  const inTrial = trialEnds !== null
  const afterTrial = last.trialEnds !== null && !inTrial
  const sameGrid = inTrial || (!afterTrial && monthsOf(last.plan) === monthsOf(to.plan))
  return {
    ...to, subscriptionId: last.subscriptionId, to: null,
    anchor: sameGrid ? last.anchor : to.from, alignment: sameGrid ? last.alignment : to.plan.alignment, trialEnds,
  }
}

/** Until when a trial goes on in another stretch: on another plan for at most that plan's own days, counted from the trial's start. Null where it is over. */
function trialLeft(last: Stretch, to: Pick<Stretch, 'plan' | 'from'>): LocalDate | null {
  if (last.trialEnds === null) return null
  const ends = to.plan.id === last.plan.id ? last.trialEnds : earlier(last.trialEnds, addDays(last.anchor, to.plan.trialDays))
  return to.from < ends ? ends : null
}

/** The stretches as they will be once everything that is scheduled has happened. */
export function stretchesAhead({ stretches, ahead }: { stretches: Stretch[]; ahead: readonly Scheduled[] }): Stretch[] {
  return ahead.reduce((known, { at, stretch }) => {
    const ended = known.map((one) => (one.to === null ? { ...one, to: at } : one))
    return stretch ? [...ended, stretch] : ended
  }, stretches)
}

export interface EndedSubscription {
  id: string
  endsOn: LocalDate
  last: Stretch
}

/** The subscriptions that have ended by today, oldest first. */
export function endedSubscriptions({ stretches, today }: History): EndedSubscription[] {
  const lasts = new Map(stretches.map((stretch) => [stretch.subscriptionId, stretch]))
  return [...lasts.values()].flatMap((last) =>
    (last.to !== null && last.to <= today ? [{ id: last.subscriptionId, endsOn: last.to, last }] : []))
}

/** The stretch that is in force now, or undefined: on the date it was ended at once, a subscription has one no more. */
export function currentStretch({ stretches, today, endedAt }: Pick<History, 'stretches' | 'today' | 'endedAt'>): Stretch | undefined {
  return endedAt === null ? stretchOn(stretches, today) : undefined
}

/** The stretch that holds a date, or undefined. */
export function stretchOn(stretches: readonly Stretch[], date: LocalDate): Stretch | undefined {
  return stretches.findLast((stretch) => stretch.from <= date && (stretch.to === null || date < stretch.to))
}
