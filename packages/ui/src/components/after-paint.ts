import { shallowRef, watch, type Ref } from 'vue'

/** Resolves after the next frame is painted; at once in a hidden tab, where none is. */
export function painted(): Promise<unknown> {
  return document.hidden
    ? Promise.resolve()
    : new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))
}

/**
 * Follows a value one frame later: the control that was pressed responds first, and the slower rendering
 * comes after it.
 */
export function afterPaint<Value>(source: () => Value): Readonly<Ref<Value>> {
  const followed = shallowRef(source())
  watch(source, async () => {
    await painted()
    followed.value = source()
  })
  return followed
}
