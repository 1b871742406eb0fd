import { defineConfig } from 'vitest/config'

/**
 * The tests that judge a mutant: those beside the rules. They need no database, and their properties take the
 * same path every time.
 */
export default defineConfig({
  test: {
    environment: 'node',
    include: ['services/billing/src/{pricing,values}/**/*.test.ts'],
    setupFiles: ['scripts/mutation/seed.ts'],
    // Only Stryker decides what takes too long: on a busy machine a mutant must not fail for that.
    testTimeout: 600_000,
  },
})
