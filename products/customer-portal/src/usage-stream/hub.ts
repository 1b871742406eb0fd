import { HttpError } from '@customer-portal/http'
import { BillingError, type Engine } from '@customer-portal/billing'
import { Channel, type Viewer } from './channel.ts'

export interface HubOptions {
  /** Time between two reads of the database. */
  tickMilliseconds: number
  maxPerCustomer: number
  maxTotal: number
  onFailure(error: unknown): void
}

export interface Hub {
  /** Throws rate_limited when the customer has too many streams, streams_full when the server has. */
  join(customerId: string, viewer: Viewer): void
  leave(customerId: string, viewer: Viewer): void
  /** Ends every stream and accepts no new ones. */
  close(): void
}

const heartbeatMilliseconds = 15_000

/** All streams of this process, by customer. A customer without viewers costs nothing. */
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
        // Viewers that cannot be updated are disconnected: their next ordinary request reports the error.
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
      if ((known?.viewers.size ?? 0) >= options.maxPerCustomer) {
        throw new BillingError('rate_limited', {
          retryAfterSeconds: 30,
          message: `a customer may have ${options.maxPerCustomer} live connections at a time`,
        })
      }
      if (closed || viewers >= options.maxTotal) {
        throw new HttpError('streams_full', {
          message: `${options.maxTotal} live connections are open already; try again in a moment`,
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
