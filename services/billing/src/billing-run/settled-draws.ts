import type { BillingTransaction } from '../engine.ts'
import { isOverAfter, lastDateOf, voidOfGrant, type GrantTerms } from '../customer/grant.ts'
import { firstOpen } from '../subscription/closing.ts'
import { phaseOn } from '../subscription/phase.ts'
import type { BillingState } from '../subscription/state.ts'
import { usagePeriods } from '../subscription/timeline.ts'
import { maxLateDays } from '../usage/totals/taken-times.ts'
import { addDays, addMonths, earlier, type LocalDate } from '../values/date.ts'
import type { Instant } from '../values/instant.ts'
import { instantOf } from '../values/zone.ts'
import { coverageNow } from '../rating/coverage-now.ts'
import { isCovered, readDraws, type Draw } from '../rating/coverage.ts'

/**
 * Writes the draws that are final: of closed usage periods, of grants that are over, and of dates outside a
 * subscription of which no late event can come. Where usage came late or was taken back since, adds the
 * difference. Idempotent.
 */
export async function settleDraws(tx: BillingTransaction, state: BillingState): Promise<void> {
  if (!isCovered(state)) return
  const { draws, since } = await coverageNow(tx, state)
  const grants = new Map(state.grants.map((grant) => [grant.id, grant]))
  const written = (await readDraws(tx, state.customer.customerId, since)).flatMap((draw) =>
    draw.date === null ? [] : [{ ...draw, date: draw.date }],
  )
  const key = ({ grantId, date }: Pick<Draw, 'grantId' | 'date'>) => `${date} ${grantId}`
  const known = new Map(written.map((draw) => [key(draw), draw]))
  const wanted = new Map(draws.map((draw) => [key(draw), draw]))
  const isFinal = finalDates(state)
  const rows = [...new Set([...known.keys(), ...wanted.keys()])].sort().flatMap((one) => {
    const { grantId, date, through } = wanted.get(one) ?? { ...known.get(one)!, through: 0 }
    const quantity = (wanted.get(one)?.quantity ?? 0) - (known.get(one)?.quantity ?? 0)
    const grant = grants.get(grantId)
    return quantity !== 0 && grant && (known.has(one) || isFinal(date, grant))
      ? [{ grant_id: grantId, local_date: date, quantity, through }]
      : []
  })
  const { customerId } = state.customer
  if (rows.length > 0)
    await tx.query(
      `insert into grant_draws (customer_id, grant_id, local_date, quantity, through, at)
        select $1, r.grant_id, r.local_date, r.quantity, r.through, $2
        from jsonb_to_recordset($3) as r(grant_id text, local_date date, quantity bigint, through bigint)
        order by r.local_date, r.grant_id collate "C"`,
      [customerId, tx.at, JSON.stringify(rows)],
    )
  const settledOn = earlier(firstOpen(state)?.from ?? state.today, addDays(state.today, -maxLateDays))
  if (state.drawsSettledOn !== null && state.drawsSettledOn >= settledOn) return
  await tx.query('update customers set draws_settled_on = $2 where customer_id = $1', [customerId, settledOn])
  state.drawsSettledOn = settledOn
}

function finalDates(state: BillingState): (date: LocalDate, grant: GrantTerms) => boolean {
  const periods = usagePeriods(state.phases, addDays(state.today, 1))
  const yesterday = addDays(state.today, -1)
  return (date, grant) => {
    if (date < state.today && isOverAfter(grant, yesterday)) return true
    const period = periods.find((one) => one.from <= date && date < one.to)
    return period ? state.closed.has(period.from) : date < addDays(state.today, -maxLateDays)
  }
}

/**
 * Returns when draws next become final by the calendar alone: after a grant's last date and, without a
 * subscription, which closes its periods, once a month.
 */
export function drawsFinalAt(state: BillingState): Instant[] {
  const { grants, today, zones } = state
  const open = grants.filter((grant) => !isOverAfter(grant, addDays(today, -1)))
  if (open.length === 0) return []
  const ends = open.flatMap((grant) => {
    const last = voidOfGrant(grant)?.on ?? lastDateOf(grant)
    return last === null ? [] : [addDays(last, 1)]
  })
  const months = phaseOn(state.phases, today) ? [] : [addMonths(`${today.slice(0, 7)}-01`, 1)]
  return [...ends, ...months].filter((date) => date > today).map((date) => instantOf(zones, date))
}
