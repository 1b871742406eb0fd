import type { BillingTransaction } from '../engine.ts'

/**
 * Asks for a meter (or, with a property, a break-down of it) to be filled from the events there are; what was
 * asked for before stays as it is.
 */
export async function askForFill(
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

/** The break-downs that are not filled yet, as `meter property`: until then they do not add up. */
export async function unfilledProperties(tx: BillingTransaction): Promise<Set<string>> {
  const rows = await tx.query<{ meter: string; property: string }>(
    "select meter, property from meter_fills where done_at is null and property <> ''",
  )
  return new Set(rows.map(({ meter, property }) => `${meter} ${property}`))
}
