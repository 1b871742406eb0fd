import { useTexts } from '../texts/index.ts'
interface Seats {
  min: number
  max: number | null
}

/** The number of seats clamped to what a plan allows. */
export function clampSeats(seats: number, allowed: Seats): number {
  return Math.min(Math.max(Math.trunc(seats), allowed.min), allowed.max ?? 1_000_000)
}

/** "1–20 seats", "from 5 seats", "3 seats". */
export function useSeatsText() {
  const { t } = useTexts()
  return ({ min, max }: Seats) => {
    if (max === null) return t('subscription.seatsFrom', { min }, min)
    return min === max
      ? t('subscription.seatsExact', { min }, min)
      : t('subscription.seatsRange', { min, max })
  }
}
