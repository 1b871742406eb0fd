import { Socket } from 'node:net'
import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { undelivered } from './undelivered.ts'

export interface Patience {
  /** A client that reads nothing for this long is disconnected. */
  seconds: number
  /** A client below this rate, averaged after several times as long, is disconnected too. */
  bytesPerSecond: number
}

/** How far a connection has come with the data that waits for its reader. */
interface Progress {
  /** What has been read so far, and since when that has not changed. */
  mark: string
  since: number
  /** When data began to wait, and how many bytes had been handed over by then. */
  begun: number
  handedBefore: number
}

/**
 * The minimum rate is enforced only after this many times the timeout: a client may be slower at first, and
 * by as much in total.
 */
const averagedOverTimes = 4

/**
 * Disconnects a client that reads nothing of the data waiting for it, or so little that the transfer would
 * never end: an unread file would occupy its export slot forever. A connection without waiting data, such as
 * a quiet stream, stays.
 */
export function endStalledReaders(app: FastifyInstance, { seconds, bytesPerSecond }: Patience): void {
  const progress = new Map<Socket, Progress | undefined>()
  app.addHook('onRequest', async ({ raw: { socket } }) => {
    if (!(socket instanceof Socket) || progress.has(socket)) return
    progress.set(socket, undefined)
    socket.once('close', () => progress.delete(socket))
  })
  const disconnect = (socket: Socket, why: string) => {
    app.log.info({ seconds, bytesPerSecond }, why)
    socket.destroy()
  }
  const checkConnections = async () => {
    const now = performance.now()
    const waiting: Socket[] = []
    for (const socket of progress.keys()) {
      if (socket.writableLength > 0) waiting.push(socket)
      else progress.set(socket, undefined)
    }
    const left = await undelivered(waiting)
    for (const socket of waiting) {
      if (!progress.has(socket)) continue
      const handed = handedOver(socket)
      const mark = `${handed} ${left.get(socket) ?? 0}`
      const known = progress.get(socket) ?? { mark: '', since: now, begun: now, handedBefore: handed }
      if (mark !== known.mark) Object.assign(known, { mark, since: now })
      progress.set(socket, known)
      const excess = (now - known.begun) / 1000 - averagedOverTimes * seconds
      if (now - known.since >= seconds * 1000)
        disconnect(socket, 'a reader took nothing: the connection is ended')
      else if (handed - known.handedBefore < excess * bytesPerSecond)
        disconnect(socket, 'a reader took too little: the connection is ended')
    }
  }
  let checking: Promise<void> | undefined
  const timer = setInterval(
    () => {
      checking ??= checkConnections().finally(() => {
        checking = undefined
      })
    },
    Math.min(5_000, (seconds * 1000) / 4),
  ).unref()
  app.addHook('onClose', async () => {
    clearInterval(timer)
    await checking
  })
}

/** The number of bytes the operating system has accepted. */
function handedOver(socket: Socket): number {
  const { _handle: handle } = socket as unknown as {
    _handle?: { bytesWritten?: number; writeQueueSize?: number }
  }
  return (handle?.bytesWritten ?? 0) - (handle?.writeQueueSize ?? 0)
}

/** Ends the stream behind a HEAD request at once: only a GET sends its content. */
export function endStreamsOfHead(app: FastifyInstance): void {
  app.addHook('onSend', async (request, _reply, payload) => {
    if (request.method !== 'HEAD' || !(payload instanceof Readable)) return payload
    payload.destroy()
    return Readable.from([])
  })
}
