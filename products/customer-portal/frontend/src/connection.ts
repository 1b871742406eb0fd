import { ref } from 'vue'

const offline = ref(typeof navigator !== 'undefined' && navigator.onLine === false)
const listeners = new Set<() => void>()
let timer: ReturnType<typeof setTimeout> | undefined

async function ask() {
  timer = undefined
  try {
    await fetch('/portal/settings.json', { cache: 'no-store', credentials: 'omit' })
    connection.reached()
  } catch {
    offline.value = true
    timer = setTimeout(ask, 4000)
  }
}

/**
 * Whether the server can be reached. While it cannot, it is asked every few seconds; `onBack` hears when it
 * answers again.
 */
export const connection = {
  offline,
  lost() {
    offline.value = true
    timer ??= setTimeout(ask, 2000)
  },
  reached() {
    if (!offline.value) return
    offline.value = false
    clearTimeout(timer)
    timer = undefined
    for (const listener of listeners) listener()
  },
  retry() {
    clearTimeout(timer)
    return ask()
  },
  onBack(listener: () => void) {
    listeners.add(listener)
  },
  onceBack(listener: () => void) {
    const once = () => {
      listeners.delete(once)
      listener()
    }
    listeners.add(once)
  },
}

if (typeof window !== 'undefined') {
  window.addEventListener('offline', () => connection.lost())
  window.addEventListener('online', () => void connection.retry())
}
