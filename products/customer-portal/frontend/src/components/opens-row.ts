import type { Directive } from 'vue'

/**
 * `v-opens-row`: a click anywhere in a row follows its first link, unless it met something to press itself or
 * ended a selection of text.
 */
export const vOpensRow: Directive<HTMLElement> = {
  mounted(row) {
    row.addEventListener('click', (event) => {
      const pressed = event.target instanceof Element && event.target.closest('a, button')
      if (pressed || event.defaultPrevented || window.getSelection()?.isCollapsed === false) return
      row.querySelector('a')?.dispatchEvent(
        new MouseEvent('click', {
          bubbles: true,
          cancelable: true,
          ctrlKey: event.ctrlKey,
          metaKey: event.metaKey,
          shiftKey: event.shiftKey,
        }),
      )
    })
  },
}
