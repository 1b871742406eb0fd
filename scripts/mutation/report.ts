/**
 * The part of Stryker's report (mutation-testing-report-schema) that is read here. Lines and columns count
 * from 1; `end` is exclusive.
 */
export interface MutationReport {
  files: Record<string, { source: string; mutants: Mutant[] }>
}

interface Mutant {
  location: { start: Position; end: Position }
  replacement: string
  status:
    'Killed' | 'Timeout' | 'Survived' | 'NoCoverage' | 'CompileError' | 'RuntimeError' | 'Ignored' | 'Pending'
  /** The number of tests that ran on it. */
  testsCompleted?: number
}

interface Position {
  line: number
  column: number
}

/** The mutants of one file: how many were killed and survived, and the survivors. */
export interface FileScore {
  file: string
  found: number
  survivors: Survivor[]
  /** The code, with the comments that say why a mutant may survive. */
  source: string
}

/** A mutation that no test noticed. */
export interface Survivor {
  file: string
  line: number
  from: string
  to: string
  /** No test ran, although some cover it: nothing is known of it. */
  unmeasured: boolean
}

/**
 * Every file's score, by name. An endless loop counts as killed; a mutant that did not run is not counted.
 */
export function fileScores(report: MutationReport): FileScore[] {
  return Object.entries(report.files)
    .map(([path, { source, mutants }]) => {
      const file = path.slice(path.lastIndexOf('/') + 1)
      const missed = mutants.filter(({ status }) => status === 'Survived' || status === 'NoCoverage')
      const survivors = missed.map((mutant): Survivor => ({
        file,
        line: mutant.location.start.line,
        from: oneLine(textAt(source, mutant.location)),
        to: oneLine(mutant.replacement),
        unmeasured: mutant.status === 'Survived' && !mutant.testsCompleted,
      }))
      return {
        file,
        source,
        found: mutants.filter(({ status }) => status === 'Killed' || status === 'Timeout').length,
        survivors: survivors.sort((a, b) => a.line - b.line),
      }
    })
    .sort((a, b) => (a.file < b.file ? -1 : 1))
}

/** The percentage of killed mutants, as Stryker counts it. */
export function scoreOf(scores: readonly FileScore[]): number {
  const found = scores.reduce((total, { found: foundInFile }) => total + foundInFile, 0)
  const missed = scores.reduce((total, { survivors }) => total + survivors.length, 0)
  return found + missed === 0 ? 100 : (found / (found + missed)) * 100
}

function textAt(source: string, { start, end }: Mutant['location']): string {
  const lines = source.split('\n').slice(start.line - 1, end.line)
  lines[lines.length - 1] = lines.at(-1)!.slice(0, end.column - 1)
  lines[0] = lines[0]!.slice(start.column - 1)
  return lines.join('\n')
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ')
}
