import type { LocalizedText, Unit } from '@customer-portal/portal-api/contract'
import { computed } from 'vue'
import { useFormat } from '../format/use-format.ts'
import { usePlanMeters, useUsage } from '../queries.ts'

/**
 * A meter's name and unit in the reader's language, for meters the plans charge for and others that were
 * used.
 */
export function useMeterNames() {
  const { text, unitFor, counted } = useFormat()
  const usage = useUsage()
  const ofPlans = usePlanMeters()
  const meters = computed(
    () =>
      new Map<string, { name: LocalizedText; unit: Unit }>([
        ...(usage.data.value?.meters ?? []).map((meter) => [meter.meter, meter] as const),
        ...(ofPlans.data.value ?? []).map((meter) => [meter.key, meter] as const),
      ]),
  )
  const unitIn = (key: string) => meters.value.get(key)?.unit
  const nameOf = (key: string) => {
    const meter = meters.value.get(key)
    return meter ? text(meter.name) : key
  }
  /** The unit's word for a quantity. */
  const unitOf = (key: string, quantity: number) => {
    const unit = unitIn(key)
    return unit ? unitFor(unit, quantity) : ''
  }
  /** A quantity with the meter's unit. */
  const countedIn = (key: string, quantity: number) => counted(quantity, unitIn(key))
  /**
   * The same below the meter's name, without the unit when the name contains it: "Model tokens: 2 M", not "2
   * M tokens".
   */
  function countedUnder(key: string, quantity: number): string {
    const unit = unitIn(key)
    const isSaid = unit !== undefined && nameOf(key).toLowerCase().endsWith(text(unit).toLowerCase())
    return counted(quantity, isSaid ? undefined : unit)
  }
  return { nameOf, unitOf, countedIn, countedUnder }
}
