import { ref } from 'vue'

export interface Toast {
  id: number
  kind: 'success' | 'error' | 'info'
  text: string
}

export const toasts = ref<Toast[]>([])
const shownFor = 6_000
let last = 0

/** Shows a line for six seconds; three at most stand at once. */
export function toast({ kind, text }: Omit<Toast, 'id'>) {
  const id = (last += 1)
  toasts.value = [...toasts.value, { id, kind, text }].slice(-3)
  setTimeout(() => {
    dismiss(id)
  }, shownFor)
}

export function dismiss(id: number) {
  toasts.value = toasts.value.filter((one) => one.id !== id)
}
