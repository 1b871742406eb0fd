import { BillingError } from '../../errors.ts'
import { sha256 } from '../../values/canonical-json.ts'
import { svgProblem } from './svg.ts'
import { PageTooMuch, pdfWorkers } from './workers.ts'
import { trialPage } from './trial-page.ts'

/** Milliseconds in which a logo must be drawn: each invoice takes that much longer. */
const drawingLimit = 2_000
const maxCachedLogos = 50

/** Checked one at a time, in a process apart from those that set invoices. */
const workers = pdfWorkers({ processes: 1, queue: 10, idle: 5_000, memoryLimit: 768 * 2 ** 20 })
/** Logos that were drawn, by their hash. */
const drawn = new Set<string>()

/**
 * Lets an SVG be a logo: read from end to end, then drawn once, in a process of its own that may take two
 * seconds and 768 MB. Throws invalid_logo with what is wrong, or pdf_unavailable while too many wait.
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
  // The page alone first: a cold start is not the drawing's fault.
  await workers.render({ ...trialPage, logo: null }, 10 * drawingLimit)
  try {
    const { logoFailure } = await workers.render({ ...trialPage, logo }, drawingLimit)
    return logoFailure && 'The drawing cannot be read: simplify it, or export it as plain SVG.'
  } catch (failure) {
    if (failure instanceof PageTooMuch)
      return 'The drawing takes too much memory: simplify it, or export it as plain SVG.'
    if (failure instanceof BillingError)
      return 'The drawing takes too long: simplify it, or export it as plain SVG.'
    throw failure
  }
}

/** Ends the process that draws logos, if there is one. */
export function killLogoWorkers(): void {
  workers.kill()
}
