import { computed } from 'vue'
import { useFormat } from '../format/use-format.ts'
import { useUsage } from '../queries.ts'

/** The customer's date of today by the server's clock; undefined until it has answered. */
export function useToday() {
  const { localDate } = useFormat()
  const usage = useUsage()
  return computed(() => (usage.data.value ? localDate(usage.data.value.asOf) : undefined))
}
