import { Socket } from 'node:net'
import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'

/** How far a connection has come in sending, and since when. */
interface Progress { mark: string; since: number }

/**
 * Ends the connection of a reader who has taken nothing for so many seconds of what waits for them: a file that nobody reads would keep its place for ever.
 * A connection on which nothing waits, such as a quiet stream, stays.
 */
export function endStalledReaders(app: FastifyInstance, seconds: number): void {
  const progress = new Map<Socket, Progress>()
  app.addHook('onRequest', async ({ raw: { socket } }) => {
    if (!(socket instanceof Socket) || progress.has(socket)) return
    progress.set(socket, { mark: '', since: 0 })
    socket.once('close', () => progress.delete(socket))
  })
  const look = () => {
    const now = performance.now()
    for (const [socket, known] of progress) {
      const mark = markOf(socket)
      if (mark === undefined || mark !== known.mark) progress.set(socket, { mark: mark ?? '', since: now })
      else if (now - known.since >= seconds * 1000) {
        app.log.info({ seconds }, 'a reader took nothing: the connection is ended')
        socket.destroy()
      }
    }
  }
  const timer = setInterval(look, Math.min(5_000, (seconds * 1000) / 4)).unref()
  app.addHook('onClose', async () => clearInterval(timer))
}

/** What has been handed over, and what the system has not taken of the piece under way; undefined where nothing waits. */
function markOf(socket: Socket): string | undefined {
  if (socket.writableLength === 0) return undefined
  const { _handle: handle } = socket as unknown as { _handle?: { writeQueueSize?: number } }
  return `${socket.bytesWritten - socket.writableLength} ${handle?.writeQueueSize ?? 0}`
}

/** A HEAD asks for no content: what would be read and sent for a GET is let go at once. */
export function endStreamsOfHead(app: FastifyInstance): void {
  app.addHook('onSend', async (request, _reply, payload) => {
    if (request.method !== 'HEAD' || !(payload instanceof Readable)) return payload
    payload.destroy()
    return Readable.from([])
  })
}
