/** An error as a log line holds it. */
export interface LoggedError {
  type: string
  message: string
  stack: string
  code?: string
  constraint?: string
  table?: string
  cause?: LoggedError
}

const deepest = 4

/**
 * An error without what its statement was about: of the database's own errors the log gets the code and
 * names, since their message, detail, query and parameters hold values of rows; of others the message. A list
 * of what may be said, so that a driver's new field is not.
 */
export function loggedError(error: unknown, depth = 0): LoggedError {
  if (!(error instanceof Error))
    return { type: typeof error, message: 'something that is no error was thrown', stack: '' }
  const { code, constraint, table } = error as { code?: unknown; constraint?: unknown; table?: unknown }
  const isOfDatabase = 'severity' in error || 'routine' in error
  const message = isOfDatabase ? `the database answered ${String(code)}` : error.message
  return {
    type: error.name,
    message,
    stack: framesOf(error),
    ...(typeof code === 'string' ? { code } : {}),
    ...(typeof constraint === 'string' ? { constraint } : {}),
    ...(typeof table === 'string' ? { table } : {}),
    ...(error.cause instanceof Error && depth < deepest
      ? { cause: loggedError(error.cause, depth + 1) }
      : {}),
  }
}

/** Where it came from, without the message that stands above the frames. */
function framesOf({ stack = '' }: Error): string {
  return stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .join('\n')
}
