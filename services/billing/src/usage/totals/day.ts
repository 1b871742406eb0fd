/**
 * The SQL by which a day is made from its events: one place for those who record them and those who count
 * them again.
 */

/** What tells one value of a property from another: the SHA-256 of its JSON. */
export function valueOf(properties: string, name: string): string {
  return `sha256(convert_to((${properties} -> ${name})::text, 'UTF8'))`
}

/**
 * What a group of events of one meter comes to. `values`: how many values are new in it, where different
 * values are counted.
 */
export function dayOf(events: string, values = 'coalesce(s.values, 0)'): string {
  return `(${unboundDayOf(events, values)})::bigint`
}

/** The same of events whose sum nobody bounds: a number of any size. */
export function unboundDayOf(events: string, values: string): string {
  return (
    `case ${events}.aggregation when 'max' then max(${events}.quantity) when 'last' then `
    + `${latest(events, 'quantity')} when 'unique' then ${values} else sum(${events}.quantity) end`
  )
}

/** `last_at` and `last_id` of such a group: null where the latest does not matter. */
export function latestOf(events: string): string {
  return (
    `case ${events}.aggregation when 'last' then max(${events}.time) end as last_at, `
    + `case ${events}.aggregation when 'last' then ${latest(events, 'id')} end as last_id`
  )
}

const latest = (events: string, column: string) =>
  `(array_agg(${events}.${column} order by ${events}.time desc, ${events}.id collate "C" desc))[1]`

/**
 * Whether what comes is later than what a day holds. Ids are compared by their bytes, so that it is the same
 * on every server.
 */
export const isLater = (days: Sums['days']) =>
  `(excluded.last_at, excluded.last_id collate "C") > (${days}.last_at, ${days}.last_id collate "C")`

/** The tables in which events are summed. */
export interface Sums {
  days: 'usage_daily' | 'historical_daily'
  values: 'usage_values' | 'historical_values'
  groups: 'usage_groups' | 'historical_groups'
  /** As a condition on a row of `usage_events`: the events that are summed there. */
  of: 'apart is null' | "apart = 'history'"
}

/** What is billed and uses up quotas. */
export const countedSums: Sums = {
  days: 'usage_daily',
  values: 'usage_values',
  groups: 'usage_groups',
  of: 'apart is null',
}
/** History, which is shown and counts for nothing. */
export const historicalSums: Sums = {
  days: 'historical_daily',
  values: 'historical_values',
  groups: 'historical_groups',
  of: "apart = 'history'",
}

/**
 * Why an event stands apart from what counts: it is history, or came after a subscription was ended at once
 * (then it is in no sum).
 */
export type Apart = 'history' | 'after_end'

/** Where an event is summed. */
export const sumsOf = ({ apart }: { apart?: Apart | null }): Sums | null =>
  apart === 'after_end' ? null : apart === 'history' ? historicalSums : countedSums
