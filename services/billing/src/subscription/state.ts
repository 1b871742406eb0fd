import { sql } from '@customer-portal/database'
import type { BillingTransaction } from '../engine.ts'
import { BillingError } from '../errors.ts'
import { maxDiscounts, type CouponTerms, type Discount } from '../customer/discount.ts'
import type { WaitingCharge } from '../customer/one-off-charge.ts'
import { grantsOf, type GrantTerms } from '../customer/grant.ts'
import { everyMeter, meterFrom, type Meter, type MeterRow } from '../catalogue/meter.ts'
import { planFrom, type PlanRow } from '../catalogue/plan.ts'
import type { LocalDate } from '../values/date.ts'
import { parseInstant, type Instant } from '../values/instant.ts'
import { money, type Money } from '../values/money.ts'
import type { Cycle } from '../values/period.ts'
import { localDateOf, type ZoneChange } from '../values/zone.ts'
import { customerColumns, type CustomerRow } from '../customer/customer.ts'
import type { Phase } from './phase.ts'
import { phasesAhead, whatHappens, type Party, type Scheduled, type Waiting } from './schedule.ts'

/**
 * The amount a usage period added to a meter's deficit (negative: worked off), or what was forgiven in it.
 * Steps.
 */
export interface DeficitSum {
  meter: string
  /** The first date of the usage period. */
  period: LocalDate
  quantity: number
  forgiven: boolean
}

/** What pricing needs to know about one customer, and their local date now. */
export interface SubscriptionState {
  customer: CustomerRow
  zones: ZoneChange[]
  /** Includes scheduled changes that have started by today, whether written yet or not. */
  phases: Phase[]
  /** Requests of the customer and the vendor that have not started by today. */
  waiting: Waiting[]
  /** What has started by today and is not written yet, in order. */
  begun: Scheduled[]
  /** What happens after today, in order: waiting requests and the end of a trial. */
  ahead: Scheduled[]
  meters: Map<string, Meter>
  deficits: DeficitSum[]
  /** The grants that can still cover usage, also late usage, in the order they were given. */
  grants: GrantTerms[]
  /** The first date whose draws on grants are not all written down; null where none are. */
  drawsSettledOn: LocalDate | null
  startedAt: Instant | null
  /**
   * When the last subscription was ended at once; its last date still belongs to it. Null where it was not.
   */
  endedAt: Instant | null
  today: LocalDate
}

/**
 * The closed usage periods of a customer, by first date. `voided`: the invoice was voided and waits to be
 * billed again.
 */
export type ClosedPeriods = Map<LocalDate, 'billed' | 'voided'>

/**
 * The state a command starts from and leaves: the subscription, and what billing has done with it. A command
 * reads it once under the customer's lock and updates it with each write, so that later steps need not read
 * again.
 */
export interface BillingState extends SubscriptionState {
  /** A period without anything to bill counts as billed. */
  closed: ClosedPeriods
  /** The subscriptions that are not closed, by id, with the instant a closed one was opened again. */
  unclosed: Map<string, Instant | null>
  /** Whether void documents may be waiting to be billed again. */
  billsAgain: boolean
  /** In the order they apply. */
  discounts: Discount[]
  /** The one-off charges that wait for an invoice, oldest first. */
  charges: WaitingCharge[]
  /** In the account's currency. */
  balance: Money
}

/** Reads a customer's subscription state as of now. Throws customer_not_found. */
export async function readSubscriptionState(
  tx: BillingTransaction,
  customerId: string,
): Promise<SubscriptionState> {
  const [state] = await historiesOf(tx, [customerId])
  if (!state) throw customerNotFound(customerId)
  return state
}

/** Reads a customer's billing state as of now, in one statement. Throws customer_not_found. */
export async function readBillingState(tx: BillingTransaction, customerId: string): Promise<BillingState> {
  const [facts] = await readFacts<BillingFacts>(tx, [customerId], billingFacts)
  if (!facts) throw customerNotFound(customerId)
  const { closed, unclosed, discounts, charges, balance, billsAgain, ...own } = facts
  return {
    ...historyFrom(tx, own, metersIn([own])),
    billsAgain,
    balance: money(Number(balance)),
    closed: new Map(closed.map(({ start, voided }) => [start, voided ? 'voided' : 'billed'])),
    unclosed: new Map(
      unclosed.map(({ id, reopenedAt }) => [id, reopenedAt === null ? null : instantIn(reopenedAt)]),
    ),
    discounts: discounts.map(discountFrom),
    charges: charges.map((charge) => ({
      ...charge,
      createdAt: instantIn(charge.createdAt),
      waitingSince: instantIn(charge.waitingSince),
    })),
  }
}

function discountFrom({ value, code, periods, maxAmount, plans, ...discount }: DiscountRow): Discount {
  return {
    ...discount,
    value: discount.kind === 'fixed' ? Number(value) : value,
    ...(code === null ? {} : { coupon: { code, periods, maxAmount, plans } }),
  }
}

function customerNotFound(customerId: string): BillingError {
  return new BillingError('customer_not_found', {
    customerId,
    message: `there is no customer '${customerId}'`,
  })
}

/** Returns a state with other written phases, other waiting requests, or both. */
export function stateAfter<State extends SubscriptionState>(
  state: State,
  { phases = state.phases, waiting = state.waiting }: Partial<Pick<SubscriptionState, 'phases' | 'waiting'>>,
): State {
  return { ...state, ...splitByToday({ written: phases, asked: waiting, today: state.today }) }
}

/**
 * Reads the states of several customers as of now, in as many round trips as for one. Unknown customers are
 * left out.
 */
export async function readSubscriptionStates(
  tx: BillingTransaction,
  customerIds: readonly string[],
): Promise<Map<string, SubscriptionState>> {
  const histories = await historiesOf(tx, customerIds)
  return new Map(histories.map((state) => [state.customer.customerId, state]))
}

async function historiesOf(
  tx: BillingTransaction,
  customerIds: readonly string[],
): Promise<SubscriptionState[]> {
  const facts = await readFacts(tx, customerIds)
  const meters = metersIn(facts)
  return facts.map((own) => historyFrom(tx, own, meters))
}

const metersIn = (facts: readonly Facts[]) =>
  new Map(facts.flatMap((fact) => fact.meters ?? []).map((meter) => [meter.key, meterFrom(meter)]))

function historyFrom(
  tx: BillingTransaction,
  { zones, rows, waiting, deficits, grants, drawsSettledOn, meters: _, ...customer }: Facts,
  meters: Map<string, Meter>,
): SubscriptionState {
  const today = localDateOf(zones, tx.at)
  const ahead = splitByToday({
    written: rows.map((row) => phaseFrom(row, zones)),
    asked: (waiting ?? []).map(waitingFrom),
    today,
  })
  const last = rows.at(-1)
  return {
    customer,
    zones,
    ...ahead,
    meters,
    deficits,
    grants,
    drawsSettledOn,
    startedAt: last ? instantIn(last.started_at) : null,
    endedAt: last?.ended_at ? instantIn(last.ended_at) : null,
    today,
  }
}

/** Splits what is written and scheduled into what has started by today and what is to come. */
function splitByToday({
  written,
  asked,
  today,
}: {
  written: Phase[]
  asked: Waiting[]
  today: LocalDate
}): Pick<SubscriptionState, 'phases' | 'waiting' | 'begun' | 'ahead'> {
  const last = written.at(-1)
  const happens = last && last.to === null ? whatHappens(last, asked) : []
  const begun = happens.filter((happen) => happen.at <= today)
  const phases = phasesAhead({ phases: written, ahead: begun })
  return { phases, waiting: begun.at(-1)?.left ?? asked, begun, ahead: happens.slice(begun.length) }
}

interface PhaseRow extends Omit<PlanRow, 'id'> {
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
  started_at: string
  ended_at: string | null
}

function phaseFrom(row: PhaseRow, zones: readonly ZoneChange[]): Phase {
  return {
    id: row.id,
    subscriptionId: row.subscription_id,
    plan: planFrom({ id: row.plan_id, version: row.version, spec: row.spec }),
    seats: row.seats,
    from: row.starts_on,
    to: row.ends_on,
    anchor: row.anchor_on,
    alignment: row.alignment,
    scheduled: row.scheduled,
    trialEnds: row.trial_ends_on,
    credited: row.credited,
    endedOn: row.ended_at === null ? null : localDateOf(zones, instantIn(row.ended_at)),
  }
}

/** An instant out of JSON, where PostgreSQL writes it with its digits and an offset. */
const instantIn = (text: string) => parseInstant(text)!

type WaitingRow = { by: Party; at: LocalDate; phase_id: string | null; seats: number | null } & PlanRow

function waitingFrom(row: WaitingRow): Waiting {
  return {
    by: row.by,
    at: row.at,
    change: row.phase_id === null ? null : { id: row.phase_id, plan: planFrom(row), seats: row.seats },
  }
}

interface Facts extends CustomerRow {
  zones: ZoneChange[]
  /** All meters, on one of the customers only: they are the same for all. */
  meters: MeterRow[] | null
  /** The phases, oldest first, each with the start and the end of its subscription. */
  rows: PhaseRow[]
  waiting: WaitingRow[] | null
  deficits: DeficitSum[]
  grants: GrantTerms[]
  drawsSettledOn: LocalDate | null
}

interface BillingFacts extends Facts {
  closed: { start: LocalDate; voided: boolean }[]
  unclosed: { id: string; reopenedAt: string | null }[]
  billsAgain: boolean
  discounts: DiscountRow[]
  charges: WaitingCharge[]
  balance: string
}

type DiscountRow = Omit<Discount, 'value' | 'coupon'>
  & Omit<CouponTerms, 'code'> & { value: string; code: string | null }

const billingFacts = sql`,
  (
    select coalesce(json_agg(c), '[]')
    from (
      select c.period_start as start, coalesce(i.voided, false) as voided
      from closed_periods c
      left join (
        select period_start, bool_and(voided_at is not null) and bool_or(billed_again_at is null) as voided
        from invoices
        where customer_id = k.customer_id and kind = 'renewal'
        group by period_start
      ) i using (period_start)
      where c.customer_id = k.customer_id
    ) c
  ) as closed,
  (
    select coalesce(json_agg(u), '[]')
    from (
      select id, reopened_at as "reopenedAt"
      from subscriptions
      where customer_id = k.customer_id and (closed_at is null or reopened_at >= closed_at)
    ) u
  ) as unclosed,
  exists (
    select
    from invoices
    where customer_id = k.customer_id
      and voided_at is not null
      and billed_again_at is null
      and kind in ('start', 'renewal', 'change', 'final')
  ) as "billsAgain",
  (
    select coalesce(json_agg(d order by d.sequence), '[]')
    from (
      select id, name, kind, value, applies_to as "appliesTo", from_on as "from", until_on as "until",
        coupon_code as code, periods, max_amount as "maxAmount", plans, sequence
      from discounts
      where customer_id = k.customer_id
      order by sequence
      limit ${maxDiscounts}
    ) d
  ) as discounts,
  (
    select coalesce(json_agg(w order by w."createdAt", w.id collate "C"), '[]')
    from (
      select id, name, quantity, unit_amount as "unitAmount", tax_rate as "taxRate", tax_mode as "taxMode",
        created_at as "createdAt", waiting_since as "waitingSince"
      from charges
      where customer_id = k.customer_id and invoice_id is null and withdrawn_at is null
    ) w
  ) as charges,
  (
    select coalesce(sum(amount), 0)::text
    from balance_transactions
    where customer_id = k.customer_id and currency = k.currency and held_for is null
  ) as balance`

/**
 * One statement, because each part is a few rows and a round trip costs more than reading them. Every
 * fact about phases comes from one reading of them: on the embedded database, which keeps no plans, each more
 * query costs every call.
 */
async function readFacts<Found extends Facts>(
  tx: BillingTransaction,
  customerIds: readonly string[],
  more = sql.empty,
): Promise<Found[]> {
  // For one customer, compare with a value: PostgreSQL does not keep a plan for a list of any length.
  const singleId = customerIds.length === 1 ? customerIds[0] : undefined
  return tx.query<Found>(
    sql`
      select ${customerColumns},
        (
          select json_agg(z order by z."from")
          from (
            select from_on as "from", timezone from customer_timezones where customer_id = k.customer_id
          ) z
        ) as zones,
        case when row_number() over () = 1 then (
          select coalesce(json_agg(m), '[]') from (${everyMeter}) m
        ) end as meters,
        (
          select coalesce(json_agg(s order by s.sequence), '[]')
          from (
            select s.id, s.subscription_id, s.seats, s.starts_on, s.ends_on, s.anchor_on, s.alignment,
              s.scheduled, s.trial_ends_on, s.credited, s.sequence, u.started_at, u.ended_at,
              p.id as plan_id, p.version, p.spec
            from phases s
            join plans p on (p.id, p.version) = (s.plan_id, s.plan_version)
            join subscriptions u on (u.customer_id, u.id) = (s.customer_id, s.subscription_id)
            where s.customer_id = k.customer_id
          ) s
        ) as rows,
        (
          select json_agg(c order by c.at, c.by)
          from (
            select c.asked_by as by, c.on_date as at, c.phase_id, c.seats, p.id, p.version, p.spec
            from scheduled_changes c
            left join plans p on (p.id, p.version) = (c.plan_id, c.plan_version)
            where c.customer_id = k.customer_id
          ) c
        ) as waiting,
        (
          select coalesce(json_agg(d), '[]')
          from (
            select meter, period_start as period, sum(quantity)::bigint as quantity,
              forgiven_reason is not null as forgiven
            from deficits
            where customer_id = k.customer_id
            group by 1, 2, 4
            order by period_start, meter collate "C", 4
          ) d
        ) as deficits,
        ${grantsOf(sql`k`)} as grants,
        draws_settled_on as "drawsSettledOn"${more}
      from customers k
      where customer_id = ${singleId ?? sql`any(${customerIds})`}`,
    [],
    { keepPlan: true },
  )
}
