import { execFileSync } from 'node:child_process'

/** Whether this machine has poppler's pdftotext, with which the tests read what a reader would. */
export const canReadPdf = has('pdftotext')

/** The text of each page of a PDF, with runs of white space as one space. */
export function pdfPages(pdf: Uint8Array): string[] {
  const text = execFileSync('pdftotext', ['-layout', '-', '-'], { input: pdf, encoding: 'utf8', maxBuffer: 1e8 })
  return text.split('\f').slice(0, -1).map((page) => page.replace(/\s+/g, ' '))
}

function has(command: string): boolean {
  try {
    execFileSync(command, ['-v'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
