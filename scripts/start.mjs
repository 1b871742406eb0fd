import './node-version.mjs'

// Imported after the check, so that an old Node prints the sentence above instead of a syntax error.
const { start } = await import('./server.mjs')
await start()
