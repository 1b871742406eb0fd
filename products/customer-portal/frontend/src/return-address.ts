import { ref } from 'vue'
import { storedHere, storeHere } from './storage.ts'

/**
 * The page the reader came from, according to the session; stored for the tab, since an ended session no
 * longer has it.
 */
export const returnAddress = ref(webAddress(storedHere('return')))

export function rememberReturn(address: string | null) {
  returnAddress.value = webAddress(address)
  storeHere('return', returnAddress.value)
}

function webAddress(address: string | null): string | null {
  return address !== null && /^https?:\/\//.test(address) ? address : null
}
