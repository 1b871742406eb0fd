import type { UsageSummary } from '@customer-portal/portal-api/contract'
import { percentOf } from '@customer-portal/ui/format/quantity.ts'

export type MeterUsage = UsageSummary['meters'][number]

/** What may be used of a meter, grants included (null: unlimited), and how much of it is used. */
export interface Quota {
  used: number
  included: number | null
}

/**
 * The used share in percent, may be above 100; 0 when unlimited. Any usage is at least 1 %, so that "100 %
 * left" is never shown after the first unit.
 */
export function quotaPercent(quota: Quota): number {
  if (quota.included === null) return 0
  return Math.max(percentOf(quota.used, quota.included), quota.used > 0 ? 1 : 0)
}

/** ok below 80 %, warn below 100 %, bad from 100 %. A meter with nothing included is never short. */
export function quotaLevel(quota: Quota): 'ok' | 'warn' | 'bad' {
  if (quota.included === null || quota.included === 0) return 'ok'
  if (quota.used >= quota.included) return 'bad'
  return quota.used / quota.included >= 0.8 ? 'warn' : 'ok'
}

/** The fullest first; unlimited ones last. */
export function worstFirst<Item extends Quota>(quotas: readonly Item[]): Item[] {
  const rank = (quota: Quota) =>
    quota.included === null || quota.included === 0 ? -1 : quota.used / quota.included
  return [...quotas].sort((one, other) => rank(other) - rank(one))
}

/**
 * The quota of the current phase: after a plan change the counter restarts, while the period's usage
 * continues.
 */
export function quotaOf(meter: {
  used: number
  included: number | null
  granted: number
  remaining: number | null
  overage: number
}): Quota {
  if (meter.included === null) return { used: meter.used, included: null }
  const included = sumOf(meter.included, meter.granted)
  return { used: sumOf(included, -Math.max(0, meter.remaining ?? 0), meter.overage), included }
}

/** Adds decimals of at most six digits exactly. */
const sumOf = (...units: number[]) => units.reduce((sum, one) => sum + Math.round(one * 1e6), 0) / 1e6

/** The meters the plan charges for or a grant covers, with their quotas, fullest first. */
export function meterQuotas(usage: UsageSummary | undefined): (Quota & { meter: MeterUsage })[] {
  const charged = usage?.meters.filter((meter) => meter.overagePolicy !== null || meter.granted > 0) ?? []
  return worstFirst(charged.map((meter) => ({ ...quotaOf(meter), meter })))
}
