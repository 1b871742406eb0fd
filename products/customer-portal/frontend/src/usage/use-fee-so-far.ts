import { useFormat } from '../format/use-format.ts'
import type { MeterUsage } from './quota.ts'

/**
 * The cost so far of a pay-as-you-go meter, as text; undefined when something is included or nothing may be
 * used.
 */
export function useFeeSoFar(currency: () => string | undefined) {
  const { money } = useFormat()
  return (meter: MeterUsage) => {
    const known = currency()
    return known && meter.included === 0 && meter.overagePolicy === 'bill'
      ? money(meter.overageAmount, known)
      : undefined
  }
}
