import { execFileSync } from 'node:child_process'

/** Whether poppler's pdftotext is installed, which the tests use to read the text. */
export const canReadPdf = has('pdftotext')

/** Returns the text of each page of a PDF, with runs of white space as one space. */
export function pdfPages(pdf: Uint8Array): string[] {
  const text = execFileSync('pdftotext', ['-layout', '-', '-'], {
    input: pdf,
    encoding: 'utf8',
    maxBuffer: 1e8,
  })
  return text
    .split('\f')
    .slice(0, -1)
    .map((page) => page.replace(/\s+/g, ' '))
}

interface Word {
  text: string
  page: number
  left: number
  right: number
  top: number
  bottom: number
}

/** Returns the words of a PDF that overlap others on their page. */
export function overlappingWords(pdf: Uint8Array): string[] {
  const words = wordsOf(pdf)
  return words.flatMap((word, index) =>
    words
      .slice(index + 1)
      .filter((other) => lieOver(word, other))
      .map((other) => `${word.text} | ${other.text}`),
  )
}

function wordsOf(pdf: Uint8Array): Word[] {
  const html = execFileSync('pdftotext', ['-bbox', '-', '-'], {
    input: pdf,
    encoding: 'utf8',
    maxBuffer: 1e8,
  })
  return html
    .split('<page ')
    .slice(1)
    .flatMap((part, page) =>
      [
        ...part.matchAll(
          /<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)<\/word>/g,
        ),
      ].map(([, left, top, right, bottom, text]) => ({
        text: text!,
        page,
        left: Number(left),
        right: Number(right),
        top: Number(top),
        bottom: Number(bottom),
      })),
    )
}

/**
 * Boxes of words on neighbouring lines may touch while their middles do not; adjacent Chinese punctuation
 * shares half a character's width.
 */
function lieOver(word: Word, other: Word): boolean {
  const apart = Math.abs(word.top + word.bottom - other.top - other.bottom) / 2
  const isSameLine = apart < 0.35 * Math.min(word.bottom - word.top, other.bottom - other.top)
  return (
    word.page === other.page
    && isSameLine
    && Math.min(word.right, other.right) - Math.max(word.left, other.left) > 4.5
  )
}

function has(command: string): boolean {
  try {
    execFileSync(command, ['-v'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
