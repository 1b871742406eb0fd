import { fileURLToPath } from 'node:url'
import path from 'node:path'

/** The project's folder. */
export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))

/** A path inside the project. @param {...string} parts */
export function inProject(...parts) {
  return path.join(root, ...parts)
}

/** Whether this run is unattended: missing packages may then be installed, and no test may be skipped. */
export const inCi = process.env.CI === 'true' || process.env.CI === '1'

export const portal = { name: 'portal', folder: 'products/customer-portal/frontend', base: '/portal/' }

/** The two front ends: a name, the folder with its vite.config.ts, and the path it is served at. */
export const frontEnds = [portal, { name: 'workbench', folder: 'agent-workbench', base: '/workbench/' }]

/** The package with which other pages embed the portal. */
export const embedPackage = 'packages/embed'

/** What the front ends share: compiled with each of them, as its own sources. */
export const uiPackage = 'packages/ui'
