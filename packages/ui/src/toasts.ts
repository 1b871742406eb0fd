import { ref } from 'vue'

/** The action a toast offers, such as undo. */
export interface ToastAction {
  label: string
  run: () => unknown
}
export interface Toast {
  id: number
  kind: 'success' | 'error' | 'info'
  text: string
  detail?: string | undefined
  action?: ToastAction | undefined
}

export const toasts = ref<Toast[]>([])
let count = 0
let outlet: ((message: { kind: Toast['kind']; text: string }) => Promise<boolean>) | undefined
const timers = new Map<number, ReturnType<typeof setTimeout>>()

/** Delegates toasts to the host page; the handler returns false if the host does not show it. */
export function toastThrough(other: typeof outlet) {
  outlet = other
}

export function closeToast(id: number) {
  holdToast(id)
  toasts.value = toasts.value.filter((toast) => toast.id !== id)
}

/** Keeps a toast while the pointer is over it or its action has the focus. */
export function holdToast(id: number) {
  clearTimeout(timers.get(id))
  timers.delete(id)
}

export function releaseToast({ id, kind, action }: Toast) {
  holdToast(id)
  timers.set(
    id,
    setTimeout(() => closeToast(id), kind === 'error' || action ? 10_000 : 6000),
  )
}

/** Shows a toast for a few seconds, longer for an error or one that offers undo. */
export function toast(kind: Toast['kind'], text: string, detail?: string, action?: ToastAction) {
  const show = () => showHere({ kind, text, detail, action })
  // The host cannot perform this page's action.
  if (outlet && !action)
    void outlet({ kind, text: detail ? `${text} ${detail}` : text }).then((isShown) => {
      if (!isShown) show()
    })
  else show()
}

function showHere(message: Omit<Toast, 'id'>) {
  const shown = { id: ++count, ...message }
  for (const { id } of toasts.value.slice(0, -2)) closeToast(id)
  toasts.value = [...toasts.value, shown]
  releaseToast(shown)
}
