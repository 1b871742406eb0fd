import { BillingError } from '../../../errors.ts'
import { sha256 } from '../../../values/canonical-json.ts'
import { svgProblem } from './svg.ts'
import { PageTooLarge, pdfWorkers } from './workers.ts'
import { trialPage } from './trial-page.ts'

/** Milliseconds in which a logo must render: each invoice takes that much longer. */
const drawingLimit = 2_000
const maxCachedLogos = 50

/** Logos are checked one at a time, in a process separate from those that render invoices. */
const workers = pdfWorkers({ processes: 1, queue: 10, idle: 5_000, memoryLimit: 768 * 2 ** 20 })
/** Cache of accepted logos, by hash. */
const drawn = new Set<string>()

/**
 * Checks that an SVG can be a logo: parses it, then renders it once in its own process with at most two
 * seconds and 768 MB. Throws invalid_logo with the reason, or pdf_unavailable while the queue is full.
 */
export async function assertDrawable(logo: string): Promise<void> {
  const hash = sha256(logo)
  if (drawn.has(hash)) return
  const problem = svgProblem(logo) ?? (await drawingProblem(logo))
  if (problem) throw new BillingError('invalid_logo', { pointer: '/logo', message: problem })
  if (drawn.size >= maxCachedLogos) drawn.clear()
  drawn.add(hash)
}

async function drawingProblem(logo: string): Promise<string | undefined> {
  // Renders the page alone first, so that a cold start does not count against the drawing.
  await workers.render({ ...trialPage, logo: null }, 10 * drawingLimit)
  try {
    const { logoFailure } = await workers.render({ ...trialPage, logo }, drawingLimit)
    return logoFailure && 'The drawing cannot be read: simplify it, or export it as plain SVG.'
  } catch (failure) {
    if (failure instanceof PageTooLarge)
      return 'The drawing takes too much memory: simplify it, or export it as plain SVG.'
    if (failure instanceof BillingError)
      return 'The drawing takes too long: simplify it, or export it as plain SVG.'
    throw failure
  }
}

/** Kills the process that checks logos, if there is one. */
export function killLogoWorkers(): void {
  workers.kill()
}
