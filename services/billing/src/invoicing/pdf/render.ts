import { BillingError } from '../../errors.ts'
import type { InvoiceForPdf } from './document.ts'
import { isolated, printable } from './glyphs.ts'
import { invoicePage } from './page.ts'
import { killLogoWorkers } from './typesetting/logo.ts'
import { PageTooLarge, pdfWorkers, type PdfWorkers, type Rendered } from './typesetting/workers.ts'
import type { InvoicePage } from './typesetting/invoice-page.ts'

/** A deviation on the page that is worth logging. */
export type PdfWarning =
  { kind: 'missing_glyphs'; characters: string[] } | { kind: 'unreadable_logo'; reason: string }

export interface PdfOptions {
  /** The customer the page is for: waiting customers take turns. */
  customerId?: string
  /** Milliseconds of waiting, and again of rendering. */
  timeLimit?: number
  /** Maximum number of printed lines and tiers. */
  lineLimit?: number
  warn?: (warning: PdfWarning) => void
  workers?: PdfWorkers
}

const sharedWorkers = pdfWorkers()

/**
 * Renders the PDF of an invoice: issued (as of issue), draft (marked, without number and date) or void
 * (marked). The same invoice gives the same bytes, whatever was paid since and wherever it is rendered.
 * Throws `pdf_too_large` above `lineLimit` (2,000), and `pdf_unavailable` when it waits or renders longer
 * than `timeLimit` (20 s) or the queue is full.
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
 * An invoice keeps its logo from issue, checked or not: if the page crashes the process, it is rendered again
 * without the logo.
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
    if (!(failure instanceof PageTooLarge)) throw failure
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

/** Waits for PDFs in progress and ends their processes, for an orderly shutdown. */
export function closePdfWorkers(): Promise<void> {
  killLogoWorkers()
  return sharedWorkers.close()
}

/** Kills the processes that render PDFs at once, for a shutdown without time left. */
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

/** Makes every text in a JSON value printable, and isolates those with right-to-left letters. */
function printableTexts<T>(value: T, missing: Set<string>): T {
  if (typeof value === 'string') return isolated(printable(value, missing)) as T
  if (Array.isArray(value)) return value.map((item) => printableTexts(item, missing)) as T
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, printableTexts(item, missing)]),
  ) as T
}
