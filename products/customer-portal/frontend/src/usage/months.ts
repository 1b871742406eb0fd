import type { UsageMonths } from '@customer-portal/portal-api/contract'
import type { Series } from './series.ts'

type Month = UsageMonths['months'][number]

/** The month selected first: the last full one with a previous one, otherwise the newest. */
export const chosenMonth = (months: readonly Month[]): Month | undefined =>
  months.filter(({ running, change }) => !running && change !== null).at(-1) ?? months.at(-1)

/** Maximum number of cost parts with a colour of their own. */
const maxNamed = 3

/**
 * One meter's usage by month; without a meter each month's cost: the fee first, then the costliest meters,
 * and the others together. Parts without cost are omitted.
 */
export function monthSeries(
  months: readonly Month[],
  meter: string | undefined,
  nameOf: (key: string) => string,
): Series[] {
  const of = (key: string, values: number[]): Series => ({
    key,
    kind: 'meter',
    label: nameOf(key),
    values,
    total: sum(values),
  })
  const valuesOf = (key: string, what: 'used' | 'amount') =>
    months.map((month) => month.meters.find((one) => one.meter === key)?.[what] ?? 0)
  if (meter !== undefined) return [of(meter, valuesOf(meter, 'used'))]
  const keys = [...new Set(months.flatMap((month) => month.meters.map((one) => one.meter)))]
  const costs = keys
    .map((key) => of(key, valuesOf(key, 'amount')))
    .filter(({ values }) => values.some((value) => value !== 0))
    .sort((one, other) => other.total - one.total)
  const fee = of(
    'fee',
    months.map((month) => month.fee),
  )
  const parts = [...(fee.values.some((value) => value !== 0) ? [fee] : []), ...costs]
  if (parts.length <= maxNamed + 1) return parts
  const rest = months.map((_, index) => sum(parts.slice(maxNamed).map(({ values }) => values[index] ?? 0)))
  return [...parts.slice(0, maxNamed), { ...of('rest', rest), kind: 'rest' }]
}

/** Quantities have six decimals at most; further digits come from floating point. */
const sum = (values: readonly number[]) =>
  Number(values.reduce((total, value) => total + value, 0).toFixed(6))

/** The changes of a month, the heaviest first: money before usage. */
export function changesIn({ change }: Month): { key: string; used: number; amount: number }[] {
  if (change === null) return []
  const all = [
    { key: 'fee', used: 0, amount: change.fee },
    ...change.meters.map(({ meter, used, amount }) => ({ key: meter, used, amount })),
  ]
  return all
    .filter(({ used, amount }) => used !== 0 || amount !== 0)
    .sort((one, other) => Math.abs(other.amount) - Math.abs(one.amount))
}
