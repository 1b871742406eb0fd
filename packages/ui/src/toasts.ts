import { ref } from 'vue'

/** What a message offers to do: taking back what it tells of. */
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

/** Lets another page show the messages; it answers false where it does not. */
export function toastThrough(other: typeof outlet) {
  outlet = other
}

export function closeToast(id: number) {
  holdToast(id)
  toasts.value = toasts.value.filter((toast) => toast.id !== id)
}

/** Keeps a message for as long as somebody points at it or is about to press what it offers. */
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

/** Shows a message for a few seconds, longer where something went wrong or can be taken back. */
export function toast(kind: Toast['kind'], text: string, detail?: string, action?: ToastAction) {
  const show = () => showHere({ kind, text, detail, action })
  // What it offers to do only this page can do.
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
