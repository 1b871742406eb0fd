import { setTimeout as wait } from 'node:timers/promises'

/** The server's response: its status and JSON. */
export interface Answer {
  status: number
  body: unknown
}

/** An error of the server (application/problem+json). */
export interface Problem {
  code: string
  detail: string
  errors?: { pointer: string; detail: string }[]
}

/** Calls the vendor's API. */
export interface Server {
  request(method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown): Promise<Answer>
}

const temporary = new Set([429, 500, 502, 503, 504])
const maxAttempts = 10

/**
 * A client that retries with growing delays (half a second to 30 s), or after Retry-After, while the server
 * is unavailable, overloaded or answers 5xx. After ten attempts, and for a wrong key, it throws a sentence.
 * `say` gets a line per delay.
 */
export function serverAt(url: string, key: string, say: (text: string) => void): Server {
  return {
    async request(method, path, body) {
      for (let attempt = 1; ; attempt++) {
        const answer = await request(`${url}/api/billing${path}`, method, key, body)
        if (answer.status === 401 || answer.status === 403)
          throw new Error(`The server does not accept this key (${answer.status}): ${problem(answer).detail}`)
        if (!temporary.has(answer.status) && answer.status !== 0) return answer
        const reason = answer.status === 0 ? String(answer.body) : `it answered ${answer.status}`
        if (attempt === maxAttempts)
          throw new Error(
            `The server at ${url} did not take a request after ${maxAttempts} attempts: ${reason}. `
              + 'Run the same command again to go on where it stopped.',
          )
        const pause = pauseBefore(attempt, answer.retryAfter)
        say(`The server is not ready (${reason}); trying again in ${Math.ceil(pause / 1000)} s.`)
        await wait(pause)
      }
    },
  }
}

/** Milliseconds to wait after the n-th attempt: what the server asks for, or twice as long each time. */
export function pauseBefore(attempt: number, retryAfter: string | undefined, now = Date.now()): number {
  if (retryAfter !== undefined) {
    const milliseconds = /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - now
    if (milliseconds >= 0) return Math.min(milliseconds, 120_000)
  }
  return Math.min(500 * 2 ** (attempt - 1), 30_000)
}

async function request(
  url: string,
  method: string,
  key: string,
  body: unknown,
): Promise<Answer & { retryAfter?: string | undefined }> {
  const headers = {
    authorization: `Bearer ${key}`,
    'accept-language': 'en',
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  }
  try {
    const response = await fetch(url, {
      method,
      headers,
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(120_000),
    })
    const text = await response.text()
    return {
      status: response.status,
      body: json(text),
      retryAfter: response.headers.get('retry-after') ?? undefined,
    }
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : ''
    return { status: 0, body: cause || (error instanceof Error ? error.message : String(error)) }
  }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** The error in a response; a response that has none (a proxy's page) is quoted. */
export function problem({ status, body }: Answer): Problem {
  if (typeof body === 'object' && body !== null && 'code' in body && 'detail' in body) return body as Problem
  return {
    code: `http_${status}`,
    detail: String(typeof body === 'string' ? body : JSON.stringify(body)).slice(0, 300),
  }
}

/** The body of a successful response. Otherwise throws a sentence that names the attempted action. */
export function expectOk<T>(answer: Answer, what: string): T {
  if (answer.status >= 200 && answer.status < 300) return answer.body as T
  const { code, detail, errors = [] } = problem(answer)
  throw new Error(
    `${what} failed: `
      + `${[detail, ...errors.map((error) => `${error.pointer} ${error.detail}`)].join(' ')} (${code})`,
  )
}
