import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import { Type } from 'typebox'
import type { PortalSession } from '../caller.ts'
import type { Viewer } from './channel.ts'
import { eventText } from './event-text.ts'
import type { Hub } from './hub.ts'

/** Maximum number of bytes buffered for a client that reads nothing. */
const maxBuffered = 1_000_000
const retryMilliseconds = 5_000

/** The response of the route, for the documentation. */
export const UsageStreamAnswer = {
  200: {
    description: 'A stream that goes on until the token’s end',
    content: {
      'text/event-stream': {
        schema: Type.String({
          description:
            'Server-sent events. `usage`: a UsageSummary of the current period, '
            + 'as GET /usage answers it. `subscription`: a Subscription, '
            + 'as GET /subscription answers it. '
            + 'Both come at the start and whenever they have changed. `end`: '
            + '`{"reason":"expired" | "signed_out" | "closing" | "failed"}`, the last event. '
            + 'Comments keep the connection alive.',
        }),
      },
    },
  },
}

/** Sends the hub's events until one side closes the stream. Throws what `join` throws. */
export function sendUsageStream(
  reply: FastifyReply,
  hub: Hub,
  { customerId, sessionId, expiresAt }: PortalSession,
): FastifyReply {
  const stream = new Readable({ read: () => undefined })
  const viewer: Viewer = {
    sessionId,
    expiresAt,
    send: (text) => {
      if (stream.readableLength > maxBuffered) stream.destroy()
      else stream.push(text)
    },
    end: (reason) => {
      hub.leave(customerId, viewer)
      stream.push(eventText('end', JSON.stringify({ reason })))
      stream.push(null)
    },
  }
  stream.once('close', () => hub.leave(customerId, viewer))
  // Sent with the headers, so that the client sees at once that the stream is open.
  stream.push(`retry: ${retryMilliseconds}\n\n`)
  hub.join(customerId, viewer)
  // A proxy must not buffer the stream, and the connection need not be kept after it.
  return reply
    .headers({ 'x-accel-buffering': 'no', connection: 'close' })
    .type('text/event-stream; charset=utf-8')
    .send(stream)
}
