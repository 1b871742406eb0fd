import { defineConfig } from 'vitest/config'

/**
 * The tests that judge a mutant: those beside the rules. They need no database, and their properties are
 * seeded.
 */
export default defineConfig({
  test: {
    environment: 'node',
    include: ['services/billing/src/{pricing,values}/**/*.test.ts'],
    setupFiles: ['scripts/mutation/seed.ts'],
    // Stryker alone decides on timeouts: on a busy machine a mutant must not fail for that.
    testTimeout: 600_000,
  },
})
