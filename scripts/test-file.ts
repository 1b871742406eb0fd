import { vi } from 'vitest'

// Before each file of tests: it shares its process with the files before it, and begins as if there had been
// none. Our own modules are loaded anew, with what they remember; packages stay.
vi.resetModules()
vi.unstubAllGlobals()
vi.useRealTimers()
// Modules that listen to the end of the process do so once for each time they are loaded.
process.setMaxListeners(0)
