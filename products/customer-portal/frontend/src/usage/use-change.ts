import type { UsageDays } from '@customer-portal/portal-api/contract'
import { computed, type ComputedRef } from 'vue'
import { useUsageDays } from '../queries.ts'
import { numberOf } from './own.ts'
import type { Range } from './range.ts'

type Day = UsageDays['days'][number]

/**
 * The relative change (0.5: half as much again) of the full days shown against those they are compared with;
 * undefined when there is nothing to compare.
 */
export function useChange(
  usage: ComputedRef<UsageDays | undefined>,
  whole: ComputedRef<Range | undefined>,
  before: ComputedRef<Range | undefined>,
) {
  const earlier = useUsageDays(
    () => ({ start: before.value?.from, end: before.value?.to }),
    () => before.value !== undefined,
  )
  const compared = computed(() =>
    before.value
    && earlier.data.value?.start === before.value.from
    && earlier.data.value.end === before.value.to
      ? earlier.data.value
      : undefined,
  )

  function change(of: (day: Day) => number): number | undefined {
    const { from, to } = whole.value ?? { from: '', to: '' }
    const sum = (days: readonly Day[]) => days.reduce((total, day) => total + of(day), 0)
    const then = sum(compared.value?.days ?? [])
    return then > 0
      ? sum(usage.value?.days.filter((day) => from <= day.date && day.date <= to) ?? []) / then - 1
      : undefined
  }
  return {
    changeOf: (meter: string) => change((day) => numberOf(day.usage, meter)),
    feeChange: computed(() =>
      change((day) => Object.values(day.fees).reduce((total, fee) => total + fee, 0)),
    ),
  }
}
