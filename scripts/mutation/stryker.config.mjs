const folder = '.cache/mutation'

/** Stryker's configuration; main.mjs runs it from the project's folder. */
export default {
  plugins: ['@stryker-mutator/vitest-runner'],
  testRunner: 'vitest',
  vitest: { configFile: 'scripts/mutation/vitest.config.ts', related: false },
  mutate: ['services/billing/src/{pricing,values}/*.ts', '!**/*.test.ts'],
  // Everything else is copied for the tests.
  ignorePatterns: [
    '**',
    '!services/billing/src/{pricing,values}/**',
    '!services/billing/src/errors.ts',
    '!scripts/mutation/*.ts',
    '!package.json',
    '!tsconfig.json',
  ],
  coverageAnalysis: 'perTest',
  concurrency: 2,
  // Long, because a mutant that times out counts as killed: that must mean an endless loop, not a busy
  // machine.
  timeoutMS: 60_000,
  warnings: { slow: false },
  incrementalFile: `${folder}/incremental.json`,
  tempDirName: `${folder}/sandbox`,
  reporters: ['clear-text', 'json', 'html', 'progress-append-only'],
  clearTextReporter: { allowColor: false, reportTests: false, reportMutants: false },
  jsonReporter: { fileName: `${folder}/report.json` },
  htmlReporter: { fileName: `${folder}/report.html` },
  // main.ts judges the score, together with the reasons in the code.
  thresholds: { high: 95, low: 90, break: null },
}
