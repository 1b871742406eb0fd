import { Socket } from 'node:net'
import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { undelivered } from './undelivered.ts'

export interface Patience {
  /** Whoever takes nothing for so long is let go. */
  seconds: number
  /**
   * Whoever takes less than so much a second, on average once several times as long has passed, is let go
   * too.
   */
  bytesPerSecond: number
}

/** How far a connection has come in sending what waits for its reader. */
interface Progress {
  /** What has been taken, and since when it is as much. */
  mark: string
  since: number
  /** Since when something waits, and how much had been handed over by then. */
  begun: number
  handedBefore: number
}

/**
 * So many times as long as a reader may take nothing, one may be slower than is asked: at the beginning, and
 * in all.
 */
const timesSlower = 4

/**
 * Ends the connection of a reader who takes nothing of what waits for them, or so little that it would never
 * end: a file that nobody reads would keep its place for ever. A connection on which nothing waits, such as a
 * quiet stream, stays.
 */
export function endStalledReaders(app: FastifyInstance, { seconds, bytesPerSecond }: Patience): void {
  const progress = new Map<Socket, Progress | undefined>()
  app.addHook('onRequest', async ({ raw: { socket } }) => {
    if (!(socket instanceof Socket) || progress.has(socket)) return
    progress.set(socket, undefined)
    socket.once('close', () => progress.delete(socket))
  })
  const end = (socket: Socket, why: string) => {
    app.log.info({ seconds, bytesPerSecond }, why)
    socket.destroy()
  }
  const look = async () => {
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
      const excess = (now - known.begun) / 1000 - timesSlower * seconds
      if (now - known.since >= seconds * 1000) end(socket, 'a reader took nothing: the connection is ended')
      else if (handed - known.handedBefore < excess * bytesPerSecond)
        end(socket, 'a reader took too little: the connection is ended')
    }
  }
  let looking: Promise<void> | undefined
  const timer = setInterval(
    () => {
      looking ??= look().finally(() => {
        looking = undefined
      })
    },
    Math.min(5_000, (seconds * 1000) / 4),
  ).unref()
  app.addHook('onClose', async () => {
    clearInterval(timer)
    await looking
  })
}

/** How many bytes the system has taken. */
function handedOver(socket: Socket): number {
  const { _handle: handle } = socket as unknown as {
    _handle?: { bytesWritten?: number; writeQueueSize?: number }
  }
  return (handle?.bytesWritten ?? 0) - (handle?.writeQueueSize ?? 0)
}

/** A HEAD asks for no content: what would be read and sent for a GET is let go at once. */
export function endStreamsOfHead(app: FastifyInstance): void {
  app.addHook('onSend', async (request, _reply, payload) => {
    if (request.method !== 'HEAD' || !(payload instanceof Readable)) return payload
    payload.destroy()
    return Readable.from([])
  })
}
