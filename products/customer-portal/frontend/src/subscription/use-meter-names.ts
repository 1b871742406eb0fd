import type { LocalizedText, Unit } from '@customer-portal/portal-api/contract'
import { computed } from 'vue'
import { useFormat } from '../format/use-format.ts'
import { usePlanMeters, useUsage } from '../queries.ts'

/** A meter's name and unit in the reader's language: of those the plans charge for, and of others that were used. */
export function useMeterNames() {
  const { text, unitFor } = useFormat()
  const usage = useUsage()
  const ofPlans = usePlanMeters()
  const meters = computed(() => new Map<string, { name: LocalizedText; unit: Unit }>([
    ...(usage.data.value?.meters ?? []).map((meter) => [meter.meter, meter] as const), ...(ofPlans.data.value ?? []).map((meter) => [meter.key, meter] as const),
  ]))
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
  /** Of so many; of many where no number is given. */
  const fullUnitOf = (key: string, quantity?: number) => {
    const meter = meters.value.get(key)
    return meter ? unitFor(meter.unit, quantity ?? 2) : ''
  }
  return { nameOf, unitOf, fullUnitOf }
}
