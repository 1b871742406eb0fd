import type { BillingTransaction } from '../engine.ts'
import { recordActivity } from '../activity/activity.ts'
import type { SubscriptionState } from './state.ts'
import type { LocalDate } from '../values/date.ts'
import type { Phase } from './phase.ts'
import type { Waiting } from './schedule.ts'

/**
 * Ends the customer's open phase and starts the next one if there is one. `credited`: the paid days after it
 * are credited.
 */
export async function writePhases(
  tx: BillingTransaction,
  customerId: string,
  change: { endsOn: LocalDate; next: Phase | null; credited?: boolean },
): Promise<void> {
  await tx.query('update phases set ends_on = $2, credited = $3 where customer_id = $1 and ends_on is null', [
    customerId,
    change.endsOn,
    change.credited ?? false,
  ])
  if (change.next) await insertPhase(tx, customerId, change.next)
}

export async function insertPhase(tx: BillingTransaction, customerId: string, phase: Phase): Promise<void> {
  await tx.query(
    `insert into phases (
        customer_id, id, subscription_id, plan_id, plan_version, seats, starts_on, anchor_on, alignment,
        scheduled, trial_ends_on, sequence, created_at
      )
      values (
        $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11,
        (select coalesce(max(sequence), 0) + 1 from phases where customer_id = $1), $12
      )`,
    [
      customerId,
      phase.id,
      phase.subscriptionId,
      phase.plan.id,
      phase.plan.version,
      phase.seats,
      phase.from,
      phase.anchor,
      phase.alignment,
      phase.scheduled,
      phase.trialEnds,
      tx.at,
    ],
  )
}

/**
 * Writes the scheduled changes whose date has come and returns the state after them. Until then reads treat
 * them as written.
 */
export async function writeBegun<State extends SubscriptionState>(
  tx: BillingTransaction,
  state: State,
): Promise<State> {
  const {
    customer: { customerId },
    phases,
    begun,
  } = state
  if (begun.length === 0) return state
  for (const { at, phase } of begun) await writePhases(tx, customerId, { endsOn: at, next: phase })
  await keepWaiting(tx, customerId, begun.at(-1)!.left)
  await recordActivity(tx, {
    type: 'subscription.changed',
    customerId,
    subjectId: phases.at(-1)!.subscriptionId,
  })
  return { ...state, begun: [] }
}

/** Keeps only the given requests waiting and deletes the others. */
export async function keepWaiting(
  tx: BillingTransaction,
  customerId: string,
  waiting: readonly Waiting[],
): Promise<void> {
  const kept = waiting.map(({ by, change }) => `${by} ${change === null}`)
  await tx.query(
    "delete from scheduled_changes where customer_id = $1 and not (asked_by || ' ' || ends = any($2))",
    [customerId, kept],
  )
  for (const { by, at, change } of waiting) {
    await tx.query(
      `update scheduled_changes
        set on_date = $4, plan_id = $5, plan_version = $6
        where customer_id = $1 and asked_by = $2 and ends = $3`,
      [customerId, by, change === null, at, change?.plan.id ?? null, change?.plan.version ?? null],
    )
  }
}

/** Inserts a scheduled request. The caller must first delete the one it replaces. */
export async function insertWaiting(
  tx: BillingTransaction,
  customerId: string,
  { by, at, change }: Waiting,
  reason?: string,
): Promise<void> {
  await tx.query(
    `insert into scheduled_changes (
        customer_id, asked_by, ends, on_date, phase_id, plan_id, plan_version, seats, reason, created_at
      )
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      customerId,
      by,
      change === null,
      at,
      change?.id ?? null,
      change?.plan.id ?? null,
      change?.plan.version ?? null,
      change?.seats ?? null,
      reason ?? null,
      tx.at,
    ],
  )
}
