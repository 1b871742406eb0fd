import { defineConfig } from 'vitest/config'
import LongestFirst from './scripts/test-order.ts'

const long = process.env.LONG === '1'
/** What will be so is waited for: the usual second is not enough on a machine with other work. */
const poll = { timeout: 60_000 }

/**
 * Two kinds of test, run one after the other by scripts/test.mjs: `unit`, everything that needs no browser
 * (rules, real databases, handlers, scenarios, the pure parts of the front ends), and `e2e`, a real Chromium
 * against a real server.
 */
export default defineConfig({
  test: {
    pool: 'forks',
    // One more than the two cores of CI: a third of a test's time is waiting for a database, a server or a page.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          environment: 'node',
          include: [
            '{services,products,packages,backend,scripts,bench,agent-workbench,scenarios}/**/*.test.ts',
          ],
          exclude: ['**/node_modules/**', '**/dist/**', 'data/**'],
          pool: 'forks',
          // One process after the other's files: what packages cost to load, and PGlite to translate, is paid
          // once, not 280 times.
          isolate: false,
          setupFiles: ['scripts/test-file.ts'],
          expect: { poll },
          testTimeout: long ? 600_000 : 120_000,
          hookTimeout: 180_000,
        },
      },
      {
        test: {
          name: 'e2e',
          environment: 'node',
          include: ['e2e/**/*.test.ts'],
          globalSetup: ['e2e/support/setup.ts'],
          pool: 'forks',
          isolate: false,
          setupFiles: ['scripts/test-file.ts'],
          expect: { poll },
          testTimeout: long ? 600_000 : 120_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
})
