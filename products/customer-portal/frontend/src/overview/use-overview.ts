import { addDays, daysBetween } from '@customer-portal/ui/format/date.ts'
import { computed } from 'vue'
import { useFormat } from '../format/use-format.ts'
import { useAccount, useInvoices, useInvoiceSummary, useSubscription, useUsage } from '../queries.ts'
import { numberOf } from '../usage/own.ts'
import { meterQuotas } from '../usage/quota.ts'
import { dueOf } from '../invoices/due.ts'
import { alertsOf } from './alerts.ts'

const trendDays = 30

/** Everything the overview shows, from its four queries. */
export function useOverview() {
  const { localDate } = useFormat()
  const account = useAccount()
  const subscription = useSubscription()
  const usage = useUsage()
  const invoices = useInvoices({ limit: 4 })
  const summary = useInvoiceSummary()
  const previousLabel = computed(() => {
    const now = usage.data.value
    return now?.periods[now.periods.findIndex((period) => period.label === now.period.label) + 1]?.label
  })
  const previous = useUsage(previousLabel, () => previousLabel.value !== undefined)

  /** The amount due in the customer's currency, over all invoices. */
  const due = computed(() => dueOf(summary.data.value, account.data.value?.currency))
  const today = computed(() => (usage.data.value ? localDate(usage.data.value.asOf) : undefined))
  const quotas = computed(() => meterQuotas(usage.data.value))
  const mainMeter = computed(() => quotas.value[0]?.meter ?? usage.data.value?.meters[0])

  /** The last thirty days of the main meter, ending today. */
  const trend = computed(() => {
    const meter = mainMeter.value?.meter
    const end = today.value
    if (!meter || !end) return []
    const before = previousLabel.value ? (previous.data.value?.daily ?? []) : []
    const byDate = new Map(
      [...before, ...(usage.data.value?.daily ?? [])].map((day) => [day.date, numberOf(day.usage, meter)]),
    )
    return Array.from(
      { length: trendDays },
      (_, index) => byDate.get(addDays(end, index - trendDays + 1)) ?? 0,
    )
  })

  return {
    account,
    subscription,
    usage,
    invoices,
    summary,
    due,
    quotas,
    mainMeter,
    trend,
    today,
    trendReady: computed(
      () =>
        usage.data.value !== undefined && (previousLabel.value === undefined || !previous.isPending.value),
    ),
    recent: computed(() => invoices.data.value?.pages[0]?.data.slice(0, 3) ?? []),
    alerts: computed(() =>
      alertsOf(
        subscription.data.value,
        usage.data.value,
        due.value && {
          count: due.value.overdue,
          amount: due.value.amountOverdue,
          currency: due.value.currency,
        },
      ),
    ),
    // Alerts are above everything: shown later than the rest, they would push it down.
    ready: computed(
      () => !subscription.isPending.value && !usage.isPending.value && !summary.isPending.value,
    ),
    settled: computed(() => subscription.isSuccess.value && usage.isSuccess.value && summary.isSuccess.value),
    daysLeft: computed(() =>
      usage.data.value && today.value ? daysBetween(today.value, usage.data.value.period.end) : 0,
    ),
    isNew: computed(
      () =>
        usage.data.value !== undefined
        && usage.data.value.periods.length <= 1
        && usage.data.value.meters.every((meter) => meter.used === 0),
    ),
  }
}
