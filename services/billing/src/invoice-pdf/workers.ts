import assert from 'node:assert/strict'
import { Worker } from 'node:worker_threads'
import { BillingError } from '../failure.ts'
import type { InvoicePage } from './page.ts'
import type { Engine } from './typesetter.ts'
import type { Rendering } from './worker.ts'

export interface WorkersOptions {
  /** Threads at most; each holds Typst and the fonts: 100 MB with the native build, 300 MB with WASM. */
  threads?: number
  /** Pages that may wait; the next is refused. */
  queue?: number
  /** How long a thread without work stays, in milliseconds. */
  idle?: number
  /** Pages a thread sets before a fresh one takes its place, since the caches of the WASM build grow by 2 MB a page. */
  pagesPerThread?: number
  engine?: Engine
}

export interface Rendered {
  pdf: Uint8Array
  /** Why the seller's logo could not be drawn; the page is without it. */
  logoFailure?: string
}

export interface PdfWorkers {
  /** Sets a page, in at most `timeLimit` milliseconds of waiting and as many of work. */
  render: (page: InvoicePage, timeLimit: number) => Promise<Rendered>
  /** Waits for the pages already asked for, then ends the threads; a later page starts new ones. */
  close: () => Promise<void>
  /** How many threads live, for tests and metrics. */
  threads: () => number
}

interface Job {
  page: InvoicePage
  timeLimit: number
  timer: NodeJS.Timeout
  settled: boolean
  resolve: (rendered: Rendered) => void
  reject: (failure: Error) => void
}

interface Thread {
  worker: Worker
  job: Job | undefined
  pages: number
  leaving: boolean
  idleTimer: NodeJS.Timeout | undefined
}

/**
 * Threads that set pages, since Typst is synchronous and would hold up every other request. They start when needed, end
 * when idle and never keep the process alive. A thread that exceeds the time limit is ended and its place given to a new one.
 */
export function pdfWorkers(options: WorkersOptions = {}): PdfWorkers {
  const { threads: most = 2, queue: longest = 100, idle = 30_000, pagesPerThread = 100, engine = 'auto' } = options
  const threads = new Set<Thread>()
  const waiting: Job[] = []
  const pending = new Set<Promise<Rendered>>()

  async function render(page: InvoicePage, timeLimit: number): Promise<Rendered> {
    if (waiting.length >= longest) throw unavailable('Too many invoices are being rendered. Try again in a moment.')
    const rendered = new Promise<Rendered>((resolve, reject) => {
      const job: Job = { page, timeLimit, settled: false, resolve, reject, timer: setTimeout(() => abandon(job), timeLimit) }
      waiting.push(job)
    })
    pending.add(rendered)
    assignWork()
    return rendered.finally(() => pending.delete(rendered))
  }

  function assignWork(): void {
    while (waiting.length > 0) {
      const thread = [...threads].find(({ job, leaving }) => !job && !leaving) ?? (threads.size < most ? startThread() : undefined)
      if (!thread) return
      beginJob(thread, waiting.shift()!)
    }
  }

  function beginJob(thread: Thread, job: Job): void {
    clearTimeout(thread.idleTimer)
    clearTimeout(job.timer)
    job.timer = setTimeout(() => void endThread(thread, slow()), job.timeLimit)
    thread.job = job
    thread.pages += 1
    thread.worker.ref()
    thread.worker.postMessage(job.page)
  }

  function startThread(): Thread {
    const worker = new Worker(new URL('./worker-start.mjs', import.meta.url), { execArgv: [], workerData: { engine } })
    const thread: Thread = { worker, job: undefined, pages: 0, leaving: false, idleTimer: undefined }
    threads.add(thread)
    worker.on('message', (rendering: Rendering) => finishJob(thread, rendering))
    worker.on('error', (failure) => failJob(thread, failure))
    worker.on('exit', () => {
      threads.delete(thread)
      failJob(thread, new Error('the thread that rendered this invoice ended'))
      assignWork()
    })
    return thread
  }

  function finishJob(thread: Thread, rendering: Rendering): void {
    const job = thread.job
    if (!job || job.settled) return
    settle(job)
    thread.job = undefined
    if ('failure' in rendering) job.reject(new Error(rendering.failure))
    else job.resolve(rendering)
    if (thread.pages >= pagesPerThread) void endThread(thread)
    else rest(thread)
    assignWork()
  }

  function rest(thread: Thread): void {
    thread.worker.unref()
    thread.idleTimer = setTimeout(() => void endThread(thread), idle).unref()
  }

  function failJob(thread: Thread, failure: Error): void {
    if (!thread.job || thread.job.settled) return
    settle(thread.job)
    thread.job.reject(failure)
  }

  /** Its place is free only when it is gone: native code can hold a thread a little longer than we wish. */
  async function endThread(thread: Thread, failure?: Error): Promise<void> {
    clearTimeout(thread.idleTimer)
    if (failure) failJob(thread, failure)
    thread.leaving = true
    await thread.worker.terminate()
  }

  function abandon(job: Job): void {
    waiting.splice(waiting.indexOf(job), 1)
    settle(job)
    job.reject(slow())
  }

  async function close(): Promise<void> {
    await Promise.allSettled(pending)
    await Promise.all([...threads].map((thread) => endThread(thread)))
  }

  return { render, close, threads: () => threads.size }
}

function settle(job: Job): void {
  assert(!job.settled)
  job.settled = true
  clearTimeout(job.timer)
}

function slow(): BillingError {
  return unavailable('Rendering the invoice took too long. Try again in a moment.')
}

function unavailable(message: string): BillingError {
  return new BillingError('pdf_unavailable', { message })
}
