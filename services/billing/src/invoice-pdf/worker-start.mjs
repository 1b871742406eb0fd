// A worker thread does not reliably inherit the loader its process was started with, and under a test runner there is
// none: so the worker brings its own.
import { register } from 'tsx/esm/api'

register()
await import('./worker.ts')
