import { openConnection, type Answer } from './connection.ts'

/** The total time of the requests, and percentiles of each in milliseconds. */
export interface Timing {
  seconds: number
  p50: number
  p99: number
}

/**
 * Sends the requests over several connections, each with one request at a time, and resolves after the last
 * response. `check` returns what is wrong with a response; the first such stops everything.
 */
export async function sendRequests(
  port: number,
  connections: number,
  requests: readonly Buffer[],
  check: (answer: Answer) => string | undefined,
): Promise<Timing> {
  let fail: (error: Error) => void = () => undefined
  const failed = new Promise<never>((_, reject) => (fail = reject))
  const open = await Promise.all(
    Array.from({ length: connections }, () => openConnection(port, (error) => fail(error))),
  )
  const took = new Float64Array(requests.length)
  let next = 0
  const sendNext = (connection: (typeof open)[number], done: () => void) => {
    if (next === requests.length) return done()
    const place = next++
    const began = performance.now()
    connection.send(requests[place]!, (answer) => {
      took[place] = performance.now() - began
      const wrong = answer.status >= 300 ? `${answer.status} ${answer.body}` : check(answer)
      if (wrong === undefined) sendNext(connection, done)
      else fail(new Error(`an answer is not as it should be: ${wrong}`))
    })
  }
  const began = performance.now()
  await Promise.race([
    failed,
    Promise.all(open.map((connection) => new Promise<void>((resolve) => sendNext(connection, resolve)))),
  ])
  const seconds = (performance.now() - began) / 1000
  for (const connection of open) connection.close()
  return { seconds, ...percentiles(took) }
}

/** The same for calls inside this process: several clients, each with one call at a time. */
export async function callAtOnce(
  clients: number,
  calls: number,
  call: (place: number) => Promise<void>,
): Promise<Timing> {
  const took = new Float64Array(calls)
  let next = 0
  const client = async () => {
    while (next < calls) {
      const place = next++
      const began = performance.now()
      await call(place)
      took[place] = performance.now() - began
    }
  }
  const began = performance.now()
  await Promise.all(Array.from({ length: clients }, client))
  return { seconds: (performance.now() - began) / 1000, ...percentiles(took) }
}

/** The median of the times and the 99th percentile. */
export function percentiles(milliseconds: Float64Array): { p50: number; p99: number } {
  const sorted = milliseconds.toSorted()
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!
  return { p50: at(0.5), p99: at(0.99) }
}
