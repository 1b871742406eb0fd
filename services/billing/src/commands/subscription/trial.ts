import { sql } from '@customer-portal/database'
import type { Engine } from '../../engine.ts'
import { recordActivity } from '../../activity/activity.ts'
import { catchUp, onCustomer } from '../../billing-run/run.ts'
import { BillingError } from '../../errors.ts'
import { stateAfter } from '../../subscription/state.ts'
import { invoiceColumns, view, type StoredInvoice } from '../../invoicing/view.ts'
import { alsoIssued, noticesBetween } from './notices.ts'
import { maxTrialDays } from '../../catalogue/plan.ts'
import { addDays, isDate, type LocalDate } from '../../values/date.ts'
import { keepWaiting } from '../../subscription/write.ts'
import { subscriptionOf, type Changed } from './subscribe.ts'
import { currentPhase } from '../../subscription/phase.ts'

/**
 * Ends a trial earlier or later. `endsOn` is the first paid date, today at the earliest; its fee is then
 * invoiced at once. Requests scheduled for the end of the trial move with it. Throws not_in_trial, and
 * validation_failed for a date before today, not after the trial's first, or too far ahead.
 */
export async function changeTrial(
  engine: Engine,
  input: { customerId: string; endsOn: LocalDate },
): Promise<Changed> {
  const { customerId, endsOn } = input
  return onCustomer(engine, customerId, {}, async (tx, before) => {
    const current = currentPhase(before)
    if (!current || current.trialEnds === null)
      throw new BillingError('not_in_trial', { message: `customer '${customerId}' has no trial now` })
    const latest = addDays(current.anchor, maxTrialDays)
    if (!isDate(endsOn) || endsOn < before.today || endsOn <= current.anchor || endsOn > latest) {
      throw new BillingError('validation_failed', {
        pointer: '/trial/endsOn',
        message:
          `a trial that began on ${current.anchor} ends after that date, on ${before.today} or later, `
          + `and on ${latest} at the latest, not on '${endsOn}'`,
      })
    }
    const waiting = before.waiting.map((request) =>
      request.at === current.trialEnds ? { ...request, at: endsOn } : request,
    )
    await keepWaiting(tx, customerId, waiting)
    await tx.query('update phases set trial_ends_on = $3 where customer_id = $1 and id = $2', [
      customerId,
      current.id,
      endsOn,
    ])
    await recordActivity(tx, { type: 'subscription.changed', customerId, subjectId: current.subscriptionId })
    const phases = before.phases.map((phase) =>
      phase.id === current.id ? { ...phase, trialEnds: endsOn } : phase,
    )
    const after = await catchUp(tx, stateAfter(before, { phases, waiting }), {
      force: endsOn === before.today,
    })
    const [row] =
      endsOn > before.today
        ? []
        : await tx.query<StoredInvoice>(sql`
            select ${invoiceColumns}
            from invoices i
            where i.customer_id = ${customerId}
              and i.issued_at = ${tx.at}
              and i.kind = 'renewal'
              and i.voided_at is null
            order by i.sequence desc
            limit 1`)
    const notices = [...noticesBetween(before.waiting, after), ...alsoIssued(tx, customerId, row ?? null)]
    return {
      subscription: await subscriptionOf(tx, after),
      invoice: row ? await view(tx, row) : null,
      notices,
    }
  })
}
