/** From where to where something reaches on the screen, in pixels from the window's top. */
interface Span {
  top: number
  bottom: number
}

/**
 * The part of `box` that all of `windows` leave in view, counted from the top of `box`; null where nothing
 * is.
 */
export function visiblePart(box: Span, windows: readonly Span[]): { top: number; height: number } | null {
  const top = Math.max(box.top, ...windows.map((each) => each.top))
  const bottom = Math.min(box.bottom, ...windows.map((each) => each.bottom))
  return bottom > top ? { top: Math.round(top - box.top), height: Math.round(bottom - top) } : null
}

/**
 * Calls `send` with the visible part of the frame whenever it changes, at most once per picture of the
 * screen. What `scroll-margin` of `element` names (a sticky header of the host) counts as covered. Answers
 * how to stop.
 */
export function followViewport(
  element: HTMLElement,
  frame: HTMLElement,
  send: (top: number, height: number) => void,
): () => void {
  let planned = 0
  let last = ''
  const look = () => {
    planned = 0
    const part = visiblePart(frame.getBoundingClientRect(), windowsOn(element, frame))
    if (!part || last === `${part.top} ${part.height}`) return
    last = `${part.top} ${part.height}`
    send(part.top, part.height)
  }
  const plan = () => {
    planned ||= requestAnimationFrame(look)
  }
  const stop = new AbortController()
  // Captured: a scroll of any ancestor, which does not bubble.
  addEventListener('scroll', plan, { capture: true, passive: true, signal: stop.signal })
  addEventListener('resize', plan, { signal: stop.signal })
  // Of the page too: what is above the frame may grow and push it down.
  const sizes = new ResizeObserver(plan)
  for (const each of [frame, document.body]) sizes.observe(each)
  return () => {
    stop.abort()
    sizes.disconnect()
    cancelAnimationFrame(planned)
  }
}

/** The window and every scrolling box around the frame. */
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
