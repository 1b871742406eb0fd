import { computed } from 'vue'
import { useFormat } from '../format/use-format.ts'
import { useUsage } from '../queries.ts'

/** The customer's current date by the server's clock; undefined until loaded. */
export function useToday() {
  const { localDate } = useFormat()
  const usage = useUsage()
  return computed(() => (usage.data.value ? localDate(usage.data.value.asOf) : undefined))
}
