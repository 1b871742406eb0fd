import { vi } from 'vitest'

// Runs before each test file: it shares its process with earlier files, and starts as if there had been none.
// Our own modules are loaded again, with fresh state; packages stay.
vi.resetModules()
vi.unstubAllGlobals()
vi.useRealTimers()
// Modules that listen to the end of the process do so each time they are loaded.
process.setMaxListeners(0)
