import { onBeforeUnmount, onMounted, ref, type Ref } from 'vue'

/** The width of an element in pixels, kept up to date; 0 until it is mounted. */
export function useWidth(element: Readonly<Ref<Element | null>>): Ref<number> {
  const width = ref(0)
  let observer: ResizeObserver | undefined
  onMounted(() => {
    if (!element.value) return
    width.value = element.value.getBoundingClientRect().width
    observer = new ResizeObserver(([entry]) => {
      width.value = entry?.contentRect.width ?? width.value
    })
    observer.observe(element.value)
  })
  onBeforeUnmount(() => observer?.disconnect())
  return width
}
