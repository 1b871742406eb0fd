import assert from 'node:assert/strict'

/** A whole number of a meter's smallest steps. Outside the engine quantities are units: 12.5 at one decimal is 125 steps. */
export type Steps = number

export type QuantityMistake = 'quantity_negative' | 'quantity_too_precise' | 'quantity_overflow'

/** Units as JSON gave them → steps. More decimals than the meter has are refused, never rounded. */
export function stepsFrom(units: number, decimals: number): Steps | QuantityMistake {
  if (units < 0) return 'quantity_negative'
  // Nearly every event. A product of whole numbers that is a safe one is exact.
  if (Number.isSafeInteger(units)) {
    const steps = units * 10 ** decimals + 0
    return Number.isSafeInteger(steps) ? steps : 'quantity_overflow'
  }
  const match = /^(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(units))
  if (!match) return 'quantity_overflow'
  const exponent = Number(match[3] ?? 0) - (match[2]?.length ?? 0) + decimals
  if (exponent < 0) return 'quantity_too_precise'
  const steps = Number(BigInt(match[1]! + (match[2] ?? '')) * 10n ** BigInt(exponent))
  return Number.isSafeInteger(steps) ? steps : 'quantity_overflow'
}

/** Steps → units, as the nearest JSON number. */
export function unitsFrom(steps: Steps, decimals: number): number {
  assert(Number.isSafeInteger(steps))
  return Number(`${steps}e-${decimals}`)
}

/** A whole number of units, as plans state them → steps. */
export function wholeUnits(units: number, decimals: number): Steps {
  return units * 10 ** decimals
}
