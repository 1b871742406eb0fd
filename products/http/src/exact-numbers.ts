/**
 * A double holds this many digits, a decimal point included. Almost no body has a longer run, so one search
 * settles most.
 */
const shortRun = 15
const longRun =
  /[0-9.][0-9.][0-9.][0-9.][0-9.][0-9.][0-9.][0-9.][0-9.][0-9.][0-9.][0-9.][0-9.][0-9.][0-9.][0-9.]/
/**
 * The end of a number with an exponent of three digits or more: with a shorter one, a number of few digits
 * fits a double.
 */
const largeExponent = /[eE][-+\d]\d\d+[\s,}\]]/
/** Below this a double has fewer significant digits, down to none. */
const smallestWithAllDigits = 2 ** -1022
/**
 * More than a batch of a thousand events has. Each takes about a microsecond to check, and other requests
 * wait meanwhile.
 */
export const maxLongNumbers = 32_768
/** A double written with 17 digits parses to the same double. */
const digitsOfDouble = 17
const partsOfNumber = /^-?(\d+)(?:\.(\d+))?(?:[eE]([-+]?\d+))?$/

/**
 * Returns the JSON with each number that a double cannot hold replaced by its text: `1234567890123456789`
 * becomes `"1234567890123456789"`, `1e-400` becomes `"1e-400"`. A field that also accepts text gets the
 * number as sent; any other field is rejected by name instead of being read as another number. Undefined when
 * more than 32,768 numbers are long enough, or have such an exponent, to need a check.
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
        if (long > maxLongNumbers) return undefined
        if (!isExact(json.slice(at, end))) {
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

/** The index behind the closing quote, or the end when there is none. */
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
const maxLengthOfDouble = 1_100

/**
 * Whether parsing a number loses nothing: it is the shortest text of its double, or the one with 17 digits
 * that some languages write.
 */
function isExact(literal: string): boolean {
  const value = Number(literal)
  // Most numbers end here; what is not a number is left to the JSON parser.
  if (String(value) === literal || Number.isNaN(value)) return true
  // No program writes a double that long, and a regular expression over millions of digits may overflow the
  // stack.
  if (literal.length > maxLengthOfDouble) return false
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
 * A decimal's digits without surrounding zeros, and its exponent: equal for equal numbers. The sign is
 * dropped.
 */
function decimalOf(text: string): { digits: string; exponent: number } | undefined {
  const parts = partsOfNumber.exec(text)
  if (!parts) return undefined
  const [, whole = '', fraction = '', exponent = '0'] = parts
  const behind = (whole + fraction).replace(/^0+/, '')
  const digits = withoutTrailingZeros(behind)
  return {
    digits,
    exponent: digits === '' ? 0 : Number(exponent) - fraction.length + behind.length - digits.length,
  }
}

/** Not by a regular expression: it could start at each of a million zeros and scan on from every one. */
function withoutTrailingZeros(digits: string): string {
  let end = digits.length
  while (end > 0 && digits[end - 1] === '0') end -= 1
  return digits.slice(0, end)
}
