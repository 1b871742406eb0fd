import {
  addDays,
  amountDecimal,
  BillingError,
  currencyDigits,
  dateIn,
  getCustomer,
  getInvoices,
  type Engine,
  type Instant,
  type Invoice,
} from '@customer-portal/billing'
import type { Language } from '@customer-portal/http'
import type { FastifyReply } from 'fastify'
import { Type } from 'typebox'
import { attachment } from './attachment.ts'
import { byteOrderMark, csvLine, type CsvCell } from './csv.ts'

export const maxInvoices = 2_000
const invoicesPerPage = 100

const texts = {
  'zh-CN': {
    file: '账单',
    headings: [
      '账单编号',
      '类型',
      '状态',
      '套餐费开始',
      '套餐费结束',
      '用量开始',
      '用量结束',
      '出账日期',
      '付款期限',
      '付款日期',
      '币种',
      '小计',
      '优惠',
      '税额',
      '合计',
      '余额抵扣',
      '冲减',
      '已付',
      '转入余额',
      '待付',
      '已撤销付款',
      '已退款',
      '待退款',
    ],
    kinds: {
      start: '首期账单',
      renewal: '续费账单',
      change: '变更账单',
      final: '结算账单',
      charge: '收费账单',
      credit_note: '贷项凭证',
    },
    statuses: {
      draft: '草稿',
      open: '待支付',
      overdue: '已逾期',
      paid: '已支付',
      void: '已作废',
      issued: '已出账',
      part_paid: '部分支付',
      settled: '已结清',
    },
  },
  en: {
    file: 'invoices',
    headings: [
      'Number',
      'Kind',
      'Status',
      'Fee start',
      'Fee end',
      'Usage start',
      'Usage end',
      'Issued',
      'Due',
      'Paid',
      'Currency',
      'Subtotal',
      'Discount',
      'Tax',
      'Total',
      'Balance applied',
      'Credited',
      'Amount paid',
      'Added to balance',
      'Amount due',
      'Payments reversed',
      'Refunded',
      'To refund',
    ],
    kinds: {
      start: 'First invoice',
      renewal: 'Renewal',
      change: 'Plan change',
      final: 'Final invoice',
      charge: 'Charge',
      credit_note: 'Credit note',
    },
    statuses: {
      draft: 'Draft',
      open: 'Unpaid',
      overdue: 'Overdue',
      paid: 'Paid',
      void: 'Void',
      issued: 'Issued',
      part_paid: 'Partly paid',
      settled: 'Settled',
    },
  },
}

/** The response of the route, for the documentation. */
export const InvoiceFileAnswer = {
  200: { description: 'The file', content: { 'text/csv': { schema: Type.String({ format: 'binary' }) } } },
}

export interface InvoiceFile {
  name: Record<Language, string>
  /**
   * UTF-8 CSV with BOM. Amounts are decimals of whole currency units; dates are the customer's, and a period
   * includes its last date.
   */
  text: string
}

interface Chosen {
  customerId: string
  status?: Parameters<typeof getInvoices>[1]['status']
  year?: number
  language: Language
  most?: number
}

/**
 * A customer's invoices as a CSV file, newest first, in one snapshot, optionally of one status or year of
 * issue. Throws invalid_range above 2,000 (`most`).
 */
export async function invoiceFile(engine: Engine, chosen: Chosen): Promise<InvoiceFile> {
  return engine.transaction((tx) => fileOf(tx, chosen), { readOnly: true })
}

async function fileOf(
  engine: Engine,
  { customerId, status, year, language, most = maxInvoices }: Chosen,
): Promise<InvoiceFile> {
  const { timezone } = await getCustomer(engine, { customerId })
  const chosen = {
    customerId,
    ...(status === undefined ? {} : { status }),
    ...(year === undefined ? {} : { year }),
  }
  const lines = [byteOrderMark + csvLine(texts[language].headings)]
  let cursor: string | null = null
  do {
    const page = await getInvoices(engine, {
      ...chosen,
      limit: invoicesPerPage,
      ...(cursor === null ? {} : { cursor }),
    })
    lines.push(...page.data.map((invoice) => csvLine(cellsOf(invoice, { language, timezone }))))
    if (lines.length - 1 > most)
      throw new BillingError('invalid_range', {
        pointer: '?year',
        message: `there are more than ${most} invoices: choose a year`,
      })
    cursor = page.nextCursor
  } while (cursor !== null)
  const suffix = [year, status]
    .filter((part) => part !== undefined)
    .map((part) => `-${part}`)
    .join('')
  return {
    name: { 'zh-CN': `${texts['zh-CN'].file}${suffix}.csv`, en: `${texts.en.file}${suffix}.csv` },
    text: lines.join(''),
  }
}

/** Sends the file as a download, with a name in the given language. */
export function sendInvoiceFile(reply: FastifyReply, file: InvoiceFile, language: Language): FastifyReply {
  return reply
    .headers({
      'content-disposition': attachment(file.name[language], file.name.en),
      'content-language': language,
    })
    .type('text/csv; charset=utf-8')
    .send(file.text)
}

function cellsOf(
  invoice: Invoice,
  { language, timezone }: { language: Language; timezone: string },
): CsvCell[] {
  const { kinds, statuses } = texts[language]
  const {
    currency,
    billedPeriods: { fee, usage },
  } = invoice
  const date = (instant: Instant | null) => (instant === null ? null : dateIn(timezone, instant))
  // The periods on the document: one that bills neither a fee nor usage has none.
  const dates = (range: { start: string; end: string } | null) =>
    range === null
      ? [null, null]
      : [range.start, range.end > range.start ? addDays(range.end, -1) : range.start]
  const amount = (minor: number): CsvCell => ({ decimal: amountDecimal(minor, currencyDigits(currency)) })
  const amounts = [
    invoice.subtotal,
    -invoice.discountTotal,
    invoice.taxTotal,
    invoice.total,
    -invoice.creditApplied - invoice.balanceApplied,
    -invoice.amountCredited,
    invoice.amountPaid,
    invoice.addedToBalance,
    invoice.amountDue,
    sumOf(invoice.payments.filter(({ reversedAt }) => reversedAt !== null)),
    sumOf(invoice.refunds),
    invoice.toRefund,
  ]
  return [
    invoice.number,
    kinds[invoice.kind],
    statuses[statusOf(invoice)],
    ...dates(fee),
    ...dates(usage),
    date(invoice.issuedAt),
    date(invoice.dueAt),
    date(invoice.total > 0 ? invoice.paidAt : null),
    currency,
    ...amounts.map(amount),
  ]
}

const sumOf = (rows: readonly { amount: number }[]) => rows.reduce((total, { amount }) => total + amount, 0)

/**
 * The status as the page shows it: a credit note has nothing to pay, an open invoice may be overdue or partly
 * paid, and a document with a negative total was paid by nobody.
 */
function statusOf({
  kind,
  overdue,
  status,
  total,
  amountPaid,
  balanceApplied,
}: Invoice): keyof (typeof texts)['en']['statuses'] {
  if (kind === 'credit_note') return 'issued'
  if (overdue) return 'overdue'
  if (status === 'paid' && total < 0) return 'settled'
  return status === 'open' && amountPaid + balanceApplied > 0 ? 'part_paid' : status
}
