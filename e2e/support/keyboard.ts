import type { Page } from 'playwright-core'
import { expect } from 'vitest'

const maxPresses = 60

/** The name of the focused element. */
export const focused = (page: Page): Promise<string> =>
  page.evaluate(
    () =>
      document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent?.trim() ?? '',
  )

/** Presses Tab until the wanted element is focused. */
export async function tabTo(page: Page, selector: string, name = /(?:)/): Promise<void> {
  for (let presses = 0; presses < maxPresses; presses += 1) {
    await page.keyboard.press('Tab')
    const matches = await page.evaluate(
      (wanted) => document.activeElement?.matches(wanted) ?? false,
      selector,
    )
    if (matches && name.test(await focused(page))) return
  }
  expect.fail(`Tab does not lead to ${selector} ${name}`)
}
