import { Temporal } from 'temporal-polyfill'
import { chineseAmount } from './chinese-amount.ts'
import { amountText, currencyText, quantityText, rateText } from './amount-text.ts'
import { printedColour } from './brand-colour.ts'
import type {
  BuyerForPdf,
  BreakdownStep,
  InvoiceForPdf,
  InvoiceLineForPdf,
  LocalizedText,
  Rate,
  SellerForPdf,
} from './document.ts'
import { notes } from './notes.ts'
import type { InvoicePage, Labelled, PageLine, Party } from './typesetting/invoice-page.ts'

/**
 * Returns the texts of an invoice's printed page. They do not depend on payments or the time of rendering.
 */
export function invoicePage(invoice: InvoiceForPdf): InvoicePage {
  const due = invoice.status === 'void' ? 0 : Math.max(0, invoice.total - invoice.creditApplied)
  return {
    title:
      invoice.kind === 'credit_note' ? { zh: '贷项凭证', en: 'CREDIT NOTE' } : { zh: '账单', en: 'INVOICE' },
    mark: mark(invoice),
    number: numberOf(invoice) ?? '',
    created: invoice.status === 'draft' || !invoice.issuedAt ? null : utcParts(invoice.issuedAt),
    facts: facts(invoice),
    about: about(invoice),
    seller: invoice.seller && sellerParty(invoice.seller),
    logo: invoice.seller?.logo ?? null,
    brand: printedColour(invoice.seller?.brandColor),
    buyer: buyerParty(invoice.buyer),
    lines: invoice.lines.map((line, index) => pageLine(line, index, invoice.currency)),
    ...totals(invoice, due),
    inWords: invoice.currency === 'CNY' ? chineseAmount(invoice.total) : null,
    payment: due > 0 && (invoice.status === 'open' || invoice.status === 'paid') ? payment(invoice) : [],
    notes: notes(invoice, due),
  }
}

function mark(invoice: InvoiceForPdf) {
  if (invoice.status === 'draft') return { zh: '草稿', en: 'DRAFT' }
  if (invoice.status === 'void') return { zh: '已作废', en: 'VOID' }
  return null
}

function numberOf(invoice: InvoiceForPdf): string | null {
  return invoice.status === 'draft' ? null : invoice.number
}

const kinds: Record<InvoiceForPdf['kind'], LocalizedText> = {
  start: { 'zh-CN': '首期账单', en: 'First' },
  renewal: { 'zh-CN': '续费账单', en: 'Renewal' },
  change: { 'zh-CN': '变更账单', en: 'Plan change' },
  final: { 'zh-CN': '结算账单', en: 'Final' },
  charge: { 'zh-CN': '收费账单', en: 'Charge' },
  credit_note: { 'zh-CN': '贷项凭证', en: 'Credit note' },
}

function facts(invoice: InvoiceForPdf): Labelled[] {
  const zone = invoice.seller?.timezone ?? 'Asia/Shanghai'
  const number = numberOf(invoice)
  const dated = invoice.status !== 'draft'
  return [
    ...(number
      ? [
          invoice.creditNote
            ? labelled('凭证编号', 'Credit note no.', number)
            : labelled('账单编号', 'Invoice no.', number),
        ]
      : []),
    ...optional('采购订单号', 'PO no.', invoice.buyer.purchaseOrderNumber),
    ...(dated && invoice.issuedAt ? [labelled('出账日期', 'Issued', localDate(invoice.issuedAt, zone))] : []),
    ...(dated && invoice.dueAt ? [labelled('付款期限', 'Due', localDate(invoice.dueAt, zone))] : []),
    ...(invoice.status === 'void' && invoice.voidedAt
      ? [labelled('作废日期', 'Voided', localDate(invoice.voidedAt, zone))]
      : []),
    ...periods(invoice),
    labelled('类型', 'Kind', both(kinds[invoice.kind])),
    labelled('币种', 'Currency', currencyText(invoice.currency)),
  ]
}

/** Returns the periods of the fee and of the usage where those differ; else the one period. */
function periods({ period, billedPeriods: { fee, usage } }: InvoiceForPdf): Labelled[] {
  if (fee && usage && rangeText(fee) !== rangeText(usage))
    return [
      labelled('套餐费周期', 'Fee period', rangeText(fee)),
      labelled('用量周期', 'Usage period', rangeText(usage)),
    ]
  return [labelled('计费周期', 'Period', rangeText(fee ?? usage ?? period))]
}

function about({ creditNote, status, voidReason }: InvoiceForPdf): Labelled[] {
  if (creditNote)
    return [
      labelled('对应账单', 'For invoice', creditNote.invoiceNumber),
      labelled('原因', 'Reason', creditNote.reason),
    ]
  return status === 'void' ? optional('作废原因', 'Void reason', voidReason) : []
}

function sellerParty(seller: SellerForPdf): Party {
  return { name: seller.name, otherName: seller.nameEn ?? '', details: partyDetails(seller) }
}

function buyerParty(buyer: BuyerForPdf): Party {
  const title = buyer.invoiceTitle
  const customer = labelled('客户编号', 'Customer', buyer.customerId)
  if (!title) {
    const { address, phone, email } = buyer
    return {
      name: buyer.companyName,
      otherName: '',
      details: [customer, ...partyDetails({ address, phone }), ...optional('邮箱', 'Email', email)],
    }
  }
  return {
    name: title.title,
    otherName: title.title === buyer.companyName ? '' : buyer.companyName,
    details: [customer, ...partyDetails(title)],
  }
}

type PartyDetails = { [detail in 'taxId' | 'address' | 'phone' | 'bankName' | 'bankAccount']?: string | null }

function partyDetails(party: PartyDetails): Labelled[] {
  return [
    ...optional('统一社会信用代码', 'Tax ID', party.taxId),
    ...optional('地址', 'Address', party.address),
    ...optional('电话', 'Phone', party.phone),
    ...optional('开户行', 'Bank', party.bankName),
    ...optional('账号', 'Account', party.bankAccount),
  ]
}

function pageLine(line: InvoiceLineForPdf, index: number, currency: string): PageLine {
  const tiers =
    line.breakdown.length > 1 || line.breakdown.some((part) => part.flat !== 0 || part.kind !== undefined)
      ? line.breakdown
      : []
  const rate = line.rate ?? (tiers.length === 0 ? line.breakdown[0]?.rate : null)
  return {
    no: String(index + 1),
    zh: line.description['zh-CN'],
    en: line.description.en === line.description['zh-CN'] ? '' : line.description.en,
    details: [
      rangeText(line.period),
      ...prorationText(line),
      ...allowanceText(line),
      ...discountText(line, currency),
    ],
    tiers: tiers.map((tier, at) => tierText(tier, tiers[at - 1] ?? null, currency)),
    quantity: quantityText(line.quantity),
    unit: line.unit
      ? both(line.quantity === 1 && line.unit.one ? { ...line.unit, en: line.unit.one } : line.unit)
      : '',
    price: rate ? rateText(rate, currency) : '',
    amount: amountText(line.amount, currency),
  }
}

function prorationText({ days }: InvoiceLineForPdf): string[] {
  return days ? [`折算 prorated ${days.billed}/${days.of} 天 days`] : []
}

function allowanceText(line: InvoiceLineForPdf): string[] {
  if (line.included === undefined) return []
  if (line.included === null) return ['不限量 unlimited']
  const covered = line.covered ?? 0
  const billed =
    line.breakdown.length > 0
      ? line.breakdown.reduce((total, part) => total + part.quantity, 0)
      : Math.max(0, line.quantity - line.included - covered)
  return [
    `含 included ${quantityText(line.included)}`,
    ...(covered > 0 ? [`资源包抵扣 from grants ${quantityText(covered)}`] : []),
    `计费 billed ${quantityText(rounded(billed))}`,
  ]
}

function discountText({ discount }: InvoiceLineForPdf, currency: string): string[] {
  return discount === undefined ? [] : [`折扣 discount ${amountText(-discount, currency)}`]
}

/** Adding decimals as floats leaves errors in the last digits; a meter has at most six. */
function rounded(quantity: number): number {
  return Math.round(quantity * 1e6) / 1e6
}

function tierText(tier: BreakdownStep, below: BreakdownStep | null, currency: string) {
  const amount = amountText(tier.amount, currency)
  if (tier.kind && tier.kind !== 'volume')
    return { bound: kindTexts[tier.kind], working: partText(tier, currency), amount }
  const bound =
    tier.upTo === null
      ? tier.kind
        ? '全部 all'
        : `> ${quantityText(below?.upTo ?? 0)}`
      : `≤ ${quantityText(tier.upTo)}`
  const used = tier.rate
    ? `${quantityText(tier.quantity)} × ${rateText(tier.rate, currency)}`
    : quantityText(tier.quantity)
  return { bound, working: tier.flat === 0 ? used : `${used} + ${amountText(tier.flat, currency)}`, amount }
}

const kindTexts = {
  package: '按包 packages',
  percentage: '比例 percentage',
  per_event: '每笔 per event',
  minimum: '最低消费 minimum',
  maximum: '封顶 maximum',
  prorated: '按天数折算 prorated by days',
  gross: '折前 before discounts',
  taken_off: '已减免 taken off',
  base: '套餐 plan',
  seats: '席位 seats',
  minimum_spend: '最低消费 minimum spend',
  spent: '已消费 spent',
  billed_before: '已出账 billed before',
}

function partText(part: BreakdownStep, currency: string): string {
  if (!part.rate) return ''
  if (part.kind === 'percentage') return `${amountText(part.quantity, currency)} × ${percentText(part.rate)}`
  return `${quantityText(part.events ?? part.quantity)} × ${rateText(part.rate, currency)}`
}

/** Formats basis points per 10,000 as a percentage: 290 is 2.9%. */
function percentText({ amount }: Rate): string {
  const digits = String(amount).padStart(3, '0')
  const decimals = digits.slice(-2).replace(/0+$/, '')
  return `${digits.slice(0, -2)}${decimals ? `.${decimals}` : ''}%`
}

function totals(
  invoice: InvoiceForPdf,
  due: number,
): Pick<InvoicePage, 'sums' | 'total' | 'afterTotal' | 'due'> {
  const money = (amount: number) => amountText(amount, invoice.currency)
  const lowered = invoice.creditNote?.amountCredited ?? 0
  return {
    sums: [
      labelled('小计', 'Subtotal', money(invoice.subtotal)),
      ...invoice.discounts.map(({ name, amount }) => ({
        zh: name['zh-CN'],
        en: name.en === name['zh-CN'] ? '' : name.en,
        text: money(-amount),
      })),
      ...invoice.taxes.map((tax) =>
        tax.mode === 'exclusive'
          ? labelled(`税额 ${tax.rate}%`, `Tax on ${money(tax.base)}`, money(tax.amount))
          : labelled(
              `其中含税 ${tax.rate}%`,
              `Tax on ${money(tax.base)}, included above`,
              `(${money(tax.amount)})`,
            ),
      ),
    ],
    total: labelled('合计', 'Total', money(invoice.total)),
    afterTotal:
      invoice.status === 'void'
        ? [labelled('作废', 'Voided', money(-invoice.total))]
        : [
            ...(invoice.creditApplied === 0
              ? []
              : [labelled('余额抵扣', 'Balance applied', money(-invoice.creditApplied))]),
            ...(lowered === 0 ? [] : [labelled('冲减', 'Applied to invoice', money(lowered))]),
            ...(invoice.addedToBalance === 0
              ? []
              : [labelled('转入余额', 'Added to balance', money(invoice.addedToBalance))]),
            ...(invoice.creditNote?.refund
              ? [labelled('退款', 'Refund', money(-invoice.total - lowered))]
              : []),
          ],
    due: invoice.creditNote
      ? labelled('贷记金额', 'Amount credited', money(-invoice.total))
      : labelled('待付金额', 'Amount due', money(due)),
  }
}

function payment(invoice: InvoiceForPdf): Labelled[] {
  if (!invoice.seller) return []
  return [
    labelled('收款方', 'Payee', invoice.seller.name),
    labelled('开户行', 'Bank', invoice.seller.bankName),
    labelled('账号', 'Account', invoice.seller.bankAccount),
    ...optional('转账附言', 'Reference', numberOf(invoice)),
  ]
}

function rangeText({ start, end }: { start: string; end: string }): string {
  const last = Temporal.PlainDate.from(end).subtract({ days: 1 }).toString()
  return last > start ? `${start} – ${last}` : start
}

function localDate(instant: string, zone: string): string {
  return Temporal.Instant.from(instant).toZonedDateTimeISO(zone).toPlainDate().toString()
}

function utcParts(instant: string): number[] {
  const at = Temporal.Instant.from(instant).toZonedDateTimeISO('UTC')
  return [at.year, at.month, at.day, at.hour, at.minute, at.second]
}

function both(text: LocalizedText): string {
  return text['zh-CN'] === text.en ? text.en : `${text['zh-CN']} ${text.en}`
}

function optional(zh: string, en: string, text: string | null | undefined): Labelled[] {
  return text ? [labelled(zh, en, text)] : []
}

function labelled(zh: string, en: string, text: string): Labelled {
  return { zh, en, text }
}
