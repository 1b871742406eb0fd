import { scoreOf, type FileScore, type Survivor } from './report.ts'

/** Why a mutation may survive, by file and mutation. The same one may occur twice in a file. */
export type Reasons = Map<string, string[]>

/**
 * Everything below this heading of docs/mutation.md is written by `npm run mutation -- --update`; the text
 * above is written by hand.
 */
export const heading = '## Score'

/** The reasons in a list. */
export function reasonsIn(markdown: string): Reasons {
  const reasons: Reasons = new Map()
  let file = ''
  for (const line of markdown.split('\n')) {
    file = /^### (\S+)$/.exec(line)?.[1] ?? file
    const [, mutation, reason] = /^\| \d+ \| (.+?) \| ((?:[^|\\]|\\.)*) \|$/.exec(line) ?? []
    if (mutation === undefined) continue
    const key = `${file} ${mutation}`
    reasons.set(key, [...(reasons.get(key) ?? []), reason!])
  }
  return reasons
}

/**
 * Survivors without a reason in the list, and listed mutations (of the tested files) that were killed. Line
 * numbers do not count.
 */
export function differences(
  scores: readonly FileScore[],
  reasons: Reasons,
): { unlisted: Survivor[]; found: string[] } {
  const left = new Map([...reasons].map(([key, some]) => [key, [...some]]))
  const unlisted = scores
    .flatMap(({ survivors }) => survivors)
    .filter((survivor) => !left.get(keyOf(survivor))?.shift())
  const tested = new Set(scores.map(({ file }) => file))
  return {
    unlisted,
    found: [...left]
      .filter(([key, some]) => some.length > 0 && tested.has(key.slice(0, key.indexOf(' '))))
      .map(([key]) => key),
  }
}

/** The score of each file and its survivors with the known reasons. */
export function listOf(scores: readonly FileScore[], reasons: Reasons): string {
  const left = new Map([...reasons].map(([key, some]) => [key, [...some]]))
  const row = (survivor: Survivor) =>
    `| ${survivor.line} | ${mutationOf(survivor)} | ${left.get(keyOf(survivor))?.shift() ?? ''} |`
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
    '## Survivors',
    '',
    ...scores
      .filter(({ survivors }) => survivors.length > 0)
      .flatMap(({ file, survivors }) => [
        `### ${file}`,
        '',
        '| line | mutation | why it stands |',
        '| ---: | --- | --- |',
        ...survivors.map(row),
        '',
      ]),
  ].join('\n')
}

/** A mutation as a table cell. */
export function mutationOf({ from, to }: Survivor): string {
  return `${code(from)} → ${code(to)}`
}

function keyOf(survivor: Survivor): string {
  return `${survivor.file} ${mutationOf(survivor)}`
}

function code(text: string): string {
  const shown = text.replaceAll('|', '\\|')
  return text.includes('`') ? `\`\` ${shown} \`\`` : `\`${shown}\``
}
