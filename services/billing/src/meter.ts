import type { Billing, BillingTransaction } from './billing.ts'
import { BillingError } from './failure.ts'
import { localized, type LocalizedText } from './text.ts'

/** What is counted. `decimals` fixes its smallest step for ever: quantities are stored as whole numbers of it. */
export interface Meter {
  key: string
  name: LocalizedText
  unit: LocalizedText
  decimals: number
  aggregation: 'sum' | 'count'
}

export const mostMeters = 200

/** Creates a meter or renames it. Its decimals and aggregation never change once it exists, since stored usage depends on them. */
export async function putMeter(
  billing: Billing,
  input: { key: string; name: string | LocalizedText; unit: string | LocalizedText; decimals?: number; aggregation?: Meter['aggregation'] },
): Promise<Meter> {
  return billing.transaction(async (tx) => {
    const known = await findMeter(tx, input.key)
    const meter: Meter = {
      key: input.key, name: localized(input.name), unit: localized(input.unit),
      decimals: input.decimals ?? known?.decimals ?? 0, aggregation: input.aggregation ?? known?.aggregation ?? 'sum',
    }
    if (known && (known.decimals !== meter.decimals || known.aggregation !== meter.aggregation)) {
      const changed = known.decimals !== meter.decimals ? 'decimals' : 'aggregation'
      throw new BillingError('meter_in_use', { pointer: `/${changed}`, message: `the ${changed} of meter '${input.key}' cannot change from ${known[changed]}: make a new meter` })
    }
    if (!known && (await listMeters(tx)).length >= mostMeters) throw new BillingError('invalid_meter', { pointer: '/key', message: `there are ${mostMeters} meters already, the most there may be` })
    await tx.query(
      `insert into meters (key, name, unit, decimals, aggregation, created_at) values ($1, $2, $3, $4, $5, $6)
       on conflict (key) do update set name = excluded.name, unit = excluded.unit`,
      [meter.key, JSON.stringify(meter.name), JSON.stringify(meter.unit), meter.decimals, meter.aggregation, tx.at],
    )
    return meter
  })
}

/** The statement that reads every meter, by key. */
export const everyMeter = `select key, name, unit, decimals, aggregation from meters order by key collate "C" limit ${mostMeters}`

/** Every meter, by key. */
export async function listMeters(billing: Billing): Promise<Meter[]> {
  return billing.transaction((tx) => tx.query<Meter>(everyMeter), { readOnly: true })
}

export async function findMeter(tx: BillingTransaction, key: string): Promise<Meter | undefined> {
  const [meter] = await tx.query<Meter>('select key, name, unit, decimals, aggregation from meters where key = $1', [key])
  return meter
}

/** Every meter by its key: a handful of rows that most computations need. */
export async function metersByKey(tx: BillingTransaction): Promise<Map<string, Meter>> {
  return new Map((await listMeters(tx)).map((meter) => [meter.key, meter]))
}
