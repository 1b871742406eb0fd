import { sql } from '@customer-portal/database'
import type { BillingTransaction } from '../engine.ts'
import { changesOf, isValidOn, type GrantTerms } from '../customer/grant.ts'
import type { Coverage } from '../rating/coverage.ts'
import { valueOf } from '../rating/rated-usage.ts'
import type { SubscriptionState } from '../subscription/state.ts'
import type { LocalDate } from '../values/date.ts'

interface Broken {
  what: string
  row: string
}

interface Written {
  id: string
  date: LocalDate
  quantity: number
}

/**
 * Returns the grants whose draws do not add up: units = drawn + left + expired + voided with none below zero,
 * no draw on a date on which the grant was not valid, none of a date beyond what was used on it.
 */
export async function grantMistakes(
  tx: BillingTransaction,
  state: SubscriptionState,
  { usage, draws, left }: Coverage,
): Promise<Broken[]> {
  const { customerId } = state.customer
  const grants = await tx.query<GrantTerms>(sql`
    select id, meter, quantity, priority, category, effective_on as "effectiveOn",
      expires_on as "expiresOn", sequence, ${changesOf(sql`g`)} as changes
    from grants g
    where customer_id = ${customerId}
    order by sequence`)
  if (grants.length === 0) return []
  const written = await tx.query<Written>(sql`
    select grant_id as id, local_date as date, sum(quantity)::bigint as quantity
    from grant_draws
    where customer_id = ${customerId}
    group by 1, 2
    order by 1, 2`)
  const terms = new Map(grants.map((grant) => [grant.id, grant]))
  const computed = draws.map(({ grantId: id, date, quantity }) => ({ id, date, quantity }))
  const used = new Map(
    usage.map((day) => [`${day.meter} ${day.date}`, valueOf(day, state.meters.get(day.meter)!)]),
  )
  const total = (rows: readonly Written[], keyOf: (row: Written) => string) => {
    const sums = new Map<string, number>()
    for (const row of rows) sums.set(keyOf(row), (sums.get(keyOf(row)) ?? 0) + row.quantity)
    return sums
  }
  const days = ({ id, date }: Written) => `${terms.get(id)!.meter} ${date}`
  return [
    ...[...total(written, ({ id }) => id)]
      .filter(([id, sum]) => sum < 0 || sum > terms.get(id)!.quantity)
      .map(([id, sum]) => ({
        what: 'a grant that was drawn below zero',
        row: `${id}: ${sum} of ${terms.get(id)!.quantity} steps`,
      })),
    ...[...left]
      .filter(([, steps]) => steps < 0)
      .map(([id, steps]) => ({
        what: 'a grant that was drawn below zero',
        row: `${id}: ${steps} steps left`,
      })),
    ...[...written, ...computed]
      .filter(({ id, date, quantity }) => quantity < 0 || (quantity > 0 && !isValidOn(terms.get(id)!, date)))
      .map(({ id, date, quantity }) => ({
        what: 'a draw on a grant that was not valid',
        row: `${id} on ${date}: ${quantity} steps`,
      })),
    ...[...total(computed, days)]
      .filter(([day, sum]) => sum > (used.get(day) ?? 0))
      .map(([day, sum]) => ({
        what: 'a date that drew more than was used',
        row: `${day}: ${sum} of ${used.get(day) ?? 0} steps`,
      })),
  ]
}
