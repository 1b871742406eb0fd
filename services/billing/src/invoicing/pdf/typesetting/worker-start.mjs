// Registers its own loader, whatever the parent process was started with; under a test runner there is none.
import { register } from 'tsx/esm/api'

register()
await import('./worker.ts')
