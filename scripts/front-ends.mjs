import { existsSync } from 'node:fs'
import { capture, shortened } from './child.mjs'
import { duration, say } from './console.mjs'
import { frontEnds, inProject, root } from './project.mjs'
import { contentHash, isStamped, stamp } from './stamp.mjs'

/** What a built front end depends on besides its own folder. */
const shared = ['package-lock.json', 'products/http/src/resources.ts', 'products/customer-portal/src/contract.ts', 'products/workbench-api/src/contract.ts']

/** Builds the front ends whose sources changed since they were built, both at once. Answers one message for each that failed. @returns {Promise<string[]>} */
export async function buildFrontEnds() {
  const outcomes = await Promise.all(frontEnds.map(build))
  return outcomes.filter((message) => message !== undefined)
}

/** @param {{ name: string, folder: string }} frontEnd @returns {Promise<string | undefined>} */
async function build({ name, folder }) {
  const wanted = contentHash(root, [folder, ...shared])
  const stampFile = inProject('node_modules', '.cache', 'customer-portal', `built-${name}`)
  if (isStamped(stampFile, wanted) && existsSync(inProject(folder, 'dist', 'index.html'))) return undefined
  const began = Date.now()
  say(`Building the ${name} …`)
  const { code, output } = await capture(process.execPath, [inProject('node_modules', 'vite', 'bin', 'vite.js'), 'build', '--logLevel', 'warn'], {
    cwd: inProject(folder),
    env: { ...process.env, NODE_ENV: 'production' },
    waiting: `still building the ${name}`,
  })
  if (code !== 0) return `${shortened(output)}\n\nBuilding the ${name} failed (vite build in ${folder}).`
  stamp(stampFile, wanted)
  say(`Built the ${name} in ${duration(Date.now() - began)}.`)
  return undefined
}
