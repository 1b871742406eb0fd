import type { Page } from 'playwright-core'
import { expect } from 'vitest'

const mostPresses = 60

/** What is focused, by its name. */
export const focused = (page: Page): Promise<string> =>
  page.evaluate(
    () =>
      document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent?.trim() ?? '',
  )

/** Presses Tab until what is focused is what is looked for. */
export async function tabTo(page: Page, selector: string, name = /(?:)/): Promise<void> {
  for (let presses = 0; presses < mostPresses; presses += 1) {
    await page.keyboard.press('Tab')
    const matches = await page.evaluate(
      (wanted) => document.activeElement?.matches(wanted) ?? false,
      selector,
    )
    if (matches && name.test(await focused(page))) return
  }
  expect.fail(`Tab does not lead to ${selector} ${name}`)
}
