import './node-version.mjs'

// Imported only now, and the rest after the packages are there: it uses them.
const { installPackages } = await import('./packages.mjs')
await installPackages()
const { runTests } = await import('./test-run.mjs')
process.exit(await runTests(process.argv.slice(2)))
