import { secretKey } from '../program.ts'
import { requestOf, type Answer } from './connection.ts'
import { eventsOf, firstEvents, type Mix, type SentEvent } from './events.ts'
import { sendRequests, type Timing } from './requests.ts'

export interface Load extends Mix {
  port: number
  path: string
  events: number
  /** Events per request; a single one is sent without an array. */
  batch: number
  connections: number
}

/**
 * Sends events to a server: a part of them as warm-up, then `events` that are measured. Reports when these
 * begin.
 */
export async function sendEvents(
  load: Load,
  tell: (done: number) => void,
): Promise<Timing & { warmUp: number }> {
  const warming = [...firstEvents(load), ...eventsOf(Math.ceil(load.events / 5), load, 2)]
  const [warmUp, measured] = [requestsOf(load, warming), requestsOf(load, eventsOf(load.events, load))]
  await sendRequests(load.port, load.connections, warmUp, accepts(load.batch))
  tell(0)
  return {
    ...(await sendRequests(load.port, load.connections, measured, accepts(load.batch))),
    warmUp: warming.length,
  }
}

function requestsOf({ path, batch }: Load, events: readonly SentEvent[]): Buffer[] {
  const request = (body: unknown) => requestOf('POST', path, { key: secretKey, body: JSON.stringify(body) })
  if (batch === 1) return events.map(request)
  return Array.from({ length: Math.ceil(events.length / batch) }, (_, place) =>
    request(events.slice(place * batch, (place + 1) * batch)),
  )
}

/** Every event of every request must have been accepted; the last request may have fewer. */
const accepts =
  (batch: number) =>
  ({ body }: Answer) => {
    const accepted = Number(/^\{"accepted":(\d+),"duplicates":0,"rejected":\[\]\}$/.exec(body)?.[1] ?? 0)
    return accepted >= 1 && accepted <= batch ? undefined : body
  }
