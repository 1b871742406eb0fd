import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

export interface Answer {
  status: number
  body: string
}

/**
 * A keep-alive connection with one request at a time, serialised beforehand. A client library would use as
 * much processor time as the server, and distort the measurement.
 */
export interface Connection {
  /** Sends a request; `onAnswer` is called when its response is complete. */
  send(request: Buffer, onAnswer: (answer: Answer) => void): void
  close(): void
}

const headEnd = Buffer.from('\r\n\r\n')

/** Connects. `onFailure` gets a broken connection, and a response that cannot be parsed. */
export async function openConnection(port: number, onFailure: (error: Error) => void): Promise<Connection> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  await once(socket, 'connect')
  return overSocket(socket, onFailure)
}

function overSocket(socket: Socket, onFailure: (error: Error) => void): Connection {
  let arrived: Buffer = Buffer.alloc(0)
  let waiting: ((answer: Answer) => void) | undefined
  let closed = false
  socket.on('data', (part: Buffer) => {
    arrived = arrived.length === 0 ? part : Buffer.concat([arrived, part])
    const answer = answerIn(arrived)
    if (answer === undefined) return
    if (answer instanceof Error) return onFailure(answer)
    arrived = Buffer.alloc(0)
    const tell = waiting!
    waiting = undefined
    tell(answer)
  })
  socket.on('error', onFailure)
  socket.on('close', () => {
    if (!closed) onFailure(new Error('the server closed a connection'))
  })
  return {
    send(request, onAnswer) {
      waiting = onAnswer
      socket.write(request)
    },
    close() {
      closed = true
      socket.destroy()
    },
  }
}

/** The response, undefined while it is incomplete. */
function answerIn(bytes: Buffer): Answer | Error | undefined {
  const end = bytes.indexOf(headEnd)
  if (end < 0) return undefined
  const head = bytes.toString('latin1', 0, end)
  const length = /\r\ncontent-length: (\d+)/i.exec(head)
  if (!length) return new Error(`an answer without a length:\n${head}`)
  const whole = end + 4 + Number(length[1])
  if (bytes.length < whole) return undefined
  return { status: Number(head.slice(9, 12)), body: bytes.toString('utf8', end + 4, whole) }
}

/** A request as bytes for the connection. */
export function requestOf(
  method: string,
  path: string,
  { key, body }: { key?: string; body?: string } = {},
): Buffer {
  const content =
    body === undefined
      ? ''
      : `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n`
  const credential = key === undefined ? '' : `authorization: Bearer ${key}\r\n`
  return Buffer.from(
    `${method} ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\n${credential}${content}\r\n${body ?? ''}`,
  )
}
