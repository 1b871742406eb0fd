import type { BrowserContext, Frame, Page } from 'playwright-core'

/**
 * A layout shift without user input: its score (share of the window times distance), its time, and the
 * elements.
 */
export interface Shift {
  score: number
  at: number
  moved: string[]
}

declare global {
  interface Window {
    shifts: Shift[]
  }
}

/** Records all layout shifts in the context's pages and frames, from their first paint on. */
export async function watchShifts(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    interface LayoutShift extends PerformanceEntry {
      value: number
      hadRecentInput: boolean
      sources: { node: Node | null; previousRect: DOMRectReadOnly; currentRect: DOMRectReadOnly }[]
    }
    window.shifts = []
    const named = (node: Node | null) =>
      node instanceof Element
        ? `${node.localName}.${String(node.getAttribute('class') ?? '').slice(0, 40)}`
        : String(node?.textContent ?? '?').slice(0, 40)
    const path = ({ top, height }: DOMRectReadOnly) => `${Math.round(top)}+${Math.round(height)}`
    new PerformanceObserver((list) => {
      for (const { value, hadRecentInput, sources, startTime } of list.getEntries() as LayoutShift[]) {
        if (hadRecentInput) continue
        window.shifts.push({
          score: value,
          at: Math.round(startTime),
          moved: sources.map(
            ({ node, previousRect, currentRect }) =>
              `${named(node)} ${path(previousRect)} → ${path(currentRect)}`,
          ),
        })
      }
    }).observe({ type: 'layout-shift', buffered: true })
  })
}

/** The shifts since the page was opened or last read. */
export const takeShifts = (page: Page | Frame): Promise<Shift[]> =>
  page.evaluate(() => window.shifts.splice(0))

/** The highest total within a window of five seconds without a pause of one, as Core Web Vitals define it. */
export function layoutShift(shifts: readonly Shift[]): number {
  let [most, sum, begin, last] = [0, 0, -Infinity, -Infinity]
  for (const { score, at } of shifts) {
    if (at - last > 1000 || at - begin > 5000) [sum, begin] = [0, at]
    sum += score
    last = at
    most = Math.max(most, sum)
  }
  return most
}
