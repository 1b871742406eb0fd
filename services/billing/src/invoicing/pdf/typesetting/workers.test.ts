import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { invoicePage } from '../page.ts'
import { invoiceOf, plainLine, sampleInvoice } from '../sample-invoice.ts'
import { PageTooLarge, pdfWorkers } from './workers.ts'

const page = invoicePage(sampleInvoice)
const longPage = invoicePage(invoiceOf(Array.from({ length: 300 }, (_, index) => plainLine(index))))

test('concurrent pages share at most the allowed number of processes', async () => {
  const workers = pdfWorkers({ processes: 2 })
  const rendered = await Promise.all(Array.from({ length: 6 }, () => workers.render(page, 50_000)))
  expect(new Set(rendered.map(({ pdf }) => pdf.length)).size).toBe(1)
  expect(workers.processes()).toBe(2)
  await workers.close()
  expect(workers.processes()).toBe(0)
})

test('a page beyond the time limit fails, and its process is replaced', async () => {
  const workers = pdfWorkers({ processes: 1 })
  await workers.render(page, 50_000)
  await expect(workers.render(longPage, 50)).rejects.toMatchObject({ code: 'pdf_unavailable' })
  expect((await workers.render(page, 50_000)).pdf.length).toBeGreaterThan(10_000)
  expect(workers.processes()).toBe(1)
  await workers.close()
})

test('a page that waits beyond the time limit fails, and the one before it succeeds', async () => {
  const workers = pdfWorkers({ processes: 1 })
  const before = workers.render(longPage, 50_000)
  await expect(workers.render(page, 50)).rejects.toMatchObject({ code: 'pdf_unavailable' })
  expect((await before).pdf.length).toBeGreaterThan(10_000)
  await workers.close()
})

test('when the queue is full the next page is rejected at once', async () => {
  const workers = pdfWorkers({ processes: 1, queue: 1 })
  const taken = [workers.render(page, 50_000), workers.render(page, 50_000)]
  await expect(workers.render(page, 50_000)).rejects.toMatchObject({ code: 'pdf_unavailable' })
  await Promise.all(taken)
  await workers.close()
})

test('a customer with many pages has a limit of their own, and others take turns in between', async () => {
  const workers = pdfWorkers({ processes: 1, queueOfOne: 4 })
  const done: string[] = []
  const ask = (customerId: string) =>
    workers.render(page, 50_000, customerId).then(() => done.push(customerId))
  const asked = Array.from({ length: 5 }, () => ask('many'))
  await expect(ask('many')).rejects.toMatchObject({ code: 'pdf_unavailable' })
  asked.push(ask('one'), ask('another'))
  await Promise.all(asked)
  // The first started before anybody else's page was queued.
  expect(done).toEqual(['many', 'one', 'another', 'many', 'many', 'many', 'many'])
  await workers.close()
})

test('a page that Typst rejects fails alone', async () => {
  const workers = pdfWorkers({ processes: 1 })
  await expect(workers.render({ ...page, created: [2026, 13, 45, 0, 0, 0] }, 50_000)).rejects.toThrow(
    'Typst refused the page',
  )
  expect((await workers.render(page, 50_000)).pdf.length).toBeGreaterThan(10_000)
  await workers.close()
})

test('an idle process ends, and one that has rendered its pages is replaced', async () => {
  const workers = pdfWorkers({ processes: 1, idle: 20, pagesPerProcess: 2 })
  for (let count = 0; count < 5; count += 1) await workers.render(page, 50_000)
  await expect.poll(() => workers.processes(), { timeout: 5000 }).toBe(0)
})

test('closing waits for queued pages', async () => {
  const workers = pdfWorkers({ processes: 1 })
  const pages = [workers.render(page, 50_000), workers.render(page, 50_000)]
  await workers.close()
  expect((await Promise.all(pages)).map(({ pdf }) => pdf.length > 0)).toEqual([true, true])
})

const nested = (depth: number) =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">${'<g>'.repeat(depth)}<rect width="9" `
  + `height="9"/>${'</g>'.repeat(depth)}</svg>`

test('a page that crashes its process fails alone', async () => {
  const workers = pdfWorkers({ processes: 1 })
  const [felled, next] = await Promise.allSettled([
    workers.render({ ...page, logo: nested(20_000) }, 50_000),
    workers.render(page, 50_000),
  ])
  expect(felled.status === 'rejected' ? felled.reason : felled.value).toBeInstanceOf(PageTooLarge)
  expect(next).toMatchObject({ status: 'fulfilled' })
  await workers.close()
})

test('a process above its memory limit is killed', async () => {
  const workers = pdfWorkers({ processes: 1, memoryLimit: 40 * 2 ** 20 })
  const failure = await workers.render(longPage, 50_000).catch((error: unknown) => error)
  if (existsSync('/proc/self/statm')) expect(failure).toBeInstanceOf(PageTooLarge)
  else expect(failure).toMatchObject({ pdf: expect.anything() })
  await workers.close()
})

test('a shutdown waits for no page', async () => {
  const workers = pdfWorkers({ processes: 1 })
  const pages = [workers.render(longPage, 50_000), workers.render(longPage, 50_000)].map((asked) =>
    asked.catch((error: { code: string }) => error.code),
  )
  const began = performance.now()
  workers.kill()
  expect(await Promise.all(pages)).toEqual(['pdf_unavailable', 'pdf_unavailable'])
  await workers.close()
  expect(performance.now() - began).toBeLessThan(5_000)
})

test('a process run by node and tsx renders and ends by itself', async () => {
  const program = `
    import { renderInvoicePdf } from '${new URL('../index.ts', import.meta.url).href}'
    import { sampleInvoice } from '${new URL('../sample-invoice.ts', import.meta.url).href}'
    const pdf = await renderInvoicePdf(sampleInvoice)
    console.log(pdf.length)`
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '--eval', program],
    { cwd: new URL('.', import.meta.url).pathname, timeout: 50_000 },
  )
  expect({ size: Number(stdout) > 10_000, stderr }).toEqual({ size: true, stderr: '' })
})
