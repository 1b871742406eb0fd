import { HttpError } from '@customer-portal/http'
import { BillingError, type Engine } from '@customer-portal/billing'
import { Channel, type Viewer } from './channel.ts'

export interface HubOptions {
  /** From one look at the database to the next. */
  tickMilliseconds: number
  mostPerCustomer: number
  mostInAll: number
  onFailure(error: unknown): void
}

export interface Hub {
  /** Throws rate_limited where the customer has too many streams, streams_full where the server has. */
  join(customerId: string, viewer: Viewer): void
  leave(customerId: string, viewer: Viewer): void
  /** Ends every stream, and lets nobody in any more. */
  close(): void
}

const heartbeatMilliseconds = 15_000

/** All the streams of this process, by customer. A customer nobody looks at costs nothing. */
export function usageHub(engine: Engine, options: HubOptions): Hub {
  const channels = new Map<string, Channel>()
  let viewers = 0
  let closed = false

  async function run(customerId: string, channel: Channel) {
    const ticksPerBeat = Math.ceil(heartbeatMilliseconds / options.tickMilliseconds)
    for (let ticks = 1; channel.viewers.size > 0; ticks += 1) {
      try {
        await channel.tick()
      } catch (error) {
        // Whoever cannot be told what is true is let go: they read it in the ordinary way, and hear why that
        // fails.
        options.onFailure(error)
        channel.endAll('failed')
      }
      if (ticks % ticksPerBeat === 0) channel.beat()
      if (channel.viewers.size > 0)
        await new Promise((resolve) => setTimeout(resolve, options.tickMilliseconds).unref())
    }
    if (channels.get(customerId) === channel) channels.delete(customerId)
  }

  return {
    join(customerId, viewer) {
      const known = channels.get(customerId)
      if ((known?.viewers.size ?? 0) >= options.mostPerCustomer) {
        throw new BillingError('rate_limited', {
          retryAfterSeconds: 30,
          message: `a customer may have ${options.mostPerCustomer} live connections at a time`,
        })
      }
      if (closed || viewers >= options.mostInAll) {
        throw new HttpError('streams_full', {
          message: `${options.mostInAll} live connections are open already; try again in a moment`,
        })
      }
      viewers += 1
      const channel = known ?? new Channel(engine, customerId)
      channel.welcome(viewer)
      if (known) return
      channels.set(customerId, channel)
      void run(customerId, channel)
    },
    leave(customerId, viewer) {
      if (channels.get(customerId)?.viewers.delete(viewer)) viewers -= 1
    },
    close() {
      closed = true
      for (const channel of channels.values()) channel.endAll('closing')
    },
  }
}
