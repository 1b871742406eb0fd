import assert from 'node:assert/strict'
import { fork, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { BillingError } from '../../../errors.ts'
import type { TypesetterKind } from './typesetter.ts'
import type { FromWorker } from './worker.ts'
import type { InvoicePage } from './invoice-page.ts'

export interface WorkersOptions {
  /**
   * Maximum number of processes; each holds Typst and the fonts: 150 MB with the native build, 350 MB with
   * WASM.
   */
  processes?: number
  /** Maximum number of waiting pages; the next is rejected. */
  queue?: number
  /** Maximum number of waiting pages per customer, so that nobody fills the queue alone. */
  queueOfOne?: number
  /** Milliseconds an idle process stays. */
  idle?: number
  /** Pages per process before it is replaced, because the caches of the WASM build grow by 2 MB per page. */
  pagesPerProcess?: number
  /** Maximum bytes of memory of a process while it renders, where the system reports them (Linux). */
  memoryLimit?: number
  engine?: TypesetterKind
}

export interface Rendered {
  pdf: Uint8Array
  /** Why the seller's logo could not be rendered; the page lacks it. */
  logoFailure?: string
}

export interface PdfWorkers {
  /**
   * Renders a page for a customer, with at most `timeLimit` milliseconds of waiting and as many of rendering.
   * Waiting customers take turns.
   */
  render: (page: InvoicePage, timeLimit: number, customerId?: string) => Promise<Rendered>
  /** Waits for queued pages, then ends the processes; a later page starts new ones. */
  close: () => Promise<void>
  /** Kills the processes at once; waiting pages are rejected. */
  kill: () => void
  /** The number of live processes, for tests and metrics. */
  processes: () => number
}

interface Job {
  page: InvoicePage
  customerId: string | undefined
  timeLimit: number
  timer: NodeJS.Timeout
  settled: boolean
  resolve: (rendered: Rendered) => void
  reject: (failure: Error) => void
}

interface Renderer {
  child: ChildProcess
  ready: boolean
  job: Job | undefined
  pages: number
  leaving: boolean
  idleTimer: NodeJS.Timeout | undefined
  memoryTimer: NodeJS.Timeout | undefined
}

/** Milliseconds in which a process must load Typst. */
const startLimit = 60_000
const memoryInterval = 100

/** The process that rendered the page crashed: the page is more than Typst can handle. */
export class PageTooLarge extends Error {}

/**
 * Starts a pool of processes that render pages. Typst blocks, and a drawing can crash its native code or keep
 * it busy for ever; a process of its own can be killed, a thread cannot. Processes start on demand, end when
 * idle and never keep this process alive. One that exceeds a limit is killed and replaced.
 */
export function pdfWorkers(options: WorkersOptions = {}): PdfWorkers {
  const {
    processes: most = 2,
    queue: longest = 100,
    queueOfOne: longestOfOne = 20,
    idle = 30_000,
    pagesPerProcess = 100,
    memoryLimit = 2 ** 30,
    engine = 'auto',
  } = options
  const renderers = new Set<Renderer>()
  const waiting: Job[] = []
  /** The turn in which each waiting customer was last served. */
  const lastTurn = new Map<string | undefined, number>()
  let turns = 0
  const pending = new Set<Promise<Rendered>>()

  async function render(page: InvoicePage, timeLimit: number, customerId?: string): Promise<Rendered> {
    if (
      customerId !== undefined
      && waiting.filter((job) => job.customerId === customerId).length >= longestOfOne
    )
      throw unavailable('Too many invoices of yours are being rendered. Try again in a moment.')
    if (waiting.length >= longest)
      throw unavailable('Too many invoices are being rendered. Try again in a moment.')
    const rendered = new Promise<Rendered>((resolve, reject) => {
      const job: Job = {
        page,
        customerId,
        timeLimit,
        settled: false,
        resolve,
        reject,
        timer: setTimeout(() => abandon(job), timeLimit),
      }
      waiting.push(job)
    })
    pending.add(rendered)
    assignWork()
    return rendered.finally(() => pending.delete(rendered))
  }

  function assignWork(): void {
    while (waiting.length > 0) {
      const renderer =
        [...renderers].find(({ job, leaving }) => !job && !leaving)
        ?? (renderers.size < most ? startProcess() : undefined)
      if (!renderer) return
      takeJob(renderer, next())
    }
    if (![...renderers].some(({ job }) => job)) lastTurn.clear()
  }

  /** Returns the first page of the customer who was served longest ago. */
  function next(): Job {
    const turnOf = ({ customerId }: Job) => lastTurn.get(customerId) ?? 0
    const job = waiting.reduce((first, other) => (turnOf(other) < turnOf(first) ? other : first))
    waiting.splice(waiting.indexOf(job), 1)
    lastTurn.set(job.customerId, (turns += 1))
    return job
  }

  function takeJob(renderer: Renderer, job: Job): void {
    clearTimeout(renderer.idleTimer)
    clearTimeout(job.timer)
    renderer.job = job
    renderer.pages += 1
    hold(renderer, true)
    job.timer = setTimeout(() => endProcess(renderer, slow()), startLimit)
    if (renderer.ready) beginJob(renderer)
  }

  /** The time to load Typst does not count as the page's. */
  function beginJob(renderer: Renderer): void {
    const job = renderer.job!
    clearTimeout(job.timer)
    job.timer = setTimeout(() => endProcess(renderer, slow()), job.timeLimit)
    renderer.memoryTimer = setInterval(() => {
      if (residentBytes(renderer.child.pid) > memoryLimit)
        endProcess(renderer, new PageTooLarge('the page took more memory than it may'))
    }, memoryInterval)
    renderer.child.send(job.page)
  }

  function startProcess(): Renderer {
    const child = fork(fileURLToPath(new URL('./worker-start.mjs', import.meta.url)), [engine], {
      execArgv: [],
      env: emptyEnvironment,
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    const renderer: Renderer = {
      child,
      ready: false,
      job: undefined,
      pages: 0,
      leaving: false,
      idleTimer: undefined,
      memoryTimer: undefined,
    }
    renderers.add(renderer)
    child.on('message', (message: FromWorker) => {
      if (message !== 'ready') return finishJob(renderer, message)
      renderer.ready = true
      if (renderer.job) beginJob(renderer)
    })
    // Writing to a process that is gone fails; its exit event handles that.
    child.on('error', () => undefined)
    child.once('exit', (status, signal) => {
      clearTimeout(renderer.idleTimer)
      renderers.delete(renderer)
      failJob(renderer, new PageTooLarge(`the process that set the page ended with ${signal ?? status}`))
      assignWork()
    })
    return renderer
  }

  function finishJob(renderer: Renderer, rendering: Exclude<FromWorker, 'ready'>): void {
    const job = renderer.job
    if (!job || job.settled) return
    settle(renderer, job)
    renderer.job = undefined
    if ('failure' in rendering) job.reject(new Error(rendering.failure))
    else job.resolve(rendering)
    if (renderer.pages >= pagesPerProcess) endProcess(renderer)
    else rest(renderer)
    assignWork()
  }

  function rest(renderer: Renderer): void {
    hold(renderer, false)
    renderer.idleTimer = setTimeout(() => endProcess(renderer), idle).unref()
  }

  function failJob(renderer: Renderer, failure: Error): void {
    const { job } = renderer
    if (!job || job.settled) return
    settle(renderer, job)
    job.reject(failure)
  }

  /** The slot is free only once the process has exited. */
  function endProcess(renderer: Renderer, failure?: Error): void {
    clearTimeout(renderer.idleTimer)
    if (failure) failJob(renderer, failure)
    renderer.leaving = true
    renderer.child.kill('SIGKILL')
  }

  function abandon(job: Job): void {
    waiting.splice(waiting.indexOf(job), 1)
    job.settled = true
    job.reject(slow())
  }

  async function close(): Promise<void> {
    await Promise.allSettled(pending)
    await Promise.all(
      [...renderers].map(
        (renderer) =>
          new Promise((resolve) => {
            renderer.child.once('exit', resolve)
            endProcess(renderer)
          }),
      ),
    )
  }

  function kill(): void {
    for (const job of waiting.splice(0)) {
      clearTimeout(job.timer)
      job.settled = true
      job.reject(slow())
    }
    for (const renderer of renderers) endProcess(renderer, slow())
  }

  return { render, close, kill, processes: () => renderers.size }
}

/** The environment of a process that renders drawings has no keys and no database addresses. */
const emptyEnvironment: NodeJS.ProcessEnv = {}

/** Sets whether a renderer keeps this process alive. */
function hold({ child }: Renderer, keepAlive: boolean): void {
  if (keepAlive) {
    child.ref()
    child.channel?.ref()
  } else {
    child.unref()
    child.channel?.unref()
  }
}

/** Returns the resident memory of a process in bytes; 0 where the system does not report it. */
function residentBytes(pid: number | undefined): number {
  try {
    const [, pages] = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')
    return Number(pages) * 4096
  } catch {
    return 0
  }
}

function settle(renderer: Renderer, job: Job): void {
  assert(!job.settled)
  job.settled = true
  clearTimeout(job.timer)
  clearInterval(renderer.memoryTimer)
}

function slow(): BillingError {
  return unavailable('Rendering the invoice took too long. Try again in a moment.')
}

function unavailable(message: string): BillingError {
  return new BillingError('pdf_unavailable', { message })
}
