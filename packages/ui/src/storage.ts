/**
 * A front end's values in the browser's storage, under a prefix. If storage is unavailable (`area` throws),
 * they last as long as the page.
 */
export function browserStore(area: () => Storage, prefix: string) {
  return {
    /** Returns a stored value, or null. */
    stored(name: string): string | null {
      try {
        return area().getItem(`${prefix}.${name}`)
      } catch {
        return null
      }
    },
    /** Stores a value; null deletes it. */
    store(name: string, value: string | null) {
      try {
        if (value === null) area().removeItem(`${prefix}.${name}`)
        else area().setItem(`${prefix}.${name}`, value)
      } catch {
        // Storage is unavailable.
      }
    },
  }
}
