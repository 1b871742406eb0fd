import type { BillingTransaction } from '../engine.ts'

/**
 * Requests that a meter, or one property of it, is filled from stored events. A request that exists already
 * stays as it is.
 */
export async function requestFill(
  tx: BillingTransaction,
  meter: string,
  property: string | null,
): Promise<void> {
  await tx.query(
    `insert into meter_fills (meter, property, asked_at)
      values ($1, $2, $3)
      on conflict (meter, property) do nothing`,
    [meter, property ?? '', tx.at],
  )
}

/**
 * Returns the properties that are not filled yet, as `meter property`: until then their values do not add up
 * to the total.
 */
export async function unfilledProperties(tx: BillingTransaction): Promise<Set<string>> {
  const rows = await tx.query<{ meter: string; property: string }>(
    "select meter, property from meter_fills where done_at is null and property <> ''",
  )
  return new Set(rows.map(({ meter, property }) => `${meter} ${property}`))
}
