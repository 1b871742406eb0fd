import { afterAll, expect, test } from 'vitest'
import { assertDrawable, killLogoWorkers } from './logo.ts'
import { renderInvoicePdf, closePdfWorkers, type PdfWarning } from '../index.ts'
import { pdfWorkers } from './workers.ts'
import { sampleInvoice } from '../sample-invoice.ts'

afterAll(async () => {
  killLogoWorkers()
  await closePdfWorkers()
})

const svg = (inside: string) =>
  '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 100 '
  + `100">${inside}</svg>`
/** A drawing of ten to the sixteenth rectangles. */
const references = svg(
  '<defs><g id="g0"><rect width="9" '
    + `height="9"/></g>${Array.from({ length: 16 }, (_, level) => `<g id="g${level + 1}">${`<use xlink:href="#g${level}"/>`.repeat(10)}</g>`).join('')}</defs><use `
    + 'xlink:href="#g16"/>',
)
const filters = svg(
  '<filter id="f" x="-100" y="-100" width="10000" '
    + `height="10000">${'<feGaussianBlur stdDeviation="300"/><feMorphology operator="dilate" radius="200"/><feTurbulence numOctaves="1000" baseFrequency="0.01"/>'.repeat(60)}</filter>${'<g filter="url(#f)"><rect width="100" height="100"/></g>'.repeat(60)}`,
)
const nested = svg('<g>'.repeat(20_000) + '</g>'.repeat(20_000))

test('a plain logo is accepted, and from the cache the second time', async () => {
  const began = performance.now()
  await assertDrawable(sampleInvoice.seller!.logo!)
  const drawn = performance.now()
  await assertDrawable(sampleInvoice.seller!.logo!)
  expect(performance.now() - drawn).toBeLessThan((drawn - began) / 5)
})

test.each([
  ['nested too deep', nested],
  ['that refers to itself without end', references],
  ['of filters on filters', filters],
  ['that is not XML', '<svg nonsense'],
])('a logo %s is rejected, and only its own process ends', { timeout: 120_000 }, async (_name, logo) => {
  await expect(assertDrawable(logo)).rejects.toMatchObject({
    code: 'invalid_logo',
    detail: { pointer: '/logo' },
  })
  await assertDrawable(svg('<circle r="9"/>'))
})

test.each([
  ['nested too deep', nested],
  ['that refers to itself without end', references],
  ['of filters on filters', filters],
])(
  'an invoice with a logo %s is rendered without it or rejected, and others are rendered',
  { timeout: 120_000 },
  async (_name, logo) => {
    const warnings: PdfWarning[] = []
    const answer = await renderInvoicePdf(
      { ...sampleInvoice, seller: { ...sampleInvoice.seller!, logo } },
      { timeLimit: 10_000, warn: (warning) => warnings.push(warning) },
    ).catch((error: { code?: string }) => error.code)
    if (answer instanceof Uint8Array)
      expect(warnings).toEqual([{ kind: 'unreadable_logo', reason: expect.any(String) }])
    else expect(answer).toBe('pdf_unavailable')
    expect((await renderInvoicePdf(sampleInvoice, { timeLimit: 60_000 })).length).toBeGreaterThan(10_000)
  },
)

test(
  'the WASM build behaves the same: after a trap the next page gets a new instance',
  { timeout: 120_000 },
  async () => {
    const workers = pdfWorkers({ processes: 1, engine: 'wasm' })
    const options = { workers, timeLimit: 30_000 }
    await renderInvoicePdf(
      { ...sampleInvoice, seller: { ...sampleInvoice.seller!, logo: nested } },
      options,
    ).catch((error: { code?: string }) => expect(error.code).toBe('pdf_unavailable'))
    expect((await renderInvoicePdf(sampleInvoice, options)).length).toBeGreaterThan(10_000)
    await workers.close()
  },
)
