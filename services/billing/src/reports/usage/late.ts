import { sql } from '@customer-portal/database'
import type { Engine, BillingTransaction } from '../../engine.ts'
import { decodeCursor, encodeCursor, pageLimit, type Page } from '../../values/cursor.ts'
import { readSubscriptionState, type SubscriptionState } from '../../subscription/state.ts'
import type { InvoiceDocument } from '../../invoicing/document/document.ts'
import type { Line } from '../../invoicing/document/line.ts'
import { listZeroDocuments } from '../../invoicing/zero-document.ts'
import { addDays, type LocalDate } from '../../values/date.ts'
import { addSeconds, type Instant } from '../../values/instant.ts'
import type { LabelledPeriod } from '../../values/period.ts'
import { unitsFrom } from '../../values/quantity.ts'
import { usagePeriods } from '../../subscription/timeline.ts'
import type { UsageEvent } from './detail.ts'
import { voidFrom, voidOf } from '../../usage/totals/void.ts'
import { chargesOf, usagePhases } from '../../rating/rated-usage.ts'
import { maxLateDays } from '../../usage/totals/taken-times.ts'

/**
 * The outcome of a late event. `billed`: an invoice line counted it. `pending`: the next invoice (or the
 * replacement of a void one) will. `unchanged`: a later invoice checked it, and it changed no amount.
 * `uncharged`: no plan charges its meter on its date, it was in a trial, or it came after an immediate
 * ending. `voided`: it was voided before an invoice counted it.
 */
export type LateOutcome = 'billed' | 'pending' | 'unchanged' | 'uncharged' | 'voided'

/** An event stored after its usage period was closed. `period` is that period's label. */
export interface LateEvent extends UsageEvent {
  period: string
  closedAt: Instant
  outcome: LateOutcome
  invoice: { id: string; number: string } | null
}

/** Days late events are listed, as long as rejected ones are stored. */
const listedDays = 100

/** Lists a customer's late events of the last 100 days, latest first. Throws customer_not_found. */
export async function listLateEvents(
  engine: Engine,
  input: { customerId: string; cursor?: string; limit?: number },
): Promise<Page<LateEvent>> {
  const limit = pageLimit(input.limit)
  const after = decodeCursor(input.cursor, 4, ['instant'])
  return engine.transaction(
    async (tx) => {
      const state = await readSubscriptionState(tx, input.customerId)
      const closed = await closedLately(tx, state)
      const rows = await lateRows(tx, input.customerId, closed, after, limit + 1)
      const shown = rows.slice(0, limit)
      const last = shown.at(-1)
      return {
        data: shown.length === 0 ? [] : await withOutcomes(tx, state, closed, shown),
        nextCursor:
          rows.length > limit && last ? encodeCursor([last.storedAt, last.time, last.id, last.meter]) : null,
      }
    },
    { readOnly: true },
  )
}

interface ClosedPeriod extends LabelledPeriod {
  closedAt: Instant
  /** Whether its invoice was voided and waits to be issued again. */
  voided: boolean
}

/** Returns the closed periods whose late events can be in the list. */
async function closedLately(tx: BillingTransaction, state: SubscriptionState): Promise<ClosedPeriod[]> {
  const since = addDays(state.today, -listedDays - maxLateDays - 31 - 1)
  const rows = await tx.query<{ start: LocalDate; closedAt: Instant; voided: boolean }>(sql`
    select c.period_start as start, c.closed_at as "closedAt",
      coalesce(
        (
          select bool_and(i.voided_at is not null) and bool_or(i.billed_again_at is null)
          from invoices i
          where (i.customer_id, i.kind, i.period_start) = (c.customer_id, 'renewal', c.period_start)
        ),
        false
      ) as voided
    from closed_periods c
    where c.customer_id = ${state.customer.customerId} and c.period_start >= ${since}`)
  const known = new Map(rows.map((row) => [row.start, row]))
  return usagePeriods(state.phases, state.today).flatMap((period) => {
    const row = known.get(period.from)
    return row ? [{ ...period, closedAt: row.closedAt, voided: row.voided }] : []
  })
}

interface LateRow extends Omit<UsageEvent, 'voided' | 'historical'> {
  voidedAt: Instant | null
  voidReason: string | null
  localDate: LocalDate
  /** The index of its period. */
  place: number
}

/** One query per period, so that its dates and closing instant narrow down the events. */
async function lateRows(
  tx: BillingTransaction,
  customerId: string,
  closed: readonly ClosedPeriod[],
  after: readonly string[] | undefined,
  limit: number,
): Promise<LateRow[]> {
  if (closed.length === 0) return []
  const customer = sql`${customerId}`
  const isBehind = after && sql`(stored_at, time, id, meter) < (${sql.join(after)})`
  const most = sql`limit ${limit}`
  const since = addSeconds(tx.at, -listedDays * 86_400)
  const parts = closed.map(({ from, to, closedAt }, place) => {
    const [first, end] = [sql`${from}::date`, sql`${to}::date`]
    return sql`(
      select id, meter, quantity, time, stored_at as "storedAt", properties, local_date as "localDate",
        coalesce(apart = 'after_end', false) as "afterEnd", ${place}::int as place,
        voided_at as "voidedAt", void_reason as "voidReason"
      from usage_events ${voidOf(sql`usage_events`)}
      where ${sql.and(
        sql`customer_id = ${customer}`,
        sql`meter <> ''`,
        sql`apart is distinct from 'history'`,
        sql`stored_at > ${closedAt > since ? closedAt : since}`,
        isBehind,
        sql`local_date >= ${first}`,
        sql`local_date < ${end}`,
        sql`time >= (${first} - 1)::timestamp at time zone 'UTC'`,
        sql`time < (${end} + 1)::timestamp at time zone 'UTC'`,
      )}
      order by stored_at desc, time desc, id desc, meter desc
      ${most}
    )`
  })
  return tx.query<LateRow>(sql`
    select *
    from (${sql.join(parts, sql` union all `)}) as late
    order by "storedAt" desc, time desc, id desc, meter desc
    ${most}`)
}

async function withOutcomes(
  tx: BillingTransaction,
  state: SubscriptionState,
  closed: readonly ClosedPeriod[],
  rows: readonly LateRow[],
): Promise<LateEvent[]> {
  const since = closed.map(({ from }) => from).sort()[0]!
  const documents = await tx.query<{ document: InvoiceDocument; voided: boolean }>(sql`
    select document, voided_at is not null as voided
    from invoices
    where customer_id = ${state.customer.customerId} and period_start >= ${since} and credits_id is null
    order by issued_at desc, number desc`)
  const lines = documents.flatMap(({ document, voided }) =>
    document.lines.map((line) => ({ line, voided, invoice: { id: document.id, number: document.number } })),
  )
  const unissued = (await listZeroDocuments(tx, state.customer.customerId, since)).flatMap(
    (document) => document.lines,
  )
  const looked = await checkedAt(tx, state, closed)
  return rows.map(({ place, localDate, voidedAt, voidReason, ...event }) => {
    const period = closed[place]!
    const voided = voidFrom({ voidedAt, voidReason })
    const counting = event.afterEnd
      ? []
      : lines.filter(
          ({ line }) =>
            counted(line, { ...event, localDate }, period) && !(voided && voided.at <= line.counted!.until),
        )
    const invoice = counting.find(({ voided }) => !voided)?.invoice ?? null
    const atNothing = unissued.some((line) => counted(line, { ...event, localDate }, period))
    const outcome = invoice
      ? 'billed'
      : voided
        ? 'voided'
        : event.afterEnd || !isCharged(state, event.meter, localDate)
          ? 'uncharged'
          : // It was checked and changed nothing. A voided event is billed again.
            atNothing
              || (counting.length === 0
                && !period.voided
                && looked.some((one) => one.at >= event.storedAt && one.after >= period.to))
            ? 'unchanged'
            : 'pending'
    return {
      ...event,
      historical: false,
      quantity: unitsFrom(event.quantity, state.meters.get(event.meter)!.decimals),
      voided,
      period: period.label,
      closedAt: period.closedAt,
      outcome,
      invoice,
    }
  })
}

/** Returns whether a line's quantity includes the event. */
function counted(
  line: Line,
  event: Pick<LateRow, 'meter' | 'localDate' | 'storedAt'>,
  period: ClosedPeriod,
): boolean {
  return (
    line.meter === event.meter
    && line.usagePeriod === period.from
    && line.period.start <= event.localDate
    && event.localDate < line.period.end
    && line.counted !== undefined
    && (line.counted.after === null || line.counted.after < event.storedAt)
    && event.storedAt <= line.counted.until
  )
}

function isCharged(state: SubscriptionState, meter: string, date: LocalDate): boolean {
  const phase = usagePhases(state.phases).find(
    (one) => one.from <= date && (one.to === null || date < one.to),
  )
  return phase !== undefined && !phase.trial && chargesOf(phase).some((charge) => charge.meter === meter)
}

/**
 * Returns when late usage of periods before `after` was checked: at each later closing, and for the last time
 * after the end of a subscription.
 */
async function checkedAt(
  tx: BillingTransaction,
  state: SubscriptionState,
  closed: readonly ClosedPeriod[],
): Promise<{ at: Instant; after: LocalDate }[]> {
  const ended = await tx.query<{ at: Instant; after: LocalDate }>(sql`
    select s.closed_at as at, max(t.ends_on) as after
    from subscriptions s
    join phases t on (t.customer_id, t.subscription_id) = (s.customer_id, s.id)
    where s.customer_id = ${state.customer.customerId} and s.closed_at is not null
    group by s.id, s.closed_at`)
  return [
    ...closed.filter(({ voided }) => !voided).map(({ closedAt, from }) => ({ at: closedAt, after: from })),
    ...ended,
  ]
}
