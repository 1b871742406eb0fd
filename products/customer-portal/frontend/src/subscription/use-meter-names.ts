import type { LocalizedText } from '@customer-portal/portal-api/contract'
import { computed } from 'vue'
import { useFormat } from '../format/use-format.ts'
import { useUsage } from '../queries.ts'

/** A meter's name and unit in the reader's language; its key where the server has not named it. */
export function useMeterNames() {
  const { text } = useFormat()
  const usage = useUsage()
  const meters = computed(() => new Map((usage.data.value?.meters ?? []).map((meter): [string, { name: LocalizedText; unit: LocalizedText }] => [meter.meter, meter])))
  const word = (key: string, part: 'name' | 'unit') => {
    const meter = meters.value.get(key)
    return meter ? text(meter[part]) : part === 'name' ? key : ''
  }
  const nameOf = (key: string) => word(key, 'name')
  /** The unit, unless the name says it already: "Model tokens: 2 M", not "2 M tokens". */
  function unitOf(key: string): string {
    const unit = word(key, 'unit')
    return nameOf(key).toLowerCase().endsWith(unit.toLowerCase()) ? '' : unit
  }
  return { nameOf, unitOf, fullUnitOf: (key: string) => word(key, 'unit') }
}
