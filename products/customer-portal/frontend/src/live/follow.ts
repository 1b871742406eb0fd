import { eventsOf, type StreamEvent } from './event-stream.ts'
import { isLive } from './state.ts'

/** Delays before the next attempt, in milliseconds. */
export interface Pauses {
  first: number
  longest: number
}

const usual: Pauses = { first: 2_000, longest: 60_000 }

/**
 * Keeps a stream open until `signal` aborts, and passes on its events. A broken stream is reopened after a
 * delay that doubles each time; one that ended with its token, at once.
 */
export async function follow(
  connect: (signal: AbortSignal) => Promise<Response>,
  onEvent: (event: StreamEvent) => void,
  signal: AbortSignal,
  pauses = usual,
): Promise<void> {
  let tries = 0
  while (!signal.aborted) {
    let expired = false
    try {
      const { body } = await connect(signal)
      if (body) {
        for await (const event of eventsOf(body)) {
          if (signal.aborted) break
          if (event.name === 'end')
            expired = (JSON.parse(event.data) as { reason: string }).reason === 'expired'
          else {
            tries = 0
            isLive.value = true
            onEvent(event)
          }
        }
      }
    } catch {
      // The page's ordinary requests show why it failed.
    }
    isLive.value = false
    if (!expired || tries > 0) await pause(Math.min(pauses.first * 2 ** tries, pauses.longest), signal)
    tries += 1
  }
}

/** Up to half as long again at random, so that clients disconnected together do not reconnect together. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds * (1 + Math.random() / 2))
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer)
        resolve()
      },
      { once: true },
    )
  })
}
