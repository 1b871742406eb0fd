import { sql, type Sql } from '@customer-portal/database'

/** SQL that aggregates a day from its events, shared by recording and rebuilding. */

/** SQL: the identity of a property value, the SHA-256 of its JSON. */
export function valueOf(properties: Sql, name: Sql): Sql {
  return sql`sha256(convert_to((${properties} -> ${name})::text, 'UTF8'))`
}

/** SQL: aggregates a group of one meter's events. `values`: the number of new values, for unique meters. */
export function dayOf(events: Sql, values = sql`coalesce(s.values, 0)`): Sql {
  return sql`(${unboundDayOf(events, values)})::bigint`
}

/** SQL: like `dayOf`, for events whose sum is not bounded. */
export function unboundDayOf(events: Sql, values: Sql): Sql {
  return sql`case ${events}.aggregation
    when 'max' then max(${events}.quantity)
    when 'last' then ${latest(events, sql`quantity`)}
    when 'unique' then ${values}
    else sum(${events}.quantity) end`
}

/** SQL: `last_at` and `last_id` of such a group; null where the latest event does not matter. */
export function latestOf(events: Sql): Sql {
  return sql`
    case ${events}.aggregation when 'last' then max(${events}.time) end as last_at,
    case ${events}.aggregation when 'last' then ${latest(events, sql`id`)} end as last_id`
}

const latest = (events: Sql, column: Sql) =>
  sql`(array_agg(${events}.${column} order by ${events}.time desc, ${events}.id collate "C" desc))[1]`

/**
 * SQL: whether the new event is later than the day's. Ids compare by bytes, so the result is the same on
 * every server.
 */
export const isLater = (days: Sql) =>
  sql`(excluded.last_at, excluded.last_id collate "C") > (${days}.last_at, ${days}.last_id collate "C")`

/** The tables that hold sums of events. */
export interface Sums {
  days: 'usage_daily' | 'historical_daily'
  values: 'usage_values' | 'historical_values'
  groups: 'usage_groups' | 'historical_groups'
  /** SQL: the condition on `usage_events` for events that are in these sums. */
  of: 'apart is null' | "apart = 'history'"
}

/** Usage that is billed and uses quota. */
export const countedSums: Sums = {
  days: 'usage_daily',
  values: 'usage_values',
  groups: 'usage_groups',
  of: 'apart is null',
}
/** Historical usage, which is shown but does not count. */
export const historicalSums: Sums = {
  days: 'historical_daily',
  values: 'historical_values',
  groups: 'historical_groups',
  of: "apart = 'history'",
}

/**
 * Why an event does not count: it is history, or came after a subscription was ended at once (then it is in
 * no sum).
 */
export type Apart = 'history' | 'after_end'

/** Returns the tables that an event is summed in. */
export const sumsOf = ({ apart }: { apart?: Apart | null }): Sums | null =>
  apart === 'after_end' ? null : apart === 'history' ? historicalSums : countedSums
