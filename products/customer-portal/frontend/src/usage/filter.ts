import type { LocationQuery } from 'vue-router'
import { rangeFrom, type Range } from './range.ts'

export const pageSizes = ['10', '20', '50'] as const
export type PageSize = (typeof pageSizes)[number]

/** Not a valid key of a meter, which never begins like this. */
export const feeChart = '_fee'

/** The state of the usage page in its URL, so that a link shows the same. */
export interface UsageFilter {
  /** The days shown; undefined for those of the current billing period. */
  range: Range | undefined
  /** The billing period in a link of an earlier version, by its label. */
  period: string | undefined
  /** What the chart shows: a meter, or the fees. */
  chart: string | undefined
  /** The property by whose values the chart is grouped. */
  group: string | undefined
  /** The meter and the one day of the detail. */
  meter: string | undefined
  day: string | undefined
  /** The event searched for, or the value of a property. */
  id: string | undefined
  property: string | undefined
  value: string | undefined
  size: PageSize
  /** The detail's page, and the cursor that leads to it. */
  page: number
  after: string | undefined
}

const single = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)

/** Text longer than the server accepts is ignored. */
const shorter = (most: number, value: unknown) => {
  const text = single(value)
  return text && text.length <= most ? text : undefined
}

/** The filters of a URL; invalid values are ignored. */
export function filterFrom(query: LocationQuery): UsageFilter {
  const range = rangeFrom(query)
  const day = rangeFrom({ from: query.day })?.from
  const after = single(query.after)
  const [property, value] = [shorter(64, query.property), shorter(500, query.value)]
  const page = Number(single(query.page) ?? 1)
  return {
    range,
    period: range ? undefined : single(query.period),
    chart: single(query.chart),
    group: single(query.group),
    meter: single(query.meter),
    day: day && range && (day < range.from || day > range.to) ? undefined : day,
    id: shorter(200, query.id),
    ...(property && value ? { property, value } : { property: undefined, value: undefined }),
    size: pageSizes.find((size) => size === query.size) ?? '10',
    after,
    page: after && Number.isInteger(page) && page > 1 && page < 1e6 ? page : 1,
  }
}

type Change = Partial<
  Record<
    | 'from'
    | 'to'
    | 'chart'
    | 'group'
    | 'meter'
    | 'day'
    | 'id'
    | 'property'
    | 'value'
    | 'size'
    | 'page'
    | 'after',
    string | undefined
  >
>

/**
 * The query after a change. Any change returns the detail to its first page, and other days clear the chosen
 * one.
 */
export function queryAfter(query: LocationQuery, change: Change): LocationQuery {
  const begins = 'after' in change ? {} : { after: undefined, page: undefined }
  const otherDays =
    'from' in change
      ? { day: undefined, period: undefined, why: undefined, days: undefined, events: undefined }
      : {}
  const all: Record<string, LocationQuery[string] | undefined> = {
    ...query,
    ...begins,
    ...otherDays,
    ...change,
  }
  return Object.fromEntries(
    Object.entries(all).filter(
      (entry): entry is [string, LocationQuery[string]] => entry[1] !== undefined && entry[1] !== '',
    ),
  )
}
