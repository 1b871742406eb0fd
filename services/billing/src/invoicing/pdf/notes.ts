import type { InvoiceForPdf } from './document.ts'

interface Note {
  zh: string
  en: string
}

const notTaxInvoice: Note = {
  zh: '本账单不是发票，不能作为税务凭证；发票另由税务平台开出。',
  en:
    'This document is a statement of charges, not a Chinese tax invoice (fapiao); '
    + 'tax invoices are issued through the tax platform.',
}
const amountsAddUp: Note = {
  zh: '每行金额只舍入一次（四舍五入），小计为各行之和；税额按税率对折后金额之和计算，每个税率只舍入一次；合计 = 小计 − 折扣 + 税额，已含在价格中的税不再相加。',
  en:
    'Each line is rounded once, half away from zero, and the subtotal is the sum of the lines. '
    + 'Tax is computed per rate on the summed amounts after discounts and rounded once per rate. '
    + 'Total = subtotal − discount + tax; tax already included in prices is not added again.',
}
const quantitiesAddUp: Note = {
  zh: '用量行的数量为该期间的全部用量，包含量之内的部分不计费；阶梯从超出包含量的第一个单位起算。日期为客户时区的自然日，含首尾两日。',
  en:
    'The quantity of a usage line is all usage in its period; what is included in the plan is not '
    + 'charged, and tiers count from the first unit above it. Dates are calendar days in the time zone of '
    + 'the customer, first and last included.',
}
const stateAtIssue: Note = {
  zh: '本账单为出账时的状态，之后的付款不在此显示。',
  en: 'This document shows the state at issue; later payments do not appear on it.',
}
const howToPay: Note = {
  zh: '请在付款期限之前转账至上述账户，并在附言中注明账单编号。',
  en:
    'Please transfer the amount due to the account above by the due date and give the invoice number as '
    + 'the reference.',
}
const noteNotTaxInvoice: Note = {
  zh: '本凭证不是发票，也不是红字发票，不能作为税务凭证；发票另由税务平台开出。',
  en:
    'This note is neither a Chinese tax invoice (fapiao) nor a red-letter one; '
    + 'tax invoices are issued through the tax platform.',
}
const creditsAddUp: Note = {
  zh: '每行为退回的金额，已扣除其应分摊的折扣；税额按原账单的税额比例退回，同一账单的全部凭证合计不超过该账单。',
  en:
    'Each line is what is given back, less its share of the discount. '
    + 'Tax is given back in the proportion it was charged; all notes of an invoice together give back no '
    + 'more than that invoice.',
}
const creditNote: Note = {
  zh: '本凭证冲减所列账单：先冲减其待付金额，余下部分转入余额，用于抵扣以后的账单，不作退款。',
  en:
    'This note credits the invoice it names: it lowers the amount due of that invoice first; '
    + 'the rest goes to your balance and pays later invoices. It is not paid out.',
}
const refundNote: Note = {
  zh: '本凭证冲减所列账单：先冲减其待付金额，余下部分退款。',
  en:
    'This note credits the invoice it names: it lowers the amount due of that invoice first; '
    + 'the rest is refunded.',
}
const negativeTotal: Note = {
  zh: '合计为负的金额已转入余额，用于抵扣以后的账单，不作退款。',
  en: 'A negative total goes to your balance and pays later invoices; it is not paid out.',
}
const draft: Note = {
  zh: '本草稿尚未出账，没有编号和日期，金额可能变化，请勿据此付款。',
  en:
    'This draft has not been issued: it has no number and no date, and its amounts may change. '
    + 'Please do not pay it.',
}
const voided: Note = {
  zh: '本账单已作废，请勿付款。',
  en: 'This invoice is void. Please do not pay it.',
}

/**
 * Returns the notes at the foot of an invoice, in both languages: what the document is, how it adds up, how
 * to pay.
 */
export function notes(invoice: InvoiceForPdf, due: number): Note[] {
  if (invoice.creditNote)
    return [noteNotTaxInvoice, invoice.creditNote.refund ? refundNote : creditNote, creditsAddUp]
  const issued = invoice.status === 'open' || invoice.status === 'paid'
  return [
    ...(invoice.status === 'draft' ? [draft] : []),
    ...(invoice.status === 'void' ? [voided] : []),
    notTaxInvoice,
    ...(issued && due > 0 ? [howToPay] : []),
    ...(invoice.addedToBalance > 0 ? [negativeTotal] : []),
    amountsAddUp,
    quantitiesAddUp,
    ...(issued ? [stateAtIssue] : []),
  ]
}
