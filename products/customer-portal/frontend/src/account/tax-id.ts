const alphabet = '0123456789ABCDEFGHJKLMNPQRTUWXY'

/**
 * Whether a 统一社会信用代码 is valid: 18 of the 31 characters, the last one the check character by GB
 * 32100-2015 (weights 3^(i−1) mod 31).
 */
export function isTaxId(text: string): boolean {
  if (text.length !== 18) return false
  const values = [...text].map((character) => alphabet.indexOf(character))
  if (values.some((value) => value < 0)) return false
  let weight = 1
  let sum = 0
  for (const value of values.slice(0, 17)) {
    sum += value * weight
    weight = (weight * 3) % 31
  }
  return (31 - (sum % 31)) % 31 === values[17]
}

/** Normalises typed input: no spaces, upper case. */
export function normalizeTaxId(text: string): string {
  return text.replace(/[\s-]/g, '').toUpperCase()
}

/** The first character that codes do not use (I, O, S, V and Z), if any. */
export function strangerIn(text: string): string | undefined {
  return [...text].find((character) => !alphabet.includes(character))
}
