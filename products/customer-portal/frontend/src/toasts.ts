import { ref } from 'vue'

export interface Toast { id: number; kind: 'success' | 'error' | 'info'; text: string; detail?: string | undefined }

export const toasts = ref<Toast[]>([])
let count = 0
let outlet: ((message: { kind: Toast['kind']; text: string }) => Promise<boolean>) | undefined

/** Lets another page show the messages; it answers false where it does not. */
export function toastThrough(other: typeof outlet) {
  outlet = other
}

export function closeToast(id: number) {
  toasts.value = toasts.value.filter((toast) => toast.id !== id)
}

/** Shows a message for a few seconds, longer where something went wrong. */
export function toast(kind: Toast['kind'], text: string, detail?: string) {
  const show = () => showHere(kind, text, detail)
  if (outlet) void outlet({ kind, text: detail ? `${text} ${detail}` : text }).then((isShown) => { if (!isShown) show() })
  else show()
}

function showHere(kind: Toast['kind'], text: string, detail: string | undefined) {
  const id = ++count
  toasts.value = [...toasts.value.slice(-2), { id, kind, text, detail }]
  setTimeout(() => closeToast(id), kind === 'error' ? 10_000 : 6000)
}
