/** The problem document (RFC 9457) of a rejected call, with a code of the closed list. */
export interface Problem {
  code: string
  detail: string
  requestId: string
  errors?: { pointer: string; code: string; detail: string }[]
}

/** A rejected call. `problem` is absent if the response came from something else, such as a proxy. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number
  readonly problem: Problem | undefined
  /** Seconds until the call may be retried, if the server says so. */
  readonly retryAfter: number | undefined

  constructor(status: number, problem?: Problem, retryAfter?: number) {
    super(problem?.detail ?? `HTTP ${status}`)
    this.status = status
    this.problem = problem
    this.retryAfter = retryAfter
  }
}

/** Thrown when the server cannot be reached. */
export class UnreachableError extends Error {}

/** Returns the error for a response other than 2xx. */
export async function errorOf(response: Response): Promise<ApiError> {
  const json = response.headers.get('Content-Type')?.includes('json')
  const body: unknown = json ? await response.json().catch(() => undefined) : undefined
  return new ApiError(
    response.status,
    body && typeof body === 'object' && 'code' in body ? (body as Problem) : undefined,
    Number(response.headers.get('Retry-After')) || undefined,
  )
}

/** Returns what was looked up, or undefined for a 404. Throws for any other error. */
export const orMissing = <Found>(found: Promise<Found>): Promise<Found | undefined> =>
  found.catch((error: unknown) => {
    if (error instanceof ApiError && error.status === 404) return undefined
    throw error
  })
