const numbers = new Map<string, Intl.NumberFormat>()
const dates = new Map<string, Intl.DateTimeFormat>()

function kept<Format>(
  formats: Map<string, Format>,
  locale: string,
  options: object,
  make: () => Format,
): Format {
  const name = `${locale} ${JSON.stringify(options)}`
  const known = formats.get(name)
  if (known) return known
  const made = make()
  formats.set(name, made)
  return made
}

/**
 * Returns the number format with these options. Formats are cached: making one takes a hundred times as long
 * as using it, and a page uses a few for hundreds of numbers.
 */
export const numberFormat = (locale: string, options: Intl.NumberFormatOptions = {}) =>
  kept(numbers, locale, options, () => new Intl.NumberFormat(locale, options))

/** Returns the date format with these options, cached like number formats. */
export const dateFormat = (locale: string, options: Intl.DateTimeFormatOptions) =>
  kept(dates, locale, options, () => new Intl.DateTimeFormat(locale, options))
