import { numberFormat } from './formats.ts'

const exponents: Record<number, string> = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
  3: 'BHD IQD JOD KWD LYD OMR TND',
  4: 'CLF UYW',
}

/**
 * How many decimals a currency's minor unit stands for, by ISO 4217 (Intl follows CLDR, which differs for
 * some).
 */
export function currencyExponent(currency: string): number {
  const found = Object.entries(exponents).find(([, codes]) => codes.includes(currency))
  return found ? Number(found[0]) : 2
}

/** Converts minor units to a decimal string without floating point. */
export function decimalText(amount: number, exponent: number): `${number}` {
  const digits = String(Math.abs(amount)).padStart(exponent + 1, '0')
  const whole = digits.slice(0, digits.length - exponent)
  const fraction = exponent > 0 ? `.${digits.slice(-exponent)}` : ''
  return `${amount < 0 ? '-' : ''}${whole}${fraction}` as `${number}`
}

/** Formats an amount in minor units for a locale, with the narrow currency symbol and a true minus sign. */
export function formatMoney(
  amount: number,
  currency: string,
  locale: string,
  options: { trim?: boolean } = {},
): string {
  const exponent = currencyExponent(currency)
  const whole = options.trim && amount % 10 ** exponent === 0
  const format = numberFormat(locale, {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
    minimumFractionDigits: whole ? 0 : exponent,
    maximumFractionDigits: whole ? 0 : exponent,
  })
  const said = format.format(decimalText(amount, exponent)).replace('-', '−')
  // Yuan and yen share their narrow symbol, so the yen is written JP¥.
  return currency === 'JPY' ? said.replace(/[¥￥]/, 'JP¥') : said
}

/**
 * A rate's price for `per` units, with as many decimals as the currency has: the reader sees "¥0.40 / 1,000".
 */
export function formatRate(
  rate: { amount: number; per: number },
  currency: string,
  locale: string,
): { price: string; per: string } {
  return {
    price: formatMoney(rate.amount, currency, locale),
    per: rate.per === 1 ? '' : numberFormat(locale).format(rate.per),
  }
}
