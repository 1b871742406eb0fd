import { shallowRef, watch, type Ref } from 'vue'

/** When the next picture is on screen; at once where none is drawn. */
export function painted(): Promise<unknown> {
  return document.hidden
    ? Promise.resolve()
    : new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))
}

/**
 * Follows a value one picture later: what the reader has pressed answers first, then comes what takes longer
 * to draw.
 */
export function afterPaint<Value>(source: () => Value): Readonly<Ref<Value>> {
  const followed = shallowRef(source())
  watch(source, async () => {
    await painted()
    followed.value = source()
  })
  return followed
}
