import type { UsageDays } from '@customer-portal/portal-api/contract'
import { useFormat } from '../format/use-format.ts'

/** The names of an event's meter and quantity in a sentence; an unknown meter is named as it was sent. */
export function useMeterWords(meters: () => UsageDays['meters']) {
  const { text, exact, counted } = useFormat()
  return {
    wordsOf(event: { meter: string; quantity: number | null }): { meter: string; quantity: string } {
      const meter = meters().find((one) => one.meter === event.meter)
      return {
        meter: meter ? text(meter.name) : event.meter || '–',
        quantity: counted(event.quantity ?? 1, meter?.unit, exact),
      }
    },
  }
}
