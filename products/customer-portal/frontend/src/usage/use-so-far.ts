import { computed } from 'vue'
import { useUsage } from '../queries.ts'

/**
 * What the usage of the current period comes to so far, minor units, before discounts and tax; undefined
 * until it is known.
 */
export function useSoFar() {
  const usage = useUsage()
  return computed(() => usage.data.value?.meters.reduce((sum, meter) => sum + meter.overageAmount, 0))
}
