import type { BillingTransaction } from '../billing.ts'
import { stretchOn, type History, type Stretch } from '../history.ts'
import { addDays, type LocalDate } from '../rules/date.ts'
import type { LabelledPeriod } from '../rules/period.ts'
import { dailyUsage, rateUsage, usageStretches, type RatedUsage } from '../usage/rating.ts'
import { feePeriodAt, usagePeriods } from '../timeline.ts'
import { billedFor, billedUntil, documentsSince } from './billed.ts'
import type { InvoiceDocument } from './document.ts'
import { adjustmentLine, feeLine, usageLine, type LineDraft } from './line.ts'

/**
 * How far back late usage is looked for. An event is at most 35 days late when it is stored, and the next invoice after
 * that is for a period that ends at most a month later.
 */
const lookBackDays = 70

/** The lines of the invoice that closes a usage period: the next fee where a fee period starts, the usage, and late usage of periods before. */
export async function renewalLines(tx: BillingTransaction, history: History, period: LabelledPeriod): Promise<LineDraft[]> {
  const { customerId } = history.customer
  const since = addDays(period.from, -lookBackDays - 31)
  const documents = await documentsSince(tx, customerId, since)
  const usage = await dailyUsage(tx, customerId, { from: since, to: period.to })
  const stretches = usageStretches(history.stretches)
  const ofPeriod = (one: LabelledPeriod) => rateUsage(stretches, one, usage, history.meters)
  const billed = (one: RatedUsage, from: LocalDate) => billedFor(documents, one.stretch.id, one.meter, from)

  const late = await periodsStillOpenToLateUsage(tx, history, period)
  const adjustments = late.flatMap((earlier) =>
    ofPeriod(earlier).map((one) => ({ one, before: billed(one, earlier.from) }))
      .filter(({ one, before }) => one.used !== before.quantity || one.rated.amount !== before.amount)
      .map(({ one, before }) => adjustmentLine(one, earlier, before, tx.at)))
  // A minimum is due at zero usage too.
  const current = ofPeriod(period).filter((one) => one.used > 0 || one.rated.amount > 0).map((one) => {
    const before = billed(one, period.from)
    return before.until === null ? usageLine(one, period, tx.at) : adjustmentLine(one, period, before, tx.at)
  })
  return [...nextFee(history.stretches, period, documents), ...current, ...adjustments]
}

/**
 * The fee of the fee period that starts where this usage period ends, for the stretch it ended on: a change on that very day
 * comes after the renewal and gives its fee back.
 */
export function nextFee(stretches: readonly Stretch[], period: LabelledPeriod, documents: readonly InvoiceDocument[]): LineDraft[] {
  const ending = stretchOn(stretches, addDays(period.to, -1))
  if (!ending) return []
  const feePeriod = feePeriodAt(ending, period.to)
  if (feePeriod.from !== period.to) return []
  const dates = { from: feePeriod.from, to: billedUntil(documents, ending, feePeriod) }
  if (dates.from === dates.to) return []
  const line = feeLine(ending, dates, feePeriod)
  return line.amount === 0 ? [] : [line]
}

/** Earlier periods that were closed and billed (or had nothing to bill). One whose invoice was voided waits to be generated again. */
async function periodsStillOpenToLateUsage(tx: BillingTransaction, history: History, period: LabelledPeriod): Promise<LabelledPeriod[]> {
  const rows = await tx.query<{ start: LocalDate }>(
    `select c.period_start as start from closed_periods c
     where c.customer_id = $1 and c.period_start < $2 and (
       exists (select 1 from invoices i where i.customer_id = c.customer_id and i.kind = 'renewal' and i.period_start = c.period_start and i.voided_at is null)
       or not exists (select 1 from invoices i where i.customer_id = c.customer_id and i.kind = 'renewal' and i.period_start = c.period_start))`,
    [history.customer.customerId, period.from],
  )
  const closed = new Set(rows.map((row) => row.start))
  return usagePeriods(history.stretches, period.from).filter((one) => closed.has(one.from) && one.to > addDays(period.to, -lookBackDays))
}
