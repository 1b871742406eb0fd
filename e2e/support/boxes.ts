import type { Page } from 'playwright-core'

/**
 * Overflowing and broken text: text wider than its card, cell or button, unless that scrolls or ends with an
 * ellipsis; and an amount, a number, another short word without a blank, or a label on more than one line.
 */
export const outOfTheirBoxes = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const boxes = '.rounded-card, td, th, button, dialog, article, section'
    const found: string[] = []
    for (const element of document.querySelectorAll<HTMLElement>('#main *, dialog *')) {
      const hasText = [...element.childNodes].some(
        (node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim(),
      )
      if (!hasText || element.closest('.sr-only, svg, [aria-hidden=true]')) continue
      const range = document.createRange()
      range.selectNodeContents(element)
      const text = range.getBoundingClientRect()
      if (text.width === 0) continue
      const words = element.textContent!.trim()
      const lines = new Set([...range.getClientRects()].map(({ top }) => Math.round(top / 4)))
      // A zero-width space is a valid line break.
      const isWhole =
        element.childElementCount === 0
        && (/^[^\s\u200b\p{Script=Han}]{2,20}$/u.test(words)
          || (element.tagName === 'DT' && words.length <= 8))
      if (isWhole && lines.size > 1)
        found.push(`${element.tagName} "${words}" broken into ${lines.size} lines`)
      for (let around: HTMLElement | null = element; around; around = around.parentElement) {
        const style = getComputedStyle(around)
        if (style.overflowX !== 'visible') break
        if (!around.matches(boxes)) continue
        const box = around.getBoundingClientRect()
        if (text.right > box.right + 1 || text.left < box.left - 1)
          found.push(
            `${element.tagName} "${element.textContent!.trim().slice(0, 40)}" `
              + `${Math.round(text.right - box.right)} px out of `
              + `${around.tagName}.${around.className.toString().slice(0, 40)}`,
          )
        break
      }
    }
    return found
  })
