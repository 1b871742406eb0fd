import type { UsageDays } from '@customer-portal/portal-api/contract'
import { numberOf } from './own.ts'

type Value = NonNullable<UsageDays['groups']>[number]['values'][number]

/**
 * A stack of one colour: a value of a property, a meter's fee, or the only series. `values` has one entry per
 * day.
 */
export interface Series {
  key: string
  kind: 'value' | 'none' | 'rest' | 'meter'
  label: string
  values: number[]
  total: number
}

/** Maximum number of series with a colour of their own; the others are one series. */
const maxColoured = 3

/** The most used values first, including events without a value, and the rest together at the end. */
export function seriesOf(values: readonly Value[], days: number): Series[] {
  const named = values.filter(({ kind }) => kind !== 'rest').sort((one, other) => other.used - one.used)
  const shown = named.slice(0, maxColoured).map((value): Series => ({
    key: `${value.kind} ${value.value}`,
    kind: value.kind,
    label: value.value,
    values: [...value.daily],
    total: value.used,
  }))
  const others = [...named.slice(maxColoured), ...values.filter(({ kind }) => kind === 'rest')]
  if (others.length === 0) return shown
  const sum = (index: number) => exact(others.reduce((total, value) => total + (value.daily[index] ?? 0), 0))
  return [
    ...shown,
    {
      key: 'rest',
      kind: 'rest',
      label: '',
      values: Array.from({ length: days }, (_, index) => sum(index)),
      total: exact(others.reduce((total, value) => total + value.used, 0)),
    },
  ]
}

/** Quantities have six decimals at most; further digits come from floating point. */
const exact = (quantity: number) => Number(quantity.toFixed(6))

/** The fees of the meters with a cost, the costliest first. */
export function feeSeries(
  usage: Pick<UsageDays, 'meters' | 'days'>,
  nameOf: (meter: UsageDays['meters'][number]) => string,
): Series[] {
  return usage.meters
    .filter((meter) => usage.days.some((day) => numberOf(day.fees, meter.meter) !== 0))
    .sort((one, other) => other.fee - one.fee)
    .map((meter) => ({
      key: `meter ${meter.meter}`,
      kind: 'meter',
      label: nameOf(meter),
      values: usage.days.map((day) => numberOf(day.fees, meter.meter)),
      total: meter.fee,
    }))
}

/** Colours in the order of the series; the rest is grey. */
export function colourOf(series: Series, index: number): 1 | 2 | 3 | 'rest' {
  return series.kind === 'rest' || index >= maxColoured ? 'rest' : ((index + 1) as 1 | 2 | 3)
}
