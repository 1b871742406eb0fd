import { relative } from 'node:path'
import { launchBrowser } from '../../e2e/support/browser.ts'
import { pictureClock } from '../../e2e/support/pictures.ts'
import { startServer } from '../../e2e/support/server.ts'
import { buildFrontEnds } from '../front-ends.mjs'
import { root } from '../project.mjs'
import { provideChromium } from '../test-tools.mjs'
import { takeReadmePictures } from './readme.ts'
import { takeReferences } from './references.ts'

/** `npm run screenshots [-- PART…]`: takes all pictures, or those whose name contains a part. */
const parts = process.argv.slice(2)
const wanted = (name: string) => parts.length === 0 || parts.some((part) => name.includes(part))
const tell = (file: string) => console.log(`  ${relative(root, file)}`)

await provideChromium()
const failures = await buildFrontEnds()
if (failures.length > 0) throw new Error(failures.join('\n'))
const server = await startServer({ TEST_CLOCK: pictureClock })
const browser = await launchBrowser()
try {
  await takeReferences(browser, server.url, { wanted, tell })
  // Last, because it uses up an answer of the quota, which other pictures show.
  await takeReadmePictures(browser, server.url, { wanted, tell })
  console.log('Look at each that changed (git status) before you keep it.')
} finally {
  await browser.close()
  await server.stop()
}
