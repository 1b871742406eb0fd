/**
 * Whether the portal stands in another page's frame. There nothing is stored, and the host says language and
 * theme.
 */
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

/** What belongs to this tab and visit; null in a frame, or where nothing may be kept. */
export function storedHere(name: string): string | null {
  if (embedded) return null
  try {
    return sessionStorage.getItem(`portal.${name}`)
  } catch {
    return null
  }
}

/** Keeps something for this tab and visit; null forgets it. */
export function storeHere(name: string, value: string | null) {
  if (embedded) return
  try {
    if (value === null) sessionStorage.removeItem(`portal.${name}`)
    else sessionStorage.setItem(`portal.${name}`, value)
  } catch {
    // Storage is off: it lasts as long as the page.
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
