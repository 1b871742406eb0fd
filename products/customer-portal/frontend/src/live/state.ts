import { ref } from 'vue'

/** Whether the server tells what changes as it changes. While it does not, pages ask from time to time. */
export const isLive = ref(false)
