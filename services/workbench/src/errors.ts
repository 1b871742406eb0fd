/** Every error code of the workbench that is not one of billing's. */
export const workbenchCodes = ['login_failed', 'agent_exists', 'agent_not_found', 'wrong_password'] as const
export type WorkbenchCode = (typeof workbenchCodes)[number]

/**
 * A caller's mistake in the workbench. `detail` is as in billing's errors: a sentence, and the place in the
 * input.
 */
export class WorkbenchError extends Error {
  readonly code: WorkbenchCode
  readonly detail: { message?: string; pointer?: string; [value: string]: unknown }
  constructor(code: WorkbenchCode, detail: WorkbenchError['detail'] = {}) {
    super(detail.message ? `${code}: ${detail.message}` : code)
    this.name = 'WorkbenchError'
    this.code = code
    this.detail = detail
  }
}
