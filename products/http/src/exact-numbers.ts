/**
 * As many digits a double always holds, and with a point among them. Nearly no body has such a run: one look
 * finds that out.
 */
const shortRun = 15
const longRun =
  /[0-9.][0-9.][0-9.][0-9.][0-9.][0-9.][0-9.][0-9.][0-9.][0-9.][0-9.][0-9.][0-9.][0-9.][0-9.][0-9.]/
/**
 * What ends as a number does with an exponent of three digits: with fewer, one of few digits is neither too
 * large nor too small for a double.
 */
const largeExponent = /[eE][-+\d]\d\d+[\s,}\]]/
/** Below it a double holds fewer digits, down to none. */
const smallestWithAllDigits = 2 ** -1022
/**
 * More than a batch of a thousand events has: looking at each takes about a microsecond, and others wait
 * meanwhile.
 */
export const mostLongNumbers = 32_768
/** A double written with 17 digits is read as itself. */
const digitsOfDouble = 17
const partsOfNumber = /^-?(\d+)(?:\.(\d+))?(?:[eE]([-+]?\d+))?$/

/**
 * The JSON with each number that a double cannot hold written as a text instead, `1234567890123456789` as
 * `"1234567890123456789"` and `1e-400` as `"1e-400"`: it stays what was sent where a text is taken too, and
 * is refused by the name of its field everywhere else, rather than read as another number. Undefined where
 * more than 32,768 numbers are so long, or have such an exponent, that they have to be looked at.
 */
export function withExactNumbers(json: string): string | undefined {
  if (!longRun.test(json) && !largeExponent.test(json)) return json
  const pieces: string[] = []
  let copied = 0
  let long = 0
  for (let at = 0; at < json.length;) {
    const character = json.charCodeAt(at)
    if (character === quote) {
      at = endOfText(json, at)
    } else if (character === minus || isDigit(character)) {
      const end = endOfNumber(json, at)
      if (end - at > shortRun || hasLargeExponent(json, at, end)) {
        long += 1
        if (long > mostLongNumbers) return undefined
        if (!isHeld(json.slice(at, end))) {
          pieces.push(json.slice(copied, at), '"', json.slice(at, end), '"')
          copied = end
        }
      }
      at = end
    } else {
      at += 1
    }
  }
  return copied === 0 ? json : pieces.join('') + json.slice(copied)
}

const quote = 0x22
const backslash = 0x5c
const minus = 0x2d
const plus = 0x2b
const isDigit = (character: number) => character >= 0x30 && character <= 0x39

/** Behind the closing quote, or at the end where there is none. */
function endOfText(json: string, start: number): number {
  for (let end = json.indexOf('"', start + 1); end !== -1; end = json.indexOf('"', end + 1)) {
    let escapes = 0
    while (json.charCodeAt(end - 1 - escapes) === backslash) escapes += 1
    if (escapes % 2 === 0) return end + 1
  }
  return json.length
}

function endOfNumber(json: string, start: number): number {
  let end = start + 1
  for (; end < json.length; end += 1) {
    const character = json.charCodeAt(end)
    if (
      !isDigit(character)
      && character !== 0x2e
      && (character | 0x20) !== 0x65
      && character !== minus
      && character !== plus
    )
      break
  }
  return end
}

/** Whether a number ends in an exponent of three digits or more. */
function hasLargeExponent(json: string, start: number, end: number): boolean {
  let sign = end - 1
  while (sign > start && isDigit(json.charCodeAt(sign))) sign -= 1
  if (end - sign <= 3) return false
  const before = json.charCodeAt(sign)
  return ((before === minus || before === plus ? json.charCodeAt(sign - 1) : before) | 0x20) === 0x65
}

/** The exact decimal of any double is shorter. */
const longestOfDouble = 1_100

/**
 * Whether a number is read as what it says: as the shortest text of its double, or as that of 17 digits,
 * which some languages write.
 */
function isHeld(literal: string): boolean {
  const value = Number(literal)
  // Most are one of these, or what is no number, which is left to whoever reads the JSON.
  if (String(value) === literal || Number.isNaN(value)) return true
  // No program writes a double so long, and a pattern that goes through millions of digits may use up the
  // stack.
  if (literal.length > longestOfDouble) return false
  const written = decimalOf(literal)
  if (written === undefined || written.digits === '') return true
  if (written.digits.length > digitsOfDouble || !Number.isFinite(value) || value === 0) return false
  if (written.digits.length <= shortRun && Math.abs(value) >= smallestWithAllDigits) return true
  return [String(value), value.toPrecision(digitsOfDouble)].some((text) => {
    const read = decimalOf(text)!
    return read.digits === written.digits && read.exponent === written.exponent
  })
}

/**
 * A decimal's digits without zeros around them and its exponent: equal for equal numbers. The sign is left
 * out.
 */
function decimalOf(text: string): { digits: string; exponent: number } | undefined {
  const parts = partsOfNumber.exec(text)
  if (!parts) return undefined
  const [, whole = '', fraction = '', exponent = '0'] = parts
  const behind = (whole + fraction).replace(/^0+/, '')
  const digits = withoutZerosBehind(behind)
  return {
    digits,
    exponent: digits === '' ? 0 : Number(exponent) - fraction.length + behind.length - digits.length,
  }
}

/** Not by a pattern: one that may begin at each of a million zeros would look from each of them. */
function withoutZerosBehind(digits: string): string {
  let end = digits.length
  while (end > 0 && digits[end - 1] === '0') end -= 1
  return digits.slice(0, end)
}
