import { apiErrorOf, ConnectionError } from './api-error.ts'
import type { Clock } from './clock.ts'
import { requestedDelay, isTemporary, delayAfter, retryAfterIn } from './retry.ts'

export type Fetch = (url: string, init: RequestInit) => Promise<Response>

/** One request as it is sent on each attempt. `path` begins after `/api/billing`. */
export interface Outgoing {
  method: string
  path: string
  /** JSON text. */
  body?: string | undefined
  idempotencyKey?: string | undefined
  signal?: AbortSignal | undefined
}

export interface TransportParts {
  url: string
  key: string
  fetch: Fetch
  clock: Clock
  random: () => number
  /** Timeout of one attempt, in milliseconds. */
  timeout: number
  /** Maximum number of retries of a request that is safe to repeat. */
  retries: number
  language: 'zh-CN' | 'en'
}

export interface Transport {
  /** Sends once. Throws ApiError for an error response and ConnectionError when there is no response. */
  sendOnce(request: Outgoing): Promise<Buffer>
  /**
   * Sends until the outcome is final, with at most `retries` retries. Only for requests that are safe to
   * repeat.
   */
  send(request: Outgoing): Promise<Buffer>
}

/** HTTP to one server with one key. */
export function createTransport(parts: TransportParts): Transport {
  const sendOnce = (request: Outgoing) => answerTo(request, parts)
  return {
    sendOnce,
    async send(request) {
      for (let failures = 1; ; failures += 1) {
        try {
          return await sendOnce(request)
        } catch (error) {
          request.signal?.throwIfAborted()
          // When the server asks for a longer delay than the timeout, the caller decides.
          if (!isTemporary(error) || failures > parts.retries || (requestedDelay(error) ?? 0) > parts.timeout)
            throw error
          await parts.clock.wait(delayAfter(failures, error, parts.random), { signal: request.signal })
          request.signal?.throwIfAborted()
        }
      }
    },
  }
}

async function answerTo(request: Outgoing, parts: TransportParts): Promise<Buffer> {
  const { response, bytes } = await exchange(request, parts)
  if (response.status < 300) return bytes
  const requestId = response.headers.get('x-request-id') ?? undefined
  throw apiErrorOf(
    response.status,
    bytes.toString('utf8'),
    requestId,
    retryAfterIn(response.headers.get('retry-after'), parts.clock.now()),
  )
}

/** Sends, and reads the response to its end, since a connection may break in the middle of it. */
async function exchange(
  request: Outgoing,
  parts: TransportParts,
): Promise<{ response: Response; bytes: Buffer }> {
  const ended = new AbortController()
  const giveUp = () => ended.abort(request.signal?.reason)
  request.signal?.throwIfAborted()
  request.signal?.addEventListener('abort', giveUp)
  const timer = setTimeout(
    () => ended.abort(new Error(`no answer within ${parts.timeout} ms`)),
    parts.timeout,
  )
  try {
    const response = await parts.fetch(`${parts.url}/api/billing${request.path}`, {
      method: request.method,
      headers: headersOf(request, parts),
      redirect: 'manual',
      signal: ended.signal,
      ...(request.body === undefined ? {} : { body: request.body }),
    })
    return { response, bytes: Buffer.from(await response.arrayBuffer()) }
  } catch (error) {
    request.signal?.throwIfAborted()
    throw new ConnectionError(`${request.method} ${request.path} got no answer: ${reasonOf(error)}`, {
      cause: error,
    })
  } finally {
    clearTimeout(timer)
    request.signal?.removeEventListener('abort', giveUp)
  }
}

function headersOf(
  { body, idempotencyKey }: Outgoing,
  { key, language }: TransportParts,
): Record<string, string> {
  return {
    accept: 'application/json, application/problem+json, application/pdf',
    'accept-language': language,
    authorization: `Bearer ${key}`,
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
  }
}

/** The message of fetch itself is only "fetch failed". */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error
  return cause instanceof Error ? cause.message || String((cause as NodeJS.ErrnoException).code) : message
}
