import type { Outcome, Result } from './run.ts'

export interface Summary {
  file: string
  kind: string
  passed: number
  failed: number
  unsupported: number
  convention: number
}

const maxFailures = 20

/** A row per file and kind, in the order of the cases. */
export function summaries(results: readonly Result[]): Summary[] {
  const rows = new Map<string, Summary>()
  for (const { file, kind, outcome } of results) {
    const row = rows.get(`${file} ${kind}`) ?? {
      file,
      kind,
      passed: 0,
      failed: 0,
      unsupported: 0,
      convention: 0,
    }
    row[outcome] += 1
    rows.set(`${file} ${kind}`, row)
  }
  return [...rows.values()]
}

/** The report as lines of text. */
export function report(results: readonly Result[]): string {
  const of = (outcome: Outcome) => results.filter((result) => result.outcome === outcome)
  const rows = summaries(results).map((row) => `${row.file.padEnd(18)} ${row.kind.padEnd(24)} ${counts(row)}`)
  const all = {
    passed: of('passed').length,
    failed: of('failed').length,
    unsupported: of('unsupported').length,
    convention: of('convention').length,
  }
  return [
    ...rows,
    ...listed(`not supported (${all.unsupported})`, byReason(of('unsupported'))),
    ...listed(`another vendor's convention (${all.convention})`, of('convention').map(sentence)),
    ...listed(`failed (${all.failed})`, of('failed').slice(0, maxFailures).map(sentence)),
    '',
    `${results.length} cases: ${counts(all)}`,
  ].join('\n')
}

function counts({ passed, failed, unsupported, convention }: Omit<Summary, 'file' | 'kind'>): string {
  return (
    `passed ${String(passed).padStart(4)}   failed ${String(failed).padStart(3)}   not supported `
    + `${String(unsupported).padStart(3)}   other convention ${String(convention).padStart(3)}`
  )
}

function sentence({ id, reason }: Result): string {
  return `${id}: ${reason}`
}

function byReason(results: readonly Result[]): string[] {
  const ids = new Map<string, string[]>()
  for (const { file, reason, id } of results)
    ids.set(`${file}: ${reason}`, [...(ids.get(`${file}: ${reason}`) ?? []), id])
  return [...ids].map(
    ([reason, found]) =>
      `${reason} (${found.length === 1 ? found[0]! : `${found.length} cases, first ${found[0]!}`})`,
  )
}

function listed(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)]
}
