import type { LineEvents, Rejection, UsageEvent } from './line.ts'
import { expectOk, problem, type Server } from './server.ts'

/** Whole lines that are sent together. */
export interface Batch {
  lines: LineEvents[]
}

/** The outcome of a batch. */
export interface Outcome {
  accepted: number
  duplicates: number
  rejections: Rejection[]
}

interface Recorded {
  accepted: number
  duplicates: number
  rejected: { index: number; id: string | null; code: string; detail: string }[]
}

interface Sent {
  line: number
  event: UsageEvent
}

/**
 * Groups lines into batches of at most `most` events. A line is never split, so that an import can resume at
 * a line.
 */
export async function* batches(lines: AsyncIterable<LineEvents>, most: number): AsyncGenerator<Batch> {
  let pending: LineEvents[] = []
  let events = 0
  for await (const line of lines) {
    if (pending.length > 0 && (events + line.events.length > most || pending.length >= most)) {
      yield { lines: pending }
      pending = []
      events = 0
    }
    pending.push(line)
    events += line.events.length
  }
  if (pending.length > 0) yield { lines: pending }
}

/** Sends a batch. Rejections by the server are part of the outcome; a failure to get an answer throws. */
export async function send(server: Server, batch: Batch): Promise<Outcome> {
  const sent = batch.lines.flatMap(({ line, events }) => events.map((event) => ({ line, event })))
  const outcome = await deliver(server, sent)
  const unread = batch.lines.flatMap((line) => line.rejections)
  return { ...outcome, rejections: [...unread, ...outcome.rejections].sort((a, b) => a.line - b.line) }
}

/**
 * A request rejected as a whole (too large, unreadable) is sent again in halves, so that one bad line does
 * not block the others.
 */
async function deliver(server: Server, sent: Sent[]): Promise<Outcome> {
  if (sent.length === 0) return { accepted: 0, duplicates: 0, rejections: [] }
  const answer = await server.request(
    'POST',
    '/events',
    sent.map(({ event }) => event),
  )
  if (answer.status !== 400 && answer.status !== 413 && answer.status !== 422)
    return recorded(expectOk<Recorded>(answer, 'Sending events'), sent)
  const [only] = sent
  if (sent.length === 1 && only) {
    const { code, detail } = problem(answer)
    return { accepted: 0, duplicates: 0, rejections: [{ line: only.line, id: only.event.id, code, detail }] }
  }
  const half = Math.ceil(sent.length / 2)
  return join(await deliver(server, sent.slice(0, half)), await deliver(server, sent.slice(half)))
}

function recorded({ accepted, duplicates, rejected }: Recorded, sent: Sent[]): Outcome {
  return {
    accepted,
    duplicates,
    rejections: rejected.map(({ index, code, detail }) => ({
      line: sent[index]?.line ?? 0,
      id: sent[index]?.event.id ?? '',
      code,
      detail,
    })),
  }
}

function join(a: Outcome, b: Outcome): Outcome {
  return {
    accepted: a.accepted + b.accepted,
    duplicates: a.duplicates + b.duplicates,
    rejections: [...a.rejections, ...b.rejections],
  }
}
