import { ref } from 'vue'

/** Whether the server pushes changes. While it does not, pages poll. */
export const isLive = ref(false)
