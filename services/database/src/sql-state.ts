/** The SQLSTATE of a database error, else undefined. `23505` is a unique violation. */
export function sqlState(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined
}

/** The name of the violated constraint, else undefined. */
export function violatedConstraint(error: unknown): string | undefined {
  const constraint = (error as { constraint?: unknown } | null)?.constraint
  return sqlState(error)?.startsWith('23') && typeof constraint === 'string' ? constraint : undefined
}

const connectionStates = /^(08...|57P0[1-5]|25006|25P03|53300)$/
const connectionCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
  'EACCES',
])
const connectionMessages =
  /^(Connection terminated|Client has encountered a connection error|Client was closed|Query read timeout|timeout exceeded when trying to connect|timeout expired)/

/**
 * True when the connection can no longer be used: broken, closed by the server, or led to a read-only
 * standby.
 */
export function isConnectionLoss(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.every(isConnectionLoss)
  const state = sqlState(error)
  if (state) return connectionStates.test(state)
  const { code, message } = (error ?? {}) as { code?: string; message?: string }
  return connectionCodes.has(code ?? '') || connectionMessages.test(message ?? '')
}

/** True for a deadlock and a serialization failure: the same transaction may succeed when it runs again. */
export const isWorthRetrying = (error: unknown): boolean => ['40001', '40P01'].includes(sqlState(error) ?? '')

/**
 * True when there was no room on the disk (53100) or in memory (53200): nothing was written, and reads still
 * work.
 */
export const isOutOfRoom = (error: unknown): boolean => ['53100', '53200'].includes(sqlState(error) ?? '')
