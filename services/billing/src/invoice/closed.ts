import type { BillingTransaction } from '../billing.ts'
import type { History } from '../history.ts'
import type { LocalDate } from '../rules/date.ts'

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
