import { sql, type Sql } from '@customer-portal/database'
import type { Engine, BillingTransaction } from '../engine.ts'
import { decodeCursor, encodeCursor, invalidCursor, pageLimit, type Page } from '../values/cursor.ts'
import { BillingError } from '../errors.ts'
import { readBillingState } from '../subscription/state.ts'
import type { Instant } from '../values/instant.ts'
import { instantOf } from '../values/zone.ts'
import { isOfCustomerFound } from '../customer/search.ts'
import type { InvoiceKind } from '../invoicing/document/document.ts'
import { draftOf } from '../invoicing/draft.ts'
import { fallsDue, leftToPay } from '../invoicing/state.ts'
import { invoiceColumns, viewAll, type Invoice, type StoredInvoice } from '../invoicing/view.ts'
import { instantsBetween } from '../catalogue/seller-dates.ts'

export type InvoiceFilter = 'draft' | 'open' | 'paid' | 'void' | 'overdue'

/**
 * Lists a customer's invoices, newest first, after a draft in its grace. `year` is that of the issue date.
 */
export async function getInvoices(
  engine: Engine,
  input: { customerId: string; status?: InvoiceFilter; year?: number; cursor?: string; limit?: number },
): Promise<Page<Invoice>> {
  const limit = pageLimit(input.limit)
  checkYear(input.year)
  const after = decodePlace(input.cursor)
  return engine.transaction(
    async (tx) => {
      const state = await readBillingState(tx, input.customerId)
      const mayHoldDraft =
        !after && input.year === undefined && (input.status === undefined || input.status === 'draft')
      const drafted = mayHoldDraft ? await draftOf(tx, state) : null
      const room = limit - (drafted ? 1 : 0)
      const year = input.year === undefined ? undefined : yearOf(input.year)
      const [from, to] = year?.map((date) => instantOf(state.zones, date)) ?? []
      const rows =
        input.status === 'draft'
          ? []
          : await tx.query<StoredInvoice & { sequence: number }>(sql`
              select ${invoiceColumns}, i.sequence
              from invoices i
              where ${sql.and(
                sql`i.customer_id = ${input.customerId}`,
                after && isBehind(after),
                year && sql`i.issued_at >= ${from}`,
                year && sql`i.issued_at < ${to}`,
                input.status && statusIs(input.status, tx.at),
              )}
              order by i.issued_at desc, i.sequence desc
              limit ${room + 1}`)
      const shown = rows.slice(0, room)
      const stored = await viewAll(
        tx,
        shown.map(({ sequence: _, ...row }) => row),
      )
      const last = shown.at(-1)
      return {
        data: drafted ? [drafted, ...stored] : stored,
        nextCursor:
          rows.length > room
            ? encodeCursor(last ? [last.issuedAt, String(last.sequence)] : afterTheDraft)
            : null,
      }
    },
    { readOnly: true },
  )
}

function decodePlace(cursor: string | undefined): string[] | undefined {
  const after = decodeCursor(cursor, 2)
  if (after && !/^\d{1,15}$/.test(after[1]!)) throw invalidCursor()
  return after
}

/** SQL: whether the invoice `i` comes after a place of the list. */
const isBehind = ([at, sequence]: string[]) =>
  sql`(i.issued_at, i.sequence) < (${at}::timestamptz, ${sequence}::bigint)`

/** Where a page holds only the draft, the next one starts with the newest invoice. */
const afterTheDraft = ['9999-12-31T23:59:59.999999Z', '0']

function checkYear(year: number | undefined): void {
  if (year === undefined || (Number.isInteger(year) && year >= 1 && year < 9999)) return
  throw new BillingError('invalid_range', {
    pointer: '?year',
    message: `there is no year ${year} to look in`,
  })
}

/** Returns the first dates of a year and of the next. */
const yearOf = (year: number) => [newYear(year), newYear(year + 1)]
const newYear = (year: number) => `${String(year).padStart(4, '0')}-01-01`

/** SQL: whether the invoice `i` has a status at the instant `now`. */
function statusIs(status: Exclude<InvoiceFilter, 'draft'>, now: Instant): Sql {
  const isLeft = sql`i.voided_at is null and ${leftToPay}`
  switch (status) {
    case 'void':
      return sql`i.voided_at is not null`
    case 'paid':
      return sql`${isLeft} <= 0`
    case 'open':
      return sql`${isLeft} > 0`
    case 'overdue':
      return sql`${isLeft} > 0 and ${fallsDue} < ${now}`
  }
}

/**
 * Issued documents of one currency: their number and amounts due. Minor units; `overdue` is part of `open`.
 */
export interface InvoiceSums {
  currency: string
  count: number
  open: number
  overdue: number
  paid: number
  void: number
  /** Of documents that are not void; negative totals are subtracted. */
  total: number
  amountDue: number
  amountOverdue: number
  /** When the next open invoice that is not overdue falls due. */
  nextRunAt: Instant | null
}

/** The summary of an invoice list over all its pages. */
export interface InvoiceSummary {
  asOf: Instant
  firstIssuedAt: Instant | null
  currencies: InvoiceSums[]
}

/** Maximum number of documents in a summary. */
export const maxSummedInvoices = 100_000

type Sums = Omit<InvoiceSums, 'total' | 'amountDue' | 'amountOverdue'> & {
  total: string
  amountDue: string
  amountOverdue: string
  first: Instant
}

/**
 * A filter on the documents of all customers. `start` and `end` are of the issue: dates in the seller's zone
 * (inclusive) or instants (half-open).
 */
export interface InvoicesFilter {
  customerId?: string
  status?: Exclude<InvoiceFilter, 'draft'>
  kind?: InvoiceKind
  currency?: string
  start?: string
  end?: string
  /** The start of a number, or the customer: see `isOfCustomerFound`. */
  q?: string
}

/**
 * Lists invoices and credit notes of all customers, latest issue first, without drafts. Throws invalid_range.
 */
export async function listInvoices(
  engine: Engine,
  input: InvoicesFilter & { cursor?: string; limit?: number },
): Promise<Page<Invoice>> {
  const limit = pageLimit(input.limit)
  const after = decodePlace(input.cursor)
  return engine.transaction(
    async (tx) => {
      const isChosen = await conditionOf(tx, input)
      const rows = await tx.query<StoredInvoice & { sequence: number }>(sql`
        select ${invoiceColumns}, i.sequence
        from invoices i
        where ${sql.and(isChosen, after && isBehind(after))}
        order by i.issued_at desc, i.sequence desc
        limit ${limit + 1}`)
      const shown = rows.slice(0, limit)
      const last = shown.at(-1)
      return {
        data: await viewAll(
          tx,
          shown.map(({ sequence: _, ...row }) => row),
        ),
        nextCursor: rows.length > limit && last ? encodeCursor([last.issuedAt, String(last.sequence)]) : null,
      }
    },
    { readOnly: true },
  )
}

/** SQL: the conditions of a filter on the invoice `i`. */
async function conditionOf(tx: BillingTransaction, filter: InvoicesFilter): Promise<Sql> {
  const { customerId, kind, currency, status, q } = filter
  const { from, to } = await instantsBetween(tx, filter)
  return sql.and(
    customerId !== undefined && sql`i.customer_id = ${customerId}`,
    kind !== undefined && sql`i.kind = ${kind}`,
    currency !== undefined && sql`i.currency = ${currency}`,
    from !== null && sql`i.issued_at >= ${from}`,
    to !== null && sql`i.issued_at < ${to}`,
    status !== undefined && statusIs(status, tx.at),
    q !== undefined && isFoundBy(q),
  )
}

/** A text such as INV-2026 is the start of a number; any other text is for the customer. */
function isFoundBy(q: string): Sql {
  if (!/^[a-z]{2,4}-[\w-]*$/i.test(q)) return isOfCustomerFound(sql`i.customer_id`, q)
  const number = sql`${q.toUpperCase()}`
  return sql`i.number collate "C" >= ${number} and i.number collate "C" < ${number} || chr(1114111)`
}

/**
 * Summarises invoices by currency, of one customer or all, with an optional filter, in one statement: equals
 * the sum of all pages of the list. Drafts are excluded. Throws invalid_range for more than 100,000
 * documents.
 */
export async function summarizeInvoices(
  engine: Engine,
  { year, status, ...filter }: Omit<InvoicesFilter, 'status'> & { status?: InvoiceFilter; year?: number },
): Promise<InvoiceSummary> {
  checkYear(year)
  return engine.transaction(
    async (tx) => {
      if (status === 'draft') return { asOf: tx.at, firstIssuedAt: null, currencies: [] }
      const isChosen = await conditionOf(tx, { ...filter, ...(status === undefined ? {} : { status }) })
      const now = sql`${tx.at}`
      const rows = await tx.query<Sums>(sql`
        select currency, count(*)::int as count, (count(*) filter (where due > 0))::int as open,
          (count(*) filter (where due > 0 and due_at < ${now}))::int as overdue,
          (count(*) filter (where due <= 0))::int as paid,
          (count(*) filter (where due is null))::int as void,
          coalesce(sum(total) filter (where due is not null), 0)::text as total,
          coalesce(sum(due) filter (where due > 0), 0)::text as "amountDue",
          coalesce(sum(due) filter (where due > 0 and due_at < ${now}), 0)::text as "amountOverdue",
          min(due_at) filter (where due > 0 and due_at >= ${now}) as "nextRunAt", min(issued_at) as first
        from (
          select i.currency, i.total, ${fallsDue} as due_at, i.issued_at,
            case when i.voided_at is null then ${leftToPay} end as due
          from invoices i
          where ${sql.and(isChosen, year !== undefined && isIssuedIn(year))}
          limit ${maxSummedInvoices + 1}
        ) d
        group by currency
        order by currency collate "C"`)
      return summaryOf(rows, tx.at)
    },
    { readOnly: true },
  )
}

/** SQL: whether the invoice `i` was issued in a year of its customer's. */
function isIssuedIn(year: number): Sql {
  const [first, next] = yearOf(year).map(startOf)
  return sql`i.issued_at >= ${first} and i.issued_at < ${next}`
}

/** SQL: the instant a date starts for the customer of `i`, in the zone that applies on it. */
function startOf(text: string): Sql {
  const date = sql`${text}::date`
  return sql`(
    select ${date}::timestamp at time zone z.timezone
    from customer_timezones z
    where z.customer_id = i.customer_id and z.from_on <= ${date}
    order by z.from_on desc
    limit 1
  )`
}

function summaryOf(rows: readonly Sums[], asOf: Instant): InvoiceSummary {
  if (rows.reduce((count, row) => count + row.count, 0) > maxSummedInvoices) {
    throw new BillingError('invalid_range', {
      pointer: '?start',
      message: `there are more than ${maxSummedInvoices} invoices: narrow the filter`,
    })
  }
  return {
    asOf,
    firstIssuedAt: rows.reduce<Instant | null>(
      (first, row) => (first === null || row.first < first ? row.first : first),
      null,
    ),
    currencies: rows.map(({ first: _, ...row }) => ({
      ...row,
      total: exact(row.total),
      amountDue: exact(row.amountDue),
      amountOverdue: exact(row.amountOverdue),
    })),
  }
}

/** Returns a sum as a number. Throws amount_out_of_range where it is not a safe integer. */
export function exact(sum: string): number {
  const value = Number(sum)
  if (Number.isSafeInteger(value)) return value
  throw new BillingError('amount_out_of_range', {
    message: 'they come to more than can be told exactly: narrow the filter',
  })
}
