export { templateVersion, type InvoiceForPdf } from './document.ts'
export { missingGlyphMark, missingGlyphs } from './glyphs.ts'
export { closePdfWorkers, renderInvoicePdf, type PdfOptions, type PdfWarning } from './render.ts'
export { pdfWorkers, type PdfWorkers, type WorkersOptions } from './workers.ts'
