const alphabet = '0123456789ABCDEFGHJKLMNPQRTUWXY'

/**
 * Returns whether a text is a valid 统一社会信用代码, the 18-character id of Chinese organisations by GB 32100-2015:
 * authority, kind, six digits of region, nine characters of organisation code, and a check character; letters
 * without I O S V Z.
 */
export function isTaxId(text: string): boolean {
  return (
    /^[0-9A-HJ-NP-RTUWXY]{2}\d{6}[0-9A-HJ-NP-RTUWXY]{10}$/.test(text)
    && taxIdCheckCharacter(text.slice(0, 17)) === text[17]
  )
}

/** Returns the 18th character for the first 17: 31 less the sum of values × 3^(i−1), modulo 31. */
export function taxIdCheckCharacter(first: string): string {
  let sum = 0
  let weight = 1
  for (const character of first) {
    sum += alphabet.indexOf(character) * weight
    weight = (weight * 3) % 31
  }
  return alphabet[(31 - (sum % 31)) % 31]!
}
