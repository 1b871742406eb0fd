import { copyFileSync, existsSync, readFileSync } from 'node:fs'
import { missingTexts } from './both-languages.mjs'
import { capture, shortened } from './child.mjs'
import { compressFiles } from './compress.mjs'
import { duration, say } from './console.mjs'
import { embedPackage, frontEnds, inProject, portal, root, uiPackage } from './project.mjs'
import { contentHash, isStamped, stamp } from './stamp.mjs'

/** Folders a built front end depends on besides its own. */
const shared = [
  'package-lock.json',
  `${embedPackage}/src`,
  `${uiPackage}/src`,
  'products/http/src/resources.ts',
  'products/customer-portal/src/contract.ts',
  'products/workbench-api/src/contract.ts',
]

/**
 * Builds the front ends whose sources changed since the last build, all at once, and the embed script served
 * beside the portal. Returns one message for each that failed.
 * @returns {Promise<string[]>}
 */
export async function buildFrontEnds() {
  const outcomes = await Promise.all([...frontEnds.map(build), buildEmbed()])
  const failures = outcomes.filter((message) => message !== undefined)
  if (failures.length > 0) return failures
  // After both, because building the portal empties its folder.
  putBeside(inProject(embedPackage, 'dist', 'embed.js'), inProject(portal.folder, 'dist', 'embed.js'))
  await Promise.all(frontEnds.map(({ folder }) => compressFiles(inProject(folder, 'dist'))))
  return []
}

/**
 * Copies a file unless the copy is identical: a server may be sending it.
 * @param {string} file
 * @param {string} copy
 */
function putBeside(file, copy) {
  if (!existsSync(copy) || !readFileSync(copy).equals(readFileSync(file))) copyFileSync(file, copy)
}

/** @returns {Promise<string | undefined>} */
async function buildEmbed() {
  const wanted = contentHash(root, [
    'package-lock.json',
    'tsconfig.json',
    ...['src', 'scripts', 'package.json', 'tsconfig.json'].map((part) => `${embedPackage}/${part}`),
  ])
  const stampFile = inProject('node_modules', '.cache', 'customer-portal', 'built-embed')
  if (isStamped(stampFile, wanted) && existsSync(inProject(embedPackage, 'dist', 'embed.js')))
    return undefined
  const { code, output } = await capture(
    process.execPath,
    [inProject(embedPackage, 'scripts', 'build.mjs')],
    { cwd: root, waiting: 'still building the embedding script' },
  )
  if (code !== 0)
    return `${shortened(output)}\n\nBuilding the embedding script failed (${embedPackage}/scripts/build.mjs).`
  stamp(stampFile, wanted)
  say(output.trim())
  return undefined
}

/** @param {{ name: string, folder: string }} frontEnd @returns {Promise<string | undefined>} */
async function build({ name, folder }) {
  const wanted = contentHash(root, [folder, ...shared])
  const stampFile = inProject('node_modules', '.cache', 'customer-portal', `built-${name}`)
  if (isStamped(stampFile, wanted) && existsSync(inProject(folder, 'dist', 'index.html'))) return undefined
  const began = Date.now()
  say(`Building the ${name} …`)
  const { code, output } = await capture(
    process.execPath,
    [inProject('node_modules', 'vite', 'bin', 'vite.js'), 'build', '--logLevel', 'warn'],
    {
      cwd: inProject(folder),
      env: { ...process.env, NODE_ENV: 'production' },
      waiting: `still building the ${name}`,
    },
  )
  if (code !== 0) return `${shortened(output)}\n\nBuilding the ${name} failed (vite build in ${folder}).`
  const missing = await missingTexts(inProject(folder, 'dist'))
  if (missing.length > 0)
    return `Every text of the ${name} is needed in both languages: ${missing.join(', ')} (${folder}/src/texts).`
  const tooHeavy = await checkBudget(folder)
  if (tooHeavy) return tooHeavy
  stamp(stampFile, wanted)
  say(`Built the ${name} in ${duration(Date.now() - began)}.`)
  return undefined
}

/**
 * Checks a front end against its size budget, if it has one, and prints how much is used.
 * @param {string} folder
 * @returns {Promise<string | undefined>}
 */
async function checkBudget(folder) {
  const script = inProject(folder, 'scripts', 'check-budget.mjs')
  if (!existsSync(script)) return undefined
  const { code, output } = await capture(process.execPath, [script], { cwd: root, waiting: 'still weighing' })
  if (code !== 0)
    return `${output.trim()}\n\nWhat was built is larger than it may be (${folder}/scripts/check-budget.mjs).`
  say(output.trim())
  return undefined
}
