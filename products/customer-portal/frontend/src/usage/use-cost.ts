import { computed, reactive, type Ref } from 'vue'
import { useUsageLines, type useUsage } from '../queries.ts'
import { datesOf, sameRange, type Range } from './range.ts'

/**
 * The cost of a billing period's usage: of the one shown, or of the current one when other days are shown,
 * which have no allowance of their own.
 */
export function useCost(cycle: ReturnType<typeof useUsage>, asked: Ref<Range | undefined>) {
  const periods = computed(() => cycle.data.value?.periods ?? [])
  const past = computed(() =>
    periods.value.slice(1).find((period) => sameRange(asked.value, datesOf(period))),
  )
  const query = reactive(
    useUsageLines(
      () => past.value?.label,
      () => cycle.data.value !== undefined,
    ),
  )
  const billedMeters = computed(
    () =>
      cycle.data.value?.meters.filter((meter) => meter.overagePolicy === 'bill').map((meter) => meter.meter)
      ?? [],
  )
  // A meter that blocks when used up costs nothing, so there is no breakdown.
  const lines = computed(
    () =>
      query.data?.lines.filter((line) => line.amount !== 0 || billedMeters.value.includes(line.meter)) ?? [],
  )
  return reactive({
    query,
    lines,
    expected: computed(() => billedMeters.value.length),
    isPast: computed(() => past.value !== undefined),
  })
}
export type Cost = ReturnType<typeof useCost>
