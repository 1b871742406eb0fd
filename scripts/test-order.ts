import { BaseSequencer, type TestSpecification } from 'vitest/node'

/**
 * The files that take longest, longest first, by path. In a fresh clone vitest knows no
 * durations and goes by size, so that a long one may begin last and be waited for alone.
 */
export const longest = [
  'e2e/overflow-chinese',
  'e2e/overflow-english',
  'e2e/customers',
  'e2e/pages',
  'e2e/shifts',
  'e2e/embed-host',
  'e2e/docs',
  'products/customer-portal/src/usage-file',
  'scripts/import/trace',
  'bench/isolation',
  'services/billing/scenarios/interrupted',
  'packages/sdk/src/package',
  'backend/src/quota-clients',
  'backend/src/test-clock',
  'backend/src/native-work',
  'products/workbench-api/src/workbench-api',
  'bench/invoices',
  'packages/sdk/src/restart',
  'products/customer-portal/src/usage-stream',
  'backend/src/killed-server',
]

/** Puts the longest files first and keeps the order of the rest. */
export function longestFirst<T>(files: readonly T[], pathOf: (file: T) => string): T[] {
  const rank = (file: T) => {
    const found = longest.findIndex((name) => pathOf(file).includes(`/${name}.test.`))
    return found < 0 ? longest.length : found
  }
  return files.toSorted((a, b) => rank(a) - rank(b))
}

/** The order of vitest, with the longest files first. */
export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return longestFirst(await super.sort(files), (file) => file.moduleId)
  }
}
