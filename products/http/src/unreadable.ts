import { randomUUID } from 'node:crypto'
import { STATUS_CODES, type IncomingMessage, type Server } from 'node:http'
import type { Socket } from 'node:net'
import { failures } from './error-codes.ts'
import type { Problem } from './resources.ts'
import { usualHeaders } from './usual-headers.ts'

const refusals: Record<string, { status: number; detail: string }> = {
  HPE_HEADER_OVERFLOW: { status: 431, detail: 'The headers of the request are too large.' },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, detail: 'The request was not whole in time.' },
}
const unreadable = { status: 400, detail: 'This is not a readable HTTP request.' }
/** Time for the answer to arrive before a client that keeps the connection open is disconnected. */
const closeAfterMilliseconds = 1_000

/**
 * Answers input that is not an HTTP request, for which no request object exists, and closes the connection.
 */
export function answerUnreadable(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  refuse(socket, refusals[error.code ?? ''] ?? unreadable)
}

/**
 * Answers the cases that Node's server would answer itself, with a bare status or by closing: an expectation
 * other than 100-continue, and CONNECT.
 */
export function answerForNode(server: Server): void {
  server.on('checkExpectation', ({ socket }: IncomingMessage) => {
    refuse(socket, { status: 417, detail: 'This server meets no expectation but 100-continue.' })
  })
  server.on('connect', (_request: IncomingMessage, socket: Socket) => {
    refuse(socket, { status: 405, code: 'method_not_allowed', detail: failures.method_not_allowed.en.detail })
  })
}

function refuse(
  socket: Socket,
  {
    status,
    detail,
    code = 'validation_failed',
  }: { status: number; detail: string; code?: 'validation_failed' | 'method_not_allowed' },
): void {
  const { title } = failures[code].en
  const problem: Problem = {
    type: 'about:blank',
    title,
    status,
    detail,
    code,
    instance: '',
    requestId: randomUUID(),
  }
  const body = JSON.stringify(problem)
  const headers = {
    'content-type': 'application/problem+json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    connection: 'close',
    ...usualHeaders(problem.requestId),
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('\r\n')}\r\n\r\n${body}`)
  setTimeout(() => socket.destroy(), closeAfterMilliseconds).unref()
}
