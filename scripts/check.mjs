import './node-version.mjs'

// Imported only now, and the rest after the packages are there: it uses them.
const { installPackages } = await import('./packages.mjs')
await installPackages()
const { runCheck } = await import('./check-run.mjs')
process.exit(await runCheck(process.argv.slice(2)))
