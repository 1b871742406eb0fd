import { appendFileSync, existsSync, writeFileSync } from 'node:fs'
import type { Rejection } from './line.ts'

/** Writes rejected lines to a CSV file; a resumed import appends to it. Without a file nothing is kept. */
export function rejectedFile(file: string | undefined, resumes: boolean): (rejections: Rejection[]) => void {
  if (!file) return () => undefined
  if (!resumes || !existsSync(file)) writeFileSync(file, 'line,id,code,detail\n')
  return (rejections) => {
    if (rejections.length > 0)
      appendFileSync(
        file,
        rejections
          .map(({ line, id, code, detail }) => `${[line, id, code, detail].map(cell).join(',')}\n`)
          .join(''),
      )
  }
}

function cell(value: string | number): string {
  const text = String(value)
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
