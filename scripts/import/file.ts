import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { parse } from 'csv-parse'
import type { Line } from './line.ts'

/** A CSV file being read: its size in bytes, how many were read so far, and its lines (the header first). */
export interface UsageFile {
  size: number
  read(): number
  lines(): AsyncGenerator<Line>
}

/** Opens a CSV file, plain or compressed with gzip. Lines come one by one, so the file may be larger than memory. */
export async function openUsageFile(path: string): Promise<UsageFile> {
  const { size } = await stat(path)
  const source = createReadStream(path)
  return { size, read: () => source.bytesRead, lines: () => linesOf(path, source) }
}

async function* linesOf(path: string, source: NodeJS.ReadableStream): AsyncGenerator<Line> {
  const parser = parse({ bom: true, info: true, relax_column_count: true, skip_empty_lines: true })
  const stages = path.endsWith('.gz') ? [source, createGunzip(), parser] : [source, parser]
  // The error reaches the loop below, which reads the last stage.
  pipeline(stages, () => undefined)
  for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) yield { number: info.lines, cells: record }
}

/** SHA-256 of a file, read as a stream. */
export async function fileHash(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer)
  return hash.digest('hex')
}
