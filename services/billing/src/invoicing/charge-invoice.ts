import type { BillingTransaction } from '../engine.ts'
import type { WaitingCharge } from '../customer/one-off-charge.ts'
import type { BillingState } from '../subscription/state.ts'
import { addDays, type LocalDate } from '../values/date.ts'
import type { LabelledPeriod } from '../values/period.ts'
import { chargeLine } from './document/charge-line.ts'
import type { InvoiceDocument } from './document/document.ts'
import { issue } from './issue.ts'
import { termsNow } from './reissue.ts'

/** Issues an invoice of one-off charges alone. Throws seller_missing. */
export async function issueCharges(
  tx: BillingTransaction,
  state: BillingState,
  { charges, date }: { charges: readonly WaitingCharge[]; date: LocalDate },
): Promise<InvoiceDocument | null> {
  return issue(tx, state, {
    kind: 'charge',
    period: dayOf(date),
    lines: charges.map((charge) => chargeLine(state, charge)),
    termsDays: termsNow(state),
  })
}

/** Returns the period of such an invoice: the day, with the label of its month. */
function dayOf(date: LocalDate): LabelledPeriod {
  const day = { from: date, to: addDays(date, 1) }
  return { ...day, whole: day, label: date.slice(0, 7) }
}
