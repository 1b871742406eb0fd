import type { Compared, Result, Spread } from './benchmark.ts'

/** The results as tables: each run's figures, then each comparison with its bound. */
export function report(results: readonly Result[]): string {
  return results
    .map((result) =>
      [
        `${result.name}: ${result.about}; median (min–max) of ${result.rounds} rounds`,
        '',
        ...table(runRows(result)),
        '',
        ...table(comparisonRows(result)),
      ].join('\n'),
    )
    .join('\n\n')
}

function runRows({ runs }: Result): string[][] {
  const figures = [...new Set(runs.flatMap((run) => Object.keys(run.figures)))]
  return [
    ['run', ...figures],
    ...runs.map((run) => [
      run.name,
      ...figures.map((figure) => (run.figures[figure] ? shown(run.figures[figure]) : '')),
    ]),
  ]
}

function comparisonRows({ comparisons }: Result): string[][] {
  return [
    ['held', 'of', 'to', 'measured', 'reach', ''],
    ...comparisons.map((one) => [
      `${one.figure}${kindOf(one)}`,
      one.of,
      one.to ?? '',
      shown(one.measured),
      boundOf(one),
      verdict(one),
    ]),
  ]
}

const kindOf = ({ to, by = 'ratio' }: Compared) => (to === undefined ? '' : `, ${by}`)

function boundOf({ atLeast, atMost }: Compared): string {
  if (atLeast !== undefined) return `≥ ${atLeast}`
  return atMost === undefined ? '' : `≤ ${atMost}`
}

const verdict = ({ reached }: Compared) => (reached === null ? '' : reached ? 'reached' : 'MISSED')

function shown({ median, min, max }: Spread): string {
  return `${rounded(median)} (${rounded(min)}–${rounded(max)})`
}

/** A number with three digits, the precision of such a measurement. */
export function rounded(value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en')
  return String(Number(value.toPrecision(3)))
}

function table(rows: readonly string[][]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(3, ...rows.map((row) => row[column]!.length)))
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`
  return [
    line(rows[0]!),
    `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`,
    ...rows.slice(1).map(line),
  ]
}
