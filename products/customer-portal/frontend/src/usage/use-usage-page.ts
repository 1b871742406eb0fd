import { ApiError } from '@customer-portal/ui/api-error.ts'
import { afterPaint } from '@customer-portal/ui/components/after-paint.ts'
import { addDays, daysBetween } from '@customer-portal/ui/format/date.ts'
import { computed, watch } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { useFormat } from '../format/use-format.ts'
import { queryClient, useSubscription, useUsage, useUsageDays } from '../queries.ts'
import { families } from '../reads.ts'
import { feeChart, filterFrom, queryAfter } from './filter.ts'
import { meterQuotas } from './quota.ts'
import { datesOf, isLastCycle, presets, rangeBefore, sameRange, type Range } from './range.ts'
import { useChange } from './use-change.ts'
import { useCost } from './use-cost.ts'

/**
 * The usage page: its filters, which are in the URL so that a link shows the same, and the data they select.
 */
export function useUsagePage() {
  const route = useRoute()
  const router = useRouter()
  const { localDate } = useFormat()
  const filter = computed(() => filterFrom(route.query))
  const setFilter = (change: Parameters<typeof queryAfter>[1]) =>
    void router.replace({ query: queryAfter(route.query, change) })

  const cycle = useUsage()
  const periods = computed(() => cycle.data.value?.periods ?? [])
  // Links of an early version name the period by its month.
  const linked = computed(() => periods.value.find((period) => period.label === filter.value.period))
  const asked = computed((): Range | undefined => filter.value.range ?? datesOf(linked.value))
  const chosenDays = afterPaint(() => filter.value.range)
  const followed = computed((): Range | undefined => chosenDays.value ?? datesOf(linked.value))
  const query = useUsageDays(
    () => ({
      ...(followed.value ? { start: followed.value.from, end: followed.value.to } : {}),
      ...(filter.value.group ? { groupBy: filter.value.group } : {}),
    }),
    () => filter.value.period === undefined || !cycle.isPending.value,
  )
  const usage = computed(() => query.data.value)
  const subscription = useSubscription()
  watch(query.error, (error) => {
    if (error instanceof ApiError && error.problem?.errors?.some(({ pointer }) => pointer === '?groupBy'))
      setFilter({ group: undefined })
  })

  const today = computed(() => (usage.value ? localDate(usage.value.asOf) : undefined))
  const range = computed((): Range | undefined =>
    usage.value ? { from: usage.value.start, to: usage.value.end } : undefined,
  )
  const hasPlan = computed(
    () => subscription.data.value === undefined || subscription.data.value.plan !== null,
  )
  /** The default range: the current period, from the server. */
  const usual = computed(() => datesOf(cycle.data.value?.period))
  const isUsual = computed(() =>
    usual.value ? sameRange(range.value, usual.value) : asked.value === undefined,
  )
  const shown = computed(() => ({
    current: cycle.data.value?.period,
    periods: periods.value,
    hasPlan: hasPlan.value,
  }))
  const limits = computed(() =>
    usage.value && today.value ? { since: usage.value.since, today: today.value } : undefined,
  )

  // Live usage of the current period also refreshes its days and the newest events; later pages stay as they
  // are.
  watch(
    () => JSON.stringify(cycle.data.value?.usage),
    (_now, before) => {
      if (before === undefined || !range.value || !today.value || range.value.to < today.value) return
      void query.refetch()
      const { usageLines, usageDay, usageDetail } = families
      const moved = [usageLines, usageDay, ...(filter.value.page === 1 ? [usageDetail] : [])]
      for (const queryKey of moved) void queryClient.invalidateQueries({ queryKey })
    },
  )

  function setRange(chosen: Range | undefined) {
    const { from, to } = sameRange(chosen, usual.value) ? {} : (chosen ?? {})
    setFilter({ from, to })
  }

  // Full days only: a day that is not over would look like a drop.
  const whole = computed((): Range | undefined => {
    if (!range.value || !today.value) return undefined
    const to = range.value.to < today.value ? range.value.to : addDays(today.value, -1)
    return to < range.value.from ? undefined : { from: range.value.from, to }
  })
  const before = computed(
    () => whole.value && usage.value && rangeBefore(whole.value, periods.value, usage.value.since),
  )
  const changes = useChange(usage, whole, before)

  const chosenChart = afterPaint(() => filter.value.chart)
  const chartMeter = computed(() => {
    const meters = usage.value?.meters ?? []
    const wanted = chosenChart.value ?? filter.value.meter
    const fullest = meterQuotas(cycle.data.value)[0]?.meter.meter
    return (
      meters.find((meter) => meter.meter === wanted)
      ?? meters.find((meter) => meter.meter === fullest)
      ?? meters[0]
    )
  })

  return {
    filter,
    setFilter,
    setRange,
    cycle,
    query,
    usage,
    today,
    range,
    /** Whether the default range is shown, and whether that is a billing cycle in progress. */
    isUsual,
    isCycle: computed(() => isUsual.value && hasPlan.value),
    /** The last choice, whether its days are loaded or not. */
    chosenRange: computed(() => asked.value ?? usual.value ?? range.value),
    limits,
    chartMeter,
    ...changes,
    cost: useCost(cycle, followed),
    quotas: computed(() => meterQuotas(cycle.data.value)),
    hasPlan,
    isLastCycle: computed(() => isLastCycle(shown.value)),
    planIsKnown: computed(() => !subscription.isPending.value),
    showsFee: computed(() => chosenChart.value === feeChart),
    /** Whether usage can cost anything. */
    billed: computed(
      () =>
        (cycle.data.value?.meters.some((meter) => meter.overagePolicy === 'bill') ?? false)
        || (usage.value?.meters.some((meter) => meter.fee !== 0) ?? false),
    ),
    presets: computed(() => (limits.value ? presets(shown.value, limits.value) : [])),
    daysLeft: computed(() =>
      cycle.data.value && today.value ? daysBetween(today.value, cycle.data.value.period.end) : 0,
    ),
  }
}
export type UsagePage = ReturnType<typeof useUsagePage>
