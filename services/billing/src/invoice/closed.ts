import type { BillingTransaction } from '../billing.ts'
import type { History } from '../history.ts'
import { addDays, type LocalDate } from '../rules/date.ts'
import { addSeconds, type Instant } from '../rules/instant.ts'
import type { LabelledPeriod } from '../rules/period.ts'
import { instantOf } from '../rules/zone.ts'
import { usagePeriods } from '../timeline.ts'
import { stretchOn } from '../phases.ts'

/** The usage periods of a customer that are closed, by their first date. `voided`: its invoice was, and it waits to be billed again. */
export type ClosedPeriods = Map<LocalDate, 'billed' | 'voided'>

/** Reads which usage periods are closed. One that had nothing to bill counts as billed. */
export async function closedPeriods(tx: BillingTransaction, { customer: { customerId } }: History): Promise<ClosedPeriods> {
  const rows = await tx.query<{ start: LocalDate; voided: boolean }>(
    `select c.period_start as start, coalesce(i.voided, false) as voided from closed_periods c
     left join (select period_start, bool_and(voided_at is not null) and bool_or(billed_again_at is null) as voided from invoices where customer_id = $1 and kind = 'renewal' group by period_start) i using (period_start)
     where c.customer_id = $1`,
    [customerId],
  )
  return new Map(rows.map(({ start, voided }) => [start, voided ? 'voided' : 'billed']))
}

/** When a period's draft is issued: its end and the grace of the plan it ended on. */
export function closesAt(history: History, period: LabelledPeriod): Instant {
  return addSeconds(instantOf(history.zones, period.to), (planAtEnd(history, period)?.graceHours ?? 0) * 3600)
}

/** The oldest usage period not closed yet, perhaps still running. */
export async function nextToClose(tx: BillingTransaction, history: History): Promise<LabelledPeriod | undefined> {
  return firstOpen(history, await closedPeriods(tx, history))
}

export function firstOpen(history: History, closed: ClosedPeriods): LabelledPeriod | undefined {
  return usagePeriods(history.stretches, history.today).find((period) => !closed.has(period.from))
}

function planAtEnd(history: History, period: LabelledPeriod) {
  return stretchOn(history.stretches, addDays(period.to, -1))?.plan ?? history.stretches.at(-1)?.plan
}
