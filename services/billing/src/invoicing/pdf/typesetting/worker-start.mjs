// Whatever loader this process's parent was started with, and under a test runner there is none: it brings
// its own.
import { register } from 'tsx/esm/api'

register()
await import('./worker.ts')
