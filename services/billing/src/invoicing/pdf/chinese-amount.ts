import assert from 'node:assert/strict'

const digits = ['零', '壹', '贰', '叁', '肆', '伍', '陆', '柒', '捌', '玖']
const places = ['', '拾', '佰', '仟']

/**
 * Writes an amount of 分 in the capital numerals that Chinese law requires on bills (人民币大写): 140950 is
 * 人民币壹仟肆佰零玖元伍角. Source: 正确填写票据和结算凭证的基本规定 (支付结算办法, annex 1). Optional zeros are omitted; 整 ends an amount in
 * whole 元 only. A negative amount is 人民币负….
 */
export function chineseAmount(fen: number): string {
  assert(Number.isSafeInteger(fen), `an amount is a safe integer, not ${fen}`)
  const magnitude = Math.abs(fen)
  return `人民币${fen < 0 ? '负' : ''}${yuanText(Math.floor(magnitude / 100), magnitude % 100)}`
}

function yuanText(yuan: number, fen: number): string {
  const whole = yuan > 0 || fen === 0 ? `${wholeText(yuan) || '零'}元` : ''
  return whole + (fen === 0 ? '整' : fractionText(Math.floor(fen / 10), fen % 10, whole !== ''))
}

function fractionText(jiao: number, fen: number, afterYuan: boolean): string {
  const tenths = jiao > 0 ? `${digits[jiao]}角` : afterYuan ? '零' : ''
  return tenths + (fen > 0 ? `${digits[fen]}分` : '')
}

/**
 * Writes a whole number without a unit; 0 is the empty text. Groups of eight digits by 亿, inside them groups
 * of four by 万.
 */
function wholeText(value: number): string {
  if (value >= 1e8)
    return joined(wholeText(Math.floor(value / 1e8)), '亿', wholeText(value % 1e8), value % 1e8 < 1e7)
  if (value >= 1e4)
    return joined(wholeText(Math.floor(value / 1e4)), '万', wholeText(value % 1e4), value % 1e4 < 1e3)
  return groupText(value)
}

/** A gap in the digits between two groups becomes one 零. */
function joined(high: string, unit: string, low: string, gap: boolean): string {
  return high + unit + (low !== '' && gap ? '零' : '') + low
}

function groupText(value: number): string {
  let text = ''
  for (let place = 3; place >= 0; place -= 1) {
    const digit = Math.floor(value / 10 ** place) % 10
    if (digit > 0) text += digits[digit]! + places[place]!
    else if (text !== '' && value % 10 ** place > 0 && !text.endsWith('零')) text += '零'
  }
  return text
}
