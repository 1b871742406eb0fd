import { browserStore } from '@customer-portal/ui/storage.ts'

/**
 * Whether the portal stands in another page's frame. There nothing is stored, and the host says language and
 * theme.
 */
export const embedded = typeof window !== 'undefined' && window.parent !== window

function portalStore(area: () => Storage) {
  const { stored, store } = browserStore(area, 'portal')
  return {
    stored: (name: string) => (embedded ? null : stored(name)),
    store(name: string, value: string | null) {
      if (!embedded) store(name, value)
    },
  }
}

/** The user's choices, kept across visits. */
export const { stored, store } = portalStore(() => localStorage)
/** Values of this tab and visit. */
export const { stored: storedHere, store: storeHere } = portalStore(() => sessionStorage)
