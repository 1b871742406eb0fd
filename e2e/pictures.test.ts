import { readdirSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launchBrowser } from './support/browser.ts'
import { drawnWith, kept, unlikeKept } from './support/comparison.ts'
import { drawingHere, inWords, sameDrawing } from './support/drawing.ts'
import { pictureClock, pictures, takePicture } from './support/pictures.ts'
import { startServer, type RunningServer } from './support/server.ts'

const browser = await launchBrowser()
afterAll(() => browser.close())

const then = drawnWith()
const here = await drawingHere(browser)
const comparable = sameDrawing(then, here)

test(`every picture belongs to a page tested here, and records what rendered it (${comparable ? 'they are compared' : 'they are NOT compared'})`, () => {
  if (!comparable)
    console.log(
      `The ${pictures.length} pictures of e2e/pictures are not compared: `
        + `they were drawn with ${inWords(then)}; here is ${inWords(here)}.`,
    )
  expect(
    readdirSync(kept)
      .filter((name) => name.endsWith('.png'))
      .sort(),
  ).toEqual(pictures.map(({ name }) => `${name}.png`).sort())
  expect(then).toEqual({
    chromium: expect.stringMatching(/^\d+\.\d/),
    fonts: expect.arrayContaining([expect.stringMatching(/CJK.* \d/)]),
  })
})

// With another browser or font every letter differs, which proves nothing, so these tests do not exist there.
// PICTURES=1 enforces them.
if (comparable || process.env['PICTURES'])
  describe('looks like its picture:', () => {
    let server: RunningServer
    beforeAll(async () => {
      server = await startServer({ TEST_CLOCK: pictureClock })
    })
    afterAll(() => server.stop())

    test.each(pictures)('$name', async (picture) => {
      expect(unlikeKept(picture.name, await takePicture(browser, server.url, picture))).toBeUndefined()
    })
  })
