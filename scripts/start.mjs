import './node-version.mjs'

// Imported only now: an old Node stops at the sentence above, not at a syntax it cannot read.
const { start } = await import('./server.mjs')
await start()
