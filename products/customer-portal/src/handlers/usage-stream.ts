import type { Engine } from '@customer-portal/billing'
import { callerOf, type App } from '@customer-portal/http'
import { usageHub } from '../usage-stream/hub.ts'
import { sendUsageStream, UsageStreamAnswer } from '../usage-stream/stream.ts'

/** The interval of updates, and the maximum number of open streams. */
export interface UsageStreamLimits {
  tickMilliseconds: number
  mostPerCustomer: number
  mostInAll: number
}

const usual: UsageStreamLimits = { tickMilliseconds: 2_000, mostPerCustomer: 20, mostInAll: 1_000 }

/** The current usage as a stream of server-sent events. */
export function usageStreamRoutes(app: App, engine: Engine, limits: Partial<UsageStreamLimits> = {}): void {
  const { tickMilliseconds, mostPerCustomer, mostInAll } = { ...usual, ...limits }
  const hub = usageHub(engine, {
    tickMilliseconds,
    mostPerCustomer,
    mostInAll,
    onFailure: (error) => app.log.error({ err: error }, 'usage could not be read for a stream'),
  })
  // Streams stay open for minutes, and the server would wait for each of them before it closes.
  app.addHook('preClose', async () => hub.close())

  app.get(
    '/usage/stream',
    {
      config: { scope: 'portal:read' },
      schema: {
        summary: 'The current usage as it moves',
        tags: ['usage'],
        response: UsageStreamAnswer,
        description:
          'Server-sent events, read with the token in the header (so by fetch rather than '
          + `EventSource). The database is asked every ${usual.tickMilliseconds / 1000} seconds, `
          + 'once for all who look '
          + 'at a customer, and something is sent only when it has changed. '
          + `A customer may have ${usual.mostPerCustomer} streams (429 \`rate_limited\`), `
          + `the server ${usual.mostInAll} (503 \`streams_full\`).`,
      },
    },
    async (request, reply) => sendUsageStream(reply, hub, callerOf(request, 'portal:read')),
  )
}
