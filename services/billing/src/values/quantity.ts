import assert from 'node:assert/strict'

/**
 * A whole number of a meter's smallest steps. Outside the engine quantities are units: 12.5 with one decimal
 * is 125 steps.
 */
export type Steps = number

export type QuantityMistake = 'quantity_negative' | 'quantity_too_precise' | 'quantity_overflow'

/**
 * Converts units, a JSON number or decimal text, to steps. More decimals than the meter has are rejected,
 * never rounded.
 */
export function stepsFrom(units: number | string, decimals: number): Steps | QuantityMistake {
  if (typeof units === 'string') return stepsOfText(units, decimals)
  if (units < 0) return 'quantity_negative'
  // The fast path of nearly every event. A product of integers that is a safe integer is exact.
  if (Number.isSafeInteger(units)) {
    const steps = units * 10 ** decimals + 0
    return Number.isSafeInteger(steps) ? steps : 'quantity_overflow'
  }
  return stepsOfText(String(units), decimals)
}

/** Maximum length of a text that is parsed as a quantity. */
const maxCharacters = 64
/** With a larger exponent only zero is a valid quantity. */
const maxExponent = 100

function stepsOfText(text: string, decimals: number): Steps | QuantityMistake {
  const match = text.length > maxCharacters ? null : /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text)
  if (!match) return 'quantity_overflow'
  const [, sign, whole = '', fraction = '', power = '0'] = match
  const digits = (whole + fraction).replace(/0+$/, '')
  if (/^0*$/.test(digits)) return 0
  if (sign === '-') return 'quantity_negative'
  const exponent = Number(power) + whole.length - digits.length + decimals
  if (exponent < 0) return 'quantity_too_precise'
  const steps = exponent > maxExponent ? Infinity : Number(BigInt(digits) * 10n ** BigInt(exponent))
  return Number.isSafeInteger(steps) ? steps : 'quantity_overflow'
}

/** Converts steps to units, as the nearest JSON number. */
export function unitsFrom(steps: Steps, decimals: number): number {
  assert(Number.isSafeInteger(steps))
  return Number(`${steps}e-${decimals}`)
}

/** Converts a whole number of units, as plans state them, to steps. */
export function wholeUnits(units: number, decimals: number): Steps {
  return units * 10 ** decimals
}
