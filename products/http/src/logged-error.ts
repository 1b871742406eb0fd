/** An error as it appears in a log line. */
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
 * An error without the data of its statement. For a database error the log gets the code and names only,
 * since its message, detail, query and parameters hold values of rows; for others the message. This is an
 * allow-list, so that a new field of the driver is not logged.
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

/** The stack frames without the message above them. */
function framesOf({ stack = '' }: Error): string {
  return stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .join('\n')
}
