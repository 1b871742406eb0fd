import type { Billing, BillingTransaction } from './billing.ts'
import { blockersOf, partyOf, planChange, warningsOf, type ChangeRequest, type PlannedChange } from './change.ts'
import { doWhatIsDue } from './due.ts'
import { BillingError } from './failure.ts'
import { lockCustomer, nextStretch, readHistory, type History } from './history.ts'
import { payableOf } from './invoice/issue.ts'
import { priced } from './invoice/priced.ts'
import { publicLine, type PublicLine } from './invoice/view.ts'
import { canonicalJson } from './rules/canonical.ts'
import { addDays, type LocalDate } from './rules/date.ts'
import { addSeconds, type Instant } from './rules/instant.ts'
import type { Money } from './rules/money.ts'
import { instantOf } from './rules/zone.ts'
import type { Totals } from './rules/invoicing.ts'
import { feeLine } from './invoice/line.ts'
import type { Notice } from './notices.ts'
import { feePeriodAt } from './timeline.ts'
import { allowancesAfter, usedUp, type Allowance } from './usage/allowances.ts'

/** What a change would come to, and until when confirming it charges exactly that. */
export interface Preview extends Totals {
  quoteId: string
  expiresAt: Instant
  effectiveAt: LocalDate
  when: 'now' | 'period_end'
  currency: string
  /** As on the invoice, each with what explains its amount. */
  lines: Omit<PublicLine, 'id'>[]
  dueNow: Money
  nextInvoice: { at: LocalDate; estimatedTotal: Money }
  /** What remains of each allowance right after the change. */
  allowancesAfter: Allowance[]
  /** What stands in the way: confirming is then refused. */
  blockers: Notice[]
  warnings: Notice[]
}

const quoteSeconds = 15 * 60

/**
 * What moving to a plan would cost, computed by the very change and taken back: now for a higher one, nothing until the end of
 * the fee period for a lower one. The quote holds for 15 minutes, but
 * not past the customer's midnight, when the days to charge are others.
 */
export async function previewChange(billing: Billing, input: ChangeRequest & { customerId: string }): Promise<Preview> {
  return billing.transaction(async (tx) => {
    await lockCustomer(tx, input.customerId)
    const history = await readHistory(tx, input.customerId)
    const change = await computed(tx, input)
    const midnight = instantOf(history.zones, addDays(history.today, 1))
    const inFifteenMinutes = addSeconds(tx.at, quoteSeconds)
    const expiresAt = inFifteenMinutes < midnight ? inFifteenMinutes : midnight
    const quoteId = tx.newId('quo')
    await tx.query('delete from quotes where customer_id = $1 and expires_at < $2', [input.customerId, tx.at])
    await tx.query('insert into quotes (customer_id, id, plan_id, seats, promise, created_at, expires_at) values ($1, $2, $3, $4, $5, $6, $7)', [
      input.customerId, quoteId, change.to.plan.id, change.to.seats, JSON.stringify(await promiseOf(tx, input.customerId, change)), tx.at, expiresAt,
    ])
    const after = await allowancesAfter(tx, history, change)
    return {
      ...await previewOf(tx, history, change), quoteId, expiresAt, allowancesAfter: after,
      blockers: blockersOf(history, change, partyOf(tx)), warnings: [...await warningsOf(tx, history, change), ...usedUp(history, change, after)],
    }
  })
}

/** A change in the hour after a period's end issues that period's draft first: the preview does so too, and takes it back. */
async function computed(tx: BillingTransaction, input: ChangeRequest & { customerId: string }): Promise<PlannedChange> {
  let change: PlannedChange | undefined
  try {
    await tx.savepoint(async () => {
      await doWhatIsDue(tx, await readHistory(tx, input.customerId), { force: true })
      change = await planChange(tx, await readHistory(tx, input.customerId), input)
      throw new TakenBack()
    })
  } catch (error) {
    if (!(error instanceof TakenBack)) throw error
  }
  return change!
}

class TakenBack extends Error {}

async function previewOf(tx: BillingTransaction, history: History, change: PlannedChange): Promise<Omit<Preview, 'quoteId' | 'expiresAt' | 'allowancesAfter' | 'blockers' | 'warnings'>> {
  return {
    effectiveAt: change.at, when: change.when, currency: history.customer.currency,
    lines: change.lines.map(publicLine),
    ...change.totals, dueNow: payableOf(change.totals),
    nextInvoice: { at: change.feePeriod.to, estimatedTotal: await nextFeeTotal(tx, history.customer.customerId, change) },
  }
}

/** The next fee on the new plan with its discounts and tax; usage comes on top of it and is not known yet. */
async function nextFeeTotal(tx: BillingTransaction, customerId: string, change: PlannedChange): Promise<Money> {
  const { plan, seats } = change.to
  const next = feePeriodAt(nextStretch(change.from, { id: '', plan, seats, from: change.feePeriod.to, scheduled: true }), change.feePeriod.to)
  const { totals } = await priced(tx, { customerId, currency: plan.currency }, [feeLine({ id: '', plan, seats }, next, next)])
  return totals.total
}

/** Confirming a quote charges exactly what it said, or refuses: never a third number. Throws quote_expired, quote_outdated. */
export async function honourQuote(tx: BillingTransaction, customerId: string, quoteId: string, change: PlannedChange): Promise<void> {
  const [quote] = await tx.query<{ plan_id: string; seats: number; promise: unknown; expires_at: Instant }>(
    'select plan_id, seats, promise, expires_at from quotes where customer_id = $1 and id = $2', [customerId, quoteId],
  )
  if (!quote || quote.expires_at <= tx.at) throw new BillingError('quote_expired', { pointer: '/quoteId', message: 'the quote has expired: preview the change again' })
  const samePlan = quote.plan_id === change.to.plan.id && quote.seats === change.to.seats
  if (!samePlan || canonicalJson(quote.promise) !== canonicalJson(await promiseOf(tx, customerId, change))) {
    throw new BillingError('quote_outdated', { pointer: '/quoteId', message: 'what was quoted is no longer what it would come to: preview the change again' })
  }
}

async function promiseOf(tx: BillingTransaction, customerId: string, change: PlannedChange): Promise<unknown> {
  const { to, from, lines, totals, when, at } = change
  // Until when events were counted is the moment of asking, not of the promise; and what a renewal that is issued first will be called is not known yet.
  const promised = lines.map(({ counted: _counted, givesBack: _gives, ...line }) => line)
  return { planVersion: to.plan.version, from: from.id, lines: promised, totals, ...(when === 'period_end' ? { at, next: await nextFeeTotal(tx, customerId, change) } : {}) }
}
