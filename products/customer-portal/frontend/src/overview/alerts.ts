import type { Subscription, UsageSummary } from '@customer-portal/portal-api/contract'
import { quotaLevel, quotaOf, quotaPercent, worstFirst } from '../usage/quota.ts'

type MeterUsage = UsageSummary['meters'][number]
type MeterAlert =
  | { kind: 'used-up'; tone: 'bad' | 'warn'; meter: MeterUsage }
  | { kind: 'near'; tone: 'warn'; meter: MeterUsage; percent: number }
export type Alert =
  | MeterAlert
  | { kind: 'overdue'; tone: 'bad'; count: number; amount: number; currency: string }
  | { kind: 'more'; tone: 'bad' | 'warn'; count: number }
  | { kind: 'ending'; tone: 'warn'; at: string }
  | { kind: 'trial'; tone: 'warn'; daysLeft: number; at: string }

/** The overdue invoices. */
export interface Overdue {
  count: number
  amount: number
  currency: string
}

/** Days before its end from which a trial is an alert. */
const endingDays = 3
/** Maximum number of meters with an alert of their own; the others share one. */
const maxMeters = 3

/** The customer's alerts, most urgent first: blocked before costly. */
export function alertsOf(
  subscription: Subscription | undefined,
  usage: UsageSummary | undefined,
  overdue: Overdue | undefined,
): Alert[] {
  const alerts: Alert[] = overdue && overdue.count > 0 ? [{ kind: 'overdue', tone: 'bad', ...overdue }] : []
  // Without a plan nothing has a limit any more.
  const meters = subscription && !subscription.plan ? [] : alertsOfMeters(usage?.meters ?? [])
  alerts.push(...meters.slice(0, maxMeters))
  const more = meters.slice(maxMeters)
  if (more.length > 0)
    alerts.push({
      kind: 'more',
      tone: more.some(({ tone }) => tone === 'bad') ? 'bad' : 'warn',
      count: more.length,
    })
  if (
    subscription?.trialDaysLeft != null
    && subscription.trialDaysLeft <= endingDays
    && subscription.trialEndsAt
    && !subscription.cancelAtPeriodEnd
  ) {
    alerts.push({
      kind: 'trial',
      tone: 'warn',
      daysLeft: subscription.trialDaysLeft,
      at: subscription.trialEndsAt,
    })
  }
  if (subscription?.cancelAtPeriodEnd && subscription.currentPeriod)
    alerts.push({ kind: 'ending', tone: 'warn', at: subscription.currentPeriod.end })
  return alerts
}

function alertsOfMeters(meters: readonly MeterUsage[]): MeterAlert[] {
  const all = worstFirst(meters.map((meter) => ({ ...quotaOf(meter), meter }))).flatMap(
    ({ meter, ...quota }): MeterAlert[] => {
      const level = quotaLevel(quota)
      if (level === 'bad')
        return [{ kind: 'used-up', tone: meter.overagePolicy === 'block' ? 'bad' : 'warn', meter }]
      return level === 'warn' ? [{ kind: 'near', tone: 'warn', meter, percent: quotaPercent(quota) }] : []
    },
  )
  return all.sort(
    (one, other) =>
      Number(other.meter.overagePolicy === 'block') - Number(one.meter.overagePolicy === 'block'),
  )
}

/** The number of things the alerts stand for. */
export const thingsIn = (alerts: readonly Alert[]): number =>
  alerts.reduce((sum, alert) => sum + (alert.kind === 'more' ? alert.count : 1), 0)
