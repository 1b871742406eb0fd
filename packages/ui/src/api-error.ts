/** What a server of ours says when it refuses (RFC 9457), with a code of its closed list. */
export interface Problem {
  code: string
  detail: string
  requestId: string
  errors?: { pointer: string; code: string; detail: string }[]
}

/** What the server refused; `problem` is absent where the answer was none of ours. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number
  readonly problem: Problem | undefined
  /** After how many seconds the call may be tried again, where the server says so. */
  readonly retryAfter: number | undefined

  constructor(status: number, problem?: Problem, retryAfter?: number) {
    super(problem?.detail ?? `HTTP ${status}`)
    this.status = status
    this.problem = problem
    this.retryAfter = retryAfter
  }
}

/** The server could not be reached at all. */
export class UnreachableError extends Error {}

/** The error that an answer other than 2xx stands for. */
export async function errorOf(response: Response): Promise<ApiError> {
  const json = response.headers.get('Content-Type')?.includes('json')
  const body: unknown = json ? await response.json().catch(() => undefined) : undefined
  return new ApiError(
    response.status,
    body && typeof body === 'object' && 'code' in body ? (body as Problem) : undefined,
    Number(response.headers.get('Retry-After')) || undefined,
  )
}

/** What was looked for; undefined, not an error, where the server does not have it. */
export const orMissing = <Found>(found: Promise<Found>): Promise<Found | undefined> =>
  found.catch((error: unknown) => {
    if (error instanceof ApiError && error.status === 404) return undefined
    throw error
  })
