import { scoreOf, type FileScore, type Survivor } from './report.ts'

/**
 * A mutant that may survive: what may stand in the code instead of what does, and the lines it may be in. Each
 * explains one survivor, so the same mutant twice is named twice.
 */
export interface Reason {
  file: string
  /** The first and the last line it holds for: those below the comment, up to the next empty line. */
  from: number
  to: number
  mutant: string
}

/** Everything below this heading of docs/mutation.md is written by `npm run mutation -- --update`. */
export const heading = '## Score'

/** The reasons in the comments of a file: ``// Survives `a <= b`, `true`: why no test can tell.`` */
export function reasonsIn(file: string, source: string): Reason[] {
  const lines = source.split('\n')
  const reasons: Reason[] = []
  for (let first = 0; first < lines.length; first += 1) {
    if (!isComment(lines[first]!)) continue
    let end = first
    while (end < lines.length && isComment(lines[end]!)) end += 1
    const text = lines
      .slice(first, end)
      .map((line) => line.trim().replace(/^\/\/ ?/, ''))
      .join(' ')
    const empty = lines.findIndex((line, index) => index >= end && line.trim() === '')
    for (const [, mutants] of text.matchAll(/(?<=^|\s)Survives (`[^`]+`(?:, `[^`]+`)*):/g))
      for (const [, mutant] of mutants!.matchAll(/`([^`]+)`/g))
        reasons.push({ file, from: end + 1, to: empty < 0 ? lines.length : empty, mutant: mutant! })
    first = end
  }
  return reasons
}

const isComment = (line: string) => line.trimStart().startsWith('//')

/** Survivors that no comment explains, and explained mutants that were killed. */
export function differences(scores: readonly FileScore[]): { unexplained: Survivor[]; found: Reason[] } {
  const left = scores.flatMap(({ file, source }) => reasonsIn(file, source))
  const unexplained = scores
    .flatMap(({ survivors }) => survivors)
    .filter((survivor) => {
      const place = left.findIndex(
        ({ file, from, to, mutant }) =>
          file === survivor.file && from <= survivor.line && survivor.line <= to && mutant === survivor.to,
      )
      if (place >= 0) left.splice(place, 1)
      return place < 0
    })
  return { unexplained, found: left }
}

/** The score of each file, as docs/mutation.md shows it. */
export function scoreTable(scores: readonly FileScore[]): string {
  const missed = (some: readonly FileScore[]) =>
    some.reduce((total, { survivors }) => total + survivors.length, 0)
  const score = (name: string, some: readonly FileScore[]) =>
    `| ${name} | ${scoreOf(some).toFixed(2)} % | `
    + `${some.reduce((total, { found }) => total + found, 0)} | ${missed(some)} |`
  return [
    heading,
    '',
    '| file | score | found | survived |',
    '| --- | ---: | ---: | ---: |',
    ...scores.map((one) => score(one.file, [one])),
    score('all', scores),
    '',
  ].join('\n')
}
