import { computed, reactive, type Ref } from 'vue'
import { useUsageLines, type useUsage } from '../queries.ts'
import { datesOf, sameRange, type Range } from './range.ts'

/**
 * What the usage of a billing period costs: of the one on show, or of the current one where other days are.
 * Other days have no allowance of their own.
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
  // A meter that stops when used up costs nothing: there is nothing to explain.
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
