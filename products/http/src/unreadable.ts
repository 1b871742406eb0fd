import { randomUUID } from 'node:crypto'
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { failures } from './failures.ts'
import type { Problem } from './resources.ts'

const statuses: Record<string, number> = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 }

/** Answers what is no HTTP request at all, before there is a request to speak of, and hangs up. */
export function answerUnreadable(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return
  const status = statuses[error.code ?? ''] ?? 400
  const { title } = failures.validation_failed.en
  const problem: Problem = { type: 'about:blank', title, status, detail: 'This is not a readable HTTP request.', code: 'validation_failed', instance: '', requestId: randomUUID() }
  const body = JSON.stringify(problem)
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`)
}
