import assert from 'node:assert/strict'
import { Worker } from 'node:worker_threads'
import { openTypesetter, type TypesetterKind } from './typesetter.ts'
import type { InvoicePage } from './invoice-page.ts'

/** The worker's reply for one page. */
export type Rendering = { pdf: Uint8Array<ArrayBuffer>; logoFailure?: string } | { failure: string }

export type FromWorker = 'ready' | Rendering

assert(process.send)
const send = process.send.bind(process) as (message: FromWorker) => void
endWithParent()
const typesetter = await openTypesetter(process.argv[2] as TypesetterKind)

process.on('message', (page: InvoicePage) => {
  void render(page).then(send)
})
process.on('disconnect', () => process.exit())
send('ready')

async function render(page: InvoicePage): Promise<Rendering> {
  try {
    return { pdf: await pdfOf(page) }
  } catch (failure) {
    // A build that trapped cannot be reused: the next page needs a new process.
    if (failure instanceof WebAssembly.RuntimeError) process.exit(1)
    if (page.logo === null) return { failure: String(failure) }
    return renderWithoutLogo(page, String(failure))
  }
}

/** A drawing that Typst rejects must not prevent the invoice. */
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

/**
 * Native code that never returns receives no message: a separate thread notices that the parent is gone and
 * ends this process.
 */
function endWithParent(): void {
  new Worker(
    'const parent = process.ppid; setInterval(() => { if (process.ppid !== parent) '
      + `process.kill(process.pid, 'SIGKILL') }, 1000)`,
    { eval: true, execArgv: [] },
  ).unref()
}
