import { ref } from 'vue'
import { storedHere, storeHere } from './storage.ts'

/**
 * Where the reader came from, by what the session said; kept for the tab, since an ended session says nothing
 * any more.
 */
export const returnAddress = ref(webAddress(storedHere('return')))

export function rememberReturn(address: string | null) {
  returnAddress.value = webAddress(address)
  storeHere('return', returnAddress.value)
}

function webAddress(address: string | null): string | null {
  return address !== null && /^https?:\/\//.test(address) ? address : null
}
