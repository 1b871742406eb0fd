export { templateVersion, type InvoiceForPdf } from './document.ts'
export { missingGlyphMark, missingGlyphs } from './glyphs.ts'
export { assertDrawable } from './typesetting/logo.ts'
export {
  closePdfWorkers,
  killPdfWorkers,
  renderInvoicePdf,
  type PdfOptions,
  type PdfWarning,
} from './render.ts'
export { pdfWorkers, type PdfWorkers, type WorkersOptions } from './typesetting/workers.ts'
