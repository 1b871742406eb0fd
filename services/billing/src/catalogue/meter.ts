import { sql } from '@customer-portal/database'
import type { Engine, BillingTransaction } from '../engine.ts'
import { BillingError } from '../errors.ts'
import { requestFill } from './meter-fill-request.ts'
import { canonicalJson } from '../values/canonical-json.ts'
import { localized, type LocalizedText, type Unit } from '../values/localized-text.ts'

/** What is counted. `decimals` fixes the smallest step for ever: quantities are stored as whole steps. */
export interface Meter {
  key: string
  name: LocalizedText
  unit: Unit
  decimals: number
  /**
   * How the events of a day or period are aggregated: the sum of quantities, the number of events, the
   * largest or latest quantity, or the number of different values of `uniqueBy`.
   */
  aggregation: 'sum' | 'count' | 'max' | 'last' | 'unique'
  /** For `unique`: the property whose different values are counted. */
  uniqueBy?: string
  /** For `last`: whether a value stands until the next report, also past the end of a period. */
  carry?: boolean
  /** Properties that usage is broken down by; at most two, on additive meters only. */
  groupBy?: string[]
  /** The meter reads every event of this type, besides those that name it. */
  eventType?: string
  /** The property that holds the quantity; an event without it counts its `quantity`. */
  valueProperty?: string
  /** Restricts the events of the type to those whose properties have these values. */
  filters?: Record<string, FilterValue>
}

export type FilterValue = string | number | boolean

export const maxGroupBy = 2

/** Returns whether usage can be added up; the other aggregations need all events of a range. */
export const isAdditive = ({ aggregation }: Pick<Meter, 'aggregation'>): boolean =>
  aggregation === 'sum' || aggregation === 'count'

const columns = sql`
  key, name, unit, decimals, aggregation, unique_by as "uniqueBy", group_by as "groupBy",
  event_type as "eventType", value_property as "valueProperty", filters, carry`

type Optional = 'uniqueBy' | 'eventType' | 'valueProperty' | 'filters'
export type MeterRow = Omit<Meter, Optional | 'carry'> & { [K in Optional]: NonNullable<Meter[K]> | null } & {
  groupBy: string[]
  carry: boolean
}

/** Builds a meter from its row, without the members it does not have. */
export function meterFrom({
  uniqueBy,
  groupBy,
  eventType,
  valueProperty,
  filters,
  carry,
  ...meter
}: MeterRow): Meter {
  return {
    ...meter,
    ...(carry ? { carry } : {}),
    ...(uniqueBy === null ? {} : { uniqueBy }),
    ...(groupBy.length === 0 ? {} : { groupBy }),
    ...(eventType === null ? {} : { eventType }),
    ...(valueProperty === null ? {} : { valueProperty }),
    ...(filters === null ? {} : { filters }),
  }
}

/**
 * Maximum number of meters that read one event type, which bounds the work of an event; and of filters per
 * meter.
 */
export const maxReaders = 10
export const maxFilters = 10

/** The input for a meter. */
export interface MeterInput extends Partial<Omit<Meter, 'key' | 'name' | 'unit'>> {
  key: string
  name: string | LocalizedText
  unit: string | Unit
  /** Also counts stored events of its type, of periods that are not billed yet. */
  backfill?: boolean
}

export const maxMeters = 200

/**
 * Creates or renames a meter. Everything but its name and unit is fixed once it exists, because stored usage
 * depends on it; but one more `groupBy` property may be added, which is then filled from stored events
 * (`fillMeters`).
 */
export async function putMeter(engine: Engine, input: MeterInput): Promise<Meter> {
  return engine.transaction(async (tx) => {
    const known = await findMeter(tx, input.key)
    const uniqueBy = input.uniqueBy ?? known?.uniqueBy
    const groupBy = input.groupBy ?? known?.groupBy ?? []
    const meter: Meter = {
      key: input.key,
      name: localized(input.name),
      unit: localized(input.unit),
      decimals: input.decimals ?? known?.decimals ?? 0,
      aggregation: input.aggregation ?? known?.aggregation ?? 'sum',
      ...(uniqueBy === undefined ? {} : { uniqueBy }),
      ...((input.carry ?? known?.carry) ? { carry: true } : {}),
      ...(groupBy.length === 0 ? {} : { groupBy }),
      ...readingOf(input, known),
    }
    const changed =
      known
      && fixed.find((field) => canonicalJson(known[field] ?? null) !== canonicalJson(meter[field] ?? null))
    if (changed) {
      throw new BillingError('meter_in_use', {
        pointer: `/${changed}`,
        message:
          `the ${changed} of meter '${input.key}' cannot change from `
          + `${JSON.stringify(known[changed] ?? null)}: make a new meter`,
      })
    }
    const lost = known?.groupBy?.find((property) => !groupBy.includes(property))
    if (lost !== undefined) {
      throw new BillingError('meter_in_use', {
        pointer: '/groupBy',
        message: `meter '${input.key}' is broken down by '${lost}': properties can be added, not taken away`,
      })
    }
    if (input.backfill && meter.eventType === undefined) {
      throw new BillingError('invalid_meter', {
        pointer: '/backfill',
        message: 'a meter is filled from the events of a type: name it in eventType',
      })
    }
    if ((meter.aggregation === 'unique') !== (meter.uniqueBy !== undefined)) {
      throw new BillingError('invalid_meter', {
        pointer: '/uniqueBy',
        message:
          "a meter of aggregation 'unique', and no other, names in uniqueBy the property whose "
          + 'different values it counts',
      })
    }
    if (meter.aggregation === 'unique' && meter.decimals > 0)
      throw new BillingError('invalid_meter', {
        pointer: '/decimals',
        message: 'different values are counted in whole numbers: decimals must be 0',
      })
    if (
      groupBy.length > maxGroupBy
      || new Set(groupBy).size < groupBy.length
      || (groupBy.length > 0 && !isAdditive(meter))
    ) {
      throw new BillingError('invalid_meter', {
        pointer: '/groupBy',
        message: `a meter that sums or counts is broken down by at most ${maxGroupBy} different properties`,
      })
    }
    if (meter.carry && meter.aggregation !== 'last')
      throw new BillingError('invalid_meter', {
        pointer: '/carry',
        message: "a value stands until another is reported only of a meter of aggregation 'last'",
      })
    assertReads(meter)
    if (!known) await assertReaders(tx, meter)
    if (!known && (await listMeters(tx)).length >= maxMeters)
      throw new BillingError('invalid_meter', {
        pointer: '/key',
        message: `there are ${maxMeters} meters already, the most there may be`,
      })
    await tx.query(
      `insert into meters (
          key, name, unit, decimals, aggregation, created_at, unique_by, group_by, event_type, value_property,
          filters, carry
        )
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        on conflict (key)
          do update set name = excluded.name, unit = excluded.unit, group_by = excluded.group_by`,
      [
        meter.key,
        JSON.stringify(meter.name),
        JSON.stringify(meter.unit),
        meter.decimals,
        meter.aggregation,
        tx.at,
        meter.uniqueBy ?? null,
        groupBy,
        meter.eventType ?? null,
        meter.valueProperty ?? null,
        meter.filters ? JSON.stringify(meter.filters) : null,
        meter.carry ?? false,
      ],
    )
    if (input.backfill) await requestFill(tx, meter.key, null)
    for (const property of known ? groupBy.filter((one) => !known.groupBy?.includes(one)) : [])
      await requestFill(tx, meter.key, property)
    return meter
  })
}

/** The members that never change, because stored usage depends on them. */
const fixed = [
  'decimals',
  'aggregation',
  'uniqueBy',
  'carry',
  'eventType',
  'valueProperty',
  'filters',
] as const

function readingOf(
  input: MeterInput,
  known: Meter | undefined,
): Pick<Meter, 'eventType' | 'valueProperty' | 'filters'> {
  const [eventType, valueProperty, filters] = [
    input.eventType ?? known?.eventType,
    input.valueProperty ?? known?.valueProperty,
    input.filters ?? known?.filters,
  ]
  return {
    ...(eventType === undefined ? {} : { eventType }),
    ...(valueProperty === undefined ? {} : { valueProperty }),
    ...(filters === undefined || Object.keys(filters).length === 0 ? {} : { filters }),
  }
}

/** Returns whether a meter counts quantities, not events or values. */
export const countsQuantities = ({ aggregation }: Pick<Meter, 'aggregation'>): boolean =>
  aggregation !== 'count' && aggregation !== 'unique'

function assertReads(meter: Meter): void {
  const { eventType, valueProperty, filters } = meter
  if (valueProperty !== undefined && !countsQuantities(meter)) {
    throw new BillingError('invalid_meter', {
      pointer: '/valueProperty',
      message: `a meter of aggregation '${meter.aggregation}' counts no quantities: it has no valueProperty`,
    })
  }
  if (filters === undefined) return
  if (eventType === undefined)
    throw new BillingError('invalid_meter', {
      pointer: '/filters',
      message: 'filters choose among the events of a type: name it in eventType',
    })
  if (Object.keys(filters).length > maxFilters)
    throw new BillingError('invalid_meter', {
      pointer: '/filters',
      message: `a meter has at most ${maxFilters} filters`,
    })
}

async function assertReaders(tx: BillingTransaction, { eventType }: Meter): Promise<void> {
  if (eventType === undefined) return
  const [row] = await tx.query<{ readers: number }>(
    'select count(*)::int as readers from meters where event_type = $1',
    [eventType],
  )
  if (row!.readers < maxReaders) return
  throw new BillingError('invalid_meter', {
    pointer: '/eventType',
    message: `${maxReaders} meters read events of type '${eventType}' already, the most there may be`,
  })
}

/** The statement that reads every meter, by key. */
export const everyMeter = sql`
  select ${columns}
  from meters
  order by key collate "C"
  limit ${maxMeters}`

/** Lists every meter, by key. */
export async function listMeters(engine: Engine): Promise<Meter[]> {
  const rows = await engine.transaction((tx) => tx.query<MeterRow>(everyMeter), { readOnly: true })
  return rows.map(meterFrom)
}

export async function findMeter(tx: BillingTransaction, key: string): Promise<Meter | undefined> {
  const [row] = await tx.query<MeterRow>(sql`select ${columns} from meters where key = ${key}`)
  return row && meterFrom(row)
}

/** Returns every meter by its key: a few rows that most computations need. */
export async function metersByKey(tx: BillingTransaction): Promise<Map<string, Meter>> {
  return new Map((await listMeters(tx)).map((meter) => [meter.key, meter]))
}

/** The meter of an event whose type no meter reads because of their filters. */
export const noMeter = ''
