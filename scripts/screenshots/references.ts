import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { drawnWith, kept, packed } from '../../e2e/support/comparison.ts'
import { drawingHere, inWords, sameDrawing } from '../../e2e/support/drawing.ts'
import { pictures, takePicture } from '../../e2e/support/pictures.ts'
import type { Choice } from './choice.ts'

/**
 * Takes the reference screenshots of the visual tests, records what rendered them, and deletes those of pages
 * no longer tested.
 */
export async function takeReferences(browser: Browser, url: string, { wanted, tell }: Choice): Promise<void> {
  const here = await drawingHere(browser)
  const chosen = pictures.filter(({ name }) => wanted(name))
  if (chosen.length > 0 && chosen.length < pictures.length && !sameDrawing(drawnWith(), here)) {
    throw new Error(
      `The other pictures were drawn with ${inWords(drawnWith())}, here is ${inWords(here)}: `
        + 'take all of them (npm run screenshots).',
    )
  }
  for (const old of readdirSync(kept).filter(
    (file) => file.endsWith('.png') && !pictures.some(({ name }) => file === `${name}.png`),
  ))
    rmSync(join(kept, old))
  for (const picture of chosen) {
    const file = join(kept, `${picture.name}.png`)
    writeFileSync(file, packed(await takePicture(browser, url, picture)))
    tell(file)
  }
  if (chosen.length === pictures.length)
    writeFileSync(join(kept, 'drawn-with.json'), `${JSON.stringify(here, null, 2)}\n`)
}
