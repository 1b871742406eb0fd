/** Whether the portal stands in another page's frame. There nothing is stored, and the host says language and theme. */
export const embedded = typeof window !== 'undefined' && window.parent !== window

/** What the reader chose on an earlier visit; null where there is nothing, or nothing may be kept. */
export function stored(name: string): string | null {
  if (embedded) return null
  try {
    return localStorage.getItem(`portal.${name}`)
  } catch {
    return null
  }
}

export function store(name: string, value: string) {
  if (embedded) return
  try {
    localStorage.setItem(`portal.${name}`, value)
  } catch {
    // Storage is off: the choice lasts as long as the page.
  }
}
