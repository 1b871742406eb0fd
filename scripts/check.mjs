import './node-version.mjs'

// Imported after the Node version was checked, and the rest after the packages are installed, because they
// use them.
const { installPackages } = await import('./packages.mjs')
await installPackages()
const { runCheck } = await import('./check-run.mjs')
process.exit(await runCheck(process.argv.slice(2)))
