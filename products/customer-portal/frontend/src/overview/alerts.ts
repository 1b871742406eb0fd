import type { Invoice, Subscription, UsageSummary } from '@customer-portal/portal-api/contract'
import { quotaLevel, quotaOf, quotaPercent, worstFirst } from '../usage/quota.ts'

type MeterUsage = UsageSummary['meters'][number]
export type Alert =
  | { kind: 'overdue'; tone: 'bad'; invoices: Invoice[] }
  | { kind: 'used-up'; tone: 'bad' | 'warn'; meter: MeterUsage }
  | { kind: 'near'; tone: 'warn'; meter: MeterUsage; percent: number }
  | { kind: 'ending'; tone: 'warn'; at: string }
  | { kind: 'trial'; tone: 'warn'; daysLeft: number; at: string }

/** From so many days before its end on, a trial is something to look at. */
const endingDays = 3

/** What the customer should look at, the most urgent first. */
export function alertsOf(subscription: Subscription | undefined, usage: UsageSummary | undefined, open: readonly Invoice[]): Alert[] {
  const overdue = open.filter((invoice) => invoice.overdue)
  const alerts: Alert[] = overdue.length > 0 ? [{ kind: 'overdue', tone: 'bad', invoices: overdue }] : []
  for (const { meter, ...quota } of worstFirst((usage?.meters ?? []).map((meter) => ({ ...quotaOf(meter), meter })))) {
    const level = quotaLevel(quota)
    if (level === 'bad') alerts.push({ kind: 'used-up', tone: meter.overagePolicy === 'block' ? 'bad' : 'warn', meter })
    if (level === 'warn') alerts.push({ kind: 'near', tone: 'warn', meter, percent: quotaPercent(quota) })
  }
  if (subscription?.trialDaysLeft != null && subscription.trialDaysLeft <= endingDays && subscription.trialEndsAt && !subscription.cancelAtPeriodEnd) {
    alerts.push({ kind: 'trial', tone: 'warn', daysLeft: subscription.trialDaysLeft, at: subscription.trialEndsAt })
  }
  if (subscription?.cancelAtPeriodEnd && subscription.currentPeriod) alerts.push({ kind: 'ending', tone: 'warn', at: subscription.currentPeriod.end })
  return alerts
}
