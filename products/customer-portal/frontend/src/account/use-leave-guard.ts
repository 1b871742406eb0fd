import { onBeforeUnmount, onMounted, ref } from 'vue'
import { onBeforeRouteLeave } from 'vue-router'
import { unsaved } from './unsaved.ts'

/**
 * Asks before unsaved changes are lost. With a dialog of our own, because a sandboxed frame must not open the
 * browser's.
 */
export function useLeaveGuard() {
  const answer = ref<(leave: boolean) => void>()

  onBeforeRouteLeave(() => {
    if (unsaved.size === 0) return true
    return new Promise<boolean>((resolve) => {
      answer.value = (leave) => {
        answer.value = undefined
        resolve(leave)
      }
    })
  })
  const warn = (event: BeforeUnloadEvent) => {
    if (unsaved.size > 0) event.preventDefault()
  }
  onMounted(() => window.addEventListener('beforeunload', warn))
  onBeforeUnmount(() => window.removeEventListener('beforeunload', warn))
  return { answer }
}
