import { BillingError } from '../../errors.ts'
import type { InvoiceForPdf } from './document.ts'
import { isolated, printable } from './glyphs.ts'
import { invoicePage, type InvoicePage } from './page.ts'
import { killLogoWorkers } from './logo.ts'
import { PageTooMuch, pdfWorkers, type PdfWorkers, type Rendered } from './workers.ts'

/** Something on the page is not as it was asked for; worth a line in the log. */
export type PdfWarning =
  { kind: 'missing_glyphs'; characters: string[] } | { kind: 'unreadable_logo'; reason: string }

export interface PdfOptions {
  /** Whose it is: customers have their turns by turns. */
  customerId?: string
  /** Milliseconds for waiting, and again for work. */
  timeLimit?: number
  /** Lines and tiers that are printed at most. */
  lineLimit?: number
  warn?: (warning: PdfWarning) => void
  workers?: PdfWorkers
}

const sharedWorkers = pdfWorkers()

/**
 * The PDF of an invoice: issued (as at issue), draft (marked, without number and date) or void (marked). The
 * same invoice gives the same bytes, whatever was paid since, wherever it is rendered. A document above
 * `lineLimit` (2,000) is refused with `pdf_too_large`; one that waits or works longer than `timeLimit` (20
 * s), or finds the queue full, with `pdf_unavailable`.
 */
export async function renderInvoicePdf(
  invoice: InvoiceForPdf,
  options: PdfOptions = {},
): Promise<Uint8Array> {
  const { timeLimit = 20_000, lineLimit = 2_000, warn = () => {}, workers = sharedWorkers } = options
  refuseTooLarge(invoice, lineLimit)
  const missing = new Set<string>()
  const page = printablePage(invoicePage(invoice), missing)
  if (missing.size > 0) warn({ kind: 'missing_glyphs', characters: [...missing] })
  const { pdf, logoFailure } = await rendered(workers, page, timeLimit, options.customerId)
  if (logoFailure) warn({ kind: 'unreadable_logo', reason: logoFailure })
  return pdf
}

/**
 * An invoice holds the logo it was issued with, checked or not: where the page fells the process that sets
 * it, it is set again without.
 */
async function rendered(
  workers: PdfWorkers,
  page: InvoicePage,
  timeLimit: number,
  customerId: string | undefined,
): Promise<Rendered> {
  try {
    return await workers.render(page, timeLimit, customerId)
  } catch (failure) {
    if (!(failure instanceof PageTooMuch)) throw failure
    if (page.logo === null)
      throw new BillingError('pdf_unavailable', {
        message: 'The invoice could not be set. Try again in a moment.',
      })
    return {
      ...(await rendered(workers, { ...page, logo: null }, timeLimit, customerId)),
      logoFailure: failure.message,
    }
  }
}

/** Waits for the PDFs that are being made and ends their processes, for an orderly stop. */
export function closePdfWorkers(): Promise<void> {
  killLogoWorkers()
  return sharedWorkers.close()
}

/** Ends the processes that make PDFs at once, where there is no time left to wait for them. */
export function killPdfWorkers(): void {
  killLogoWorkers()
  sharedWorkers.kill()
}

function refuseTooLarge(invoice: InvoiceForPdf, lineLimit: number): void {
  const printed = invoice.lines.reduce(
    (lines, { breakdown }) => lines + 1 + (breakdown.length > 1 ? breakdown.length : 0),
    0,
  )
  if (printed <= lineLimit) return
  const message = `The invoice has ${printed} lines to print; a PDF takes at most ${lineLimit}.`
  throw new BillingError('pdf_too_large', { message, lines: printed, limit: lineLimit })
}

function printablePage({ logo, ...texts }: InvoicePage, missing: Set<string>): InvoicePage {
  return { ...printableTexts(texts, missing), logo }
}

/**
 * Every text inside a JSON value, made printable, and isolated where it has letters that are written from
 * right to left.
 */
function printableTexts<T>(value: T, missing: Set<string>): T {
  if (typeof value === 'string') return isolated(printable(value, missing)) as T
  if (Array.isArray(value)) return value.map((item) => printableTexts(item, missing)) as T
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, printableTexts(item, missing)]),
  ) as T
}
