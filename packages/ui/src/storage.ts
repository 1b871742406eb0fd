/**
 * What a front end keeps in the browser, under names of its own. Where nothing may be kept (`area` throws), it
 * lasts as long as the page.
 */
export function browserStore(area: () => Storage, prefix: string) {
  return {
    /** What was kept; null where there is nothing, or nothing may be kept. */
    stored(name: string): string | null {
      try {
        return area().getItem(`${prefix}.${name}`)
      } catch {
        return null
      }
    },
    /** Keeps something; null forgets it. */
    store(name: string, value: string | null) {
      try {
        if (value === null) area().removeItem(`${prefix}.${name}`)
        else area().setItem(`${prefix}.${name}`, value)
      } catch {
        // Storage is off.
      }
    },
  }
}
