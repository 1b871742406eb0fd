import { currencyDigits } from '../../values/currency.ts'
import type { Rate } from './document.ts'

const symbols: Record<string, string> = {
  CNY: '¥',
  JPY: 'JP¥',
  USD: '$',
  HKD: '$',
  SGD: '$',
  AUD: '$',
  CAD: '$',
  NZD: '$',
  TWD: '$',
  MXN: '$',
  EUR: '€',
  GBP: '£',
  KRW: '₩',
  VND: '₫',
  BRL: 'R$',
}

const chineseNames: Record<string, string> = {
  CNY: '人民币',
  USD: '美元',
  EUR: '欧元',
  JPY: '日元',
  GBP: '英镑',
  HKD: '港元',
  TWD: '新台币',
  SGD: '新加坡元',
  KRW: '韩元',
  AUD: '澳大利亚元',
  BHD: '巴林第纳尔',
}

/**
 * Formats minor units for people: 123456 of CNY is ¥1,234.56, of JPY JP¥123,456, of BHD BHD 123.456 (ISO 4217
 * exponents). The tables are our own because those of Intl change with the runtime and the bytes of an
 * invoice must not.
 */
export function amountText(amount: number, currency: string): string {
  const exponent = currencyDigits(currency)
  const digits = String(Math.abs(amount)).padStart(exponent + 1, '0')
  const whole = grouped(digits.slice(0, digits.length - exponent))
  const sign = amount < 0 ? '-' : ''
  return `${sign}${symbols[currency] ?? `${currency} `}${whole}${exponent > 0 ? `.${digits.slice(-exponent)}` : ''}`
}

/** Formats a unit price: ¥0.40 / 1,000, or ¥199.00 where it is per unit. */
export function rateText(rate: Rate, currency: string): string {
  const amount = amountText(rate.amount, currency)
  return rate.per === 1 ? amount : `${amount} / ${quantityText(rate.per)}`
}

/** Formats units with thousands separators. */
export function quantityText(quantity: number): string {
  const [whole, decimals] = String(Math.abs(quantity)).split('.')
  return `${quantity < 0 ? '-' : ''}${grouped(whole!)}${decimals ? `.${decimals}` : ''}`
}

/** Returns the currency as the page names it: CNY 人民币, or the code alone. */
export function currencyText(currency: string): string {
  return chineseNames[currency] ? `${currency} ${chineseNames[currency]}` : currency
}

function grouped(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, ',')
}
