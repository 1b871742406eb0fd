import { existsSync, readdirSync, statSync } from 'node:fs'
import { readFile, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

/** What text compresses well; the page itself is put together anew for each request. */
const worthwhile = /\.(js|css|svg)$/
/** In bytes. Below it a response is one packet either way. */
const smallest = 1000

/**
 * How a browser may ask for a file, by the ending of the file that is sent then. @type {Record<string,
 * (content: Buffer) => Promise<Buffer>>}
 */
const encodings = {
  '.br': (content) =>
    promisify(brotliCompress)(content, {
      params: {
        [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
        [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
      },
    }),
  '.gz': (content) => promisify(gzip)(content, { level: 9 }),
}

/**
 * Puts a compressed file beside each built one that has none as new as itself: compressed once, as small as
 * can be, instead of at each request.
 * @param {string} folder
 */
export async function compressFiles(folder) {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => path.join(folder, name))
    .filter((file) => worthwhile.test(file))
  await Promise.all(
    files.map(async (file) => {
      const { size, mtimeMs } = statSync(file)
      if (size < smallest) return
      for (const [ending, compress] of Object.entries(encodings)) {
        const compressed = `${file}${ending}`
        if (existsSync(compressed) && statSync(compressed).mtimeMs >= mtimeMs) continue
        // Whole or not at all: a server may be sending it, and what is there is taken for good the next time.
        const draft = `${compressed}.${process.pid}`
        await writeFile(draft, await compress(await readFile(file)))
        await rename(draft, compressed)
      }
    }),
  )
}
