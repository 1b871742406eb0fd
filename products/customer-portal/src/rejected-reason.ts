import { faultIn, type listRejectedEvents } from '@customer-portal/billing'
import { failures } from '@customer-portal/http'
import type { LocalizedText } from '@customer-portal/http/resources'

type RejectedEvent = Awaited<ReturnType<typeof listRejectedEvents>>['data'][number]

/** The reason why reported usage was rejected, as a sentence for the customer. */
export function rejectedReason({
  code,
  detail,
  quantity,
}: Pick<RejectedEvent, 'code' | 'detail' | 'quantity'>): LocalizedText {
  if (code !== 'validation_failed')
    return { 'zh-CN': failures[code]['zh-CN'].detail, en: failures[code].en.detail }
  const [zh, en] = ofFault(detail, quantity)
  return { 'zh-CN': `${zh}。`, en: `${en}.` }
}

function ofFault(detail: string, quantity: RejectedEvent['quantity']): [zh: string, en: string] {
  const fault = faultIn(detail)
  switch (fault.kind) {
    case 'property_missing':
      return [`缺少属性“${fault.property}”`, `The property “${fault.property}” is missing`]
    case 'property_no_number':
      return [`属性“${fault.property}”不是数字`, `The property “${fault.property}” is not a number`]
    case 'quantity_missing':
      return ['缺少数量', 'The quantity is missing']
    case 'properties_too_long':
      return ['属性内容过长', 'The properties are too long']
    case 'text_unreadable':
      return ['内容中有无法识别的字符', 'It has characters that can’t be read']
    case 'time':
      return ['发生时间的格式不正确', 'The time is not a valid date and time']
    case 'field':
      return ofField(fault.field, quantity)
    case 'unknown':
      return ['数据的格式不正确', 'The data is not in the required form']
  }
}

function ofField(field: string, quantity: RejectedEvent['quantity']): [zh: string, en: string] {
  switch (field) {
    case 'quantity':
      return typeof quantity === 'string'
        ? [`数量“${quantity}”不是有效的数字`, `The quantity “${quantity}” is not a valid number`]
        : ['数量不是有效的数字', 'The quantity is not a valid number']
    case 'time':
      return ['发生时间的格式不正确', 'The time is not a valid date and time']
    case 'properties':
      return ['属性的格式不正确', 'The properties are not in the required form']
    case 'meter':
    case 'type':
    case '':
      return ['没有正确指明计量项', 'It doesn’t name its meter as required']
    default:
      return ['数据的格式不正确', 'The data is not in the required form']
  }
}
