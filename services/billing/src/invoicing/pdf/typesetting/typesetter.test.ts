import { describe, expect, test } from 'vitest'
import { canReadPdf, pdfPages } from '../pdf-text.ts'
import { invoicePage } from '../page.ts'
import { invoiceOf, plainLine, sampleInvoice } from '../sample-invoice.ts'
import { openTypesetter, type Typesetter } from './typesetter.ts'

const native = await openTypesetter('native').catch(() => undefined)
const documents = [
  sampleInvoice,
  { ...sampleInvoice, status: 'draft' as const, seller: null },
  invoiceOf(Array.from({ length: 60 }, (_, index) => plainLine(index))),
]
const pdfs = (typesetter: Typesetter) =>
  Promise.all(documents.map((invoice) => typesetter.pdf(JSON.stringify(invoicePage(invoice)))))

describe.skipIf(!native)('the native build', () => {
  test('native and WASM builds give the same bytes', async () => {
    const wasm = await pdfs(await openTypesetter('wasm'))
    for (const [index, pdf] of (await pdfs(native!)).entries())
      expect(Buffer.compare(pdf, wasm[index]!)).toBe(0)
  })
})

test.skipIf(!canReadPdf)('WASM renders the page where no native build loads', async () => {
  const typesetter = await openTypesetter('wasm')
  expect(typesetter.engine).toBe('wasm')
  const pages = (await pdfs(typesetter)).map(pdfPages)
  expect(pages.map(({ length }) => length)).toEqual([1, 1, 3])
  expect(pages[0]![0]).toContain('人民币壹万玖仟壹佰零贰元伍角叁分')
})

test("an error contains Typst's own message", async () => {
  const typesetter = native ?? (await openTypesetter('wasm'))
  await expect(typesetter.pdf('{}')).rejects.toThrow(/Typst refused the page: .*brand/)
})
