import { existsSync, readdirSync, statSync } from 'node:fs'
import { readFile, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

/** Text formats; the page itself is assembled per request. */
const compressible = /\.(js|css|svg)$/
/** In bytes. A smaller response is one packet either way. */
const minBytes = 1000

/**
 * The content encodings, by the file name extension of the compressed file. @type {Record<string, (content:
 * Buffer) => Promise<Buffer>>}
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
 * Writes a compressed file beside each built one, unless there is one at least as new: compressed once, with
 * the highest setting, instead of per request.
 * @param {string} folder
 */
export async function compressFiles(folder) {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => path.join(folder, name))
    .filter((file) => compressible.test(file))
  await Promise.all(
    files.map(async (file) => {
      const { size, mtimeMs } = statSync(file)
      if (size < minBytes) return
      for (const [ending, compress] of Object.entries(encodings)) {
        const compressed = `${file}${ending}`
        if (existsSync(compressed) && statSync(compressed).mtimeMs >= mtimeMs) continue
        // Atomic: a server may be sending the file, and an existing one counts as complete next time.
        const draft = `${compressed}.${process.pid}`
        await writeFile(draft, await compress(await readFile(file)))
        await rename(draft, compressed)
      }
    }),
  )
}
