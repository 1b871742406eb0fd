import { fileURLToPath } from 'node:url'
import path from 'node:path'

/** The folder this project is in. */
export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))

/** A path inside the project. @param {...string} parts */
export function inProject(...parts) {
  return path.join(root, ...parts)
}

/** Whether nobody watches this run: then all that is missing may be installed, and nothing may be skipped. */
export const inCi = process.env.CI === 'true' || process.env.CI === '1'

export const portal = { name: 'portal', folder: 'products/customer-portal/frontend', base: '/portal/' }

/** The two front ends: a name, the folder with its vite.config.ts, and the path it is served at. */
export const frontEnds = [portal, { name: 'workbench', folder: 'agent-workbench', base: '/workbench/' }]

/** What other pages embed the portal with. */
export const embedPackage = 'packages/embed'

/** What the front ends share: compiled with each of them, as its own sources. */
export const uiPackage = 'packages/ui'
