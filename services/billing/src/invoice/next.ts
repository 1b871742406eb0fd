import type { BillingTransaction } from '../billing.ts'
import { currentStretch, type History } from '../history.ts'
import type { LocalDate } from '../rules/date.ts'
import type { Totals } from '../rules/invoicing.ts'
import type { Money } from '../rules/money.ts'
import type { LabelledPeriod } from '../rules/period.ts'
import { feePeriodAt, usagePeriods } from '../timeline.ts'
import { closedPeriods } from './closed.ts'
import { payableOf } from './issue.ts'
import type { LineDraft } from './line.ts'
import { priced } from './priced.ts'
import { renewalLines } from './renewal.ts'

/** The next document there will be, as far as is known now: the draft that waits for its hour, or what the running usage period comes to so far. */
export interface NextDocument {
  period: LabelledPeriod
  lines: LineDraft[]
  totals: Totals
}

/** The date the next invoice is for, what it comes to if nothing more is used, and what of that is to be paid once the balance is applied. */
export interface NextInvoice {
  at: LocalDate
  estimatedTotal: Money
  estimatedDue: Money
  currency: string
}

/** Computed from what is not closed yet, oldest first. Null where nothing will come: a subscription that ends, without usage to bill. */
export async function nextDocument(tx: BillingTransaction, history: History): Promise<NextDocument | null> {
  const closed = await closedPeriods(tx, history)
  const open = usagePeriods(history.stretches, history.today).filter((period) => !closed.has(period.from))
  for (const period of open) {
    const until = period.to <= history.today ? period : { ...period, to: nextDate(history, period) }
    const lines = await renewalLines(tx, history, until, closed)
    if (lines.length > 0 || (until.to > history.today && goesOn(history, until.to))) return { period: until, ...await priced(tx, history.customer, lines) }
  }
  return null
}

export async function nextInvoiceOf(tx: BillingTransaction, history: History): Promise<NextInvoice | null> {
  const next = await nextDocument(tx, history)
  return next && { at: next.period.to, estimatedTotal: next.totals.total, estimatedDue: payableOf(next.totals), currency: history.customer.currency }
}

/** A trial of several months has nothing to bill before its end, nor has a plan that charges no usage before the next fee, unless something is to happen. */
function nextDate(history: History, period: LabelledPeriod): LocalDate {
  const current = currentStretch(history)
  if (!current) return period.to
  const [next] = history.ahead
  const change = next && next.at <= period.to ? next.at : null
  if (current.trialEnds !== null) return change ?? current.trialEnds
  return current.plan.charges.length === 0 && change === null ? feePeriodAt(current, history.today).to : period.to
}

function goesOn(history: History, date: LocalDate): boolean {
  return currentStretch(history) !== undefined && !history.waiting.some((one) => one.change === null && one.at <= date)
}
