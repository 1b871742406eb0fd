import { randomUUID } from 'node:crypto'
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { failures } from './failures.ts'
import type { Problem } from './resources.ts'
import { usualHeaders } from './usual-headers.ts'

const refusals: Record<string, { status: number; detail: string }> = {
  HPE_HEADER_OVERFLOW: { status: 431, detail: 'The headers of the request are too large.' },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, detail: 'The request was not whole in time.' },
}
const unreadable = { status: 400, detail: 'This is not a readable HTTP request.' }
/** For the answer to arrive: somebody who does not hang up is hung up on. */
const partingMilliseconds = 1_000

/** Answers what is no HTTP request at all, before there is a request to speak of, and hangs up. */
export function answerUnreadable(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const { status, detail } = refusals[error.code ?? ''] ?? unreadable
  const { title } = failures.validation_failed.en
  const problem: Problem = { type: 'about:blank', title, status, detail, code: 'validation_failed', instance: '', requestId: randomUUID() }
  const body = JSON.stringify(problem)
  const headers = { 'content-type': 'application/problem+json; charset=utf-8', 'content-length': Buffer.byteLength(body), connection: 'close', ...usualHeaders(problem.requestId) }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('\r\n')}\r\n\r\n${body}`)
  setTimeout(() => socket.destroy(), partingMilliseconds).unref()
}
