import assert from 'node:assert/strict'
import { parentPort, workerData } from 'node:worker_threads'
import type { InvoicePage } from './page.ts'
import { openTypesetter, type Engine } from './typesetter.ts'

/** What the worker answers to one page. */
export type Rendering =
  | { pdf: Uint8Array<ArrayBuffer>, logoFailure?: string }
  | { failure: string }

assert(parentPort)
const port = parentPort
const typesetter = await openTypesetter((workerData as { engine: Engine }).engine)

port.on('message', (page: InvoicePage) => {
  void render(page).then((rendering) => port.postMessage(rendering, 'pdf' in rendering ? [rendering.pdf.buffer] : []))
})

async function render(page: InvoicePage): Promise<Rendering> {
  try {
    return { pdf: await pdfOf(page) }
  } catch (failure) {
    if (page.logo === null) return { failure: String(failure) }
    return renderWithoutLogo(page, String(failure))
  }
}

/** A drawing that Typst cannot read must not keep anybody from their invoice. */
async function renderWithoutLogo(page: InvoicePage, logoFailure: string): Promise<Rendering> {
  try {
    return { pdf: await pdfOf({ ...page, logo: null }), logoFailure }
  } catch (failure) {
    return { failure: String(failure) }
  }
}

async function pdfOf(page: InvoicePage): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await typesetter.pdf(JSON.stringify(page)))
}
