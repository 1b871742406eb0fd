import { computed, watch } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { addDays, daysBetween } from '../format/date.ts'
import { useFormat } from '../format/use-format.ts'
import { useUsage } from '../queries.ts'
import { meterQuotas } from './quota.ts'

const single = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)

/** The usage page's filters, kept in the address so that a link shows the same, and the period they choose. */
export function useUsagePage() {
  const route = useRoute()
  const router = useRouter()
  const { localDate } = useFormat()

  const filter = computed(() => {
    const { period, meter, from, to } = route.query
    return { period: single(period), meter: single(meter), from: single(from), to: single(to) }
  })
  const query = useUsage(() => filter.value.period)
  const usage = computed(() => query.data.value)
  const isCurrent = computed(() => usage.value !== undefined && usage.value.period.label === usage.value.periods[0]?.label)
  const today = computed(() => (usage.value ? localDate(usage.value.asOf) : undefined))

  function setFilter(change: Partial<Record<'period' | 'meter' | 'from' | 'to', string | undefined>>) {
    void router.replace({ query: { ...route.query, ...change } })
  }

  // The same days of the period before, whole days only: a day that is not over would look like a fall.
  const previousLabel = computed(() => {
    const all = usage.value?.periods ?? []
    return all[all.findIndex((period) => period.label === usage.value?.period.label) + 1]?.label
  })
  const previous = useUsage(previousLabel, () => previousLabel.value !== undefined)
  const wholeDays = computed(() => {
    const now = usage.value
    if (!now || !today.value) return 0
    const until = today.value < now.period.end ? today.value : now.period.end
    return Math.max(0, daysBetween(now.period.start, until))
  })
  function changeOf(meter: string): number | undefined {
    const before = previousLabel.value && previous.data.value?.period.label === previousLabel.value ? previous.data.value : undefined
    if (!before || !usage.value || wholeDays.value === 0) return undefined
    const sum = (of: { start: string; daily: { date: string; usage: Record<string, number> }[] }) =>
      of.daily.filter((day) => daysBetween(of.start, day.date) < wholeDays.value).reduce((total, day) => total + (day.usage[meter] ?? 0), 0)
    const earlier = sum({ start: before.period.start, daily: before.daily })
    return earlier > 0 ? sum({ start: usage.value.period.start, daily: usage.value.daily }) / earlier - 1 : undefined
  }

  const quotas = computed(() => meterQuotas(usage.value))
  const chartMeter = computed(() => {
    const meters = usage.value?.meters ?? []
    return meters.find((meter) => meter.meter === filter.value.meter) ?? quotas.value[0]?.meter ?? meters[0]
  })

  /** The days on the chart: of a running period up to its end, the coming ones empty. */
  const days = computed(() => {
    const now = usage.value
    if (!now) return []
    const byDate = new Map(now.daily.map((day) => [day.date, day.usage]))
    return Array.from({ length: daysBetween(now.period.start, now.period.end) }, (_, index) => {
      const date = addDays(now.period.start, index)
      return { date, value: byDate.get(date)?.[chartMeter.value?.meter ?? ''] ?? 0, future: today.value !== undefined && date > today.value }
    })
  })

  // A period that ended is not the one a day was chosen in.
  watch(() => filter.value.period, () => { if (filter.value.from) setFilter({ from: undefined, to: undefined }) })

  const daysLeft = computed(() => (usage.value && today.value ? daysBetween(today.value, usage.value.period.end) : 0))
  return { filter, setFilter, query, usage, isCurrent, today, quotas, chartMeter, days, changeOf, daysLeft }
}
export type UsagePage = ReturnType<typeof useUsagePage>
