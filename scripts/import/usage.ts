import { batches, send, type Batch, type Outcome } from './batch.ts'
import { fileHash, openUsageFile, type UsageFile } from './file.ts'
import { lineReader, type Line, type LineEvents } from './line.ts'
import type { ImportOptions } from './options.ts'
import { customerPreparation, monthStart, prepareMeters } from './preparation.ts'
import { rejectedFile } from './rejected-file.ts'
import { repeatedIds } from './repeated-ids.ts'
import { count, type Screen } from './screen.ts'
import { serverAt } from './server.ts'
import {
  forgetState,
  importIdentity,
  noTotals,
  readState,
  writeState,
  type State,
  type Totals,
} from './state.ts'

/**
 * Sends the usage in a CSV file to a server, starting where an earlier run of the same import stopped.
 * Returns the outcome of all its lines, and how many repeat the id of an earlier line. Throws a sentence when
 * it cannot continue; a later run then resumes from there.
 */
export async function importUsage(
  options: ImportOptions,
  screen: Screen,
): Promise<Totals & { repeated: number }> {
  const { mapping } = options
  const file = await openUsageFile(options.file, {
    encoding: options.encoding,
    delimiter: options.delimiter,
    columns: [mapping.customer, mapping.id, mapping.time],
  })
  if (file.encoding !== 'utf-8')
    screen.say(`The file is read as ${file.encoding.toUpperCase()}; --encoding names another.`)
  const identity = importIdentity(await fileHash(options.file), options)
  const before: State = options.restart
    ? { import: identity, line: 0, totals: noTotals }
    : readState(options.state, identity)
  if (before.line > 0) screen.say(`Going on after line ${before.line}, where the last run stopped.`)
  const server = serverAt(options.url, options.key, (text) => screen.say(text))
  const lines = file.records()
  const header = (await lines.next()).value as Line | undefined
  if (!header) throw new Error(`${options.file} is empty.`)
  const readLine = lineReader(
    header.cells.map((cell) => cell.trim()),
    mapping,
    options.timesIn,
    options.historical,
  )
  const records = reportRepeated(lines, {
    place: header.cells.findIndex((cell) => cell.trim() === mapping.id),
    from: before.line,
    screen,
  })
  const first = (await records.lines.next()).value as Line | undefined

  const created = await prepareMeters(server, options)
  if (created.length > 0) screen.say(`Created the meters ${created.join(', ')}.`)
  const firstTime = first ? readLine(first).events[0]?.time : undefined
  const customers = customerPreparation(
    server,
    options,
    options.startsAt
      ?? (firstTime && options.plan && !options.historical
        ? monthStart(firstTime, options.timezone)
        : undefined),
  )
  const deliver = async (batch: Batch) => {
    if (options.createCustomers)
      await customers.prepare(batch.lines.flatMap((line) => line.events.map((event) => event.customerId)))
    return send(server, batch)
  }
  const done = ledger(options, before, file, screen)
  await inOrder(
    batches(linesAfter(before.line, first, records.lines, readLine), options.batch),
    options.parallel,
    deliver,
    done.add,
  )
  screen.end()
  if (customers.created() > 0) screen.say(`Created ${count(customers.created())} customers.`)
  forgetState(options.state)
  if (!records.isComplete())
    screen.say('The file has more different ids than are remembered: not every repetition is told.')
  return { ...done.totals(), repeated: records.count() }
}

const shownRepetitions = 20

/**
 * Reports each line with the id of an earlier line: the server counts one event for both, or rejects it as
 * another's.
 */
function reportRepeated(
  lines: AsyncGenerator<Line>,
  { place, from, screen }: { place: number; from: number; screen: Screen },
) {
  const ids = repeatedIds()
  let repeated = 0
  async function* checkedLines(): AsyncGenerator<Line> {
    for await (const line of lines) {
      const id = line.cells[place]?.trim()
      if (id !== undefined && ids.isRepeated(id)) {
        repeated += 1
        if (line.number > from && repeated <= shownRepetitions)
          screen.say(
            `line ${line.number}: the id ${id || '(none)'} stands in the file before: one id is one event.`,
          )
        if (line.number > from && repeated === shownRepetitions + 1)
          screen.say('… more lines have an id of a line before.')
      }
      yield line
    }
  }
  return { lines: checkedLines(), count: () => repeated, isComplete: ids.isComplete }
}

async function* linesAfter(
  last: number,
  first: Line | undefined,
  more: AsyncIterable<Line>,
  readLine: (line: Line) => LineEvents,
): AsyncGenerator<LineEvents> {
  if (first && first.number > last) yield readLine(first)
  for await (const line of more) if (line.number > last) yield readLine(line)
}

/**
 * Counts outcomes in the order of the lines and records the progress of each, so that a later run can resume.
 */
function ledger(options: ImportOptions, before: State, file: UsageFile, screen: Screen) {
  const storeRejected = rejectedFile(options.rejected, before.line > 0)
  let totals = before.totals
  let canNote = true
  return {
    totals: () => totals,
    add(batch: Batch, outcome: Outcome) {
      totals = {
        lines: totals.lines + batch.lines.length,
        accepted: totals.accepted + outcome.accepted,
        duplicates: totals.duplicates + outcome.duplicates,
        rejected: totals.rejected + outcome.rejections.length,
      }
      storeRejected(outcome.rejections)
      for (const rejection of outcome.rejections) screen.rejection(rejection)
      const line = batch.lines.at(-1)?.line ?? before.line
      if (canNote && !writeState(options.state, { import: before.import, line, totals })) {
        canNote = false
        screen.say(
          `${options.state} cannot be written: after an interruption this import begins anew. `
            + 'Name a place for the note with --state.',
        )
      }
      // By answered lines: a compressed file may be read completely before anything is sent.
      screen.progress(file.lines === 0 ? 1 : line / file.lines, totals)
    },
  }
}

/**
 * Processes at most `most` items at once and passes the results on in the order of the items. After a failure
 * it starts nothing new, waits for what is in progress, passes on the results before the failure, and throws
 * it.
 */
export async function inOrder<T, R>(
  items: AsyncIterable<T>,
  most: number,
  work: (item: T) => Promise<R>,
  done: (item: T, result: R) => void,
): Promise<void> {
  const underWay: { item: T; result: Promise<{ value: R } | { error: unknown }> }[] = []
  const finishFirst = async () => {
    const first = underWay.shift()
    if (!first) return
    const outcome = await first.result
    if ('error' in outcome) {
      await Promise.all(underWay.map(({ result }) => result))
      throw outcome.error
    }
    done(first.item, outcome.value)
  }
  for await (const item of items) {
    underWay.push({
      item,
      result: work(item).then(
        (value) => ({ value }),
        (error: unknown) => ({ error }),
      ),
    })
    if (underWay.length >= most) await finishFirst()
  }
  while (underWay.length > 0) await finishFirst()
}
