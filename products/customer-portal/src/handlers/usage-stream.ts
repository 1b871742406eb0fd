import type { Engine } from '@customer-portal/billing'
import { callerOf, type App } from '@customer-portal/http'
import { usageHub } from '../usage-stream/hub.ts'
import { sendUsageStream, UsageStreamAnswer } from '../usage-stream/stream.ts'

/** The interval of updates, and the maximum number of open streams. */
export interface UsageStreamLimits {
  tickMilliseconds: number
  maxPerCustomer: number
  maxTotal: number
}

const defaults: UsageStreamLimits = { tickMilliseconds: 2_000, maxPerCustomer: 20, maxTotal: 1_000 }

/** The current usage as a stream of server-sent events. */
export function usageStreamRoutes(app: App, engine: Engine, limits: Partial<UsageStreamLimits> = {}): void {
  const { tickMilliseconds, maxPerCustomer, maxTotal } = { ...defaults, ...limits }
  const hub = usageHub(engine, {
    tickMilliseconds,
    maxPerCustomer,
    maxTotal,
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
          + `EventSource). The database is asked every ${defaults.tickMilliseconds / 1000} seconds, `
          + 'once for all who look '
          + 'at a customer, and something is sent only when it has changed. '
          + `A customer may have ${defaults.maxPerCustomer} streams (429 \`rate_limited\`), `
          + `the server ${defaults.maxTotal} (503 \`streams_full\`).`,
      },
    },
    async (request, reply) => sendUsageStream(reply, hub, callerOf(request, 'portal:read')),
  )
}
