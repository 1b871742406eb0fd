import { numberFormat } from './formats.ts'

const largeFrom = 1_000_000

/** Formats a quantity in full with grouping: 61,800,000 or 12.5. */
export function formatExact(quantity: number, locale: string): string {
  return numberFormat(locale, { maximumFractionDigits: 6 }).format(quantity).replace('-', '−')
}

/**
 * A quantity to read at a glance: in full below a million, above it 61.8 M or 6,180 万. Show the exact one in
 * a title.
 */
export function formatQuantity(quantity: number, locale: string): string {
  if (Math.abs(quantity) < largeFrom) return formatExact(quantity, locale)
  const format = numberFormat(locale, {
    notation: 'compact',
    useGrouping: 'always',
    maximumFractionDigits: 1,
    minimumFractionDigits: 0,
  } as Intl.NumberFormatOptions)
  return format
    .formatToParts(quantity)
    .map((part) => (part.type === 'compact' ? ` ${part.value}` : part.value))
    .join('')
    .replace(/ +/g, ' ')
    .replace('-', '−')
}

/** Formats a share as a whole percent, rounded down: 100 % appears only when nothing is left. */
export function percentOf(part: number, whole: number): number {
  if (whole <= 0) return part > 0 ? 100 : 0
  return Math.floor((part / whole) * 100)
}

/** Formats a difference with its sign: +12.4 %, −3 %. */
export function formatChange(ratio: number, locale: string): string {
  return numberFormat(locale, { style: 'percent', signDisplay: 'exceptZero', maximumFractionDigits: 1 })
    .format(ratio)
    .replace('-', '−')
}
