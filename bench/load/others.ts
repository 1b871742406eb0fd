import type { Figures } from '../benchmark.ts'
import { openConnection, requestOf } from './connection.ts'
import { percentiles } from './requests.ts'

/** A load that runs until it is stopped. */
export interface Asking {
  /** Stops it and returns how long requests took. */
  end(): Promise<Figures>
  /** Stops it, whatever its state. */
  stop(): void
}

const connections = 4
const everyMs = 25
/**
 * How often the server gets a request that needs no database; its duration shows how long the event loop was
 * blocked.
 */
const everyLookMs = 5

/**
 * Sends steady requests: on each of four connections one every 25 ms, alternating a quota, an event and a
 * consume, for the given customers in turn. A late response delays the next request, as with any client.
 * Measures after `warmUpMs`: a fresh server still compiles its database's code and runs the jobs of its
 * start.
 */
export async function askSteadily(
  port: number,
  { key, customers, warmUpMs }: { key: string; customers: readonly string[]; warmUpMs: number },
): Promise<Asking> {
  const mark = Date.now()
  const requestAt = (place: number): Buffer => {
    const customer = customers[place % customers.length]!
    if (place % 3 === 0) return requestOf('GET', `/api/billing/customers/${customer}/quota/ai_chat`, { key })
    const event = { id: `others-${mark}-${place}`, quantity: 1 }
    if (place % 3 === 1)
      return requestOf('POST', '/api/billing/events', {
        key,
        body: JSON.stringify({ ...event, customerId: customer, meter: 'ai_chat' }),
      })
    return requestOf('POST', `/api/billing/customers/${customer}/quota/ai_chat/consume`, {
      key,
      body: JSON.stringify(event),
    })
  }
  let place = 0
  let stopped = false
  let failure: Error | undefined
  const waiting = new Set<() => void>()
  const fail = (error: Error) => {
    failure ??= error
    for (const go of waiting) go()
  }
  const took: number[] = []
  const client = async (until: () => boolean, keep: boolean) => {
    const connection = await openConnection(port, fail)
    while (!until() && !failure) {
      const began = performance.now()
      await new Promise<void>((resolve) => {
        waiting.add(resolve)
        connection.send(requestAt(place++), ({ status, body }) => {
          if (status !== 200) fail(new Error(`others were answered ${status}: ${body}`))
          waiting.delete(resolve)
          resolve()
        })
      })
      const ms = performance.now() - began
      if (keep) took.push(ms)
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, everyMs - ms)))
    }
    connection.close()
  }
  let heldUp = 0
  const look = async () => {
    const connection = await openConnection(port, fail)
    while (!stopped && !failure) {
      const began = performance.now()
      await new Promise<void>((resolve) => {
        waiting.add(resolve)
        connection.send(requestOf('GET', '/healthz', { key }), () => {
          waiting.delete(resolve)
          resolve()
        })
      })
      heldUp = Math.max(heldUp, performance.now() - began)
      await new Promise((resolve) => setTimeout(resolve, everyLookMs))
    }
    connection.close()
  }
  const clients = (until: () => boolean, keep: boolean) =>
    Promise.all(Array.from({ length: connections }, () => client(until, keep)))
  const warmAt = performance.now() + warmUpMs
  await clients(() => performance.now() > warmAt, false)
  const running = Promise.all([clients(() => stopped, true), look()])
  return {
    stop: () => {
      stopped = true
    },
    async end() {
      stopped = true
      await running
      if (failure) throw failure
      const { p50, p99 } = percentiles(Float64Array.from(took))
      return {
        requests: took.length,
        'p50 ms': p50,
        'p99 ms': p99,
        'longest ms': Math.max(...took),
        'loop ms': heldUp,
      }
    },
  }
}
