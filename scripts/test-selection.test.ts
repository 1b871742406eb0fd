import { expect, test } from 'vitest'
import { isSelected, needsFrontEnds } from './test-selection.mjs'

const browserTests = ['e2e/portal.test.ts', 'e2e/desk.test.ts']

test('a filter selects the files whose path contains it, no filter all of them', () => {
  expect(isSelected('services/billing/src/plan.test.ts', ['billing', 'e2e'])).toBe(true)
  expect(isSelected('services/billing/src/plan.test.ts', ['e2e'])).toBe(false)
  expect(isSelected('services/billing/src/plan.test.ts', [])).toBe(true)
})

test('the front ends are built for tests in a browser and for the examples of progress.md, and for nothing else', () => {
  expect(needsFrontEnds(browserTests, [])).toBe(true)
  expect(needsFrontEnds(browserTests, ['desk'])).toBe(true)
  expect(needsFrontEnds(browserTests, ['scenarios/progress'])).toBe(true)
  expect(needsFrontEnds(browserTests, ['services/billing'])).toBe(false)
})
