import type { BillingTransaction } from './billing.ts'
import { noteChange } from './change-feed.ts'
import type { History, Scheduled, Stretch } from './history.ts'
import type { LocalDate } from './rules/date.ts'

/** Ends the open stretch of a customer, and begins another where one follows. */
export async function writeStretches(tx: BillingTransaction, customerId: string, change: { endsOn: LocalDate; next: Stretch | null }): Promise<void> {
  await tx.query('update stretches set ends_on = $2 where customer_id = $1 and ends_on is null', [customerId, change.endsOn])
  if (change.next) await insertStretch(tx, customerId, change.next)
}

export async function insertStretch(tx: BillingTransaction, customerId: string, stretch: Stretch): Promise<void> {
  await tx.query(
    `insert into stretches (customer_id, id, subscription_id, plan_id, plan_version, seats, starts_on, anchor_on, alignment, usage_id, scheduled, trial_ends_on, sequence, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, (select coalesce(max(sequence), 0) + 1 from stretches where customer_id = $1), $13)`,
    [customerId, stretch.id, stretch.subscriptionId, stretch.plan.id, stretch.plan.version, stretch.seats, stretch.from, stretch.anchor, stretch.alignment,
      stretch.usageId, stretch.scheduled, stretch.trialEnds, tx.at],
  )
}

/** Writes down what the day has come for. Until then it is read as if it were written. */
export async function settleScheduled(tx: BillingTransaction, { customer: { customerId }, stretches, scheduled, today }: History): Promise<void> {
  if (!scheduled || scheduled.at > today) return
  // The history may have been read before the same transaction wrote it down already.
  if (!(await isUnsettled(tx, customerId, scheduled))) return
  await writeStretches(tx, customerId, { endsOn: scheduled.at, next: scheduled.stretch })
  await noteChange(tx, { type: 'subscription.changed', customerId, subjectId: stretches.at(-1)!.subscriptionId })
}

async function isUnsettled(tx: BillingTransaction, customerId: string, { at, afterTrial }: Scheduled): Promise<boolean> {
  const rows = afterTrial
    ? await tx.query('select 1 from stretches where customer_id = $1 and ends_on is null and trial_ends_on = $2', [customerId, at])
    : await tx.query('delete from scheduled_changes where customer_id = $1 and on_date = $2 returning on_date', [customerId, at])
  return rows.length > 0
}

/** Undoes what is scheduled, if anything: a trial then goes over into what it was a trial of. */
export async function forgetScheduled(tx: BillingTransaction, customerId: string): Promise<void> {
  await tx.query('delete from scheduled_changes where customer_id = $1', [customerId])
}
