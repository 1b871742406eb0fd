/** A vertical range on the screen, in pixels from the window's top. */
interface Span {
  top: number
  bottom: number
}

/**
 * The part of `box` visible in all of `windows`, relative to the top of `box`; null when nothing is visible.
 */
export function visiblePart(box: Span, windows: readonly Span[]): { top: number; height: number } | null {
  const top = Math.max(box.top, ...windows.map((each) => each.top))
  const bottom = Math.min(box.bottom, ...windows.map((each) => each.bottom))
  return bottom > top ? { top: Math.round(top - box.top), height: Math.round(bottom - top) } : null
}

/**
 * Calls `send` with the visible part of the frame whenever it changes, at most once per animation frame. The
 * `scroll-margin` of `element` (a sticky header of the host) counts as covered. Returns the function that
 * stops it.
 */
export function followViewport(
  element: HTMLElement,
  frame: HTMLElement,
  send: (top: number, height: number) => void,
): () => void {
  let planned = 0
  let last = ''
  const measure = () => {
    planned = 0
    const part = visiblePart(frame.getBoundingClientRect(), windowsOn(element, frame))
    if (!part || last === `${part.top} ${part.height}`) return
    last = `${part.top} ${part.height}`
    send(part.top, part.height)
  }
  const plan = () => {
    planned ||= requestAnimationFrame(measure)
  }
  const stop = new AbortController()
  // In the capture phase, to see scrolling of any ancestor, which does not bubble.
  addEventListener('scroll', plan, { capture: true, passive: true, signal: stop.signal })
  addEventListener('resize', plan, { signal: stop.signal })
  // Observes the page too: content above the frame may grow and push it down.
  const sizes = new ResizeObserver(plan)
  for (const each of [frame, document.body]) sizes.observe(each)
  return () => {
    stop.abort()
    sizes.disconnect()
    cancelAnimationFrame(planned)
  }
}

/** The window and every scroll container around the frame. */
function windowsOn(element: HTMLElement, frame: Element): Span[] {
  const { scrollMarginTop, scrollMarginBottom } = getComputedStyle(element)
  const windows: Span[] = [
    { top: parseFloat(scrollMarginTop), bottom: innerHeight - parseFloat(scrollMarginBottom) },
  ]
  for (
    let box = parentOf(frame);
    box && box !== document.body && box !== document.documentElement;
    box = parentOf(box)
  ) {
    if (getComputedStyle(box).overflowY === 'visible') continue
    const top = box.getBoundingClientRect().top + box.clientTop
    windows.push({ top, bottom: top + box.clientHeight })
  }
  return windows
}

function parentOf(element: Element): Element | null {
  const root = element.getRootNode()
  return element.assignedSlot ?? element.parentElement ?? (root instanceof ShadowRoot ? root.host : null)
}
