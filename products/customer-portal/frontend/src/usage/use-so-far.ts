import { computed } from 'vue'
import { useUsage } from '../queries.ts'

/**
 * The cost of the current period's usage so far, in minor units, before discounts and tax; undefined until
 * loaded.
 */
export function useSoFar() {
  const usage = useUsage()
  return computed(() => usage.data.value?.meters.reduce((sum, meter) => sum + meter.overageAmount, 0))
}
