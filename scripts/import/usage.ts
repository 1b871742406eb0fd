import { batches, send, type Batch, type Outcome } from './batch.ts'
import { fileHash, openUsageFile, type UsageFile } from './file.ts'
import { lineReader, type Line, type LineEvents } from './line.ts'
import type { ImportOptions } from './options.ts'
import { customerPreparation, monthStart, prepareMeters } from './preparation.ts'
import { rejectedFile } from './rejected-file.ts'
import { count, type Screen } from './screen.ts'
import { serverAt } from './server.ts'
import { forgetState, importIdentity, noTotals, readState, writeState, type State, type Totals } from './state.ts'

/**
 * Sends the usage in a CSV file to a server, from where an earlier run of the same import stopped. Answers what became of all its lines; throws a
 * sentence when it cannot go on, and then a later run goes on from there.
 */
export async function importUsage(options: ImportOptions, screen: Screen): Promise<Totals> {
  const file = await openUsageFile(options.file)
  const identity = importIdentity(await fileHash(options.file), options)
  const before: State = options.restart ? { import: identity, line: 0, totals: noTotals } : readState(options.state, identity)
  if (before.line > 0) screen.say(`Going on after line ${before.line}, where the last run stopped.`)
  const server = serverAt(options.url, options.key, (text) => screen.say(text))
  const lines = file.lines()
  const header = (await lines.next()).value as Line | undefined
  if (!header) throw new Error(`${options.file} is empty.`)
  const readLine = lineReader(header.cells, options.mapping)
  const first = (await lines.next()).value as Line | undefined

  const created = await prepareMeters(server, options)
  if (created.length > 0) screen.say(`Created the meters ${created.join(', ')}.`)
  const firstTime = first ? readLine(first).events[0]?.time : undefined
  const customers = customerPreparation(server, options, options.startsAt ?? (firstTime && options.plan ? monthStart(firstTime, options.timezone) : undefined))
  const deliver = async (batch: Batch) => {
    if (options.createCustomers) await customers.prepare(batch.lines.flatMap((line) => line.events.map((event) => event.customerId)))
    return send(server, batch)
  }
  const done = ledger(options, before, file, screen)
  await inOrder(batches(linesAfter(before.line, first, lines, readLine), options.batch), options.parallel, deliver, done.add)
  screen.end()
  if (customers.created() > 0) screen.say(`Created ${count(customers.created())} customers.`)
  forgetState(options.state)
  return done.totals()
}

async function* linesAfter(last: number, first: Line | undefined, more: AsyncIterable<Line>, readLine: (line: Line) => LineEvents): AsyncGenerator<LineEvents> {
  if (first && first.number > last) yield readLine(first)
  for await (const line of more) if (line.number > last) yield readLine(line)
}

/** Counts outcomes in the order of the lines and notes each, so that a later run knows from where to go on. */
function ledger(options: ImportOptions, before: State, file: UsageFile, screen: Screen) {
  const keepRejected = rejectedFile(options.rejected, before.line > 0)
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
      keepRejected(outcome.rejections)
      for (const rejection of outcome.rejections) screen.rejection(rejection)
      const line = batch.lines.at(-1)?.line ?? before.line
      if (canNote && !writeState(options.state, { import: before.import, line, totals })) {
        canNote = false
        screen.say(`${options.state} cannot be written: after an interruption this import begins anew. Name a place for the note with --state.`)
      }
      screen.progress(file.size === 0 ? 1 : file.read() / file.size, totals)
    },
  }
}

/**
 * Works on at most `most` items at once and hands the results over in the order of the items. After a failure nothing new is begun, what
 * is under way ends, what came before the failure is handed over, and the failure is thrown.
 */
export async function inOrder<T, R>(items: AsyncIterable<T>, most: number, work: (item: T) => Promise<R>, done: (item: T, result: R) => void): Promise<void> {
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
    underWay.push({ item, result: work(item).then((value) => ({ value }), (error: unknown) => ({ error })) })
    if (underWay.length >= most) await finishFirst()
  }
  while (underWay.length > 0) await finishFirst()
}
