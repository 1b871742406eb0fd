import type { Billing, BillingTransaction } from './billing.ts'
import { BillingError } from './failure.ts'
import { localized, type LocalizedText } from './text.ts'

/** What is counted. `decimals` fixes its smallest step for ever: quantities are stored as whole numbers of it. */
export interface Meter {
  key: string
  name: LocalizedText
  unit: LocalizedText
  decimals: number
  /** What a day's or a period's events come to: the sum of their quantities, their number, the largest quantity, the latest one, or how many different values `uniqueBy` took. */
  aggregation: 'sum' | 'count' | 'max' | 'last' | 'unique'
  /** For `unique`: the property whose different values are counted. */
  uniqueBy?: string
  /** Properties by whose values what is used is broken down; of meters that add up, at most two. */
  groupBy?: string[]
}

export const mostGroupings = 2

/** Whether more usage is simply added: the others look at all events of a range anew. */
export const isAdditive = ({ aggregation }: Pick<Meter, 'aggregation'>): boolean => aggregation === 'sum' || aggregation === 'count'

const columns = 'key, name, unit, decimals, aggregation, unique_by as "uniqueBy", group_by as "groupBy"'

export type MeterRow = Omit<Meter, 'uniqueBy'> & { uniqueBy: string | null; groupBy: string[] }

/** A meter as it is read: what it does not have is not there. */
export function meterFrom({ uniqueBy, groupBy, ...meter }: MeterRow): Meter {
  return { ...meter, ...(uniqueBy === null ? {} : { uniqueBy }), ...(groupBy.length === 0 ? {} : { groupBy }) }
}

export const mostMeters = 200

/** Creates a meter or renames it. What it counts and how (all but its name and unit) never changes once it exists, since stored usage depends on it. */
export async function putMeter(
  billing: Billing,
  input: { key: string; name: string | LocalizedText; unit: string | LocalizedText; decimals?: number; aggregation?: Meter['aggregation']; uniqueBy?: string; groupBy?: string[] },
): Promise<Meter> {
  return billing.transaction(async (tx) => {
    const known = await findMeter(tx, input.key)
    const uniqueBy = input.uniqueBy ?? known?.uniqueBy
    const groupBy = input.groupBy ?? known?.groupBy ?? []
    const meter: Meter = {
      key: input.key, name: localized(input.name), unit: localized(input.unit),
      decimals: input.decimals ?? known?.decimals ?? 0, aggregation: input.aggregation ?? known?.aggregation ?? 'sum', ...(uniqueBy === undefined ? {} : { uniqueBy }),
      ...(groupBy.length === 0 ? {} : { groupBy }),
    }
    const changed = known && (['decimals', 'aggregation', 'uniqueBy', 'groupBy'] as const).find((field) => JSON.stringify(known[field]) !== JSON.stringify(meter[field]))
    if (changed) {
      throw new BillingError('meter_in_use', { pointer: `/${changed}`, message: `the ${changed} of meter '${input.key}' cannot change from ${known[changed]}: make a new meter` })
    }
    if ((meter.aggregation === 'unique') !== (meter.uniqueBy !== undefined)) {
      throw new BillingError('invalid_meter', { pointer: '/uniqueBy', message: "a meter of aggregation 'unique', and no other, names in uniqueBy the property whose different values it counts" })
    }
    if (meter.aggregation === 'unique' && meter.decimals > 0) throw new BillingError('invalid_meter', { pointer: '/decimals', message: 'different values are counted in whole numbers: decimals must be 0' })
    if (groupBy.length > mostGroupings || new Set(groupBy).size < groupBy.length || (groupBy.length > 0 && !isAdditive(meter))) {
      throw new BillingError('invalid_meter', { pointer: '/groupBy', message: `a meter that sums or counts is broken down by at most ${mostGroupings} different properties` })
    }
    if (!known && (await listMeters(tx)).length >= mostMeters) throw new BillingError('invalid_meter', { pointer: '/key', message: `there are ${mostMeters} meters already, the most there may be` })
    await tx.query(
      `insert into meters (key, name, unit, decimals, aggregation, created_at, unique_by, group_by) values ($1, $2, $3, $4, $5, $6, $7, $8)
       on conflict (key) do update set name = excluded.name, unit = excluded.unit`,
      [meter.key, JSON.stringify(meter.name), JSON.stringify(meter.unit), meter.decimals, meter.aggregation, tx.at, meter.uniqueBy ?? null, groupBy],
    )
    return meter
  })
}

/** The statement that reads every meter, by key. */
export const everyMeter = `select ${columns} from meters order by key collate "C" limit ${mostMeters}`

/** Every meter, by key. */
export async function listMeters(billing: Billing): Promise<Meter[]> {
  const rows = await billing.transaction((tx) => tx.query<MeterRow>(everyMeter), { readOnly: true })
  return rows.map(meterFrom)
}

export async function findMeter(tx: BillingTransaction, key: string): Promise<Meter | undefined> {
  const [row] = await tx.query<MeterRow>(`select ${columns} from meters where key = $1`, [key])
  return row && meterFrom(row)
}

/** Every meter by its key: a handful of rows that most computations need. */
export async function metersByKey(tx: BillingTransaction): Promise<Map<string, Meter>> {
  return new Map((await listMeters(tx)).map((meter) => [meter.key, meter]))
}
