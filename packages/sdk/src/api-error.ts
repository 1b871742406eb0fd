import type { Problem } from './api.ts'

/**
 * An error response: RFC 9457 problem+json as an error. `code` is one of the API's error codes; `errors`
 * names the fields.
 */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number
  readonly code: string
  readonly title: string
  readonly errors: { pointer: string; code: string; detail: string }[]
  /** Quote it to whoever runs the server. */
  readonly requestId: string | undefined
  /** The delay that `Retry-After` asked for, in milliseconds. */
  readonly retryAfter: number | undefined

  constructor(
    problem: Pick<Problem, 'status' | 'code' | 'title' | 'detail'> & {
      errors?: Problem['errors'] | undefined
      requestId?: string | undefined
    },
    retryAfter?: number,
  ) {
    super(`${problem.code} (${problem.status}): ${problem.detail}`)
    this.status = problem.status
    this.code = problem.code
    this.title = problem.title
    this.errors = problem.errors ?? []
    this.requestId = problem.requestId
    this.retryAfter = retryAfter
  }
}

/**
 * No response: the server could not be reached, the connection broke, or the timeout passed. Whether the
 * request took effect is unknown.
 */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError'
}

/**
 * The error for a response with a status of 400 or above, also when a proxy made it and it is not
 * problem+json.
 */
export function apiErrorOf(
  status: number,
  text: string,
  requestId: string | undefined,
  retryAfter: number | undefined,
): ApiError {
  const problem = problemIn(text)
  if (problem)
    return new ApiError({ ...problem, status, requestId: problem.requestId ?? requestId }, retryAfter)
  return new ApiError(
    {
      status,
      code: 'unexpected_answer',
      title: 'Unexpected answer',
      detail: `The answer is none of the API's: ${text.slice(0, 200)}`,
      requestId,
    },
    retryAfter,
  )
}

function problemIn(text: string): Problem | undefined {
  try {
    const body = JSON.parse(text) as Problem | null
    return typeof body?.code === 'string' && typeof body.detail === 'string' ? body : undefined
  } catch {
    return undefined
  }
}
