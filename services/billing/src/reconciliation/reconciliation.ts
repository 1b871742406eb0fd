import { sql } from '@customer-portal/database'
import type { Engine, BillingTransaction } from '../engine.ts'
import { decodeCursor, encodeCursor, pageLimit, type Page } from '../values/cursor.ts'
import { readSubscriptionState } from '../subscription/state.ts'
import { listZeroDocuments, type ZeroDocument } from '../invoicing/zero-document.ts'
import { unfilledProperties } from '../catalogue/meter-fill-request.ts'
import { addDays, type LocalDate } from '../values/date.ts'
import { unitsFrom } from '../values/quantity.ts'
import { periodNamed } from '../subscription/timeline.ts'
import { recount, withDaysBefore } from './recount.ts'
import { discountMistakes, documentMistakes, noteMistakes, type DocumentRow } from './document-check.ts'
import { ledgerMistakes, counterMistakes } from './ledger-check.ts'
import { meterBalances, type BilledDocument } from './meter-balance.ts'
import { balanceMistakes, dayMistakes, groupMistakes, lineMistakes, momentsOf } from './usage-check.ts'
import { coverageOf, readUsage } from '../rating/deficit.ts'
import { grantMistakes } from './grant-check.ts'
import type { Sums } from '../usage/totals/day.ts'
import { usageAfterEnd } from '../usage/totals/after-end.ts'
import { dailyUsage, usedOn, type DailyUsage } from '../rating/rated-usage.ts'
import { eventsKeptFrom } from '../usage/totals/maintenance.ts'
import { rejectedEvents, type RejectedEvent } from '../usage/record/rejected.ts'
import type { UsageSummary } from '../reports/usage/summary.ts'
import { shown } from '../values/period.ts'

/**
 * Where a customer's usage of one period went, per meter, in units: accepted = billed + adjusted + unbilled +
 * uncharged + difference, which is 0. `voided` and `historical` usage is in none of them.
 */
export interface Reconciliation {
  period: UsageSummary['period']
  meters: {
    meter: string
    accepted: number
    billed: number
    adjusted: number
    unbilled: number
    uncharged: number
    voided: number
    historical: number
    difference: number
  }[]
  rejected: RejectedEvent[]
}

/** A row that breaks a rule. `customerId` is null where no customer is involved. */
export interface Mistake {
  customerId: string | null
  what: string
  row: string
}

/**
 * Reconciles one period of one customer, the current one by default. Throws customer_not_found,
 * period_not_found.
 */
export async function getReconciliation(
  engine: Engine,
  input: { customerId: string; period?: string },
): Promise<Reconciliation> {
  return engine.transaction(
    async (tx) => {
      const state = await readSubscriptionState(tx, input.customerId)
      const period = periodNamed(state, input.period)
      const since = addDays(period.from, -1)
      const issued = (await documentRows(tx, input.customerId, since)).filter((row) => !row.voided)
      const documents = inOrder(issued, await listZeroDocuments(tx, input.customerId, since))
      const counted = await recount(tx, input.customerId, [], period)
      const { days, all } = await readUsage(tx, state, period)
      const before = all.filter((day) => day.date < period.from)
      const keptFrom = await eventsKeptFrom(tx)
      const events = [...before, ...withDaysBefore(keptFrom, counted.daily, days)]
      const withVoided = [...before, ...withDaysBefore(keptFrom, counted.withVoided, days)]
      const balances = meterBalances({ state, events, withVoided, daily: all, documents }, period)
      const afterEnd = await usageAfterEnd(tx, state, period)
      const apart = [...counted.historical, ...afterEnd.kept, ...afterEnd.voided]
      const alone = [...new Set(apart.map((day) => day.meter))].filter(
        (key) => !balances.some(({ meter }) => meter.key === key),
      )
      const zero = {
        accepted: 0,
        billed: 0,
        adjusted: 0,
        unbilled: 0,
        uncharged: 0,
        voided: 0,
        difference: 0,
      }
      return {
        period: shown(period),
        meters: [...balances, ...alone.map((key) => ({ meter: state.meters.get(key)!, ...zero }))].map(
          ({ meter, ...steps }) => {
            const units = (name: keyof typeof steps, ended: readonly DailyUsage[] = []) =>
              unitsFrom(steps[name] + usedOn(ended, meter, period), meter.decimals)
            return {
              meter: meter.key,
              accepted: units('accepted', afterEnd.kept),
              billed: units('billed'),
              adjusted: units('adjusted'),
              unbilled: units('unbilled'),
              uncharged: units('uncharged', afterEnd.kept),
              voided: units('voided', afterEnd.voided),
              historical: unitsFrom(usedOn(counted.historical, meter, period), meter.decimals),
              difference: units('difference'),
            }
          },
        ),
        rejected: await rejectedEvents(tx, input.customerId, period),
      }
    },
    { readOnly: true },
  )
}

/**
 * Checks the rows of every customer (or of one), one customer at a time, and yields each row that breaks a
 * rule. `onCustomer` is called for each customer.
 */
export async function* findMistakes(
  engine: Engine,
  options: { customerId?: string; onCustomer?: (customerId: string) => void } = {},
): AsyncGenerator<Mistake> {
  for (const broken of await engine.transaction(counterMistakes, { readOnly: true, long: true }))
    yield { customerId: null, ...broken }
  if (options.customerId !== undefined) return yield* await mistakesOfCustomer(engine, options.customerId)
  for (let last = ''; ;) {
    const customers = await customersAfter(engine, last)
    for (const customerId of customers) {
      yield* await mistakesOfCustomer(engine, customerId)
      options.onCustomer?.(customerId)
    }
    if (customers.length === 0) return
    last = customers.at(-1)!
  }
}

/** The broken rows of several customers, and how many customers were checked. */
export interface MistakePage extends Page<Mistake> {
  customers: number
}

const maxMistakes = 1_000

/**
 * Checks the rows of `limit` customers, ordered by id, and on the first page those without a customer.
 * Returns at most 1,000 broken rows per customer; a page ends after a customer with that many.
 */
export async function listMistakes(
  engine: Engine,
  input: { cursor?: string; limit?: number } = {},
): Promise<MistakePage> {
  const [, last = ''] = decodeCursor(input.cursor, 2) ?? []
  const limit = pageLimit(input.limit)
  const data: Mistake[] =
    input.cursor === undefined
      ? (await engine.transaction(counterMistakes, { readOnly: true, long: true }))
          .slice(0, maxMistakes)
          .map((broken) => ({ customerId: null, ...broken }))
      : []
  const ids = await customersAfter(engine, last, limit + 1)
  let customers = 0
  for (const customerId of ids.slice(0, limit)) {
    data.push(...(await mistakesOfCustomer(engine, customerId)).slice(0, maxMistakes))
    customers += 1
    if (data.length >= maxMistakes) break
  }
  return {
    data,
    customers,
    nextCursor: customers < ids.length ? encodeCursor([engine.now(), ids[customers - 1]!]) : null,
  }
}

async function customersAfter(engine: Engine, last: string, limit = 500): Promise<string[]> {
  const rows = await engine.transaction(
    (tx) =>
      tx.query<{ id: string }>(
        'select customer_id as id from customers where customer_id > $1 order by customer_id limit $2',
        [last, limit],
      ),
    { readOnly: true, long: true },
  )
  return rows.map((row) => row.id)
}

async function mistakesOfCustomer(engine: Engine, customerId: string): Promise<Mistake[]> {
  return engine.transaction(
    async (tx) => {
      const state = await readSubscriptionState(tx, customerId)
      const rows = await documentRows(tx, customerId, null)
      const zeroDocuments = await listZeroDocuments(tx, customerId, null)
      const documents = inOrder(rows, zeroDocuments)
      const counted = await recount(tx, customerId, momentsOf(documents))
      const daily = await dailyUsage(tx, customerId, { from: '0001-01-01', to: '9999-12-31' })
      const keptFrom = await eventsKeptFrom(tx)
      const events = withDaysBefore(keptFrom, counted.daily, daily)
      const historical = await dailyUsage(
        tx,
        customerId,
        { from: '0001-01-01', to: '9999-12-31' },
        undefined,
        'historical',
      )
      const valid = inOrder(
        rows.filter((row) => !row.voided),
        zeroDocuments,
      )
      const covered = await coverageOf(tx, state, daily, { from: '0001-01-01', to: '9999-12-31' })
      const unfilled = await unfilledProperties(tx)
      const givenBack = valid.flatMap((document) => document.lines).flatMap((line) => line.givesBack ?? [])
      const broken = [
        ...(await ledgerMistakes(tx, customerId)),
        ...rows.flatMap((row) =>
          documentMistakes(row).map((what) => ({
            what: `an invoice that does not add up: ${what}`,
            row: row.number,
          })),
        ),
        ...rows.flatMap((row) =>
          noteMistakes(
            row,
            rows.filter((document) => document.document.creditNote?.invoiceId === row.document.id),
            givenBack,
          ).map((what) => ({ what: `an invoice that was credited wrongly: ${what}`, row: row.number })),
        ),
        ...dayMistakes(events, daily),
        ...dayMistakes(withDaysBefore(keptFrom, counted.historical, historical), historical).map(
          ({ what, row }) => ({ what, row: `history of ${row}` }),
        ),
        ...groupMistakes(await groupTotals(tx, customerId, 'usage_groups'), daily, state.meters, unfilled),
        ...(historical.length === 0
          ? []
          : groupMistakes(
              await groupTotals(tx, customerId, 'historical_groups'),
              historical,
              state.meters,
              unfilled,
            )),
        ...balanceMistakes({
          state,
          events,
          withVoided: withDaysBefore(keptFrom, counted.withVoided, daily),
          daily: covered.usage,
          documents: valid,
        }),
        ...(await grantMistakes(tx, state, covered)),
        ...discountMistakes(valid),
        ...documents.flatMap((document) => lineMistakes(document, counted, state, keptFrom)),
      ]
      return broken.map((one) => ({ customerId, ...one }))
    },
    { readOnly: true, long: true },
  )
}

async function groupTotals(tx: BillingTransaction, customerId: string, groups: Sums['groups']) {
  return tx.query<{ meter: string; property: string; date: LocalDate; quantity: number; events: number }>(
    sql`
      select meter, property, local_date as date, sum(quantity)::bigint as quantity,
        sum(events)::bigint as events
      from ${sql.raw(groups)}
      where customer_id = ${customerId}
      group by 1, 2, 3`,
  )
}

/** Returns everything that billed usage, also at 0, oldest first. */
function inOrder(rows: readonly ReadDocument[], zeroDocuments: readonly ZeroDocument[]): BilledDocument[] {
  const all = [
    ...rows.map((row) => row.document),
    ...zeroDocuments.map((document) => ({ ...document, number: document.id })),
  ]
  return all.sort((a, b) => (a.issuedAt < b.issuedAt ? -1 : a.issuedAt > b.issuedAt ? 1 : 0))
}

interface ReadDocument extends DocumentRow {
  voided: boolean
}

/**
 * Returns the documents of periods from `since` on (null: all), oldest first: usage is never billed before
 * its period.
 */
async function documentRows(
  tx: BillingTransaction,
  customerId: string,
  since: string | null,
): Promise<ReadDocument[]> {
  return tx.query<ReadDocument>(
    sql`
      select document, sha256, number, total, payable, voided_at is not null as voided
      from invoices
      where ${sql.and(sql`customer_id = ${customerId}`, since !== null && sql`period_start >= ${since}`)}
      order by issued_at, number`,
  )
}
